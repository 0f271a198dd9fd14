"""Clock: the time of runs, which stands while kernels are compiled or loaded from disk."""

from __future__ import annotations

from contextlib import contextmanager
from time import perf_counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


class Clock:
    """A clock that can stand. Its time has no fixed origin: only differences have a meaning."""

    def __init__(self) -> None:
        self._stood_s = 0.0
        self._since_s: float | None = None

    def now_s(self) -> float:
        """Return the time [s]."""
        at_s = perf_counter() if self._since_s is None else self._since_s
        return at_s - self._stood_s

    @contextmanager
    def standing(self) -> Iterator[None]:
        """Stop the clock for a block of code, which may contain another such block."""
        if self._since_s is not None:
            yield
            return
        self._since_s = perf_counter()
        try:
            yield
        finally:
            self._stood_s += perf_counter() - self._since_s
            self._since_s = None


CLOCK = Clock()
"""The clock of all runs of this process."""


def now_s() -> float:
    """Return the time of the clock of all runs [s]."""
    return CLOCK.now_s()
