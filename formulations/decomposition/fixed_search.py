"""FixedSearch: the search of one choice of rows within a branch and bound over alternatives."""

from __future__ import annotations

from typing import TYPE_CHECKING

from formulations.decomposition.approach import EXACT_STEPS, FINE_STEPS, OF_FEW
from formulations.decomposition.search import Search

if TYPE_CHECKING:
    from collections.abc import Callable

    from heuristics.coefficients import Coefficients
    from heuristics.limits import Limits
    from heuristics.schedule import Schedule

LATER_VAIN = 2
"""Number of successive schedules without improvement after the first choice of few rows.

They are rarely better than the incumbent, and columns decide cheaply if a choice is better."""


class FixedSearch(Search):
    """The search of one choice of rows, which hands on each better schedule.

    Parameters
    ----------
    data
        Coefficients of the chosen rows.
    limits, seed, incumbent
        As for :class:`Search`.
    is_first
        True for the first choice that is solved.
    offer_on
        Function that receives each schedule of the chosen rows.
    """

    def __init__(
        self,
        data: Coefficients,
        limits: Limits,
        *,
        seed: int,
        incumbent: Schedule | None,
        is_first: bool,
        offer_on: Callable[[Schedule], object],
    ) -> None:
        self._offer_on = offer_on
        super().__init__(data, limits, seed=seed, incumbent=incumbent)
        self._is_first = is_first

    def approach(self) -> None:
        """Improve bound and incumbent without listing columns, after the first choice briefly."""
        if self._is_first or self.is_wide:
            super().approach()
            return
        self.climb(exact=True, step=0.3, num_steps=EXACT_STEPS)
        self.schedule(num_vain=LATER_VAIN)
        if self.ascent.value - self.bound < OF_FEW.near:
            self.climb(exact=True, step=0.1, num_steps=FINE_STEPS, least_step=1e-4)

    def _note(self) -> None:
        self._offer_on(self.incumbent)
