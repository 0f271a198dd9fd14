"""Reporting: the best schedule and bound so far, sent to the caller while a method runs.

A method that is killed cannot return a result, but the caller keeps its reports. A method
therefore calls :func:`report` with each better schedule and each better bound. Without a listener
the call has no effect.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator

    from heuristics.schedule import Schedule


class Listener(Protocol):
    """Function that receives the reports of a method, in any thread."""

    def __call__(self, schedule: Schedule | None, bound: int | None) -> None:
        """Receive a schedule, a bound, or both."""


_listener: Listener | None = None


def report(*, schedule: Schedule | None = None, bound: int | None = None) -> None:
    """Report a feasible schedule, a proven upper bound on the throughput, or both.

    Parameters
    ----------
    schedule
        Best schedule so far; None to report a bound only.
    bound
        Least bound so far; None to report a schedule only.
    """
    if _listener is not None:
        _listener(schedule, bound)


@contextmanager
def listening(listener: Listener | None) -> Iterator[None]:
    """Send all reports inside the ``with`` block to a function; None discards them.

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
