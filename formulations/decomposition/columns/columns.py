r"""Columns: the batches that a schedule better than the incumbent could still use.

At prices with Lagrangian value L, a schedule of n requests loses L - n in total: at each edge node
V_j minus the profit of its batch, at each request that is not served its price, at each band the
price of the unused part. No loss is negative. So a schedule that beats the incumbent loses at most

.. math:: slack = L - (incumbent + 1),

and so does each of its batches. A batch is described by its counts by level: they fix its load,
and the largest d whose budget is not below the load leaves the most requests to choose from. Few
vectors of counts remain.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from formulations.decomposition.pricing.count_vectors import Aim, Found, offer, search
from formulations.decomposition.pricing.prices import profits
from formulations.decomposition.pricing.pricing import GUARD
from formulations.decomposition.pricing.screen import screen
from heuristics.compiled import compiled

if TYPE_CHECKING:
    from formulations.decomposition.pricing.edge_nodes import EdgeNodes, FloatArray
    from formulations.decomposition.pricing.prices import DualPrices
    from heuristics.coefficients import BoolArray, IntArray
    from heuristics.limits import Limits

SEARCH_NODES = 2_000_000
"""Maximum number of nodes for listing the columns of an edge node."""

MOST_COUNTS = 2_000_000
"""Maximum number of counts in all columns of an edge node: with many levels, fewer columns."""


class Columns(NamedTuple):
    """The columns of one edge node."""

    counts: IntArray
    """Number of requests of each level, shape (C, levels)."""
    depth: IntArray
    """Largest d whose budget is not below the load, shape (C,): the batch lies in F_d."""
    profit: FloatArray
    """Largest profit of a batch with these counts, shape (C,)."""

    @property
    def size(self) -> IntArray:
        """Number of requests of each column, shape (C,)."""
        return np.asarray(self.counts.sum(axis=1))

    def take(self, which: BoolArray | IntArray) -> Columns:
        """Return some of the columns."""
        return Columns(self.counts[which], self.depth[which], self.profit[which])


@compiled
def list_columns(
    nodes: EdgeNodes,
    prices: DualPrices,
    j: int,
    wanted: float,
    max_nodes: int,
    columns: Columns,
) -> int:
    """List the count vectors whose profit is at least ``wanted``, each at its largest d.

    Parameters
    ----------
    nodes, prices, j
        Edge node and prices.
    wanted
        Least profit of a column.
    max_nodes
        Maximum number of nodes of the search.
    columns
        Buffers that are filled with the columns.

    Returns
    -------
    int
        Number of columns; -1 if the search reached ``max_nodes`` or the buffers are full.
    """
    profit = profits(nodes, prices, j)
    knapsacks = screen(nodes, prices, j, profit)
    of = offer(nodes, prices, j, profit)
    found = Found(columns.counts, columns.profit)
    num_found = num_nodes = 0
    for place in range(profit.size):
        is_last = place == profit.size - 1
        least_load = -1 if is_last else of.budget[place + 1]
        if least_load == of.budget[place] or knapsacks.bound[place] < wanted - GUARD:
            continue
        before = num_found
        ceiling = knapsacks.bound[place]
        aim = Aim(True, wanted - GUARD, least_load, max_nodes - num_nodes, ceiling)
        num_found, tried = search(of, place + 1, knapsacks.theta[place], aim, found, num_found)
        num_nodes += tried
        columns.depth[before:num_found] = place + 1
        if num_nodes > max_nodes:
            return -1
    return num_found


def survivors(
    nodes: EdgeNodes,
    prices: DualPrices,
    value: FloatArray,
    slack: float,
    *,
    most: int,
    limits: Limits | None = None,
) -> list[Columns] | None:
    """List for each edge node all columns that lose at most the slack.

    Parameters
    ----------
    value
        V of each edge node, shape (J,).
    slack
        Largest loss of a column.
    most
        Maximum number of columns of an edge node.
    limits
        Limits of the run; None for no limits.

    Returns
    -------
    list of Columns or None
        None if an edge node has more columns than ``most``, or the search is too long.
    """
    listed = []
    for j in range(nodes.num_edge_nodes):
        if limits is not None:
            limits.check_time()
        num_levels = nodes.first_level[j + 1] - nodes.first_level[j]
        if num_levels == 0:
            empty = np.zeros((1, 0), dtype=np.int64)
            listed.append(Columns(empty, np.zeros(1, dtype=np.int64), np.zeros(1)))
            continue
        room = min(most, MOST_COUNTS // num_levels)
        counts = np.empty((room, num_levels), dtype=np.int64)
        columns = Columns(counts, np.empty(room, dtype=np.int64), np.empty(room))
        num = list_columns(nodes, prices, j, value[j] - slack, SEARCH_NODES, columns)
        if num < 0:
            return None
        listed.append(columns.take(np.arange(num)))
    return listed
