"""lns: large neighbourhood search, in which HiGHS re-optimises a part of the schedule, for P1."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from formulations.matheuristics.part_model import PartModel, free_pairs
from heuristics.anytime import first_schedule, run_anytime
from heuristics.coefficients import Coefficients
from heuristics.improvement.counting_bound import counting_bound
from heuristics.improvement.placement import COMPUTE, NOWHERE, Placement, join, leave
from heuristics.limits import Limits
from heuristics.nothing_eligible import zero_if_nothing_eligible
from heuristics.problem import Problem
from heuristics.schedule import Schedule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from formulations.decomposition.pricing.edge_nodes import FloatArray
    from heuristics.anytime import Start
    from heuristics.coefficients import IntArray
    from heuristics.result import Result

METHOD = "lns"

DEFAULT_PATIENCE = 100
"""Number of moves in succession without a better schedule after which the run ends."""

FIRST_SIZE, LEAST_SIZE, MOST_SIZE = 200, 40, 600
"""Number of candidates of the first MILP, and its limits."""

LARGER, SMALLER = 1.1, 0.8
"""Factors of the size after a MILP that was solved, and after one that reached its node limit."""

MOST_NODES = 30
"""Branch-and-bound nodes of a MILP."""

SHARES = (0.1, 0.5)
"""Least and largest share of the served requests that a move frees by deadline or at random."""

GAIN, LOSS, MEMORY = 3.0, 1.0, 0.9
"""Scores of a rule after a better schedule and after another, and the weight of its past."""


def lns(
    data: Coefficients,
    *,
    start: Start,
    seed: int = 0,
    patience: int = DEFAULT_PATIENCE,
    time_limit: float | None = None,
    node_limit: int | None = None,
) -> Result:
    r"""Free a part of the schedule and let HiGHS fill it again, until moves bring nothing.

    Parameters
    ----------
    data
        Coefficients of all edge nodes.
    start
        Function that returns a feasible schedule within a number of seconds, None without one.
    seed
        Seed of the parts and of HiGHS.
    patience
        Number of moves in succession without a better schedule after which the run ends, at most
        one for each eligible pair.
    time_limit
        Time limit [s].
    node_limit
        Accepted for a uniform interface; each MILP has a limit of its own.

    Returns
    -------
    Result
        The result of P1, feasible, without a bound; ``trajectory`` has each better schedule.

    Raises
    ------
    InputError
        If a limit is negative.

    Notes
    -----
    *Move.* One of three rules frees requests: all those of one or two edge nodes, those of
    neighbouring deadlines at every edge node, or a random share of all. The candidates of a
    threshold model (:mod:`formulations.matheuristics.part_model`) are the freed requests and those
    served nowhere, the ones of small demand first; all others keep their places. The result is
    accepted if the throughput is not lower: small random profits choose among equal schedules, so
    that the next move finds another one. A rule is drawn by its score, as in adaptive large
    neighbourhood search.

    *Size.* Each MILP has at most 30 branch-and-bound nodes. The number of candidates grows while
    MILPs are solved within them and shrinks otherwise, so that equal seeds give equal schedules
    where no time limit ends the run.

    *Time limit.* HiGHS checks its clock rarely inside the presolve and the heuristics of a MILP. A
    MILP that is late by more than 0.03 s is given up, and its thread ends some tenths of a second
    after the run.

    *Alternatives.* An edge node whose batch is freed as a whole may change its row.

    *Guarantee.* Never worse than the start: at least half of the optimum from OT-GAH's schedule.

    *Complexity.* Each MILP is NP-hard in general, and limited by its nodes.

    References
    ----------
    P. Shaw, "Using constraint programming and local search methods to solve vehicle routing
    problems", CP 1998, 417-431. S. Ropke, D. Pisinger, "An adaptive large neighborhood search
    heuristic for the pickup and delivery problem with time windows", Transportation Science
    40(4):455-472, 2006, doi:10.1287/trsc.1050.0135.
    """
    warm_up()
    limits = Limits(time_limit=time_limit, node_limit=node_limit)
    nothing = zero_if_nothing_eligible(data, Problem.P1, METHOD, limits)
    if nothing is not None:
        return nothing
    first = first_schedule(data, limits, start)
    steps = _moves(data, first, seed, patience, limits)
    return run_anytime(Problem.P1, limits, steps, best=first)


def _moves(
    data: Coefficients, start: Schedule, seed: int, patience: int, limits: Limits
) -> Iterator[Schedule | None]:
    """Yield a schedule for each move that gained, None for each other."""
    limits.check_time()
    search = _Neighbourhoods(data, start, seed)
    bound = counting_bound(data)
    num_vain = 0
    while num_vain < min(patience, data.pairs.num_pairs):
        if search.throughput >= bound:
            return
        is_better = search.move(limits)
        num_vain = 0 if is_better else num_vain + 1
        yield search.schedule if is_better else None


class _Neighbourhoods:
    """A schedule, and the rules that free a part of it."""

    def __init__(self, data: Coefficients, start: Schedule, seed: int) -> None:
        self._data = data
        self._placed = Placement(data, start)
        self._random = np.random.default_rng(seed)
        self._size = float(FIRST_SIZE)
        self._rules = (self._by_edge_node, self._by_deadline, self._at_random)
        self._score = np.ones(len(self._rules))
        table = self._placed.table
        room = np.maximum(table.capacity[table.edge_node], 1)
        share: FloatArray = (table.demand[:, :COMPUTE] / room).sum(axis=1)
        self._share = share + table.demand[:, COMPUTE] / np.maximum(table.budget, 1)

    @property
    def throughput(self) -> int:
        """Throughput of the current schedule."""
        return self._placed.throughput

    @property
    def schedule(self) -> Schedule:
        """The current schedule."""
        return self._placed.schedule

    def move(self, limits: Limits) -> bool:
        """Make one move, and undo it if it is worse; return True if the schedule is better."""
        rule = int(self._random.choice(len(self._rules), p=self._score / self._score.sum()))
        before = self.throughput
        freed = self._rules[rule]()
        self._free(freed)
        added: IntArray = np.empty(0, dtype=np.int64)
        try:
            added = self._solve(freed, limits)
        finally:
            self._placed.add(added)
            if self.throughput < before:
                self._free(self._served(added))
                self._placed.add(freed)
        gain = self.throughput - before
        self._score[rule] = MEMORY * self._score[rule] + (1 - MEMORY) * (GAIN if gain else LOSS)
        return gain > 0

    def _served(self, pairs: IntArray) -> IntArray:
        """Return the pairs by which requests are served at present."""
        request = self._placed.table.request
        served: IntArray = pairs[self._placed.batches.place[request[pairs]] == pairs]
        return served

    def _free(self, pairs: IntArray) -> None:
        for pair in pairs:
            leave(self._placed.table, self._placed.batches, pair)

    def _all(self) -> IntArray:
        """Return the pairs of all requests served."""
        place = self._placed.batches.place
        served: IntArray = place[place != NOWHERE]
        return served

    def _by_edge_node(self) -> IntArray:
        """Return the pairs of one or two physical edge nodes."""
        groups = self._data.alternatives
        num = min(int(self._random.integers(1, 3)), len(groups))
        rows = [
            row for g in self._random.permutation(len(groups))[:num].tolist() for row in groups[g]
        ]
        served = self._all()
        return served[np.isin(self._placed.table.edge_node[served], rows)]

    def _by_deadline(self) -> IntArray:
        """Return the pairs of neighbouring budgets at every edge node."""
        share, at = self._random.uniform(*SHARES), self._random.random()
        table, served = self._placed.table, self._all()
        served = served[np.lexsort((table.budget[served], table.edge_node[served]))]
        size = np.bincount(table.edge_node[served], minlength=self._data.num_edge_nodes)
        first = np.repeat(np.cumsum(size) - size, size)
        quantile = (np.arange(len(served)) - first) / np.repeat(np.maximum(size, 1), size)
        low = at * (1 - share)
        chosen: IntArray = served[(quantile >= low) & (quantile <= low + share)]
        return chosen

    def _at_random(self) -> IntArray:
        """Return a random share of the pairs served."""
        served = self._all()
        return served[self._random.random(len(served)) < self._random.uniform(*SHARES)]

    def _solve(self, freed: IntArray, limits: Limits) -> IntArray:
        """Return the pairs that HiGHS chooses for what is free."""
        candidates = self._candidates(freed)
        if not len(candidates):
            return freed
        profit = 1 + self._random.random(len(candidates)) * 0.5 / len(candidates)
        model = PartModel(self._data, self._placed, candidates, profit)
        own = Limits(time_limit=limits.left_s, node_limit=MOST_NODES)
        seed = int(self._random.integers(1 << 31))
        start = np.flatnonzero(np.isin(candidates, freed))
        answer = model.solve(own, time_limit=None, seed=seed, start=start, is_punctual=True)
        factor = LARGER if answer.is_solved else SMALLER
        self._size = min(max(self._size * factor, LEAST_SIZE), MOST_SIZE)
        return answer.chosen

    def _candidates(self, freed: IntArray) -> IntArray:
        """Return the pairs of the next MILP, ascending: all freed ones, and light ones."""
        table, batches = self._placed.table, self._placed.batches
        is_open = np.zeros(self._data.num_edge_nodes, dtype=np.bool_)
        for rows in self._data.alternatives:
            used = [row for row in rows if batches.size[row]]
            back = [row for row in rows if (table.edge_node[freed] == row).any()]
            keeps = back and (len(rows) == 1 or self._random.random() < 0.5)
            is_open[used or (back if keeps else [int(self._random.choice(rows))])] = True
        pairs = free_pairs(self._placed, np.flatnonzero(is_open[table.edge_node]))
        edge_node, demand = table.edge_node[pairs], table.demand[pairs]
        room = table.capacity[edge_node] - batches.load[edge_node, :COMPUTE]
        limit = np.minimum(table.budget[pairs], batches.least[edge_node, 0])
        is_fitting = (demand[:, :COMPUTE] <= room).all(axis=1)
        is_fitting &= batches.load[edge_node, COMPUTE] + demand[:, COMPUTE] <= limit
        pairs = pairs[is_fitting]
        rank = self._share[pairs] * self._random.uniform(0.5, 1.5, len(pairs))
        rank[np.isin(pairs, freed)] = -1
        num = max(int(self._size), len(freed))
        return np.sort(pairs[np.argsort(rank, kind="stable")[:num]])


@cache
def warm_up() -> None:
    """Compile or load the kernels, and load HiGHS, before the clock starts."""
    ones = np.ones((1, 2), dtype=np.int64)
    data = Coefficients(
        uplink=ones,
        uplink_capacity=[1],
        downlink=ones,
        downlink_capacity=[1],
        memory=ones,
        memory_capacity=[1],
        compute=ones,
        compute_budget=ones,
        eligible=ones,
    )
    for _ in _moves(data, Schedule.empty(1), 0, 2, Limits()):
        pass
    placed = Placement(data)
    join(placed.table, placed.batches, 0)
