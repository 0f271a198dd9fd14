"""Nested search: best counts of each class in a batch, where pools are nested.

The prices of each class fall along its order, so the requests of largest profit of a class in F_d
are its last ones. The profit of a count is a difference of one running total: it costs O(1).

The profit of given counts grows with d, so the counts belong to the last d whose budget covers
their load. The search of F_d therefore skips all loads that the next budget covers. It tries the
counts of all classes but one within their windows, as
:mod:`~formulations.decomposition.pricing.count_vectors`. The last count is the largest that fits.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from formulations.decomposition.pricing.nested_screen import first_above
from formulations.decomposition.pricing.pricing import GUARD
from heuristics.compiled import inner

if TYPE_CHECKING:
    from formulations.decomposition.pricing.edge_nodes import EdgeNodes, FloatArray
    from formulations.decomposition.pricing.nested_pairs import NestedPairs
    from formulations.decomposition.pricing.nested_screen import Gains
    from heuristics.coefficients import IntArray


class BestCounts(NamedTuple):
    """The best batch of each edge node: the last requests of each class in a pool."""

    depth: IntArray
    """Its d at the last evaluation, 0 for no batch, shape (J,)."""
    end: IntArray
    """Position after its last request of each class, shape (J, L)."""
    number: IntArray
    """Number of its requests of each class, shape (J, L)."""

    @classmethod
    def none(cls, num_edge_nodes: int, pairs: NestedPairs | None) -> BestCounts:
        """Return no batches."""
        shape = num_edge_nodes, 0 if pairs is None else len(pairs.begin) - 1
        zeros = np.zeros(shape, dtype=np.int64)
        return cls(np.zeros(num_edge_nodes, dtype=np.int64), zeros, zeros.copy())


class Pool(NamedTuple):
    """F_d of an edge node, and the counts of which it is the largest F_d."""

    j: int
    """Edge node."""
    end: IntArray
    """Position after the last request of each class, shape (L,)."""
    limit: IntArray
    """Budget of d, and capacities of memory and level-based downlink, shape (3,)."""
    least: int
    """Largest load that the next budget covers; -1 at the last d."""


class Workspace(NamedTuple):
    """Memory of a search."""

    best: IntArray
    """Count of each class with loss 0, shape (L,)."""
    low: IntArray
    """Least count of each class, shape (L,)."""
    high: IntArray
    """Largest count of each class, shape (L,)."""
    loss: FloatArray
    """Loss of each class and count, shape (L, most + 1)."""
    level: IntArray
    """Classes, those with the two widest windows last, shape (L,)."""
    tried: IntArray
    """Counts of the classes tried, shape (L,)."""
    used: IntArray
    """Demands of the first t classes, shape (L + 1, 3)."""
    lost: FloatArray
    """Losses of the first t classes, shape (L + 1,)."""
    found: IntArray
    """Counts of the best batch found, shape (L,)."""


@inner
def workspace(pairs: NestedPairs) -> Workspace:
    """Return memory for a search."""
    size, most = pairs.begin.size - 1, 0
    for k in range(size):
        most = max(most, pairs.begin[k + 1] - pairs.begin[k])
    zeros = np.zeros((6, size), dtype=np.int64)
    return Workspace(
        zeros[0],
        zeros[1],
        zeros[2],
        np.zeros((size, most + 1)),
        zeros[3],
        zeros[4],
        np.zeros((size + 1, 3), dtype=np.int64),
        np.zeros(size + 1),
        zeros[5],
    )


@inner
def open_windows(
    pairs: NestedPairs,
    gains: Gains,
    pool: Pool,
    theta: float,
    constant: float,
    wanted: float,
    work: Workspace,
) -> float:
    """Set the windows of all classes in F_d, and return the bound on the profit of all counts."""
    gain, total, demand = gains.gain, gains.total, pairs.demand[pool.j]
    most = theta * pool.limit[0] + constant
    for k in range(gains.price.size):
        slope = theta * demand[k, 0] + gains.price[k]
        at = first_above(gain, pairs.begin[k], pool.end[k], slope)
        work.best[k] = pool.end[k] - at
        most += total[pool.end[k]] - total[at] - slope * work.best[k]
    room = most - wanted
    if room < 0:
        return float(most)
    for k in range(gains.price.size):
        slope, end, best = theta * demand[k, 0] + gains.price[k], pool.end[k], work.best[k]
        low, high, lost = best, best, 0.0
        work.loss[k, best] = 0.0
        while low > 0:
            lost += gain[end - low] - slope
            if lost > room:
                break
            low -= 1
            work.loss[k, low] = lost
        lost = 0.0
        while high < end - pairs.begin[k] and gain[end - high - 1] > 0:
            lost += slope - gain[end - high - 1]
            if lost > room:
                break
            high += 1
            work.loss[k, high] = lost
        work.low[k], work.high[k] = low, high
        at = k
        while at > 0 and _width(work, work.level[at - 1]) > high - low:
            work.level[at] = work.level[at - 1]
            at -= 1
        work.level[at] = k
    return float(most)


@inner
def _width(work: Workspace, k: int) -> int:
    return int(work.high[k] - work.low[k])


@inner
def _largest_count(demand: IntArray, limit: IntArray, used: IntArray, high: int) -> int:
    """Return the largest count of a class that fits; negative if none does."""
    for resource in range(3):
        free = limit[resource] - used[resource]
        if free < 0:
            return -1
        if demand[resource] * high > free:
            high = free // demand[resource]
    return high


@inner
def search_last(
    pairs: NestedPairs, gains: Gains, pool: Pool, most: float, wanted: float, work: Workspace
) -> float:
    """Try all counts of the last two classes; return the profit of the best batch so far."""
    at = work.level.size - 2
    k, last = work.level[at], work.level[at + 1]
    demand, total, limit = pairs.demand[pool.j], gains.total, pool.limit
    used, weight, final = work.used[at + 1], demand[k, 0], demand[last, 0]
    for count in range(work.low[k], work.high[k] + 1):
        rest = limit[0] - work.used[at, 0] - weight * count
        if rest < 0:
            break
        lost = work.lost[at] + work.loss[k, count]
        if lost > most - wanted:
            continue
        # Most counts end here: no count of the last class gives a load between the two budgets.
        other = min(work.high[last], rest // final) if final > 0 else work.high[last]
        if other < work.low[last] or limit[0] - rest + final * other <= pool.least:
            continue
        for resource in range(3):
            used[resource] = work.used[at, resource] + demand[k, resource] * count
        other = _largest_count(demand[last], limit, used, other)
        if other < work.low[last] or used[0] + final * other <= pool.least:
            continue
        if lost + work.loss[last, other] > most - wanted:
            continue
        work.tried[k], work.tried[last] = count, other
        value = 0.0
        for each in range(work.tried.size):
            value += total[pool.end[each]] - total[pool.end[each] - work.tried[each]]
        if value > wanted:
            wanted = value
            work.found[:] = work.tried
    return wanted


@inner
def search_pool(
    pairs: NestedPairs,
    gains: Gains,
    pool: Pool,
    most: float,
    wanted: float,
    max_nodes: int,
    work: Workspace,
) -> tuple[float, int]:
    """Search the counts of F_d for a profit above ``wanted``.

    Returns
    -------
    profit, num_nodes
        Largest profit found, at least ``wanted``, and number of counts tried, above ``max_nodes``
        if the search gave up. The counts are in ``work.found``.
    """
    last = work.level.size - 2
    demand, num_nodes, at = pairs.demand[pool.j], 0, 0
    work.tried[work.level[0]] = work.low[work.level[0]] - 1
    while at >= 0 and num_nodes <= max_nodes:
        k = work.level[at]
        if at == last:
            num_nodes += _width(work, k) + 1
            wanted = search_last(pairs, gains, pool, most, wanted, work)
            at -= 1
            continue
        num_nodes += 1
        work.tried[k] += 1
        if work.tried[k] > work.high[k]:
            at -= 1
            continue
        work.lost[at + 1] = work.lost[at] + work.loss[k, work.tried[k]]
        fits = work.lost[at + 1] <= most - wanted
        for resource in range(3):
            work.used[at + 1, resource] = (
                work.used[at, resource] + demand[k, resource] * work.tried[k]
            )
            fits &= work.used[at + 1, resource] <= pool.limit[resource]
        if fits:
            at += 1
            if at < last:
                work.tried[work.level[at]] = work.low[work.level[at]] - 1
    return wanted, num_nodes


@inner
def nested_batch(
    nodes: EdgeNodes,
    pairs: NestedPairs,
    gains: Gains,
    j: int,
    constant: float,
    bound: FloatArray,
    theta: FloatArray,
    tolerance: float,
    max_nodes: int,
    counts: BestCounts,
    work: Workspace,
) -> tuple[float, int]:
    """Find a batch of nearly the largest profit at an edge node.

    Parameters
    ----------
    nodes, pairs, gains, j, constant
        Edge nodes, pairs, profits, edge node, and the sum of its nu.
    bound, theta
        Results of :func:`nested_screen`.
    tolerance
        Amount by which the knapsack of a d must exceed the best batch to be searched.
    max_nodes
        Maximum number of counts tried.
    counts, work
        Best batches, updated at j, and memory.

    Returns
    -------
    upper, num_nodes
        Upper bound on the profit of all batches, and number of counts tried.
    """
    first, num = nodes.first[j], bound.size
    limit = np.array([0, nodes.memory_capacity[j], nodes.downlink_capacity[j]])
    end, start = pairs.begin[:-1].copy(), max(counts.depth[j] - 1, 0)
    if counts.depth[j] == 0:
        start = int(np.argmax(bound))
    best, upper, num_nodes = 0.0, 0.0, 0
    counts.depth[j] = 0
    counts.number[j] = 0
    for place in range(start + 1):
        end[pairs.class_of[first + place]] += 1
    for trial in range(-1, num):  # the d that was best last time comes first
        place = start if trial < 0 else trial
        if trial == 0:
            end[:] = pairs.begin[:-1]
        if trial >= 0:
            end[pairs.class_of[first + place]] += 1
        if trial == start:
            continue
        if bound[place] + constant <= best + max(tolerance, GUARD):
            upper = max(upper, bound[place] + constant)
            continue
        limit[0] = pairs.budget[first + place]
        least = pairs.budget[first + place + 1] if place + 1 < num else -1
        if least == limit[0]:
            continue
        pool = Pool(j, end, limit, least)
        most = open_windows(pairs, gains, pool, theta[place], constant, best, work)
        if most < best:
            continue
        value, tried = search_pool(pairs, gains, pool, most, best, max_nodes - num_nodes, work)
        num_nodes += tried
        if num_nodes > max_nodes:
            upper = max(upper, bound[place] + constant)
        if value > best:
            best, counts.depth[j] = value, place + 1
            counts.end[j], counts.number[j] = end, work.found
    return (upper if upper > best + GUARD else best), num_nodes
