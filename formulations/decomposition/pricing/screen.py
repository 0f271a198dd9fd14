r"""Screen: fractional knapsacks that bound the batches of all deadlines in one pass.

A batch whose last request in latency order is the d-th lies in F_d, the first d, and has a load
of at most b_d. Its profit is bounded by a fractional knapsack, which takes requests in order of
decreasing profit per compute, the last one in part. F_d grows while b_d falls, so a request that
one knapsack leaves out is left out by all later ones. Each request is added to a heap in turn, and
the requests of least profit per compute are removed for good until the load fits the budget. The
multipliers nu of memory and level-based downlink reduce the profits, and nu times the capacities
is added to the bound: weak duality.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from formulations.decomposition.pricing.prices import level_prices
from heuristics.compiled import compiled, inner

if TYPE_CHECKING:
    from formulations.decomposition.pricing.edge_nodes import EdgeNodes, FloatArray
    from formulations.decomposition.pricing.prices import DualPrices
    from heuristics.coefficients import IntArray


class Knapsacks(NamedTuple):
    """Fractional knapsacks of an edge node, d = 1..n at positions 0..n - 1."""

    bound: FloatArray
    """Upper bound on the profit of a batch of F_d with a load of at most b_d."""
    theta: FloatArray
    """Profit per compute of the first request that is not taken entirely; 0 without one."""
    last: IntArray
    """Place of that request; -1 if all are taken."""
    part: FloatArray
    """Fraction of that request that is taken."""


@compiled
def screen(nodes: EdgeNodes, prices: DualPrices, j: int, profit: FloatArray) -> Knapsacks:
    """Bound the profit of the batches of each d, in O(n log n)."""
    first, first_level = nodes.first[j], nodes.first_level[j]
    price = level_prices(nodes, prices, j)
    constant = prices.memory[j] + prices.level_downlink[j]
    n = profit.size
    bound, theta = np.empty(n), np.zeros(n)
    last, part = np.full(n, -1), np.ones(n)
    ratios, places, size = np.empty(n), np.empty(n, dtype=np.int64), 0
    dearest, dearest_place = 0.0, -1  # request removed with the largest profit per compute
    total, load = 0.0, 0
    for place in range(n):
        k = nodes.level[first + place]
        reduced, weight = profit[place] - price[k], nodes.level_compute[first_level + k]
        limit = nodes.budget[first + place]
        if reduced > 0:
            ratio = reduced / weight if weight > 0 else np.inf
            total += reduced
            if size > 0 and ratio < ratios[0] and load >= limit:
                # Removed at once. The sum is the same as if it had been in the heap.
                total -= reduced
                if ratio >= dearest:
                    dearest, dearest_place = ratio, place
            else:
                push(ratios, places, size, ratio, place)
                size += 1
                load += weight
        while load > limit:
            worst = places[0]
            k = nodes.level[first + worst]
            weight = nodes.level_compute[first_level + k]
            if load - weight < limit:
                break
            if ratios[0] > dearest or (ratios[0] == dearest and worst > dearest_place):
                dearest, dearest_place = ratios[0], worst
            size -= 1
            pop(ratios, places, size)
            total -= profit[worst] - price[k]
            load -= weight
        bound[place] = total + constant
        if load > limit:
            ratio, worst = ratios[0], places[0]
            weight = nodes.level_compute[first_level + nodes.level[first + worst]]
            bound[place] -= ratio * (load - limit)
            theta[place], last[place] = ratio, worst
            part[place] = 1 - (load - limit) / weight
        elif dearest_place >= 0:
            theta[place], last[place] = dearest, dearest_place
            part[place] = 0.0
    return Knapsacks(bound, theta, last, part)


@inner
def push(ratios: FloatArray, places: IntArray, size: int, ratio: float, place: int) -> None:
    """Add a request to a heap of ``size`` requests, the least ratio and then place first."""
    at = size
    while at > 0:
        parent = (at - 1) >> 1
        if ratio > ratios[parent] or (ratio == ratios[parent] and place > places[parent]):
            break
        ratios[at], places[at] = ratios[parent], places[parent]
        at = parent
    ratios[at], places[at] = ratio, place


@inner
def pop(ratios: FloatArray, places: IntArray, size: int) -> None:
    """Remove the first request of a heap, which leaves ``size`` requests."""
    ratio, place, at = ratios[size], places[size], 0
    while 2 * at + 1 < size:
        child = 2 * at + 1
        other = child + 1
        if other < size and (
            ratios[other] < ratios[child]
            or (ratios[other] == ratios[child] and places[other] < places[child])
        ):
            child = other
        if ratio < ratios[child] or (ratio == ratios[child] and place < places[child]):
            break
        ratios[at], places[at] = ratios[child], places[child]
        at = child
    ratios[at], places[at] = ratio, place


@inner
def take_fraction(
    nodes: EdgeNodes,
    prices: DualPrices,
    j: int,
    profit: FloatArray,
    knapsacks: Knapsacks,
    depth: int,
    served: FloatArray,
    used: FloatArray,
) -> None:
    """Add up the requests and resources that the fractional knapsack of F_d takes.

    Parameters
    ----------
    nodes, prices, j, profit, knapsacks
        Arguments and result of :func:`screen`.
    depth
        Number of requests in F_d, d.
    served
        Number of times each request is taken, shape (I,); updated.
    used
        Shares of uplink, downlink, memory and level-based downlink, shape (4, J); updated.
    """
    first, first_level = nodes.first[j], nodes.first_level[j]
    price = level_prices(nodes, prices, j)
    memory = max(nodes.memory_capacity[j], 1)
    downlink = max(nodes.downlink_capacity[j], 1)
    theta, last = knapsacks.theta[depth - 1], knapsacks.last[depth - 1]
    for place in range(depth):
        pair, k = first + place, nodes.level[first + place]
        weight = nodes.level_compute[first_level + k]
        reduced = profit[place] - price[k]
        if reduced <= 0:
            continue
        amount = 1.0
        if last >= 0 and weight > 0:
            ratio = reduced / weight
            if place == last:
                amount = knapsacks.part[depth - 1]
            elif ratio < theta or (ratio == theta and place < last):
                continue
        served[nodes.request[pair]] += amount
        used[0, j] += amount * nodes.uplink[pair]
        used[1, j] += amount * nodes.downlink[pair]
        used[2, j] += amount * nodes.level_memory[first_level + k] / memory
        used[3, j] += amount * nodes.level_downlink[first_level + k] / downlink
