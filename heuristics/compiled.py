"""compiled: the decorator of every kernel that numba compiles."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar, cast

from numba import njit

if TYPE_CHECKING:
    from collections.abc import Callable

Kernel = TypeVar("Kernel", bound="Callable[..., object]")


def compiled(kernel: Kernel) -> Kernel:
    """Compile a function at its first call for each kind of arguments, and keep that on disk.

    Where no folder can be written to, or the function has no file, each process compiles anew.

    Parameters
    ----------
    kernel
        A function of numbers, arrays and named tuples of arrays, which are changed in place.

    Notes
    -----
    numba looks at the file of a kernel alone to tell whether what is on disk is out of date. So
    a kernel calls kernels of its own file only, and takes no constant from another one.
    """
    try:
        return cast("Kernel", njit(cache=True)(kernel))
    except RuntimeError:  # "cannot cache function ...: no locator available"
        return cast("Kernel", njit(kernel))
