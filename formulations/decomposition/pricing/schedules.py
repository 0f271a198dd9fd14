r"""Schedules: feasible schedules made from prices.

The edge nodes come in random order, and each takes the best batch of the free requests, at profits
:math:`1 - \alpha \pi_i` plus a small random noise. Then each edge node in turn frees its batch and
takes a new one, in rounds of decreasing :math:`\alpha`: in the last round almost only the number of
requests counts. If a batch exceeds a band, the price of the band is raised, by bisection, until the
batch fits.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from formulations.decomposition.pricing.edge_nodes import latency_pairs
from formulations.decomposition.pricing.pricing import best_of
from heuristics.compiled import compiled, inner
from heuristics.schedule import Schedule

if TYPE_CHECKING:
    from formulations.decomposition.pricing.edge_nodes import EdgeNodes, FloatArray
    from formulations.decomposition.pricing.prices import DualPrices
    from heuristics.coefficients import BoolArray, Coefficients, IntArray
    from heuristics.limits import Limits

RECIPES = (
    (0.9, 0.0),
    (0.98, 0.0),
    (1.0, 0.0),
    (0.9, 0.01),
    (0.98, 0.01),
    (1.0, 0.01),
    (0.98, 0.03),
    (0.98, 0.1),
)
"""alpha and largest noise of successive schedules."""

ROUNDS = (0.9, 0.5, 0.01)
"""alpha of the rounds after the first."""

LEAST_PROFIT = 1e-4
"""Least profit of a free request, so that serving it is better than not serving it."""

BISECTIONS, TRIPLINGS = 3, 14
"""Number of price changes after which any fitting batch ends the search, and their maximum."""

SEARCH_NODES = 20_000
"""Maximum number of nodes for finding one batch."""


class Scheduler:
    """Scheduler that makes schedules from prices.

    Parameters
    ----------
    data, nodes
        Coefficients, and the same sorted by edge node.
    seed
        Seed of the random choices.
    """

    def __init__(self, data: Coefficients, nodes: EdgeNodes, seed: int) -> None:
        self._nodes = nodes
        self._random = np.random.default_rng(seed)
        pairs = [latency_pairs(data, j) for j in range(data.num_edge_nodes)]
        self._request = [data.pairs.requests[pair] for pair in pairs]
        self._bands = [
            (
                np.stack([data.pairs.uplink[pair], data.pairs.downlink[pair]]),
                np.array([data.uplink_capacity[j], data.downlink_capacity[j]]),
            )
            for j, pair in enumerate(pairs)
        ]
        self._num_made = 0

    def make(
        self, prices: DualPrices, limits: Limits, *, recipe: tuple[float, float] | None = None
    ) -> Schedule:
        """Return a new schedule, the best of all rounds.

        Parameters
        ----------
        prices, limits
            Prices of requests and bands, and limits of the run.
        recipe
            alpha and largest noise; None for those of `RECIPES` in turn.
        """
        if recipe is None:
            recipe = RECIPES[self._num_made % len(RECIPES)]
            self._num_made += 1
        alpha, most = recipe
        num_edge_nodes, num_requests = len(self._request), len(prices.request)
        noise = self._random.random(num_requests) * most
        batches: list[IntArray] = [np.zeros(0, dtype=np.int64)] * num_edge_nodes
        best = list(batches)
        for weight in (alpha, *ROUNDS):
            gain = np.maximum(1 - weight * prices.request, LEAST_PROFIT) + noise
            profit = gain.copy()
            for batch in batches:
                profit[batch] = -1.0
            for j in self._random.permutation(num_edge_nodes):
                limits.check_time()
                profit[batches[j]] = gain[batches[j]]
                batches[j] = self.fitting(prices, j, profit[self._request[j]], weight)
                profit[batches[j]] = -1.0
            if sum(map(len, batches)) > sum(map(len, best)):
                best = list(batches)
        return Schedule.of(best)

    def requests(self, j: int) -> IntArray:
        """Return the eligible requests of an edge node in latency order, shape (n,)."""
        return self._request[j]

    def fitting(self, prices: DualPrices, j: int, profit: FloatArray, weight: float) -> IntArray:
        """Return a feasible batch of large profit, by :func:`fitting_batch`.

        Parameters
        ----------
        prices, j
            Prices, of which those of bands count, and the edge node.
        profit
            Profit of each of its requests in latency order, shape (n,); negative for requests that
            must not be taken.
        weight
            Initial factor of the prices of the bands.
        """
        places = fitting_batch(self._nodes, prices, j, profit, weight, *self._bands[j])
        return np.asarray(self._request[j][places])


@compiled
def fitting_batch(
    nodes: EdgeNodes,
    prices: DualPrices,
    j: int,
    profit: FloatArray,
    weight: float,
    demand: IntArray,
    capacity: IntArray,
) -> IntArray:
    """Find a batch of large profit that fits the bands.

    Parameters
    ----------
    nodes, prices, j
        Edge node and prices.
    profit
        Profits of its requests before the prices of bands, in latency order, shape (n,).
    weight
        alpha, the initial factor of the prices of the bands.
    demand, capacity
        Integer demands and capacities of uplink and downlink, shapes (2, n) and (2,).

    Returns
    -------
    array of int
        Places in latency order; empty if no price makes a batch fit.
    """
    uplink, downlink = weight * prices.uplink[j], weight * prices.downlink[j]
    reduced = _reduced(nodes, j, profit, uplink, downlink)
    batch = best_of(nodes, prices, j, reduced, SEARCH_NODES)
    raises = _breaks(demand, capacity, batch)
    if not raises.any():
        return batch
    best = batch[:0]
    low, high, more = 0.0, np.inf, max(1.0, 0.2 * max(uplink, downlink))
    for number in range(TRIPLINGS):
        price = uplink + more * raises[0], downlink + more * raises[1]
        reduced = _reduced(nodes, j, profit, price[0], price[1])
        batch = best_of(nodes, prices, j, reduced, SEARCH_NODES)
        broken = _breaks(demand, capacity, batch)
        if not broken.any():
            if batch.size > best.size:
                best = batch
            high = more
            if number >= BISECTIONS:
                break
        else:
            raises |= broken
            low = more
        more = 3 * more if high == np.inf else (low + high) / 2
    return best


@inner
def _reduced(
    nodes: EdgeNodes, j: int, profit: FloatArray, uplink: float, downlink: float
) -> FloatArray:
    """Return profits less the prices of the bands, shape (n,)."""
    reduced = np.empty(profit.size)
    for place in range(profit.size):  # numba compiles arithmetic of arrays for seconds.
        pair = nodes.first[j] + place
        used = uplink * nodes.uplink[pair]
        reduced[place] = profit[place] - used - downlink * nodes.downlink[pair]
    return reduced


@inner
def _breaks(demand: IntArray, capacity: IntArray, batch: IntArray) -> BoolArray:
    """Return True for each band that a batch exceeds, in integers, shape (2,)."""
    used = np.zeros(2, dtype=np.int64)
    for place in batch:
        used += demand[:, place]
    return used > capacity
