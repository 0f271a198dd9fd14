"""Price ascent: prices of P1 for heuristics, with alternatives or without."""

from __future__ import annotations

from math import floor
from typing import TYPE_CHECKING

import numpy as np

from formulations.decomposition.pricing.dual_ascent import GAIN, DualAscent
from formulations.decomposition.pricing.edge_nodes import EdgeNodes
from formulations.decomposition.pricing.group_ascent import GroupAscent

if TYPE_CHECKING:
    from formulations.decomposition.pricing.prices import DualPrices
    from heuristics.coefficients import Coefficients
    from heuristics.limits import Limits


class PriceAscent:
    """Prices that fall step by step to those of a good bound.

    Parameters
    ----------
    data
        Coefficients of P1, with at least one eligible pair.
    """

    def __init__(self, data: Coefficients) -> None:
        self.nodes = EdgeNodes.of(data)
        self._num_servable = len(np.unique(data.pairs.requests))
        self.ascent = (
            GroupAscent(self.nodes, data.num_requests, data.alternatives)
            if data.has_alternatives
            else DualAscent(self.nodes, data.num_requests)
        )

    @property
    def prices(self) -> DualPrices:
        """Prices of the least bound so far."""
        return self.ascent.prices()

    def is_met(self, throughput: int) -> bool:
        """Return True if the bound of the prices shows that no schedule serves more."""
        return floor(min(self.ascent.value + GAIN, self._num_servable)) <= throughput

    def climb(self, incumbent: int, limits: Limits, *, exact: bool, num_steps: int) -> None:
        """Improve the prices.

        Parameters
        ----------
        incumbent
            Throughput of the best schedule known.
        limits
            Limits of the run.
        exact
            True to price with best batches; False with fractional ones, which is much faster.
        num_steps
            Maximum number of steps.
        """
        step = 0.3 if exact else 1.0
        self.ascent.climb(incumbent, limits, exact=exact, step=step, num_steps=num_steps)
