"""Pricing: the best batch of each edge node at prices of requests and spectrum.

V_j is the largest profit of a batch within memory, level-based downlink and deadlines. The screen
bounds the batches of each d. The d are searched in order of decreasing bound, until no bound
exceeds the best batch found.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from formulations.decomposition.pricing.count_vectors import Aim, Found, offer, search
from formulations.decomposition.pricing.orders import sort_decreasing
from formulations.decomposition.pricing.prices import profits
from formulations.decomposition.pricing.screen import screen, take_fraction
from heuristics.compiled import compiled, inner

if TYPE_CHECKING:
    from formulations.decomposition.pricing.edge_nodes import EdgeNodes, FloatArray
    from formulations.decomposition.pricing.prices import DualPrices
    from formulations.decomposition.pricing.screen import Knapsacks
    from heuristics.coefficients import IntArray

GUARD = 1e-9
"""Tolerance that exceeds the rounding error of a profit."""


PLACES_A_NODE = 16
"""Number of requests whose processing for one d is counted as one node."""


class BestBatch(NamedTuple):
    """Batch of largest profit found by a search."""

    places: IntArray
    """Places of the requests in latency order."""
    value: float
    """Profit of the batch."""
    upper: float
    """Upper bound on the profit of all batches; above ``value`` only if the search gave up."""
    num_nodes: int
    """Number of counts tried."""


@compiled
def best_batch(
    nodes: EdgeNodes,
    prices: DualPrices,
    j: int,
    profit: FloatArray,
    knapsacks: Knapsacks,
    max_nodes: int,
) -> BestBatch:
    """Find the batch of largest profit at an edge node.

    Parameters
    ----------
    nodes, prices, j
        Edge node and prices; the prices of memory and level-based downlink only guide the search.
    profit
        Profits in latency order, shape (n,).
    knapsacks
        Result of the screen for the same profits and prices.
    max_nodes
        Maximum number of nodes.
    """
    of = offer(nodes, prices, j, profit)
    num_levels = of.price.size
    found = Found(np.empty((1, num_levels), dtype=np.int64), np.empty(1))
    best, upper, num_nodes, depth = 0.0, 0.0, 0, 0
    counts = np.zeros(num_levels, dtype=np.int64)
    at = int(np.argmax(knapsacks.bound)) if profit.size > 0 else -1
    num_looked = 0
    others = np.empty(0, dtype=np.int64)
    while at >= 0 and knapsacks.bound[at] > best + GUARD:
        aim = Aim(False, best, -1, max_nodes - num_nodes, knapsacks.bound[at])
        num_found, tried = search(of, at + 1, knapsacks.theta[at], aim, found, 0)
        num_nodes += tried + profit.size // PLACES_A_NODE
        if num_found > 0:
            best, depth = found.profit[0], at + 1
            for k in range(num_levels):
                counts[k] = found.counts[0, k]
        if num_nodes > max_nodes:
            upper = knapsacks.bound[at]
            break
        if num_looked == 0:
            others = others_above(knapsacks.bound, best + GUARD, at)
        if num_looked == others.size:
            break
        at = int(others[num_looked])
        num_looked += 1
    places = np.empty(counts.sum(), dtype=np.int64)
    num_places = 0
    for k in range(num_levels):
        left = counts[k]
        for at in range(of.begin[k], of.begin[k + 1]):
            if left > 0 and of.order[at] < depth:
                places[num_places] = of.order[at]
                num_places += 1
                left -= 1
    return BestBatch(places, best, max(best, upper), num_nodes)


@inner
def others_above(bound: FloatArray, least: float, but: int) -> IntArray:
    """Return all positions but one whose bound exceeds ``least``, in order of decreasing bound."""
    places, num = np.empty(bound.size, dtype=np.int64), 0
    for at in range(bound.size):
        if bound[at] > least and at != but:
            places[num] = at
            num += 1
    sort_decreasing(places, 0, num, bound)
    return places[:num]


@inner
def best_of(
    nodes: EdgeNodes, prices: DualPrices, j: int, profit: FloatArray, max_nodes: int
) -> IntArray:
    """Return the places of the best batch; of the best one found if the search gives up."""
    if profit.size == 0:
        return np.empty(0, dtype=np.int64)
    return best_batch(nodes, prices, j, profit, screen(nodes, prices, j, profit), max_nodes).places


@compiled
def evaluate(
    nodes: EdgeNodes,
    prices: DualPrices,
    exact: bool,
    max_nodes: int,
    served: FloatArray,
    used: FloatArray,
    value: FloatArray,
) -> int:
    """Find the best batch, or its bound, at every edge node.

    Parameters
    ----------
    exact
        True to search for the best batches; False to take the screen's bounds.
    max_nodes
        Maximum number of nodes of an edge node's search, which then takes the screen's bound.
    served, used, value
        Output buffers: the number of times each request is taken, shape (I,); the used shares of
        uplink, downlink, memory and level-based downlink, shape (4, J); and V_j, shape (J,). The
        shares of memory and level-based downlink always come from the fractional knapsack,
        because the value of the best batch does not depend on their prices.

    Returns
    -------
    int
        Number of nodes visited.
    """
    served[:] = 0
    used[:] = 0
    value[:] = 0
    num_nodes = 0
    nothing = np.zeros(served.size)
    for j in range(value.size):
        profit = profits(nodes, prices, j)
        if profit.size == 0:
            continue
        knapsacks = screen(nodes, prices, j, profit)
        at = int(np.argmax(knapsacks.bound))
        value[j] = knapsacks.bound[at]
        taken = nothing if exact else served
        take_fraction(nodes, prices, j, profit, knapsacks, at + 1, taken, used)
        if not exact:
            continue
        best = best_batch(nodes, prices, j, profit, knapsacks, max_nodes)
        value[j] = best.upper
        num_nodes += best.num_nodes
        used[0, j] = used[1, j] = 0
        for place in best.places:
            pair = nodes.first[j] + place
            served[nodes.request[pair]] += 1
            used[0, j] += nodes.uplink[pair]
            used[1, j] += nodes.downlink[pair]
    return num_nodes
