"""Reporting: what a method has found so far, told to whoever may have to end it.

A method that is killed cannot return. What it has reported is kept: call :func:`report` with each
better schedule and each better bound. Where nobody listens, that costs nothing.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator

    from heuristics.schedule import Schedule


class Listener(Protocol):
    """Takes what a method reports, in any thread."""

    def __call__(self, schedule: Schedule | None, bound: int | None) -> None:
        """Take a schedule, a bound, or both."""


_listener: Listener | None = None


def report(*, schedule: Schedule | None = None, bound: int | None = None) -> None:
    """Tell of a feasible schedule, or of a proven upper bound on the throughput.

    Parameters
    ----------
    schedule
        The best so far; None if there is no news of it.
    bound
        The least so far; None if there is no news of it.
    """
    if _listener is not None:
        _listener(schedule, bound)


@contextmanager
def listening(listener: Listener | None) -> Iterator[None]:
    """Have a function take what is reported; None for nobody, as of what is not asked for.

    Examples
    --------
    >>> heard = []
    >>> with listening(lambda schedule, bound: heard.append(bound)):
    ...     report(bound=3)
    >>> report(bound=2)
    >>> heard
    [3]
    """
    global _listener
    before, _listener = _listener, listener
    try:
        yield
    finally:
        _listener = before
