r"""Beam: search for a schedule of small total loss that keeps the best states of each depth.

The :mod:`recursion` keeps every state that could lead to the target. With many edge nodes these
are too many. A beam keeps a fixed number of them at each depth, those of least loss, and so finds
schedules but refutes nothing. A state's loss counts all requests that its columns need and those
that no later column can pay for, see :mod:`recursion`. So states of different size and of different
edge nodes compare well. Each edge node is expected to lose something, which favours states with
more columns.

Columns of small loss suffice for good schedules, and fewer columns leave more room for each.

References
----------
B. T. Lowerre, "The HARPY speech recognition system", PhD thesis, Carnegie Mellon University, 1976.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from formulations.decomposition.columns.frontier import (
    BEST,
    LENGTH,
    Frontier,
    advance_frontier,
)
from formulations.decomposition.columns.layout import Layout
from heuristics.improvement.nested_pools import filled

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from formulations.decomposition.columns.columns import Columns
    from formulations.decomposition.columns.master import MasterProblem
    from formulations.decomposition.pricing.nested_pairs import NestedPairs
    from heuristics.limits import Limits
    from heuristics.schedule import Schedule

PACE = 0.05
"""Loss that an edge node is expected to add [requests]."""


class Beam:
    """A search for a schedule of at least the target, among given columns.

    Parameters
    ----------
    problem
        The question, at prices of requests alone.
    columns
        Columns of each edge node.
    pairs
        Eligible pairs by classes with nested pools.
    """

    def __init__(
        self, problem: MasterProblem, columns: Sequence[Columns], pairs: NestedPairs
    ) -> None:
        self._problem, self._columns, self._pairs = problem, columns, pairs
        self._layout = Layout.of(problem, columns, problem.slack, charges=True)

    def run(self, width: int, limits: Limits) -> Schedule | None:
        """Return the best schedule found that has at least the target's requests, or None.

        Parameters
        ----------
        width
            Number of states to keep at each depth.
        limits
            Limits of the run.
        """
        if self._layout is None:
            return None
        steps, shared = self._layout.steps, self._layout.shared
        front = Frontier.start(width, self._problem.nodes.num_edge_nodes)
        bounds = np.flatnonzero(np.diff(steps.place, prepend=-1, append=-1))
        for first, last in zip(bounds[:-1].tolist(), bounds[1:].tolist(), strict=True):
            limits.check_time()
            spare = shared.total - max(self._problem.target, int(front.number[BEST]) + 1)
            advance_frontier(steps, shared, front, first, last, width, spare, PACE)
        if front.number[BEST] < self._problem.target:
            return None
        taken = front.best[: front.number[LENGTH]].tolist()
        return self._schedule(self._layout.chosen(self._columns, taken))

    def _schedule(self, chosen: Mapping[int, Columns]) -> Schedule:
        """Return the schedule of the columns: the smallest pool of a class chooses first."""
        nodes, pairs = self._problem.nodes, self._pairs
        shape = nodes.num_edge_nodes, len(pairs.begin) - 1
        count, pool = np.zeros(shape, dtype=np.int64), np.zeros(shape, dtype=np.int64)
        of_class = np.zeros(len(self._problem.prices.request), dtype=np.int64)
        of_class[pairs.request] = np.repeat(np.arange(shape[1]), np.diff(pairs.begin))
        for j, column in chosen.items():
            own = slice(nodes.first[j], nodes.first[j] + int(column.depth[0]))
            pool[j] = np.bincount(of_class[nodes.request[own]], minlength=shape[1])
            every = slice(nodes.first[j], nodes.first[j + 1])
            of_level = np.zeros(column.counts.shape[1], dtype=np.int64)
            of_level[nodes.level[every]] = of_class[nodes.request[every]]
            np.add.at(count[j], of_level, column.counts[0])
        return filled(count, pool, pairs.request, pairs.begin)
