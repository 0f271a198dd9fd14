"""A large kernel is compiled once: its callers hold its name, on disk and in memory."""

import sys
from importlib import import_module

import pytest

from heuristics import kernel_library

TOY = """
from heuristics.compiled import compiled, inner

@inner
def times(x, factor):
    return factor * x

@inner
def double(x):
    return times(x, 2)

@compiled
def quadruple(x):
    return double(double(x))
"""


@pytest.fixture
def toy(tmp_path, monkeypatch):
    """Return a function that imports the kernels anew, as a new process would."""
    (tmp_path / "toy_kernels.py").write_text(TOY, encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)

    def imported():
        monkeypatch.setattr(kernel_library, "_known", {})
        sys.modules.pop("toy_kernels", None)
        return import_module("toy_kernels")

    yield imported
    sys.modules.pop("toy_kernels", None)


def called_by(kernel):
    (result,) = kernel.overloads.values()
    return [symbol.split("toy_kernels")[1][1:7] for symbol in result.library.callee.called]


def test_a_large_kernel_is_called_by_name_and_loaded_before_its_callers(toy, monkeypatch):
    monkeypatch.setattr(kernel_library, "_MOST_COPIED", 0)
    first = toy()
    assert first.quadruple(3) == 12
    assert called_by(first.double) == ["timesB"]
    assert called_by(first.quadruple) == ["timesB", "double"]
    second = toy()
    assert second.quadruple(4) == 16
    assert sum(second.quadruple.stats.cache_hits.values()) == 1
    assert not second.double.overloads


def test_a_small_kernel_is_copied(toy):
    kernels = toy()
    assert kernels.quadruple(3) == 12
    assert called_by(kernels.quadruple) == []


def test_a_caller_of_code_that_cannot_be_kept_is_compiled_anew(toy, monkeypatch):
    monkeypatch.setattr(kernel_library, "_MOST_COPIED", 0)
    kernels = toy()
    check = kernel_library.CompileResultCacheImpl.check_cachable
    monkeypatch.setattr(
        kernel_library.CompileResultCacheImpl,
        "check_cachable",
        lambda self, result: "times" not in result.fndesc.qualname and check(self, result),
    )
    assert kernels.quadruple(3) == 12
    kernels = toy()
    assert kernels.quadruple(3) == 12
    assert not kernels.quadruple.stats.cache_hits
