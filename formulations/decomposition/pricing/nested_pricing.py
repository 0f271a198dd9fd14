"""Nested pricing: best batches of all edge nodes where the pools of each class are nested.

Spectrum has no price here, and the prices of each class fall along its order.

An edge node is often a copy of another, or has less memory or downlink. If the best batch of the
other one fits, it is the best here too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from formulations.decomposition.pricing.nested_pairs import NO_ROW
from formulations.decomposition.pricing.nested_screen import (
    Gains,
    Knapsack,
    add_knapsack,
    add_range,
    nested_screen,
    set_prices,
)
from formulations.decomposition.pricing.nested_search import nested_batch, workspace
from heuristics.compiled import compiled, inner

if TYPE_CHECKING:
    from formulations.decomposition.pricing.edge_nodes import EdgeNodes, FloatArray
    from formulations.decomposition.pricing.nested_pairs import NestedPairs
    from formulations.decomposition.pricing.nested_search import BestCounts
    from formulations.decomposition.pricing.prices import DualPrices


@inner
def add_batch(
    pairs: NestedPairs,
    j: int,
    counts: BestCounts,
    change: FloatArray,
    used: FloatArray,
) -> None:
    """Add up the requests and the spectrum of the best batch of an edge node."""
    used[0, j] = used[1, j] = 0.0
    if counts.depth[j] == 0:
        return
    for k in range(counts.number.shape[1]):
        last, count = counts.end[j, k], counts.number[j, k]
        add_range(change, last - count, last, 1.0)
        position = pairs.cell[j, k] + last - pairs.begin[k]
        for at in range(position - count, position):
            used[0, j] += pairs.share[0, at]
            used[1, j] += pairs.share[1, at]


@inner
def fits(nodes: EdgeNodes, pairs: NestedPairs, j: int, counts: BestCounts, other: int) -> bool:
    """Return True if the best batch of another edge node fits the capacities of this one."""
    memory = downlink = 0
    for k in range(counts.number.shape[1]):
        memory += counts.number[other, k] * pairs.demand[j, k, 1]
        downlink += counts.number[other, k] * pairs.demand[j, k, 2]
    return bool(memory <= nodes.memory_capacity[j] and downlink <= nodes.downlink_capacity[j])


@inner
def _has_same_screen(nodes: EdgeNodes, prices: DualPrices, j: int, other: int) -> bool:
    """Return True if no screen can tell two edge nodes with the same pairs apart."""
    if (
        prices.memory[j] != prices.memory[other]
        or prices.level_downlink[j] != (prices.level_downlink[other])
    ):
        return False
    of_memory = prices.memory[j] == 0 or nodes.memory_capacity[j] == nodes.memory_capacity[other]
    return bool(
        of_memory
        and (
            prices.level_downlink[j] == 0
            or nodes.downlink_capacity[j] == nodes.downlink_capacity[other]
        )
    )


@compiled
def evaluate_nested(
    nodes: EdgeNodes,
    prices: DualPrices,
    pairs: NestedPairs,
    counts: BestCounts,
    exact: bool,
    tolerance: float,
    max_nodes: int,
    served: FloatArray,
    used: FloatArray,
    value: FloatArray,
) -> int:
    """Find a best batch, or its bound, at every edge node, as :func:`pricing.evaluate`.

    The prices of uplink and downlink must be 0, and the prices of each class sorted.
    """
    gain, num_classes = 1.0 - prices.request[pairs.request], pairs.begin.size - 1
    gains = Gains(gain, np.append(0.0, np.cumsum(gain)), np.zeros(num_classes))
    change, longest, num_nodes = np.zeros(gain.size + 1), 0, 0
    for j in range(value.size):
        longest = max(longest, nodes.first[j + 1] - nodes.first[j])
    bounds, thetas = np.empty(longest), np.empty(longest)
    work, nothing = workspace(pairs), np.zeros_like(change)
    knapsack = Knapsack(np.zeros(num_classes, np.int64), np.zeros(num_classes, np.int64), -1, 0.0)
    value[:], served[:] = 0.0, 0.0
    used[:] = 0.0
    for j in pairs.sequence:
        first, size = nodes.first[j], nodes.first[j + 1] - nodes.first[j]
        other = pairs.looser[j]
        if size == 0:
            continue
        if exact and other != NO_ROW and fits(nodes, pairs, j, counts, other):
            value[j], counts.depth[j] = value[other], counts.depth[other]
            counts.end[j], counts.number[j] = counts.end[other], counts.number[other]
            used[2:, j] = used[2:, other]
            add_batch(pairs, j, counts, change, used)
            continue
        bound, theta = bounds[:size], thetas[:size]
        if other != NO_ROW and not exact and _has_same_screen(nodes, prices, j, other):
            value[j] = value[other]
        else:
            set_prices(nodes, prices, pairs, j, gains.price)
            constant = prices.memory[j] + prices.level_downlink[j]
            knapsack = nested_screen(pairs, gains, j, first, bound, theta)
            value[j] = bound.max() + constant
        add_knapsack(nodes, pairs, j, knapsack, nothing if exact else change, used)
        if exact:
            search = (nodes, pairs, gains, j, constant, bound, theta, tolerance, max_nodes)
            value[j], tried = nested_batch(*search, counts, work)
            num_nodes += tried
            add_batch(pairs, j, counts, change, used)
    served[pairs.request] = np.cumsum(change)[:-1]
    return num_nodes
