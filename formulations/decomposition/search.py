"""Search: a bound and an incumbent, and what brings them together."""

from __future__ import annotations

from math import floor
from typing import TYPE_CHECKING

from formulations.decomposition.columns import survivors
from formulations.decomposition.combinations import CombinationSearch
from formulations.decomposition.dual_ascent import GAIN, DualAscent
from formulations.decomposition.edge_nodes import EdgeNodes
from formulations.decomposition.master import MasterProblem, answer
from formulations.decomposition.remainder import Remainder
from formulations.decomposition.schedules import RECIPES, Scheduler
from heuristics.result import Progress
from heuristics.schedule import Schedule

if TYPE_CHECKING:
    from collections.abc import Callable

    from formulations.decomposition.columns import Columns
    from heuristics.limits import Limits
    from heuristics.system_models.coefficients import Coefficients

    Ask = Callable[[float | None], Schedule | None]

SCREEN_STEPS, EXACT_STEPS, FINE_STEPS = 200, 400, 1500
"""The most steps of each ascent: with the screen alone, with the best batches, in small steps."""

VAIN_SCHEDULES = 3 * len(RECIPES)
"""After how many schedules that are no better to stop making more."""

PATIENT_SCHEDULES = 20 * len(RECIPES)
"""The same before columns are listed, where there is more than one request to gain."""

MOST_COLUMNS = 50_000
"""How many columns an edge node may have."""

MANY_PAIRS = 10_000
"""Beyond so many eligible pairs, its own schedules take long to come to something."""

FEW_NODES = 4
"""With no more edge nodes, the combinations of columns are the quickest way to schedules too."""

PART = 0.1
"""Of the slack: columns that lose no more make most schedules."""

IMPROVING_S = 5.0
"""What a question that may only find a better schedule may take [s]."""


class Search:
    """The state of one run on P1.

    Parameters
    ----------
    data
        The problem.
    limits
        Of the run.
    seed
        Of random choices.
    incumbent
        A feasible schedule to start from.
    ask
        Returns another method's schedule within a number of seconds; asked once, where its own
        are slow or leave too much open.

    Attributes
    ----------
    incumbent
        The best schedule known.
    bound
        No schedule serves more requests.
    ascent
        The prices behind the bound.
    is_enumerated
        Whether the bound lies below that of the prices, since all columns were looked at.
    trajectory
        Incumbent and bound over time.
    """

    def __init__(
        self,
        data: Coefficients,
        limits: Limits,
        *,
        seed: int = 0,
        incumbent: Schedule | None = None,
        ask: Ask | None = None,
    ) -> None:
        self.data = data
        self.limits = limits
        self.seed = seed
        self._other = ask
        self.nodes = EdgeNodes.of(data)
        self.ascent = DualAscent(self.nodes, data.num_requests)
        self.scheduler = Scheduler(data, self.nodes, seed)
        self.incumbent = Schedule.empty(data.num_edge_nodes) if incumbent is None else incumbent
        self._most = self.bound = int(data.eligible.any(axis=0).sum())
        self.is_enumerated = False
        self.trajectory: list[Progress] = []
        self._note()

    @property
    def is_closed(self) -> bool:
        """Whether the bound proves the incumbent."""
        return self.bound == self.incumbent.throughput

    def offer(self, schedule: Schedule | None) -> bool:
        """Take a feasible schedule if it is better than the incumbent; say whether it is."""
        if schedule is None or schedule.throughput <= self.incumbent.throughput:
            return False
        self.incumbent = schedule
        self._note()
        return True

    @property
    def price_bound(self) -> int:
        """The bound of the prices alone."""
        return max(floor(min(self.ascent.value + GAIN, self._most)), self.incumbent.throughput)

    def finish(self) -> None:
        """Bring bound and incumbent together, as far as limits and numbers allow."""
        self.approach()
        while not self.is_closed:
            if not self.improve() and not self.enumerate():
                break

    def approach(self) -> None:
        """Bring prices and schedules as close as they come without listing columns."""
        if self.data.eligible.sum() > MANY_PAIRS:
            self._ask()
        self._climb(exact=False, step=1.0, num_steps=SCREEN_STEPS // 4)
        self._schedule(num_vain=4)
        self._climb(exact=False, step=1.0, num_steps=SCREEN_STEPS)
        self._climb(exact=True, step=0.3, num_steps=EXACT_STEPS)
        self._schedule(num_vain=VAIN_SCHEDULES)
        if not self.is_closed:
            self._climb(exact=True, step=0.1, num_steps=FINE_STEPS, least_step=1e-4)
        if self.bound > self.incumbent.throughput + 1:
            self._schedule(num_vain=PATIENT_SCHEDULES)

    def improve(self) -> bool:
        """Look for a better schedule, where the bound is still far; say whether there is one."""
        if self.bound == self.incumbent.throughput + 1 or self.nodes.num_edge_nodes <= FEW_NODES:
            return False
        problem = self._problem(self.incumbent.throughput + 1)
        columns = self._columns(problem, PART * problem.slack)
        if columns is None:
            return False
        problem = problem._replace(columns=columns)
        verdict = answer(problem, self.limits, time_limit=IMPROVING_S, seed=self.seed)
        return self.offer(verdict.schedule)

    def enumerate(self) -> bool:
        """Ask whether a schedule meets the bound; lower the bound or take the schedule.

        Returns
        -------
        bool
            Whether the question was answered.
        """
        problem = self._problem(self.bound)
        columns = self._columns(problem, problem.slack)
        if columns is None:
            if self._ask():
                return True
            is_refuted = self._solve_remainder(problem)
        else:
            is_refuted = self._combine(problem._replace(columns=columns))
        if is_refuted:
            self.bound, self.is_enumerated = self.bound - 1, True
            self._note()
        return is_refuted or self.is_closed

    def _ask(self) -> bool:
        """Take another method's schedule, once; say whether it is better."""
        ask, self._other = self._other, None
        return ask is not None and self.offer(ask(self.limits.left_s))

    def _problem(self, target: int) -> MasterProblem:
        value, _, values = self.ascent.evaluate(self.ascent.point, exact=True)
        prices = self.ascent.prices()
        return MasterProblem(self.data, self.nodes, prices, values, value - target, target, [])

    def _columns(self, problem: MasterProblem, slack: float) -> list[Columns] | None:
        return survivors(self.nodes, problem.prices, problem.value, slack, most=MOST_COLUMNS)

    def _combine(self, problem: MasterProblem) -> bool:
        """Search the combinations of columns; say whether they make no schedule."""
        combinations = CombinationSearch(
            self.data,
            self.nodes,
            problem.prices,
            problem.columns,
            problem.target - 1,
            seed=self.seed,
        )
        try:
            combinations.run(self.limits, until=problem.target)
        finally:
            self.offer(combinations.schedule)
        return combinations.bound < problem.target

    def _solve_remainder(self, problem: MasterProblem) -> bool:
        """Have all that is left solved as one MILP; say whether there is no schedule."""
        remainder = Remainder(problem)
        if not remainder.is_resolved:
            return False
        found = remainder.model.solve(self.limits, time_limit=None, seed=self.seed)
        if found.values is not None:
            self.offer(remainder.schedule(found.values))
        elif not found.is_infeasible:
            self.limits.check_time()
            self.limits.check_nodes()
        return found.is_infeasible

    def _climb(self, *, exact: bool, step: float, num_steps: int, least_step: float = 1e-3) -> None:
        if self.is_closed:
            return
        try:
            self.ascent.climb(
                self.incumbent.throughput,
                self.limits,
                exact=exact,
                step=step,
                num_steps=num_steps,
                least_step=least_step,
            )
        finally:
            if self.price_bound < self.bound:
                self.bound, self.is_enumerated = self.price_bound, False
                self._note()

    def _schedule(self, *, num_vain: int) -> None:
        left = num_vain
        while left and not self.is_closed:
            is_better = self.offer(self.scheduler.make(self.ascent.prices(), self.limits))
            left = num_vain if is_better else left - 1

    def _note(self) -> None:
        point = Progress(self.limits.runtime_s, self.incumbent.throughput, self.bound)
        self.trajectory.append(point)
