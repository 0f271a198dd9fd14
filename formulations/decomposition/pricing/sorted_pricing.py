r"""Sorted pricing: best batches of all edge nodes after a single sort of the requests.

Where spectrum has no price, a request has the profit :math:`1 - \pi_i` at every edge node. One sort
of the requests by profit then sorts each level of each edge node, in O(I log I + N) for N eligible
pairs.

*Screen.* The fractional knapsack of F_d takes requests in order of decreasing profit per compute.
As d grows, F_d grows and its budget falls, so the ratio :math:`\theta_d` of the first request that
is left out never falls. A pointer for each level marks its last request that may still be taken. It
moves only towards larger profits, so one pass over the requests solves all d in O(n K) for n
requests at K levels, without a heap.

*Best batch.* The d that was best at the last evaluation is searched first. After that only few
knapsacks exceed the best batch found. With a tolerance, a d whose knapsack exceeds it by less is
left out: then V_j is replaced by the largest knapsack left out, a valid bound.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from formulations.decomposition.pricing.count_vectors import Aim, Found, Offer, buffers, search
from formulations.decomposition.pricing.prices import level_prices
from formulations.decomposition.pricing.pricing import GUARD
from heuristics.compiled import compiled, inner

if TYPE_CHECKING:
    from formulations.decomposition.pricing.edge_nodes import EdgeNodes, FloatArray
    from formulations.decomposition.pricing.prices import DualPrices
    from heuristics.coefficients import IntArray

MOST_LEVELS = 16
"""Maximum number of levels of an edge node: the screen looks at all of them in each step."""


class SortedPairs(NamedTuple):
    """The eligible pairs of all edge nodes by level and then by decreasing profit."""

    of_request: IntArray
    """Position of the first pair of each request in ``pair``, shape (I + 1,)."""
    pair: IntArray
    """Places of the pairs in :class:`EdgeNodes`, request by request, shape (N,)."""
    bucket: IntArray
    """Level of each pair, counted through all edge nodes, shape (N,)."""
    begin: IntArray
    """Position of the first pair of each level in ``order``, shape (levels + 1,)."""
    order: IntArray
    """Places of the pairs, sorted; filled at each evaluation, shape (N,)."""
    position: IntArray
    """Position of each pair in ``order``, shape (N,)."""
    best_depth: IntArray
    """The d of the best batch at the last evaluation of each edge node; 0 before, shape (J,)."""

    @classmethod
    def of(cls, nodes: EdgeNodes, num_requests: int) -> SortedPairs:
        """Return the pairs, not sorted yet."""
        bucket = nodes.level + np.repeat(nodes.first_level[:-1], np.diff(nodes.first))
        size = np.bincount(bucket, minlength=nodes.first_level[-1])
        return cls(
            np.append(0, np.cumsum(np.bincount(nodes.request, minlength=num_requests))),
            np.argsort(nodes.request, kind="stable"),
            bucket,
            np.append(0, np.cumsum(size)),
            np.zeros_like(nodes.request),
            np.zeros_like(nodes.request),
            np.zeros(nodes.num_edge_nodes, dtype=np.int64),
        )


class Knapsack(NamedTuple):
    """The largest fractional knapsack of an edge node."""

    depth: int
    """Its d."""
    tail: IntArray
    """Position in ``order`` of the last request of each level that it may take, shape (K,)."""
    level: int
    """Level whose last request is taken in part; -1 if none is."""
    part: float
    """Fraction of that request that is taken."""


@compiled
def sort_pairs(pairs: SortedPairs, request: IntArray) -> None:
    """Sort all pairs by level, given the requests by decreasing profit."""
    filled = pairs.begin.copy()
    for i in request:
        for at in range(pairs.of_request[i], pairs.of_request[i + 1]):
            pair = pairs.pair[at]
            bucket = pairs.bucket[pair]
            pairs.order[filled[bucket]] = pair
            pairs.position[pair] = filled[bucket]
            filled[bucket] += 1


@inner
def _ratio(
    nodes: EdgeNodes, pairs: SortedPairs, gain: FloatArray, price: float, bucket: int, at: int
) -> float:
    """Return the profit per compute of the request at a position; infinite without compute."""
    if at < pairs.begin[bucket]:
        return float(np.inf)
    weight = nodes.level_compute[bucket]
    reduced = gain[nodes.request[pairs.order[at]]] - price
    return float(reduced / weight) if weight > 0 else float(np.inf)


@inner
def sorted_screen(
    nodes: EdgeNodes,
    prices: DualPrices,
    pairs: SortedPairs,
    gain: FloatArray,
    j: int,
    bound: FloatArray,
    theta: FloatArray,
) -> Knapsack:
    """Bound the profit of the batches of each d of an edge node, as :func:`screen.screen`.

    Parameters
    ----------
    nodes, prices, pairs
        Edge nodes, prices, and the sorted pairs.
    gain
        Profit of each request, 1 - pi, shape (I,).
    j
        Edge node.
    bound, theta
        Output buffers of the bound and of the price of compute of each d, shape (n,).
    """
    first, first_level = nodes.first[j], nodes.first_level[j]
    num_levels = nodes.first_level[j + 1] - first_level
    price = level_prices(nodes, prices, j)
    constant = prices.memory[j] + prices.level_downlink[j]
    tail, ratio = np.empty(num_levels, dtype=np.int64), np.empty(num_levels)
    for k in range(num_levels):
        low, high = pairs.begin[first_level + k], pairs.begin[first_level + k + 1]
        while low < high:  # the requests of positive reduced profit come first
            middle = (low + high) // 2
            if gain[nodes.request[pairs.order[middle]]] > price[k]:
                low = middle + 1
            else:
                high = middle
        tail[k] = low - 1
        ratio[k] = _ratio(nodes, pairs, gain, price[k], first_level + k, tail[k])
    best_tail, best_place, best_worst, best_excess = tail.copy(), -1, -1, 0
    highest, dearest, total, load = -np.inf, 0.0, 0.0, 0
    for place in range(bound.size):
        pair = first + place
        level = nodes.level[pair]
        if pairs.position[pair] <= tail[level]:
            total += gain[nodes.request[pair]] - price[level]
            load += nodes.level_compute[first_level + level]
        limit = nodes.budget[pair]
        worst = -1
        while load > limit:
            worst = 0
            for k in range(1, num_levels):
                if ratio[k] < ratio[worst]:
                    worst = k
            weight = nodes.level_compute[first_level + worst]
            left = pairs.order[tail[worst]]
            if left <= pair:  # else it comes later, and is dearer than all that is taken then
                if load - weight < limit:
                    break
                total -= gain[nodes.request[left]] - price[worst]
                load -= weight
                dearest = ratio[worst]
            tail[worst] -= 1
            ratio[worst] = _ratio(
                nodes, pairs, gain, price[worst], first_level + worst, tail[worst]
            )
        value = total + constant
        theta[place] = dearest
        if load > limit:
            value -= ratio[worst] * (load - limit)
            theta[place] = ratio[worst]
        else:
            worst = -1
        bound[place] = value
        if value > highest:
            highest = value
            best_place, best_worst, best_excess = place, worst, load - limit
            for k in range(num_levels):
                best_tail[k] = tail[k]
    part = 1.0
    if best_worst >= 0:
        part = 1 - best_excess / nodes.level_compute[first_level + best_worst]
    return Knapsack(best_place + 1, best_tail, best_worst, part)


@inner
def take_knapsack(
    nodes: EdgeNodes,
    pairs: SortedPairs,
    j: int,
    knapsack: Knapsack,
    served: FloatArray,
    used: FloatArray,
) -> None:
    """Add up the requests and resources that a fractional knapsack takes, see `take_fraction`."""
    first, first_level = nodes.first[j], nodes.first_level[j]
    memory = max(nodes.memory_capacity[j], 1)
    downlink = max(nodes.downlink_capacity[j], 1)
    for pair in range(first, first + knapsack.depth):
        k = nodes.level[pair]
        if pairs.position[pair] > knapsack.tail[k]:
            continue
        is_last = k == knapsack.level and pairs.position[pair] == knapsack.tail[k]
        amount = knapsack.part if is_last else 1.0
        served[nodes.request[pair]] += amount
        used[0, j] += amount * nodes.uplink[pair]
        used[1, j] += amount * nodes.downlink[pair]
        used[2, j] += amount * nodes.level_memory[first_level + k] / memory
        used[3, j] += amount * nodes.level_downlink[first_level + k] / downlink


@inner
def _sorted_offer(
    nodes: EdgeNodes, prices: DualPrices, pairs: SortedPairs, gain: FloatArray, j: int
) -> Offer:
    """Return the requests of an edge node by level and then by decreasing profit."""
    first, first_level, after = nodes.first[j], nodes.first_level[j], nodes.first_level[j + 1]
    own = slice(first, nodes.first[j + 1])
    begin = pairs.begin[first_level : after + 1] - first
    demand = np.empty((3, after - first_level), dtype=np.int64)
    demand[0] = nodes.level_compute[first_level:after]
    demand[1] = nodes.level_memory[first_level:after]
    demand[2] = nodes.level_downlink[first_level:after]
    capacity = np.array([0, nodes.memory_capacity[j], nodes.downlink_capacity[j]])
    price = level_prices(nodes, prices, j)
    constant = prices.memory[j] + prices.level_downlink[j]
    profit = gain[nodes.request[own]]
    order = pairs.order[own] - first
    budget, made = nodes.budget[own], buffers(profit.size, price.size)
    return Offer(profit, budget, order, begin, demand, capacity, price, constant, made)


@inner
def sorted_batch(
    nodes: EdgeNodes,
    prices: DualPrices,
    pairs: SortedPairs,
    gain: FloatArray,
    j: int,
    bound: FloatArray,
    theta: FloatArray,
    tolerance: float,
    max_nodes: int,
) -> tuple[IntArray, float, int]:
    """Find a batch of nearly the largest profit at an edge node.

    Parameters
    ----------
    nodes, prices, pairs, gain, j, bound, theta
        Arguments and results of :func:`sorted_screen`; ``bound`` is overwritten.
    tolerance
        Amount by which the knapsack of a d must exceed the best batch to be searched.
    max_nodes
        Maximum number of nodes.

    Returns
    -------
    pairs, upper, num_nodes
        Places of the batch in :class:`EdgeNodes`, upper bound on the profit of all batches, and
        number of counts tried.
    """
    of = _sorted_offer(nodes, prices, pairs, gain, j)
    num_levels = of.price.size
    found = Found(np.empty((1, num_levels), dtype=np.int64), np.empty(1))
    counts = np.zeros(num_levels, dtype=np.int64)
    best, depth, num_nodes = 0.0, 0, 0
    at = pairs.best_depth[j] - 1 if pairs.best_depth[j] > 0 else int(np.argmax(bound))
    is_first = True
    while num_nodes <= max_nodes:
        if bound[at] > best + max(tolerance, GUARD):
            aim = Aim(False, best, -1, max_nodes - num_nodes, bound[at])
            num_found, tried = search(of, at + 1, theta[at], aim, found, 0)
            num_nodes += tried + 1
            if num_found > 0:
                best, depth = found.profit[0], at + 1
                counts[:] = found.counts[0]
            if num_nodes <= max_nodes:
                bound[at] = -np.inf
        elif not is_first:
            break
        is_first = False
        at = int(np.argmax(bound))
    pairs.best_depth[j] = depth
    upper = bound[at] if bound[at] > best + GUARD else best
    batch = np.empty(counts.sum(), dtype=np.int64)
    num = 0
    for k in range(num_levels):
        left = counts[k]
        for position in range(of.begin[k], of.begin[k + 1]):
            if left == 0:
                break
            if of.order[position] < depth:
                batch[num] = nodes.first[j] + of.order[position]
                num += 1
                left -= 1
    return batch, max(best, upper), num_nodes


@compiled
def evaluate_sorted(
    nodes: EdgeNodes,
    prices: DualPrices,
    pairs: SortedPairs,
    gain: FloatArray,
    exact: bool,
    tolerance: float,
    max_nodes: int,
    served: FloatArray,
    used: FloatArray,
    value: FloatArray,
) -> int:
    """Find a best batch, or its bound, at every edge node, as :func:`pricing.evaluate`.

    The prices of uplink and downlink must be 0, and the pairs sorted.
    """
    served[:] = 0
    used[:] = 0
    value[:] = 0
    num_nodes = 0
    longest = 0
    for j in range(value.size):
        longest = max(longest, nodes.first[j + 1] - nodes.first[j])
    bounds, thetas = np.empty(longest), np.empty(longest)
    nothing = np.zeros(served.size if exact else 1)
    for j in range(value.size):
        size = nodes.first[j + 1] - nodes.first[j]
        if size == 0:
            continue
        bound, theta = bounds[:size], thetas[:size]
        knapsack = sorted_screen(nodes, prices, pairs, gain, j, bound, theta)
        value[j] = bound[knapsack.depth - 1]
        taken = nothing if exact else served
        take_knapsack(nodes, pairs, j, knapsack, taken, used)
        if not exact:
            continue
        batch, value[j], tried = sorted_batch(
            nodes, prices, pairs, gain, j, bound, theta, tolerance, max_nodes
        )
        num_nodes += tried
        used[0, j] = used[1, j] = 0
        for pair in batch:
            served[nodes.request[pair]] += 1
            used[0, j] += nodes.uplink[pair]
            used[1, j] += nodes.downlink[pair]
    return num_nodes
