r"""Columns: the batches that a schedule better than the incumbent could still use.

At prices with Lagrangian value L, a schedule of n requests loses L - n in all: at each edge node
the profit that its batch yields less than V_j, at each request its price if nobody serves it, at
each band the price of what is left. No loss is negative. So a schedule that beats the incumbent
loses at most

.. math:: slack = L - (incumbent + 1),

and each of its batches at most that. Of a batch, its counts by level matter: they fix its load,
so the largest d whose budget is not below the load allows the most. Few vectors of counts
survive.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from formulations.decomposition.pricing import GUARD, list_columns, reach

if TYPE_CHECKING:
    from formulations.decomposition.edge_nodes import EdgeNodes, FloatArray
    from formulations.decomposition.pricing import Prices
    from heuristics.system_models.coefficients import BoolArray, IntArray

SEARCH_NODES = 2_000_000
"""After how many nodes to give up listing the columns of an edge node."""

MOST_COUNTS = 2_000_000
"""Counts that the columns of an edge node may have in all: with many levels, fewer columns."""


class Columns(NamedTuple):
    """The columns of one edge node."""

    counts: IntArray
    """Requests of each level, shape (C, levels)."""
    depth: IntArray
    """The largest d whose budget carries the load, shape (C,): the batch lies in F_d."""
    profit: FloatArray
    """The most that a batch of these counts yields, shape (C,)."""

    @property
    def size(self) -> IntArray:
        """Requests of each column, shape (C,)."""
        return np.asarray(self.counts.sum(axis=1))

    def take(self, which: BoolArray | IntArray) -> Columns:
        """Return some of the columns."""
        return Columns(*(array[which] for array in self))


def survivors(
    nodes: EdgeNodes, prices: Prices, value: FloatArray, slack: float, *, most: int
) -> list[Columns] | None:
    """List the columns of every edge node that lose at most the slack.

    Parameters
    ----------
    value
        V of each edge node, shape (J,).
    slack
        What may be lost.
    most
        How many columns an edge node may have.

    Returns
    -------
    list of Columns or None
        None if there are more, or they are too many to search.
    """
    listed = []
    for j in range(nodes.num_edge_nodes):
        num_levels = nodes.first_level[j + 1] - nodes.first_level[j]
        if num_levels == 0:
            empty = np.zeros((1, 0), dtype=np.int64)
            listed.append(Columns(empty, np.zeros(1, dtype=np.int64), np.zeros(1)))
            continue
        num = min(most, MOST_COUNTS // num_levels)
        counts = np.empty((num, num_levels), dtype=np.int64)
        profit, depth = np.empty(num), np.empty(num, dtype=np.int64)
        wanted = value[j] - slack
        num = list_columns(nodes, prices, j, wanted, SEARCH_NODES, counts, profit, depth)
        if num < 0:
            return None
        listed.append(Columns(counts[:num].copy(), depth[:num].copy(), profit[:num].copy()))
    return listed


class Reach(NamedTuple):
    """What the slack still allows an edge node to do with each of its requests."""

    may: BoolArray
    """Whether some column can take it, by place in latency order."""
    must: BoolArray
    """Whether every column takes it."""


def within_reach(
    nodes: EdgeNodes, prices: Prices, j: int, columns: Columns, value: float, slack: float
) -> Reach:
    """Tell what a request that is not among a column's best, or is left out of them, costs."""
    if not len(columns.profit):
        none = np.zeros(nodes.first[j + 1] - nodes.first[j], dtype=bool)
        return Reach(none, none)
    taken, left = reach(nodes, prices, j, columns.counts, columns.profit, columns.depth)
    least = value - slack - GUARD
    return Reach(taken >= least, left < least)
