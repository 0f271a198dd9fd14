r"""Count vectors: search for the numbers of requests of each level in a batch, by their losses.

All requests of a level have the same demands, so for a count :math:`c_k` the requests of largest
profit in F_d are taken: their profit :math:`P_k(c_k)` is concave. With
:math:`\theta`, the profit per compute of the last request
in the fractional knapsack of d, the reduced profit
:math:`q_k(c) = P_k(c) - (\theta w_k + \nu a_k) c` has a largest value at some count; another
count loses :math:`R_k(c) \ge 0`, convex. Whatever the counts,

.. math:: \sum_k P_k(c_k) = B_d - \sum_k R_k(c_k) - \theta (b_d - load) - \nu (A - usage)

with :math:`B_d = \theta b_d + \nu A + \sum_k \max q_k`. So counts that lose more than B_d minus the
wanted profit are pruned. Each level has a window around its best count. The search is depth first,
levels with narrow windows first, and tries the counts of a window outward from the best. In the
last level the largest count that fits follows directly.

The same search finds the best vector, or lists *all* vectors of at least a given profit.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from formulations.decomposition.pricing.orders import sort_decreasing
from formulations.decomposition.pricing.prices import level_prices
from heuristics.compiled import inner

if TYPE_CHECKING:
    from formulations.decomposition.pricing.edge_nodes import EdgeNodes, FloatArray
    from formulations.decomposition.pricing.prices import DualPrices
    from heuristics.coefficients import IntArray

ROOM_GUARD = 1e-6
"""Tolerance that exceeds the rounding error of a knapsack."""


class Buffers(NamedTuple):
    """Profits, losses and counts of one search at an edge node, reused by the next search.

    The profits and losses for counts 0, 1, ... of level k lie at ``start[k]:start[k + 1]``.
    """

    start: IntArray
    """Position of the first value of each level, shape (K + 1,)."""
    profit: FloatArray
    """P_k(c), shape (n + K,)."""
    loss: FloatArray
    """R_k(c), shape (n + K,)."""
    level: IntArray
    """Levels in the order of the search, narrow windows first, shape (K,)."""
    number: IntArray
    """Counts of each level, shape (6, K): that with loss 0, the least and the largest in the
    window, the current one, and the next ones to try below and above."""
    least: IntArray
    """Least demand of the levels from the t-th on, shape (K + 1, 3)."""
    used: IntArray
    """Demand of the counts of the first t levels, shape (K + 1, 3)."""
    total: FloatArray
    """Profit and loss of these counts, shape (2, K + 1)."""


class Offer(NamedTuple):
    """The n requests and K levels of one edge node at given prices."""

    profit: FloatArray
    """Profits in latency order, shape (n,)."""
    budget: IntArray
    """Compute budgets in latency order, shape (n,)."""
    order: IntArray
    """Places in latency order, sorted by level and then by decreasing profit, shape (n,)."""
    begin: IntArray
    """Position of the first request of each level in ``order``, shape (K + 1,)."""
    demand: IntArray
    """Compute, memory and level-based downlink of a request of each level, shape (3, K)."""
    capacity: IntArray
    """Capacities of memory and level-based downlink at positions 1 and 2, shape (3,); the search
    writes the budget of d to position 0."""
    price: FloatArray
    """nu a_k, shape (K,)."""
    constant: float
    """nu A."""
    buffers: Buffers
    """Memory of the searches."""


class Aim(NamedTuple):
    """Aim of a search."""

    every: bool
    """True to list every vector of at least the wanted profit; False to find the best vector."""
    wanted: float
    """Least profit to list, or the profit that the best vector must exceed."""
    least_load: int
    """Loads of at most this value are skipped: they belong to a larger d."""
    max_nodes: int
    """Maximum number of nodes."""
    ceiling: float = np.inf
    """Upper bound on the profit of all vectors at theta: the fractional knapsack."""


class Found(NamedTuple):
    """Buffers of count vectors; one vector if only the best is wanted."""

    counts: IntArray
    """Counts by level, shape (C, K)."""
    profit: FloatArray
    """Profits, shape (C,)."""


@inner
def offer(nodes: EdgeNodes, prices: DualPrices, j: int, profit: FloatArray) -> Offer:
    """Sort the requests of an edge node by level and then by profit, in O(n log n)."""
    pairs = slice(nodes.first[j], nodes.first[j + 1])
    levels = slice(nodes.first_level[j], nodes.first_level[j + 1])
    level, num_levels = nodes.level[pairs], levels.stop - levels.start
    begin = np.zeros(num_levels + 1, dtype=np.int64)
    for k in level:
        begin[k + 1] += 1
    filled = np.zeros(num_levels, dtype=np.int64)
    for k in range(num_levels):
        filled[k] = begin[k]
        begin[k + 1] += begin[k]
    order = np.empty(profit.size, dtype=np.int64)
    for place in range(profit.size):
        k = level[place]
        order[filled[k]] = place
        filled[k] += 1
    for k in range(num_levels):
        sort_decreasing(order, begin[k], begin[k + 1], profit)
    demand = np.empty((3, num_levels), dtype=np.int64)
    for k in range(num_levels):  # numba compiles assignments of slices for seconds.
        demand[0, k] = nodes.level_compute[levels.start + k]
        demand[1, k] = nodes.level_memory[levels.start + k]
        demand[2, k] = nodes.level_downlink[levels.start + k]
    capacity = np.zeros(3, dtype=np.int64)
    capacity[1], capacity[2] = nodes.memory_capacity[j], nodes.downlink_capacity[j]
    price = level_prices(nodes, prices, j)
    constant = prices.memory[j] + prices.level_downlink[j]
    budget = nodes.budget[pairs]
    made = buffers(profit.size, num_levels)
    return Offer(profit, budget, order, begin, demand, capacity, price, constant, made)


@inner
def buffers(num_requests: int, num_levels: int) -> Buffers:
    """Make the memory of the searches at an edge node."""
    size = num_requests + num_levels
    return Buffers(
        np.zeros(num_levels + 1, dtype=np.int64),
        np.empty(size),
        np.empty(size),
        np.empty(num_levels, dtype=np.int64),
        np.empty((6, num_levels), dtype=np.int64),
        np.zeros((num_levels + 1, 3), dtype=np.int64),
        np.zeros((num_levels + 1, 3), dtype=np.int64),
        np.zeros((2, num_levels + 1)),
    )


@inner
def curves(of: Offer, depth: int, theta: float, every: bool, room: float) -> float:
    """Add up profits and losses of the counts of each level in F_d, in O(n + K).

    Requests without positive profit are left out unless ``every`` vector is wanted. Counts above
    the best that lose more than ``room`` are left out.

    Returns
    -------
    float
        Bound on the profit of all vectors, B_d.
    """
    start, profit, loss = of.buffers.start, of.buffers.profit, of.buffers.loss
    most = theta * of.budget[depth - 1] + of.constant
    for k in range(of.price.size):
        first = last = start[k]
        slope = theta * of.demand[0, k] + of.price[k]
        profit[first], lost, best = 0.0, 0.0, 0
        for at in range(of.begin[k], of.begin[k + 1]):
            place = of.order[at]
            if not every and of.profit[place] <= 0:
                break
            if place < depth:
                if of.profit[place] <= slope:
                    lost += slope - of.profit[place]
                    if lost > room:
                        break
                last += 1
                profit[last] = profit[last - 1] + of.profit[place]
                if of.profit[place] > slope:
                    best = last - first
        largest = profit[first + best] - slope * best
        for at in range(first, last + 1):
            loss[at] = largest - (profit[at] - slope * (at - first))
        start[k + 1] = last + 1
        of.buffers.number[0, k] = best
        most += largest
    return float(most)


@inner
def windows(of: Offer, room: float) -> None:
    """Find the window of each level: the counts whose loss is at most ``room``."""
    start, loss, level = of.buffers.start, of.buffers.loss, of.buffers.level
    best, low, high = of.buffers.number[0], of.buffers.number[1], of.buffers.number[2]
    num_levels = of.price.size
    for k in range(num_levels):
        first, last = start[k], start[k + 1] - 1
        low[k] = high[k] = best[k]
        while low[k] > 0 and loss[first + low[k] - 1] <= room:
            low[k] -= 1
        while first + high[k] < last and loss[first + high[k] + 1] <= room:
            high[k] += 1
        at = k
        while at > 0 and high[level[at - 1]] - low[level[at - 1]] > high[k] - low[k]:
            level[at] = level[at - 1]
            at -= 1
        level[at] = k
    least = of.buffers.least
    for at in range(num_levels - 1, -1, -1):
        k = level[at]
        for resource in range(3):
            least[at, resource] = least[at + 1, resource] + of.demand[resource, k] * low[k]


@inner
def step(
    demand: IntArray,
    k: int,
    count: int,
    used: IntArray,
    at: int,
    least: IntArray,
    limit: IntArray,
) -> bool:
    """Add the demand of a count; return True if the least demand of the later levels still fits."""
    for resource in range(3):
        used[at + 1, resource] = used[at, resource] + demand[resource, k] * count
        if used[at + 1, resource] + least[at + 1, resource] > limit[resource]:
            return False
    return True


@inner
def largest_count(
    demand: IntArray, k: int, high: int, used: IntArray, at: int, limit: IntArray
) -> int:
    """Return the largest count of the last level that fits; -1 if none does."""
    count = high
    for resource in range(3):
        free = limit[resource] - used[at, resource]
        if free < 0:
            return -1
        if demand[resource, k] * count > free:
            count = free // demand[resource, k]
    return count


@inner
def search(
    of: Offer, depth: int, theta: float, aim: Aim, found: Found, num: int
) -> tuple[int, int]:
    """Search the count vectors of F_d.

    Parameters
    ----------
    of
        Requests and levels of the edge node.
    depth
        Number of requests in F_d, d.
    theta
        Profit per compute of the last request in the fractional knapsack. Any number of at least
        0 gives the same vectors; this one prunes best.
    aim
        Aim of the search.
    found, num
        Buffers that are filled with the best vector, or with all vectors from position ``num`` on.

    Returns
    -------
    num_found, num_nodes
        Number of vectors in the buffers, and number of counts tried; the latter exceeds
        ``max_nodes`` if the search gave up or the buffers are full.
    """
    every, wanted, least_load, max_nodes, ceiling = aim
    most = curves(of, depth, theta, every, ceiling - wanted + ROOM_GUARD)
    if most < wanted:
        return num, 0
    windows(of, most - wanted)
    start, profit, loss, level, number, least, used, total = of.buffers
    best, low, high = number[0], number[1], number[2]
    counts, below, above = number[3], number[4], number[5]
    yields, lost = total[0], total[1]
    demand, last, num_nodes = of.demand, of.price.size - 1, 0
    limit = of.capacity
    limit[0] = of.budget[depth - 1]
    for k in range(last + 1):
        counts[k], below[k], above[k] = best[k], best[k], best[k] + 1
    at = 0
    while at >= 0 and num_nodes <= max_nodes:
        k = level[at]
        first, room = start[k], most - wanted - lost[at]
        if at == last:
            count = largest_count(demand, k, high[k], used, at, limit)
            while count >= low[k] and used[at, 0] + demand[0, k] * count > least_load:
                num_nodes += 1
                value = yields[at] + profit[first + count]
                if value > wanted or (every and value == wanted):
                    position = num if every else 0
                    if position == found.profit.size:
                        return num, max_nodes + 1
                    counts[k] = count
                    for each in range(last + 1):
                        found.counts[position, each] = counts[each]
                    found.profit[position] = value
                    num = position + 1
                    if not every:
                        wanted = value
                count -= 1
                if not every or (count < best[k] and loss[first + count] > room):
                    break
            at -= 1
            continue
        # Counts are tried outward from the best, in order of increasing loss.
        down = loss[first + below[k]] if below[k] >= low[k] else np.inf
        up = loss[first + above[k]] if above[k] <= high[k] else np.inf
        if min(down, up) > room:
            at -= 1
            continue
        if down <= up:
            count = below[k]
            below[k] -= 1
        else:
            count = above[k]
            above[k] += 1
        num_nodes += 1
        if step(demand, k, count, used, at, least, limit):
            counts[k] = count
            yields[at + 1] = yields[at] + profit[first + count]
            lost[at + 1] = lost[at] + min(down, up)
            at += 1
            k = level[at]
            below[k], above[k] = best[k], best[k] + 1
    return num, num_nodes
