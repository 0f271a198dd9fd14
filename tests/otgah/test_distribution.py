"""The distribution as users install it: a typed wheel, and an editable install by a static path."""

import os
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path
from shutil import copy, copytree, ignore_patterns

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("analysis", "formulations", "heuristics", "instances", "otgah")

USER = """
import otgah


def served(seed: int) -> int:
    scenario: otgah.Scenario = otgah.build_scenario("section-v", seed=seed, num_requests=20)
    instance: otgah.Instance = otgah.build_instance(scenario, "twenty")
    outcome: otgah.Outcome = otgah.solve(instance, "ot-gah", settings={"order": "capacity"})
    schedule: otgah.Schedule | None = outcome.result.schedule
    if schedule is None or outcome.result.status is not otgah.Status.FEASIBLE:
        raise otgah.InputError("must find a schedule", field="method", found=outcome.task.method)
    otgah.report_progress(schedule=schedule, bound=otgah.bound(instance).result.bound)
    return outcome.result.objective or 0


def most_urgent_first(
    data: otgah.Coefficients, *, seed: int, time_limit: float | None
) -> otgah.Schedule:
    return otgah.Schedule.of([() for _ in range(data.num_edge_nodes)])


def campaign(path: str) -> otgah.CampaignStatus:
    print(otgah.batch(otgah.generate("dense", path, seeds=range(2)), ["ot-gah"], "runs.sqlite"))
    return otgah.status("runs.sqlite")
"""

MISTAKES = """
import otgah

otgah.solve("a.json", 3)
otgah.bound("a.json", time_limit="soon")
otgah.no_such_verb()
number: str = otgah.solve("a.json", "ot").result.objective
"""


def run(*command, cwd=None):
    return subprocess.run(
        list(map(str, command)), cwd=cwd, capture_output=True, text=True, check=False, env=quiet()
    )


def quiet():
    """Return an environment without the source tree on its path, with the templates of Jupyter."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    return kept | {"JUPYTER_PATH": str(Path(sysconfig.get_path("data"), "share", "jupyter"))}


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    """Return a copy of the source tree, since building writes into it."""
    folder = tmp_path_factory.mktemp("source") / "clone"
    for name in PACKAGES:
        copytree(ROOT / name, folder / name, ignore=ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        copy(ROOT / name, folder / name)
    return folder


def environment(folder):
    """Return the interpreter of a new environment that finds the dependencies of this one."""
    venv.create(folder, with_pip=False, symlinks=True)
    python = folder / "bin" / "python"
    packages = Path(
        run(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))").stdout.strip()
    )
    (packages / "running.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return python


def pip(*arguments):
    ended = run(sys.executable, "-m", "pip", *arguments)
    if "No matching distribution found for setuptools" in ended.stderr:
        pytest.skip("no index of packages can be reached")
    assert ended.returncode == 0, ended.stderr


def install(python, *what):
    pip("--python", python, "install", "--quiet", "--no-deps", *what)


@pytest.fixture(scope="module")
def installed(source, tmp_path_factory):
    """Return the interpreter of an environment with the wheel."""
    folder = tmp_path_factory.mktemp("wheel")
    pip("wheel", "--quiet", "--no-deps", "-w", folder, source)
    python = environment(folder / "venv")
    install(python, *folder.glob("*.whl"))
    return python


def test_the_wheel_has_every_package_and_its_types(installed, tmp_path):
    code = f"import {', '.join(PACKAGES)}; print(*(p.__file__ for p in ({', '.join(PACKAGES)})))"
    ended = run(installed, "-c", code, cwd=tmp_path)
    assert ended.returncode == 0, ended.stderr
    files = [Path(each) for each in ended.stdout.split()]
    assert all(each.is_relative_to(installed.parents[1]) for each in files)
    assert all(each.with_name("py.typed").exists() for each in files)


def test_the_wheel_brings_the_command(installed, tmp_path):
    ended = run(installed.with_name("otgah"), "catalogue", "scenarios", cwd=tmp_path)
    assert ended.returncode == 0, ended.stderr
    assert "--set scenario=section-v" in ended.stdout


@pytest.mark.long
def test_a_new_user_gets_along_with_the_wheel_and_an_empty_folder(installed, tmp_path):
    """The first minutes: the demonstration, a method of the user's own, its report, a guide."""

    def otgah(*arguments):
        ended = run(installed.with_name("otgah"), *arguments, cwd=tmp_path)
        assert ended.returncode == 0, ended.stdout + ended.stderr
        return ended.stdout

    told = otgah("demo")
    assert "221 runs: 221 new, 0 already in the store, 0 failed" in told
    assert (tmp_path / "runs" / "demo" / "report.html").stat().st_size > 0
    assert "otgah conform --plugin my-heuristic.py" in otgah("new", "method", "my-heuristic")
    own = ("--plugin", "my-heuristic.py")
    otgah("conform", *own)
    otgah("generate", "dense", "--out", "dense", "--seeds", "0:3")
    methods = "my-heuristic,ot-gah,decomposition"
    told = otgah("batch", "dense", *own, "--methods", methods, "--out", "mine.sqlite")
    assert "9 runs: 9 new, 0 already in the store, 0 failed" in told
    otgah("report", "mine.sqlite", "--out", "mine.html")
    assert "my-heuristic" in (tmp_path / "mine.html").read_text(encoding="utf-8")
    ended = run(installed, "-m", "analysis.guides.first_steps", cwd=tmp_path)
    assert ended.returncode == 0, ended.stderr


@pytest.mark.long
def test_a_users_file_type_checks_against_the_wheel(installed, tmp_path):
    (tmp_path / "user.py").write_text(USER)
    (tmp_path / "mistakes.py").write_text(MISTAKES)
    command = [sys.executable, "-m", "mypy", "--strict", "--python-executable", installed]
    command += ["--config-file=", "--cache-dir", "cache", "--no-error-summary"]
    ended = run(*command, "user.py", "mistakes.py", cwd=tmp_path)
    found = [line for line in ended.stdout.splitlines() if ": error: " in line]
    assert ended.stderr == ""
    assert [line for line in found if not line.startswith("mistakes.py")] == []
    assert {line.split(":")[1] for line in found} == {"4", "5", "6", "7"}


@pytest.mark.long
def test_an_editable_install_is_hidden_by_no_folder_of_its_names(source, tmp_path):
    """A folder of instances, or a clone of this repository, is no package: Python finds ours."""
    python = environment(tmp_path / "venv")
    install(python, "--editable", source)
    work = tmp_path / "work"
    for name in PACKAGES:
        (work / name / "otgah").mkdir(parents=True)
    (work / "otgah" / "otgah" / "__init__.py").write_text("raise ImportError('the clone')")
    code = "import otgah, instances; print(otgah.solve.__name__, instances.__file__)"
    ended = run(python, "-c", code, cwd=work)
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout.split() == ["solve", str(source / "instances" / "__init__.py")]
