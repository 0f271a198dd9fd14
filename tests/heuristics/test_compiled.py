import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from numba.core.caching import FunctionCache

from formulations.decomposition.columns import columns
from heuristics.compiled import cache_folder, compiled, files_behind, inner


def test_a_kernel_without_a_folder_for_its_code_is_compiled_all_the_same():
    """numba keeps compiled code beside the file of a function; code from a string has none."""
    scope = {}
    exec("def double(number):\n    return 2 * number", scope)
    double = compiled(scope["double"])
    assert double(21) == 42
    assert double.signatures


def test_a_kernel_for_kernels_can_be_called_from_python():
    scope = {}
    exec("def double(x):\n    return 2 * x\n\ndef odd(x):\n    return double(x) + 1", scope)
    double = scope["double"] = inner(scope["double"])
    assert compiled(scope["odd"])(20) == 41
    assert [double(21), double(x=21)] == [42, 42]


def test_a_kernel_rests_on_the_files_that_its_file_imports_and_these_in_turn():
    """columns.py calls kernels of pricing.py, which takes those of screen.py."""
    package = Path(columns.__file__).parents[1]
    found = files_behind(package / "columns" / "columns.py")
    names = ("columns/columns.py", "pricing/pricing.py", "pricing/screen.py")
    assert {package / name for name in names} < found
    assert package.parents[1] / "heuristics" / "compiled.py" in found
    assert package / "columns" / "master.py" not in found


def test_a_kernel_is_compiled_anew_when_a_file_that_it_calls_has_changed(tmp_path):
    """double() of one file is called by that of another, and becomes triple()."""
    package = tmp_path / "toy"
    package.mkdir()
    head = "from heuristics.compiled import compiled\n"
    (package / "__init__.py").touch()
    (package / "caller.py").write_text(
        head + "from toy.called import times\n\n@compiled\ndef kernel(x):\n    return times(x)\n"
    )

    def result(factor):
        # Python holds its own compiled file for current if size and second are those of the source.
        (package / "called.py").write_text(
            head + f"\n@compiled\ndef times(x):\n    return {factor} * x\n"
        )
        command = (
            "from toy.caller import kernel; print(kernel(5), sum(kernel.stats.cache_hits.values()))"
        )
        path = os.pathsep.join([str(tmp_path), *sys.path])
        done = subprocess.run(
            [sys.executable, "-c", command],
            env=os.environ | {"PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1"},
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout.split()

    assert result(2) == ["10", "0"]
    assert result(2) == ["10", "1"]
    assert result(3) == ["15", "0"]


def test_a_kernel_is_compiled_anew_when_a_class_of_its_arguments_was_renamed(tmp_path):
    """The index of the older code holds the class by its name, which is gone."""

    def result(name):
        (tmp_path / "toy_class.py").write_text(
            "from typing import NamedTuple\n"
            "from heuristics.compiled import compiled\n\n"
            f"class {name}(NamedTuple):\n    x: int\n\n"
            "@compiled\ndef kernel(values):\n    return 2 * values.x\n\n"
            f"print(kernel({name}(21)))\n"
        )
        done = subprocess.run(
            [sys.executable, "-c", "import toy_class"],
            env=os.environ
            | {
                "PYTHONPATH": os.pathsep.join([str(tmp_path), *sys.path]),
                "PYTHONDONTWRITEBYTECODE": "1",
            },
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout.split()

    assert result("Before") == ["42"]
    assert result("After") == ["42"]


def test_a_kernel_does_not_rest_on_what_a_function_imports(tmp_path):
    """A display that a method imports when it is called may change without compiling anew."""
    package = tmp_path / "toy"
    package.mkdir()
    for name in ("__init__", "ground", "types", "display"):
        (package / f"{name}.py").touch()
    (package / "kernel.py").write_text(
        "from typing import TYPE_CHECKING\n"
        "from toy.ground import X\n"
        "if TYPE_CHECKING:\n    from toy.types import Y\n"
        "class Z:\n    def show(self):\n        from toy.display import html\n"
    )
    found = {path.name for path in files_behind(package / "kernel.py")}
    assert found == {"kernel.py", "ground.py", "types.py"}


def kernels_in(monkeypatch, folder):
    """Take from numba every folder, so that only the one for temporary files is left."""
    code = FunctionCache._impl_class
    monkeypatch.setattr(code, "_locator_classes", code._locator_classes[:1])
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    monkeypatch.setenv("OTGAH_TOLD_OF_KERNELS", "set, so that it is restored")
    monkeypatch.delenv("OTGAH_TOLD_OF_KERNELS")


def test_kernels_fall_back_to_a_private_folder_and_say_so_once(tmp_path, monkeypatch, capsys):
    kernels_in(monkeypatch, tmp_path)
    folder = tmp_path / f"otgah-kernels-{os.getuid()}"
    assert folder in cache_folder().parents
    assert folder.stat().st_mode & 0o777 == 0o700
    assert cache_folder() is not None
    told = capsys.readouterr().err
    assert told.count("\n") == 1
    assert str(folder) in told


@pytest.mark.parametrize("mode", [0o770, 0o707, 0o755])
def test_a_folder_that_others_can_enter_is_not_used(tmp_path, monkeypatch, capsys, mode):
    kernels_in(monkeypatch, tmp_path)
    folder = tmp_path / f"otgah-kernels-{os.getuid()}"
    folder.mkdir()
    folder.chmod(mode)
    assert cache_folder() is None
    assert "each process compiles its own" in capsys.readouterr().err


def test_a_link_to_a_folder_is_not_used(tmp_path, monkeypatch):
    kernels_in(monkeypatch, tmp_path)
    (tmp_path / "elsewhere").mkdir(mode=0o700)
    (tmp_path / f"otgah-kernels-{os.getuid()}").symlink_to(tmp_path / "elsewhere")
    assert cache_folder() is None
