"""Files of the user's that hide a package of the toolkit: named, with the way out."""

import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from otgah._hidden_names import PACKAGES

ROOT = Path(__file__).parents[2]


def python(folder, *arguments, **environment):
    return subprocess.run(
        [sys.executable, *map(str, arguments)],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def script(tmp_path):
    """Return the script that an installer writes for the command."""
    entry = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["scripts"]["otgah"]
    module, _, function = entry.partition(":")
    path = tmp_path / "bin" / "otgah"
    path.parent.mkdir()
    path.write_text(f"import sys\nfrom {module} import {function}\nsys.exit({function}())\n")
    return path


def hide(folder, name, kind):
    """Write a file or package of the user's, and return what hides ours."""
    if kind == "file":
        path = folder / f"{name}.py"
    else:
        path = folder / name / "__init__.py"
        path.parent.mkdir()
    path.write_text("")
    return path


@pytest.mark.parametrize("kind", ["file", "package"])
@pytest.mark.parametrize("name", PACKAGES)
def test_the_import_names_the_file_that_hides_a_package(tmp_path, name, kind):
    path = hide(tmp_path, name, kind)
    ended = python(tmp_path, "-c", "import otgah")
    assert ended.returncode == 1
    line = ended.stderr.splitlines()[-1]
    assert line.startswith(f"ImportError: {path} hides the package '{name}' of otgah; rename")


def test_the_import_names_a_file_on_the_python_path(tmp_path):
    path = hide(tmp_path, "analysis", "file")
    ended = python(ROOT.parent, "-c", "import otgah", PYTHONPATH=f"{tmp_path}{os.pathsep}{ROOT}")
    assert f"ImportError: {path} hides" in ended.stderr


def test_a_script_that_hides_a_package_is_named(tmp_path):
    path = tmp_path / "instances.py"
    path.write_text("import otgah\n")
    ended = python(tmp_path, path)
    assert f"ImportError: {path} hides" in ended.stderr


@pytest.mark.parametrize("name", PACKAGES)
def test_the_command_exits_2_with_one_line(tmp_path, script, name):
    path = hide(tmp_path, name, "file")
    ended = python(tmp_path, script, "methods", PYTHONPATH=f"{tmp_path}{os.pathsep}{ROOT}")
    assert ended.returncode == 2
    assert ended.stdout == ""
    (line,) = ended.stderr.splitlines()
    assert line.startswith(f"otgah: {path} hides the package '{name}' of otgah; rename")


def test_the_command_as_a_module_exits_2_with_one_line(tmp_path):
    path = hide(tmp_path, "heuristics", "package")
    ended = python(tmp_path, "-m", "otgah", "methods")
    assert ended.returncode == 2
    (line,) = ended.stderr.splitlines()
    assert line.startswith(f"otgah: {path} hides")


def test_folders_of_the_same_names_hide_nothing(tmp_path, script):
    for name in (*PACKAGES, "otgah"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "data.json").write_text("{}")
    code = "import otgah, instances; print(otgah.solve, instances.__file__)"
    ended = python(tmp_path, "-c", code)
    assert ended.returncode == 0, ended.stderr
    assert str(ROOT / "instances") in ended.stdout
    for command in (["-m", "otgah"], [script]):
        assert python(tmp_path, *command, "methods").returncode == 0


def test_a_link_to_the_packages_hides_nothing(tmp_path):
    for name in (*PACKAGES, "otgah"):
        (tmp_path / name).symlink_to(ROOT / name)
    assert python(tmp_path, "-c", "import otgah").returncode == 0
