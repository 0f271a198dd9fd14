# Every target sets up the virtual environment .venv that it needs; a second call installs nothing.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin
SEEDS ?= 0:10
# Tests start many processes, which must share the compiled files.
export PYTHONDONTWRITEBYTECODE :=
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt

.PHONY: help demo test test-long test-guides test-solvers test-kill lint docs library lab bench bench-exact league study study-quick clean

help:            ## List the targets.
	@grep -E '^[a-z0-9-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z0-9-]+):[^#]*## */  make \1\t/' | expand -t 20

demo: .venv/.demo            ## Generate instances, solve them exactly and by heuristics, write a report.
	@$(BIN)/otgah demo

test: .venv/.dev            ## Run the test suite.
	@$(BIN)/python -m pytest -n auto -m "not long" -q

test-long: .venv/.dev            ## Run every test, 5,000 examples a theorem.
	@OTGAH_HYPOTHESIS_PROFILE=long $(BIN)/python -m pytest -n auto -q

test-guides: docs            ## Build the site and test it in a browser; run every block of README and guides.
	@$(BIN)/python -m pytest -n auto -q tests/docs tests/test_readme.py tests/analysis/guides

test-solvers: .venv/.dev            ## Install the commercial solvers that this machine can install, and test each of them.
	@for each in gurobi cplex xpress copt; do \
	  $(PIP) --editable ".[$$each]" || echo "$$each cannot be installed here: its tests are skipped" >&2; done
	@$(BIN)/python -m pytest -q -rs -p no:xdist tests/formulations/solvers/test_native.py

test-kill: .venv/.dev            ## Kill a campaign a hundred times, and compare it with an undisturbed one (some minutes).
	@$(BIN)/python -m pytest -q -p no:xdist tests/analysis/campaigns/test_survival.py

lint: .venv/.dev            ## Check style, types and the direction of imports.
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

docs: .venv/.dev            ## Build the site of guides, reference and results into runs/docs.
	@$(BIN)/python -m docs.build

library: .venv/.dev            ## Build the reference instances again, with their proofs.
	@$(BIN)/python -m analysis.generation.library

lab: .venv/.lab            ## Open JupyterLab on the guides.
	@$(BIN)/jupyter lab analysis/guides

bench: .venv/.dev            ## Measure the speed of solvers; KEEP=--keep adds the line of the release to the ledger.
	@mkdir -p runs
	@$(BIN)/python -m pytest analysis/benchmarks -q -p no:xdist -o python_files='bench_*.py' \
	  -o python_functions='bench_*' --benchmark-json=runs/bench.json >runs/bench.log || { cat runs/bench.log; exit 1; }
	@$(BIN)/python -m analysis.benchmarks.ledger runs/bench.json $(KEEP)

bench-exact: .venv/.dev            ## Compare the exact methods, SEEDS=0:10 (hours; continues where it stopped).
	@$(BIN)/python -m analysis.benchmarks.bench_exact --seeds $(SEEDS)

league: .venv/.dev            ## Compare the heuristics on all families at 0.1, 1 and 10 s (hours; continues where it stopped; KEEP=--keep).
	@$(BIN)/python -m analysis.benchmarks.league
	@mkdir -p runs
	@$(BIN)/otgah report analysis/results/league.csv --template league --out runs/league.html
	@$(BIN)/python -m analysis.benchmarks.league_summary $(KEEP)

study: .venv/.demo            ## Measure Section V of the paper in full (about an hour of one processor; continues where it stopped).
	@$(BIN)/otgah experiment all --out runs/study --jobs 2

study-quick: .venv/.demo            ## Measure Section V with few seeds and points (some minutes).
	@$(BIN)/otgah experiment all --out runs/study-quick --quick --jobs 2

clean:            ## Remove the files of the other targets.
	rm -rf .venv runs build *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis

.venv/.created:
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "otgah needs Python 3.11 or newer; name one: make PYTHON=/path/to/python3.11 ..." >&2; exit 1; }
	@echo "Setting up .venv ..."
	@"$(PYTHON)" -m venv .venv
	@touch $@

.venv/.demo: .venv/.created pyproject.toml constraints.txt
	@echo "Installing otgah ..."
	@$(PIP) --editable .
	@echo "Compiling its kernels ..."
	@$(BIN)/python -c "import heuristics.ready, formulations.ready"
	@touch $@

.venv/.dev: .venv/.created pyproject.toml constraints.txt
	@echo "Installing otgah and its tests ..."
	@$(PIP) --editable '.[dev]'
	@echo "Compiling its kernels ..."
	@$(BIN)/python -c "import heuristics.ready, formulations.ready"
	@touch $@ .venv/.demo

.venv/.lab: .venv/.created pyproject.toml constraints.txt
	@echo "Installing otgah and JupyterLab ..."
	@$(PIP) --editable '.[lab]'
	@$(BIN)/jupytext-config --settings-file .venv/etc/jupyter/labconfig/default_setting_overrides.json \
	  set-default-viewer python
	@echo "Compiling its kernels ..."
	@$(BIN)/python -c "import heuristics.ready, formulations.ready"
	@touch $@ .venv/.demo
