r"""Combinations: depth-first branch and bound over one column for each edge node.

A part is a subset of the columns of each edge node. Its bound comes from :class:`Refinement`,
started at the prices of the part it was cut from. A part whose bound does not exceed the incumbent
is discarded. Otherwise columns are dropped, and the part is cut in two at one edge node: by the
count of one level, or by the size of the batch. The number chosen is the one with the largest
variance among the best columns of the descent, and the cut is at their mean: since the descent
averages to a solution of the relaxation, this is a branch on a fractional value. The half with the
larger weight comes first.

Identical edge nodes with the same remaining columns may be swapped in any schedule. So either
one of them has a column of the first half, and this may be assumed for the edge node that is cut,
or all of them have columns of the second half (orbital branching, Ostrowski et al. 2011). A column
that is dropped at one of them is dropped at all of them.

If each edge node has one column left, an assignment of the requests finds a schedule or rules out
the combination. Where edge nodes are few, matchings also try the combinations of largest weight of
each part: they find most schedules long before a single combination is left.

References
----------
J. Ostrowski, J. Linderoth, F. Rossi, S. Smriglio, "Orbital branching", Mathematical Programming
126 (2011) 147-178, doi:10.1007/s10107-009-0273-x.
"""

from __future__ import annotations

from itertools import product
from math import floor
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from formulations.decomposition.columns.assignment import assign
from formulations.decomposition.columns.column_descent import GUARD
from formulations.decomposition.columns.matching import match
from formulations.decomposition.columns.refinement import Refinement

if TYPE_CHECKING:
    from collections.abc import Sequence

    from formulations.decomposition.columns.columns import Columns
    from formulations.decomposition.pricing.edge_nodes import EdgeNodes, FloatArray
    from formulations.decomposition.pricing.prices import DualPrices
    from heuristics.coefficients import BoolArray, Coefficients, IntArray
    from heuristics.limits import Limits
    from heuristics.schedule import Schedule

NUM_STEPS, PATIENCE, LEAST_STEP = 100, 6, 0.02
"""Options of the descent in each part: a further cut lowers a bound more than many steps."""

LAST_STEPS = 400
"""Maximum number of further steps for a single combination before the exact assignment."""

TRACE = 1e-3
"""Weight of a column that was never the best."""


MOST_EDGE_NODES, MOST_TRIALS, MOST_IN_ALL = 4, 2, 10
"""Maximum number of edge nodes for trials of combinations, and of trials in a part and in all:
among many edge nodes, hardly ever a combination chosen by weights alone makes a schedule."""


class Part(NamedTuple):
    """Remaining columns of each edge node, with a bound on their schedules."""

    left: list[IntArray]
    """Indices of the remaining columns of each edge node."""
    price: FloatArray
    """Prices of the requests from which the descent starts, shape (I,)."""
    value: float
    """Upper bound on the requests of a schedule of these columns."""


class Cut(NamedTuple):
    """A cut of the remaining columns of one edge node into two halves."""

    edge_node: int
    is_first: BoolArray
    """True for each column of the half to be searched first."""


class CombinationSearch:
    """Depth-first search for a schedule with more requests than the incumbent.

    Parameters
    ----------
    data, nodes
        Coefficients, and the same sorted by edge node.
    prices
        Prices from which the first descent starts.
    columns
        All columns of each edge node that a schedule of more than ``incumbent`` requests could
        use.
    incumbent
        Throughput to be exceeded.
    seed
        Seed of HiGHS.

    Attributes
    ----------
    incumbent
        Throughput of ``schedule``, or the initial value without one.
    schedule
        Best schedule found; None while no schedule exceeds the incumbent.
    num_parts
        Number of parts examined.
    """

    def __init__(
        self,
        data: Coefficients,
        nodes: EdgeNodes,
        prices: DualPrices,
        columns: Sequence[Columns],
        incumbent: int,
        *,
        seed: int = 0,
    ) -> None:
        self.incumbent = incumbent
        self.schedule: Schedule | None = None
        self.num_parts = 0
        self._data, self._nodes, self._columns, self._seed = data, nodes, columns, seed
        self._refinement = Refinement(nodes, prices, columns, incumbent)
        if all(len(each.depth) for each in columns):
            self._refinement.value, _ = self._refinement.evaluate(prices.request)
        self._numbers = [np.column_stack([each.counts, each.size]) for each in columns]
        self._open = [self._part()]
        self._undecided = incumbent
        self._tried: set[tuple[int, ...]] = set()
        self._settling = prices.request
        self._alike = _alike(nodes, columns)

    @property
    def bound(self) -> int:
        """Upper bound on the requests of every schedule made of the columns given."""
        values = [floor(part.value + GUARD) for part in self._open if part.value > -np.inf]
        return max(self.incumbent, self._undecided, *values, 0)

    def run(self, limits: Limits, *, until: int | None = None) -> None:
        """Search until no part is open, or a schedule of ``until`` requests is found.

        Raises
        ------
        Stopped
            If a limit is reached. Bound and schedule stay valid, and the search may be resumed.
        """
        while self._open and (until is None or self.incumbent < until):
            limits.check_time()
            halves = self._look(self._open[-1], limits)
            self._open.pop()
            self._open += halves

    def _look(self, part: Part, limits: Limits) -> list[Part]:
        """Examine a part and return its halves, the half to be searched first at the end."""
        refinement = self._refinement
        if part.value < self.incumbent + 1 - GUARD:
            return []
        self.num_parts += 1
        limits.num_nodes += 1
        self._descend(part, limits)
        if refinement.is_settled:
            return []
        self._share(part)
        if not all(map(len, refinement.left)):
            return []
        if len(self._columns) <= MOST_EDGE_NODES and len(self._tried) < MOST_IN_ALL:
            self._try_combinations()
        cut = self._cut()
        if cut is None:
            self._assign(limits)
            return []
        first, alike = cut.is_first, self._interchangeable(cut.edge_node)
        return [self._part(alike, ~first), self._part([cut.edge_node], first)]

    def _descend(self, part: Part, limits: Limits) -> None:
        """Refine a part from its own or the last settling prices, whichever bound is lower."""
        refinement = self._refinement
        refinement.restart(part.left, part.price)
        if refinement.evaluate(self._settling)[0] < refinement.evaluate(part.price)[0]:
            refinement.restart(part.left, self._settling)
        refinement.descend(limits, num_steps=NUM_STEPS, patience=PATIENCE, least_step=LEAST_STEP)
        if not refinement.is_settled and all(len(left) == 1 for left in refinement.left):
            refinement.descend(limits, num_steps=LAST_STEPS)
        if refinement.is_settled:
            self._settling = refinement.price

    def _part(self, edge_nodes: Sequence[int] = (), which: BoolArray | None = None) -> Part:
        """Return the part of the remaining columns, restricted by ``which`` at some edge nodes."""
        left = list(self._refinement.left)
        for j in edge_nodes:
            left[j] = left[j][which]
        value = self._refinement.value if all(map(len, left)) else float("-inf")
        return Part(left, self._refinement.price, value)

    def _interchangeable(self, edge_node: int) -> list[int]:
        """Return the edge nodes identical to this one that have the same remaining columns."""
        left = self._refinement.left
        return [j for j in self._alike[edge_node] if np.array_equal(left[j], left[edge_node])]

    def _share(self, part: Part) -> None:
        """Drop a column at all interchangeable edge nodes if it was dropped at one of them."""
        refinement = self._refinement
        dropped = list(refinement.left)
        for j, alike in enumerate(self._alike):
            for other in alike:
                if np.array_equal(part.left[j], part.left[other]):
                    refinement.left[j] = np.intersect1d(refinement.left[j], dropped[other])

    def _cut(self) -> Cut | None:
        """Return the best cut; None if each edge node has one column left."""
        best, most = None, -1.0
        for j, left in enumerate(self._refinement.left):
            numbers, weight = self._numbers[j][left], self._refinement.weight[j][left] + TRACE
            weight = weight / weight.sum()
            mean = weight @ numbers
            variance = weight @ (numbers - mean) ** 2
            variance[numbers.min(axis=0) == numbers.max(axis=0)] = -1
            at = int(variance.argmax())
            if variance[at] > most:
                number, most = numbers[:, at], variance[at]
                is_lower = number <= min(floor(mean[at]), number.max() - 1)
                best = Cut(j, is_lower if weight[is_lower].sum() > 0.5 else ~is_lower)
        return best

    def _try_combinations(self) -> None:
        """Look for a schedule in some combinations of remaining columns of large weight."""
        left, weight = self._refinement.left, self._refinement.weight
        best = [
            own[np.argsort(-every[own])[:2]].tolist()
            for own, every in zip(left, weight, strict=True)
        ]
        found = [
            (-sum(every[at] for every, at in zip(weight, each, strict=True)), each)
            for each in product(*best)
            if self._size(each) > self.incumbent and each not in self._tried
        ]
        for _, each in sorted(found)[:MOST_TRIALS]:
            self._tried.add(each)
            outcome = match(self._data, self._nodes, self._chosen(each))
            if outcome is not None and self._keep(outcome.schedule):
                return

    def _assign(self, limits: Limits) -> None:
        """Decide the single remaining combination by an assignment."""
        combination = tuple(int(left[0]) for left in self._refinement.left)
        size = self._size(combination)
        if size <= self.incumbent:
            return
        chosen = self._chosen(combination)
        found = assign(self._data, self._nodes, chosen, limits, seed=self._seed)
        if not self._keep(found.schedule) and not found.is_refuted:
            limits.check_time()
            self._undecided = max(self._undecided, size)

    def _keep(self, schedule: Schedule | None) -> bool:
        """Make a schedule of more requests than the incumbent's the incumbent; True if so."""
        if schedule is None or schedule.throughput <= self.incumbent:
            return False
        self.schedule = schedule
        self.incumbent = self._refinement.incumbent = schedule.throughput
        return True

    def _chosen(self, combination: Sequence[int]) -> list[Columns]:
        """Return the columns of a combination."""
        which = [np.array([at]) for at in combination]
        return [columns.take(at) for columns, at in zip(self._columns, which, strict=True)]

    def _size(self, combination: Sequence[int]) -> int:
        """Return the number of requests of a combination."""
        return sum(int(own[at, -1]) for own, at in zip(self._numbers, combination, strict=True))


def _alike(nodes: EdgeNodes, columns: Sequence[Columns]) -> list[list[int]]:
    """Return for each edge node all identical edge nodes, including itself."""
    keys = []
    for j, column in enumerate(columns):
        pairs = slice(nodes.first[j], nodes.first[j + 1])
        of_pairs = (nodes.request, nodes.level, nodes.uplink, nodes.downlink)
        of_node = (*(array[pairs] for array in of_pairs), column.counts, column.depth)
        keys.append(tuple(array.tobytes() for array in of_node))
    return [[other for other, key in enumerate(keys) if key == mine] for mine in keys]
