"""A first run says that it compiles, and keeps the compiled code on disk."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from numba.core.caching import FunctionCache

import otgah

ROOT = Path(__file__).parents[2]

TOY = """
import numpy as np
from heuristics.compilation import compiles_beside
from heuristics.compiled import compiled

@compiled
def total(values):
    return values.sum()

@compiled
def times(x, factor):
    return factor * x

@compiled
def double(x):
    return times(x, 2) + times(x, x)

def double_once():
    double(1)

@compiles_beside("toy:double_once")
def run():
    total(np.ones(2))
    return double(3)
"""

SCRIPT = "import toy; print(toy.run(), len(toy.times.signatures), len(toy.double.signatures))"


def run(folder, *command):
    path = os.pathsep.join([str(folder), str(ROOT)])
    environment = os.environ | {"PYTHONPATH": path, "NUMBA_CACHE_DIR": str(folder / "kernels")}
    return subprocess.run(
        [sys.executable, *command],
        env=environment,
        cwd=folder,
        check=True,
        capture_output=True,
        text=True,
    )


def test_the_first_process_says_that_it_compiles_and_the_second_loads(tmp_path):
    """`times` is called with a constant and with a variable, and compiled once."""
    (tmp_path / "toy.py").write_text(TOY, encoding="utf-8")
    first, second = (run(tmp_path, "-c", SCRIPT) for _ in range(2))
    assert first.stdout.split()[0] == second.stdout.split()[0] == "15"
    assert first.stdout.split()[1] in ("0", "1")  # 0 if the second process has compiled it
    assert first.stderr.startswith("otgah: compiling kernels")
    assert second.stderr == ""
    assert not list((tmp_path / "kernels").rglob("*.lock"))


def test_a_folder_that_cannot_be_written_to_any_more_is_no_failure(tmp_path, monkeypatch, capsys):
    def fail(*_):
        raise PermissionError(13, "Permission denied")

    (tmp_path / "toy_kept_nowhere.py").write_text(
        "from heuristics.compiled import compiled\n\n@compiled\ndef double(x):\n    return 2 * x\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(FunctionCache, "save_overload", fail)
    monkeypatch.delenv("OTGAH_TOLD_OF_KERNELS", raising=False)
    from toy_kept_nowhere import double

    assert double(21) == 42
    assert "cannot be kept" in capsys.readouterr().err
    monkeypatch.delenv("OTGAH_TOLD_OF_KERNELS", raising=False)


@pytest.mark.long
@pytest.mark.parametrize(
    ("method", "needless"),
    [
        ("ot-gah", {"lattice", "walk", "pricing", "cells", "nested_annealing"}),
        ("count-annealing", {"pricing", "cells", "search_tree", "matching_annealing"}),
        ("decomposition", {"lattice", "sorted_pricing", "group_pricing", "matching_annealing"}),
    ],
)
def test_a_first_run_compiles_only_what_a_small_problem_needs(tmp_path, method, needless):
    instance = next(iter(otgah.generate("dense", tmp_path, seeds=range(1))))
    command = (
        f"from analysis.cli import main; main(['solve', {str(instance)!r}, '--method', {method!r}])"
    )
    done = run(tmp_path, "-c", command)
    assert "compiling kernels" in done.stderr
    kept = {file.name.split(".")[0] for file in (tmp_path / "kernels").rglob("*.nbi")}
    assert kept
    assert not kept & needless
