"""Limits: the time of a replay, and the errors of a replay that exceeds a limit."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf
from time import perf_counter


class TooManyColumnsError(Exception):
    """Too many columns survive to be replayed."""


class OutOfTimeError(Exception):
    """The time of a replay is over."""


@dataclass(frozen=True, kw_only=True)
class Clock:
    """End of a replay.

    Parameters
    ----------
    end_s
        Reading of :func:`time.perf_counter` at which the replay ends [s].
    """

    end_s: float = inf

    @property
    def left_s(self) -> float:
        """Time left [s], at least 0."""
        return max(0.0, self.end_s - perf_counter())

    def check(self) -> None:
        """Raise :class:`OutOfTimeError` if the time is over."""
        if perf_counter() > self.end_s:
            raise OutOfTimeError


UNLIMITED = Clock()
"""The clock of a replay without a time limit."""
