r"""Exact pricing: the batch of an edge node of largest profit under all of (12a) to (12d).

The largest profit :math:`V_j(\pi)` of a batch at prices of requests alone is bounded from above by
:math:`V_j(\pi, \lambda, \mu) + \lambda + \mu` for any prices of uplink and per-user downlink, and
from below by the profit of any feasible batch. Where the bands are slack both are equal at prices
of 0. What is left between the two is decided by the threshold model of the one edge node.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from formulations.decomposition.pricing.dual_ascent import NODES_A_REQUEST, SEARCH_NODES
from formulations.decomposition.pricing.pricing import best_batch
from formulations.decomposition.pricing.screen import screen
from formulations.matheuristics.part_model import PartModel, free_pairs
from heuristics.improvement.placement import PairTable, Placement

if TYPE_CHECKING:
    from formulations.decomposition.pricing.edge_nodes import FloatArray
    from formulations.decomposition.pricing.prices import DualPrices
    from formulations.decomposition.pricing.schedules import Scheduler
    from formulations.matheuristics.price_ascent import PriceAscent
    from heuristics.coefficients import Coefficients, IntArray
    from heuristics.limits import Limits

TOLERANCE = 1e-7
"""Difference of two profits that counts as none."""

FACTORS = (0.0, 0.25, 0.5, 0.75, 1.0, 1.25, 1.5, 2.0)
"""Multiples of the ascent's prices of the bands at which a profit is bounded."""


class Priced(NamedTuple):
    """A batch, and what is known of the largest profit."""

    requests: IntArray
    """Requests of a feasible batch."""
    value: float
    """Its profit."""
    upper: float
    """Upper bound on the profit of every batch."""


class ExactPricing:
    """Pricing problems of all edge nodes.

    Parameters
    ----------
    data
        Coefficients of P1.
    ascent
        Prices that the search starts from.
    scheduler
        Search for feasible batches.
    seed
        Seed of HiGHS.
    """

    def __init__(
        self, data: Coefficients, ascent: PriceAscent, scheduler: Scheduler, seed: int
    ) -> None:
        self._data, self._ascent, self._scheduler, self._seed = data, ascent, scheduler, seed
        self._table = PairTable.of(data)
        self._max_nodes = SEARCH_NODES + NODES_A_REQUEST * data.num_requests

    def price(self, row: int, request_price: FloatArray) -> Priced:
        """Return a feasible batch and a bound, without a MILP.

        Parameters
        ----------
        row
            Row of the coefficients.
        request_price
            Price of each request, shape (I,).
        """
        request = self._scheduler.requests(row)
        if not len(request):
            return Priced(request, 0.0, 0.0)
        profit = 1 - request_price[request]
        prices = self._ascent.prices
        batch = self._scheduler.fitting(prices, row, np.where(profit > 0, profit, -1.0), 1.0)
        batch = batch[1 - request_price[batch] > 0]
        value = float((1 - request_price[batch]).sum())
        upper = np.inf
        has_bands = prices.uplink[row] > 0 or prices.downlink[row] > 0
        for factor in FACTORS if has_bands else FACTORS[:1]:
            bands = factor * prices.uplink[row], factor * prices.downlink[row]
            found, bound = self._bound(row, profit, prices, *bands)
            upper = min(upper, bound)
            own = float((1 - request_price[found]).sum())
            if own > value and self._fits(row, found):
                batch, value = found, own
            if upper <= value + TOLERANCE:
                break
        return Priced(batch, value, max(upper, value))

    def _bound(
        self, row: int, profit: FloatArray, prices: DualPrices, uplink: float, downlink: float
    ) -> tuple[IntArray, float]:
        """Return the best batch at prices of the bands, and the bound that it gives."""
        nodes = self._ascent.nodes
        pairs = slice(nodes.first[row], nodes.first[row + 1])
        reduced = profit - uplink * nodes.uplink[pairs] - downlink * nodes.downlink[pairs]
        knapsacks = screen(nodes, prices, row, reduced)
        best = best_batch(nodes, prices, row, reduced, knapsacks, self._max_nodes)
        return self._scheduler.requests(row)[best.places], best.upper + uplink + downlink

    def _fits(self, row: int, requests: IntArray) -> bool:
        """Return True if a batch keeps uplink and downlink, in integers."""
        pairs, data = self._data.pairs, self._data
        return all(
            pairs.amounts(name, row, requests).sum() <= getattr(data, f"{name}_capacity")[row]
            for name in ("uplink", "downlink")
        )

    def close(self, row: int, request_price: FloatArray, priced: Priced, limits: Limits) -> Priced:
        """Decide by HiGHS what `price` left open.

        Parameters
        ----------
        row, request_price
            As for `price`.
        priced
            Answer of `price`.
        limits
            Limits of the run; a MILP that is cut improves the bound as far as it came.
        """
        if priced.upper <= priced.value + TOLERANCE:
            return priced
        placed = Placement(self._data, table=self._table)
        own = np.arange(self._table.row_pointer[row], self._table.row_pointer[row + 1])
        profit = 1 - request_price[self._table.request[own]]
        own, profit = own[profit > 0], profit[profit > 0]
        model = PartModel(self._data, placed, free_pairs(placed, own), profit)
        answer = model.solve(limits, time_limit=None, seed=self._seed)
        placed.add(answer.chosen)
        requests = np.array(placed.schedule.batches[row], dtype=np.int64)
        value = float((1 - request_price[requests]).sum())
        upper = max(min(priced.upper, answer.bound + TOLERANCE), value, priced.value)
        if value < priced.value:
            return Priced(priced.requests, priced.value, upper)
        return Priced(requests, value, upper)
