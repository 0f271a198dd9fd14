r"""configuration-lp: column generation over batches, then randomised rounding, for P1."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from math import floor
from typing import TYPE_CHECKING

import numpy as np

from formulations.decomposition.pricing.schedules import Scheduler
from formulations.matheuristics.configuration_master import ConfigurationMaster
from formulations.matheuristics.exact_pricing import ExactPricing, Priced
from formulations.matheuristics.price_ascent import PriceAscent
from formulations.matheuristics.rounding import Rounding
from heuristics.anytime import first_schedule, run_anytime
from heuristics.coefficients import Coefficients
from heuristics.improvement.placement import COMPUTE, PairTable, Placement
from heuristics.limits import Limits
from heuristics.nothing_eligible import zero_if_nothing_eligible
from heuristics.problem import Problem
from heuristics.reporting import report
from heuristics.result import EndedBy, Status
from heuristics.schedule import Schedule

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    from formulations.decomposition.pricing.edge_nodes import FloatArray
    from formulations.matheuristics.configuration_master import MasterSolution
    from heuristics.anytime import Start
    from heuristics.coefficients import IntArray
    from heuristics.result import Result

METHOD = "configuration-lp"

DEFAULT_DRAWS = 100
"""Number of schedules drawn from the last master."""

EARLY_DRAWS = 3
"""Number of schedules drawn from each master before."""

CLIMBS = ((False, 250), (True, 150))
"""Kind and number of steps of the ascent whose prices and batches start the master."""

SCHEDULES = 8
"""Number of schedules of the ascent's prices whose batches start the master."""

SMOOTHING = (0.8, 0.5, 0.0)
"""Weights of the best prices beside the master's duals, in turn while no batch is worth adding."""

MARGIN = 1e-6
"""Tolerance of bounds and of reduced profits."""


def configuration_lp(
    data: Coefficients,
    *,
    start: Start,
    seed: int = 0,
    draws: int = DEFAULT_DRAWS,
    time_limit: float | None = None,
    node_limit: int | None = None,
) -> Result:
    r"""Solve the LP over batches by column generation, and round its solution at random.

    Parameters
    ----------
    data
        Coefficients of all edge nodes.
    start
        Function that returns a feasible schedule within a number of seconds, None without one.
    seed
        Seed of the draws and of HiGHS.
    draws
        Number of schedules drawn from the last master.
    time_limit
        Time limit [s].
    node_limit
        Accepted for a uniform interface; never reached, as the method counts no nodes.

    Returns
    -------
    Result
        The result of P1 with the Lagrangian value as bound. Optimal if the schedule meets it.

    Raises
    ------
    InputError
        If a limit is negative.

    Notes
    -----
    *Columns.* A column is a feasible batch S of an edge node, under any of its alternatives. The
    first columns are the batches of the start and of schedules made from the prices of a dual
    ascent: from single columns the duals of the master jump, and the bound stalls. New columns are
    batches of largest profit :math:`\sum_{i \in S} (1 - \pi_i)` at prices between the best known
    ones and the duals of the master (Wentges), at last at the duals themselves. See
    :mod:`formulations.matheuristics.exact_pricing` for their proof.

    *Bound.* :math:`L(\pi) = \sum_i \pi_i + \sum_g \max(0, \max_{j \in g} V_j(\pi))`, the least of
    all prices, rounded down. At the end of the column generation it equals the master's value.

    *Guarantee.* The mean throughput of a draw is at least :math:`1 - 1/e` = 0.632 of the master's
    value z. Each edge node g draws a batch S with probability :math:`x_{gS}`, independently. Let
    :math:`y_{gi} = \sum_{S \ni i} x_{gS}`, with :math:`y_i = \sum_g y_{gi} \le 1`. A request is
    served if some drawn batch contains it, so with probability

    .. math:: 1 - \prod_g (1 - y_{gi}) \ge 1 - e^{-y_i} \ge (1 - 1/e)\, y_i,

    as :math:`1 - t \le e^{-t}`, and :math:`1 - e^{-t}` is concave with equality at 0 and 1. The sum
    over i is at least :math:`(1 - 1/e) \sum_i y_i = (1 - 1/e) z`. A request that several drawn
    batches contain stays in one of them. The others remain feasible without it: the feasible
    batches of a row are closed under taking parts, and may differ from edge node to edge node.
    Nothing else of P1 is used. If the pricing closed, z is the value of the whole LP and at least
    the optimum, so the mean is at least 0.632 of the optimum. If the run was cut before, only
    :math:`(1 - 1/e) z` is claimed, with the z of the batches found by then. The greedy alteration,
    which adds free requests that fit, and the best of all draws only improve this.

    *Complexity.* A pricing round solves at most J problems, each NP-hard in general; the LP has
    I + G rows.

    References
    ----------
    L. Fleischer, M. X. Goemans, V. S. Mirrokni, M. Sviridenko, "Tight approximation algorithms for
    maximum separable assignment problems", Mathematics of Operations Research 36(3):416-431, 2011,
    doi:10.1287/moor.1110.0499. P. Wentges, "Weighted Dantzig-Wolfe decomposition for linear
    mixed-integer programming", International Transactions in Operational Research 4(2):151-162,
    1997, doi:10.1016/S0969-6016(97)00001-4.
    """
    warm_up()
    limits = Limits(time_limit=time_limit, node_limit=node_limit)
    nothing = zero_if_nothing_eligible(data, Problem.P1, METHOD, limits)
    if nothing is not None:
        return nothing
    first = first_schedule(data, limits, start)
    generation = ColumnGeneration(data, first, seed, limits)
    found = run_anytime(Problem.P1, limits, generation.run(draws), best=first)
    bound = max(generation.bound, found.objective or 0)
    is_proof = found.objective == bound
    return replace(
        found,
        status=Status.OPTIMAL if is_proof else found.status,
        ended_by=EndedBy.PROOF if is_proof else found.ended_by,
        bound=bound,
        bound_raw=generation.value if np.isfinite(generation.value) else None,
        proved_by=METHOD if is_proof else None,
    )


class ColumnGeneration:
    """Columns, prices and schedules of one run.

    Parameters
    ----------
    data
        Coefficients of P1, with at least one eligible pair.
    first
        Feasible schedule to start from.
    seed
        Seed of all random choices.
    limits
        Limits of the run.

    Attributes
    ----------
    value
        Least Lagrangian value found; infinite before the first.
    master
        Master with the columns found, from the begin of the run.
    is_closed
        True if the master's value is that of the LP over all batches.
    """

    def __init__(self, data: Coefficients, first: Schedule, seed: int, limits: Limits) -> None:
        self._data, self._limits, self._seed, self._first = data, limits, seed, first
        self._random = np.random.default_rng(seed)
        self._num_servable = len(np.unique(data.pairs.requests))
        self.value = np.inf
        self.is_closed = False
        self.solution: MasterSolution | None = None
        self._best_price = np.zeros(data.num_requests)

    @property
    def bound(self) -> int:
        """Upper bound on the throughput of every schedule."""
        return floor(min(self.value + MARGIN, self._num_servable))

    def run(self, draws: int) -> Iterator[Schedule | None]:
        """Generate columns, and yield schedules drawn from the masters."""
        known = yield from self._begin()
        for _ in self._rounds():
            for _ in range(EARLY_DRAWS):
                schedule = self._rounded()
                known = max(known, schedule.throughput)
                yield schedule
            if known >= self.bound:
                return
        for _ in range(draws):
            if known >= self.bound:
                return
            schedule = self._rounded()
            known = max(known, schedule.throughput)
            yield schedule

    def _begin(self) -> Generator[Schedule | None, None, int]:
        """Add the columns of the ascent, and yield its schedules; return the best throughput."""
        self._limits.check_time()
        self._table = PairTable.of(self._data)
        self.master = ConfigurationMaster(self._data.num_requests, self._table.group)
        self._add(self._first)
        self._ascent = PriceAscent(self._data)
        self._scheduler = Scheduler(self._data, self._ascent.nodes, self._seed)
        self._pricing = ExactPricing(self._data, self._ascent, self._scheduler, self._seed)
        known = self._first.throughput
        for exact, num_steps in CLIMBS:
            try:
                self._ascent.climb(known, self._limits, exact=exact, num_steps=num_steps)
            finally:
                self._note(self._ascent.ascent.value, self._ascent.prices.request)
            for _ in range(SCHEDULES if not self._data.has_alternatives else 0):
                if known >= self.bound:
                    return known
                schedule = self._scheduler.make(self._ascent.prices, self._limits)
                self._add(schedule)
                known = max(known, schedule.throughput)
                yield schedule
        return known

    def _add(self, schedule: Schedule) -> None:
        for row, batch in enumerate(schedule.batches):
            self.master.add(row, np.array(batch, dtype=np.int64))

    def _note(self, value: float, request_price: FloatArray) -> None:
        """Keep a Lagrangian value and its prices if it is the least."""
        if value < self.value:
            before, self.value, self._best_price = self.bound, value, request_price
            if self.bound < before:
                report(bound=self.bound)

    def _rounds(self) -> Iterator[None]:
        """Solve the master and add columns in turn, until no column is worth adding."""
        while True:
            self.solution = self.master.solve(self._limits)
            yield
            if self.solution.value >= self.value - MARGIN or not self._extend(self.solution):
                self.is_closed = True
                return

    def _extend(self, solution: MasterSolution) -> bool:
        """Add columns that the master lacks; return False if there are none."""
        for weight in SMOOTHING:
            price = weight * self._best_price + (1 - weight) * solution.request_price
            priced = [self._price(row, price) for row in range(self._data.num_edge_nodes)]
            if self._take(solution, price, priced):
                return True
        priced = [self._close(row, price, each, solution) for row, each in enumerate(priced)]
        return self._take(solution, price, priced)

    def _price(self, row: int, price: FloatArray) -> Priced:
        self._limits.check_time()
        return self._pricing.price(row, price)

    def _close(
        self, row: int, price: FloatArray, priced: Priced, solution: MasterSolution
    ) -> Priced:
        """Decide a pricing problem, unless its bound shows that it has no column to add."""
        self._limits.check_time()
        if priced.upper <= solution.group_price[self._table.group[row]] + MARGIN:
            return priced
        return self._pricing.close(row, price, priced, self._limits)

    def _take(self, solution: MasterSolution, price: FloatArray, priced: list[Priced]) -> bool:
        """Add the batches of positive reduced profit, and keep the bound of the prices."""
        worth = np.zeros(len(solution.group_price))
        np.maximum.at(worth, self._table.group, [each.upper for each in priced])
        self._note(float(price.sum() + worth.sum()), price)
        is_added = False
        for row, each in enumerate(priced):
            profit = (1 - solution.request_price[each.requests]).sum()
            if profit > solution.group_price[self._table.group[row]] + MARGIN:
                is_added |= self.master.add(row, each.requests)
        return is_added

    def _rounded(self) -> Schedule:
        """Draw a schedule, and add free requests that fit."""
        self._limits.check_time()
        drawn = self.rounding().draw(self._random)
        placed = Placement(self._data, Schedule.of(drawn), self._table)
        placed.add(self._light())
        return placed.schedule

    def rounding(self) -> Rounding:
        """Return the draws of the last master."""
        assert self.solution is not None
        configurations = self.master.configurations[: len(self.solution.weight)]
        return Rounding(
            configurations, self.solution.weight, self._table.group, self._data.num_requests
        )

    def _light(self) -> IntArray:
        """Return all pairs, those of small demands first."""
        table = self._table
        room = np.maximum(table.capacity[table.edge_node], 1)
        share = (table.demand[:, :COMPUTE] / room).sum(axis=1)
        share += table.demand[:, COMPUTE] / np.maximum(table.budget, 1)
        order: IntArray = np.argsort(share, kind="stable")
        return order


@cache
def warm_up() -> None:
    """Load HiGHS and the other modules before the clock starts."""
    one = np.ones((1, 2), dtype=np.int64)
    data = Coefficients(
        uplink=one,
        uplink_capacity=[1],
        downlink=one,
        downlink_capacity=[2],
        memory=one,
        memory_capacity=[2],
        compute=one,
        compute_budget=2 * one,
        eligible=one,
    )
    generation = ColumnGeneration(data, Schedule.empty(1), 0, Limits())
    for _ in generation.run(1):
        pass
    generation._pricing.close(0, np.zeros(2), Priced(one[0, :0], 0.0, 2.0), Limits())
