"""Pace: true and planned computing times of an edge node, beside its estimates."""

from __future__ import annotations

from fractions import Fraction
from math import ceil
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


class Pace:
    """Ratios of computing times to their estimates.

    Parameters
    ----------
    ratio_at
        Function that returns the ratio of the iterations that begin at a tick; None if the
        estimates are the truth. Iterations that are executed together have the ratio of the first.
    planned_ratio
        Ratio that the edge node plans with.
    """

    def __init__(
        self,
        ratio_at: Callable[[int], Fraction] | None = None,
        planned_ratio: Fraction = Fraction(1),
    ) -> None:
        self._ratio_at, self._planned_ratio = ratio_at, planned_ratio

    def true(self, units: int, tick: int) -> int:
        """Return the true time of an estimate, rounded up."""
        return units if self._ratio_at is None else ceil(units * self._ratio_at(tick))

    def planned(self, units: int) -> int:
        """Return the planned time of an estimate, rounded up."""
        return units if self._planned_ratio == 1 else ceil(units * self._planned_ratio)


AS_ESTIMATED = Pace()
"""Pace of an edge node whose estimates are the truth."""
