"""Approach: prices and schedules that come as close to each other as they can without columns."""

from __future__ import annotations

from math import floor
from typing import TYPE_CHECKING, NamedTuple

from formulations.decomposition.pricing.dual_ascent import GAIN, DualAscent
from formulations.decomposition.pricing.edge_nodes import EdgeNodes
from formulations.decomposition.pricing.schedules import RECIPES, Scheduler
from heuristics.result import Progress
from heuristics.schedule import Schedule

if TYPE_CHECKING:
    from collections.abc import Callable

    from heuristics.coefficients import Coefficients
    from heuristics.limits import Limits

    Ask = Callable[[float | None], Schedule | None]

SCREEN_STEPS, EXACT_STEPS, FINE_STEPS = 200, 400, 1500
"""The most steps of each ascent: with the screen alone, with the best batches, in small steps."""

FEW_NODES = 4
"""With no more edge nodes, branching on columns closes what is left soon."""


class Effort(NamedTuple):
    """What prices and schedules are worth before columns are listed."""

    shortening: float
    """What becomes of an ascent's steps where they were in vain."""
    near: float
    """How near the next integer the bound is to be for small steps, which gain a few hundredths."""
    num_vain: int
    """After how many schedules that are no better to stop making more."""
    num_patient: int
    """The same at last, where there is more than one request to gain."""


OF_FEW = Effort(0.4, 0.05, 2 * len(RECIPES), 5 * len(RECIPES))
OF_MANY = Effort(0.6, 1.0, 3 * len(RECIPES), 20 * len(RECIPES))
"""With many edge nodes each hundredth of the bound multiplies the columns' combinations."""
OF_LARGE = Effort(0.6, 0.05, 3 * len(RECIPES), 3 * len(RECIPES))

LARGE = 10_000
"""Eligible pairs beyond which an evaluation takes too long for steps that gain little."""


class Approach:
    """A bound by prices, and the best schedule that they have led to.

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
        leave too much open.
    effort
        What prices and schedules are worth; by the problem's size if not given.

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
        effort: Effort | None = None,
    ) -> None:
        self.data = data
        self.limits = limits
        self.seed = seed
        self._other = ask
        self._effort = effort or _effort(data)
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

    def approach(self) -> None:
        """Bring prices and schedules as close as they come without listing columns."""
        self.climb(exact=False, step=1.0, num_steps=SCREEN_STEPS // 4)
        self.schedule(num_vain=4)
        self.climb(exact=False, step=1.0, num_steps=SCREEN_STEPS)
        self.climb(exact=True, step=0.3, num_steps=EXACT_STEPS)
        self.schedule(num_vain=self._effort.num_vain)
        if self.ascent.value - self.bound < self._effort.near:
            self.climb(exact=True, step=0.1, num_steps=FINE_STEPS, least_step=1e-4)
        if self.bound > self.incumbent.throughput + 1:
            self.schedule(num_vain=self._effort.num_patient)

    def climb(self, *, exact: bool, step: float, num_steps: int, least_step: float = 1e-3) -> None:
        """Make better prices, as :meth:`DualAscent.climb` does, till they prove the incumbent."""
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
                shortening=self._effort.shortening,
            )
        finally:
            if self.price_bound < self.bound:
                self.bound, self.is_enumerated = self.price_bound, False
                self._note()

    def schedule(self, *, num_vain: int) -> None:
        """Make schedules until so many in turn are no better, or one is proved the best."""
        left = num_vain
        while left and not self.is_closed:
            is_better = self.offer(self.scheduler.make(self.ascent.prices(), self.limits))
            left = num_vain if is_better else left - 1

    def _ask(self) -> bool:
        """Take another method's schedule, once; say whether it is better."""
        ask, self._other = self._other, None
        return ask is not None and self.offer(ask(self.limits.left_s))

    def _note(self) -> None:
        point = Progress(self.limits.runtime_s, self.incumbent.throughput, self.bound)
        self.trajectory.append(point)


def _effort(data: Coefficients) -> Effort:
    if data.num_edge_nodes <= FEW_NODES:
        return OF_FEW
    return OF_MANY if data.eligible.sum() <= LARGE else OF_LARGE
