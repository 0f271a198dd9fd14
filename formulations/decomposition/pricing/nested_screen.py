"""Nested screen: fractional knapsacks that bound the batches of all d, where pools are nested.

The requests of largest profit of a class in F_d are its last ones. As in
:mod:`~formulations.decomposition.pricing.sorted_pricing`, one pass over the requests solves the
fractional knapsacks of all d in O(n L) for n requests of L classes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from heuristics.compiled import inner

if TYPE_CHECKING:
    from formulations.decomposition.pricing.edge_nodes import EdgeNodes, FloatArray
    from formulations.decomposition.pricing.nested_pairs import NestedPairs
    from formulations.decomposition.pricing.prices import DualPrices
    from heuristics.coefficients import IntArray


class Gains(NamedTuple):
    """Profits of the requests, by class and rising."""

    gain: FloatArray
    """Profit of each request, 1 - pi, shape (S,)."""
    total: FloatArray
    """Sum of the first s profits, shape (S + 1,)."""
    price: FloatArray
    """Reduction of profit by nu of each class at the edge node at hand, shape (L,)."""


class Knapsack(NamedTuple):
    """The largest fractional knapsack of an edge node."""

    begin: IntArray
    """Position of the first request of each class that it takes, shape (L,)."""
    end: IntArray
    """Position after the last request of each class, shape (L,)."""
    level: int
    """Class whose first request is taken in part; -1 if none is."""
    rest: float
    """Fraction of that request that is left."""


@inner
def first_above(gain: FloatArray, first: int, last: int, level: float) -> int:
    """Return the first position in a range of rising profits with a profit above a level."""
    while first < last:
        middle = (first + last) // 2
        if gain[middle] > level:
            last = middle
        else:
            first = middle + 1
    return first


@inner
def set_prices(
    nodes: EdgeNodes, prices: DualPrices, pairs: NestedPairs, j: int, price: FloatArray
) -> None:
    """Compute the reduction of profit by nu of each class at an edge node."""
    of_memory = prices.memory[j] / max(nodes.memory_capacity[j], 1)
    of_downlink = prices.level_downlink[j] / max(nodes.downlink_capacity[j], 1)
    for k in range(price.size):
        price[k] = of_memory * pairs.demand[j, k, 1] + of_downlink * pairs.demand[j, k, 2]


@inner
def nested_screen(
    pairs: NestedPairs,
    gains: Gains,
    j: int,
    first: int,
    bound: FloatArray,
    theta: FloatArray,
) -> Knapsack:
    """Bound the profit of the batches of each d of an edge node, as :func:`screen.screen`.

    Parameters
    ----------
    pairs, gains, j, first
        Pairs, profits, edge node, and the place of its first pair.
    bound, theta
        Output buffers of the bound without the edge node's constant, and of the price of compute
        of each d, shape (n,).
    """
    gain, price, demand = gains.gain, gains.price, pairs.demand[j]
    num_classes = price.size
    low, high, ratio = (
        pairs.begin[:-1].copy(),
        pairs.begin[:-1].copy(),
        np.full(num_classes, np.inf),
    )
    best = Knapsack(low.copy(), high.copy(), -1, 0.0)
    for k in range(num_classes):
        low[k] = first_above(gain, pairs.begin[k], pairs.begin[k + 1], price[k])
    highest, dearest, total, load = -np.inf, 0.0, 0.0, 0
    for place in range(bound.size):
        k = pairs.class_of[first + place]
        if high[k] >= low[k]:
            total += gain[high[k]] - price[k]
            load += demand[k, 0]
            if high[k] == low[k] and demand[k, 0] > 0:
                ratio[k] = (gain[low[k]] - price[k]) / demand[k, 0]
        high[k] += 1
        limit = pairs.budget[first + place]
        worst = -1
        while load > limit:
            worst = 0
            for other in range(1, num_classes):
                if ratio[other] < ratio[worst]:
                    worst = other
            weight = demand[worst, 0]
            if load - weight < limit:
                break
            total -= gain[low[worst]] - price[worst]
            load -= weight
            dearest = ratio[worst]
            low[worst] += 1
            ratio[worst] = np.inf
            if low[worst] < high[worst]:
                ratio[worst] = (gain[low[worst]] - price[worst]) / weight
        value, left = total, 0.0
        theta[place] = dearest
        if load > limit:
            value -= ratio[worst] * (load - limit)
            theta[place] = ratio[worst]
            left = (load - limit) / demand[worst, 0]
        else:
            worst = -1
        bound[place] = value
        if value > highest:
            highest = value
            best.begin[:], best.end[:] = low, high
            best = Knapsack(best.begin, best.end, worst, left)
    return best


@inner
def add_range(change: FloatArray, first: int, last: int, amount: float) -> None:
    """Add an amount to a range of positions, given by its changes."""
    change[first] += amount
    change[last] -= amount


@inner
def add_knapsack(
    nodes: EdgeNodes,
    pairs: NestedPairs,
    j: int,
    knapsack: Knapsack,
    change: FloatArray,
    used: FloatArray,
) -> None:
    """Add up the requests and resources that the largest fractional knapsack takes."""
    begin, end, level, rest = knapsack
    used[:, j] = 0.0
    for k in range(begin.size):
        number = end[k] - begin[k]
        if number <= 0:
            continue
        add_range(change, begin[k], end[k], 1.0)
        position = pairs.cell[j, k] - pairs.begin[k]
        for at in range(position + begin[k], position + end[k]):
            used[0, j] += pairs.share[0, at]
            used[1, j] += pairs.share[1, at]
        amount = float(number)
        if k == level:
            add_range(change, begin[k], begin[k] + 1, -rest)
            used[0, j] -= rest * pairs.share[0, position + begin[k]]
            used[1, j] -= rest * pairs.share[1, position + begin[k]]
            amount -= rest
        used[2, j] += amount * pairs.demand[j, k, 1] / max(nodes.memory_capacity[j], 1)
        used[3, j] += amount * pairs.demand[j, k, 2] / max(nodes.downlink_capacity[j], 1)
