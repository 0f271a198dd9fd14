"""Search: a bound and an incumbent, and what brings them together."""

from __future__ import annotations

from math import floor
from typing import TYPE_CHECKING

from formulations.decomposition.assignment import assign
from formulations.decomposition.columns import survivors
from formulations.decomposition.combinations import CombinationSearch
from formulations.decomposition.dual_ascent import GAIN, DualAscent
from formulations.decomposition.edge_nodes import EdgeNodes
from formulations.decomposition.master import MasterProblem
from formulations.decomposition.recursion import Point, Recursion
from formulations.decomposition.remainder import Remainder
from formulations.decomposition.schedules import RECIPES, Scheduler
from heuristics.reporting import report
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

PARTS = (0.03, 0.06, 0.1, 0.15, 0.2, 0.3)
"""What columns may lose in all, in requests, where only a better schedule is looked for."""

FEW_NODES = 4
"""With no more edge nodes, the branching on columns is quickest, for schedules too."""

CHEAP = 0.8
"""A slack up to which a proof is cheap; beyond it a better schedule is worth a long search."""

FEW_LOOKS, MOST_LOOKS = 20_000_000, 400_000_000
"""After how many ways to give up: looking for a better schedule, and for a proof."""


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
        self._improved_in_vain: Schedule | None = None
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
        while not self.is_closed and self.advance():
            pass

    def advance(self) -> bool:
        """Take the step that promises most; say whether bound or incumbent are better for it."""
        problem = self.problem(self.bound)
        if self.nodes.num_edge_nodes > FEW_NODES:
            if problem.slack < CHEAP and self._recur(problem):
                return True
            if self.improve() or (problem.slack >= CHEAP and self._recur(problem)):
                return True
        return self.enumerate(problem)

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
        """Look for a better schedule among columns that lose little in all; say if there is one.

        What they may lose grows as long as that costs little.
        """
        if self._improved_in_vain is self.incumbent or self.bound <= self.incumbent.throughput:
            return False
        self._improved_in_vain = self.incumbent
        problem = self.problem(self.incumbent.throughput + 1)
        most_looks = MOST_LOOKS if self.ascent.value - self.bound > CHEAP else FEW_LOOKS
        for part in PARTS:
            recursion = self._recursion(problem, part) if part < problem.slack else None
            if recursion is None:
                return False
            recursion.run(self.limits, until=self.bound, most_looks=most_looks)
            if self._offer_chosen(recursion):
                return True
            if not recursion.is_complete or recursion.chosen() is not None:
                return False
        return False

    def enumerate(self, problem: MasterProblem) -> bool:
        """Ask whether a schedule meets the bound, by its columns or by all that is left.

        Returns
        -------
        bool
            Whether bound or incumbent are better for it.
        """
        columns = self._columns(problem, problem.slack)
        if columns is not None:
            is_refuted = self._combine(problem, columns)
        elif self._ask():
            return True
        else:
            is_refuted = self._solve_remainder(problem)
        return self._refute(is_refuted) or self.is_closed

    def _refute(self, is_refuted: bool) -> bool:
        """Lower the bound by one if no schedule meets it."""
        if is_refuted:
            self.bound, self.is_enumerated = self.bound - 1, True
            self._note()
        return is_refuted

    def _ask(self) -> bool:
        """Take another method's schedule, once; say whether it is better."""
        ask, self._other = self._other, None
        return ask is not None and self.offer(ask(self.limits.left_s))

    def problem(self, target: int) -> MasterProblem:
        """Return the question whether there is a schedule of so many requests."""
        value, _, values = self.ascent.evaluate(self.ascent.point, exact=True)
        prices = self.ascent.prices()
        return MasterProblem(self.data, self.nodes, prices, values, value - target, target)

    def _columns(self, problem: MasterProblem, slack: float) -> list[Columns] | None:
        return survivors(self.nodes, problem.prices, problem.value, slack, most=MOST_COLUMNS)

    def _recur(self, problem: MasterProblem) -> bool:
        """Ask the recursion whether a schedule meets the bound; say whether it could tell."""
        recursion = self._recursion(problem, problem.slack)
        if recursion is None:
            return False
        recursion.run(self.limits, until=problem.target, most_looks=MOST_LOOKS)
        if recursion.chosen() is not None:
            return self._offer_chosen(recursion)
        return self._refute(recursion.is_complete)

    def _recursion(self, problem: MasterProblem, allowed: float) -> Recursion | None:
        columns = self._columns(problem, allowed)
        if columns is None:
            return None
        total = problem.slack + problem.target
        point = Point(problem.prices, problem.value, total)
        recursion = Recursion(self.nodes, [point], columns, allowed, problem.target - 1)
        return recursion if recursion.is_possible else None

    def _offer_chosen(self, recursion: Recursion) -> bool:
        """Assign requests to the best combination; say whether that makes a better schedule."""
        chosen = recursion.chosen()
        if chosen is None:
            return False
        found = assign(self.data, self.nodes, chosen, self.limits, seed=self.seed)
        return self.offer(found.schedule)

    def _combine(self, problem: MasterProblem, columns: list[Columns]) -> bool:
        """Search the combinations of columns; say whether they make no schedule."""
        combinations = CombinationSearch(
            self.data,
            self.nodes,
            problem.prices,
            columns,
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
        found = Remainder(problem).solve(self.limits, seed=self.seed)
        self.offer(found.schedule)
        if found.schedule is None and not found.is_refuted:
            self.limits.check_time()
            self.limits.check_nodes()
        return found.is_refuted

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
        report(schedule=self.incumbent, bound=self.bound)
