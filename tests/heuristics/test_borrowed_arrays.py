"""Kernels that only borrow arrays count no references; all others still do."""

import sys
from importlib import import_module

import numpy as np
import pytest
from numba.core.runtime import _nrt_python, rtsys

TOY = """
from typing import NamedTuple

import numpy as np

from heuristics.compiled import compiled, inner

class Pair(NamedTuple):
    left: np.ndarray
    right: np.ndarray

@inner
def largest(values, first):
    best = values[first]
    for at in range(first, values.size):
        best = max(best, values[at])
    return best

@compiled
def sum_of_largest(pair, first):
    return largest(pair.left, first) + largest(pair.right[1:], first)

@compiled
def copied(values):
    return largest(values.copy(), 0)

@compiled
def doubled(values):
    return largest(values + values, 0)

@compiled
def positive(values):
    return largest(values[values > 0], 0)

@compiled
def itself(values):
    return values

@inner
def made(size):
    return np.full(size, 7)

@compiled
def received(values):
    return largest(made(values.size), 0)

@compiled
def listed(values):
    return largest([values][0], 0)
"""

CREATING = ["copied", "doubled", "positive", "itself", "received", "listed"]


@pytest.fixture(scope="module")
def toy(tmp_path_factory):
    """Return kernels that no process has compiled before."""
    folder = tmp_path_factory.mktemp("kernels")
    (folder / "borrowing_kernels.py").write_text(TOY, encoding="utf-8")
    sys.path.insert(0, str(folder))
    yield import_module("borrowing_kernels")
    sys.path.remove(str(folder))
    del sys.modules["borrowing_kernels"]


def counts(kernel):
    """Return True if the code of a kernel counts references. A call from Python counts its own."""
    (result,) = kernel.overloads.values()
    code = str(result.library.get_function(result.fndesc.mangled_name))
    return "NRT" in code


def test_a_kernel_that_reads_parts_of_its_arguments_does_not_count(toy):
    values = np.array([3, 9, 4])
    assert toy.sum_of_largest(toy.Pair(values, values[::-1].copy()), 1) == 9 + 3
    assert not counts(toy.sum_of_largest)


@pytest.mark.parametrize("name", CREATING)
def test_a_kernel_that_creates_receives_or_returns_an_array_counts(toy, name):
    values = np.array([3, 9, 4])
    getattr(toy, name)(values)
    assert counts(getattr(toy, name))


@pytest.fixture
def allocations():
    """Have numba count what it allocates and frees, and return the function that tells it."""
    _nrt_python.memsys_enable_stats()
    yield rtsys.get_allocation_stats
    _nrt_python.memsys_disable_stats()


def test_no_memory_is_lost_or_freed_twice(toy, allocations):
    values = np.array([3, 9, 4])
    kernels = [getattr(toy, name) for name in CREATING]
    references, before = sys.getrefcount(values), allocations()
    for _ in range(100):
        found = [int(np.max(kernel(values))) for kernel in kernels]
    after = allocations()
    assert found == [9, 18, 9, 9, 7, 9]
    assert after.alloc - before.alloc == after.free - before.free
    assert after.mi_alloc - before.mi_alloc == after.mi_free - before.mi_free
    assert sys.getrefcount(values) == references
