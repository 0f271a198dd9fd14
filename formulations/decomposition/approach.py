"""Approach: dual ascent and schedules from prices in turn, before columns are listed."""

from __future__ import annotations

from math import floor
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

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
"""Maximum number of steps: with the screen alone, with best batches, with small steps."""

EXACT = {"step": 0.1, "patience": 6, "shortening": 0.3, "least_step": 4e-3}
"""Options of the steps with best batches: columns close a small remaining gap sooner."""

VAIN_SCHEDULES = 2, 6
"""Number of schedules without improvement, after the first and after the last steps."""

FEW_NODES = 4
"""Number of edge nodes up to which branching on columns closes the remaining gap quickly."""


class ApproachEffort(NamedTuple):
    """Computing effort spent on prices and schedules before columns are listed."""

    shortening: float
    """Factor applied to the step length of the dual ascent after steps without improvement."""
    near: float
    """Distance from the bound to the next lower integer below which small steps are taken."""
    num_vain: int
    """Number of successive schedules without improvement after which no more are made."""


OF_FEW = ApproachEffort(0.4, 0.05, 2 * len(RECIPES))
OF_MANY = ApproachEffort(0.6, 1.0, 3 * len(RECIPES))
"""Effort for many edge nodes, where each hundredth of the bound multiplies the combinations."""
OF_LARGE = ApproachEffort(0.6, 0.05, 3 * len(RECIPES))

LARGE = 10_000
"""Number of eligible pairs beyond which evaluations are too slow for small steps."""


class Approach:
    """A bound proved by prices, and the best schedule found with them.

    Parameters
    ----------
    data
        Coefficients of P1.
    limits
        Limits of the run.
    seed
        Seed of the random choices.
    incumbent
        Feasible schedule to start from.
    ask
        Function that returns a schedule of another method within a number of seconds. It is
        called at most once, if the own schedules leave too large a gap.
    effort
        Effort for prices and schedules; chosen by the problem's size if None.

    Attributes
    ----------
    incumbent
        Best schedule known.
    bound
        Upper bound on the throughput of all schedules.
    ascent
        Dual ascent, whose best prices prove the price bound.
    is_enumerated
        True if the bound lies below the price bound because all columns were enumerated.
    trajectory
        Incumbents and bounds over time.
    reached
        Throughput of a schedule that is known elsewhere: only a larger throughput is of use.
    """

    reached = 0

    def __init__(
        self,
        data: Coefficients,
        limits: Limits,
        *,
        seed: int = 0,
        incumbent: Schedule | None = None,
        ask: Ask | None = None,
        effort: ApproachEffort | None = None,
    ) -> None:
        self.data = data
        self.limits = limits
        self.seed = seed
        self._other = ask
        self._effort = effort or _effort(data)
        self.nodes = EdgeNodes.of(data)
        is_wide = data.num_edge_nodes > FEW_NODES
        self.ascent = DualAscent(self.nodes, data.num_requests, sorts=is_wide)
        self.scheduler = Scheduler(data, self.nodes, seed)
        self.incumbent = Schedule.empty(data.num_edge_nodes) if incumbent is None else incumbent
        self._most = self.bound = int(np.unique(data.pairs.requests).size)
        self.is_enumerated = False
        self.trajectory: list[Progress] = []
        self._note()

    @property
    def known(self) -> int:
        """Throughput of the best schedule known, here or elsewhere."""
        return max(self.incumbent.throughput, self.reached)

    @property
    def is_closed(self) -> bool:
        """True if the bound proves that no schedule is better than the best one known."""
        return self.bound <= self.known

    def offer(self, schedule: Schedule | None) -> bool:
        """Make a feasible schedule the incumbent if it is better; return True if so."""
        if schedule is None or schedule.throughput <= self.incumbent.throughput:
            return False
        self.incumbent = schedule
        self._note()
        return True

    @property
    def price_bound(self) -> int:
        """Bound proved by the prices alone."""
        return max(floor(min(self.ascent.value + GAIN, self._most)), self.known)

    def approach(self) -> None:
        """Improve bound and incumbent without listing columns."""
        if not self.incumbent.throughput:  # Polyak's steps need an aim near the least value of L
            self.offer(self.scheduler.make(self.ascent.prices(), self.limits))
        self.climb(exact=False, step=0.5, num_steps=SCREEN_STEPS // 2)
        self.schedule(num_vain=VAIN_SCHEDULES[0])
        self.climb(exact=False, step=0.5, num_steps=SCREEN_STEPS, patience=6, least_step=0.01)
        self.climb(exact=True, num_steps=EXACT_STEPS, **EXACT)
        self.schedule(num_vain=VAIN_SCHEDULES[1])
        if self.ascent.value - self.bound < self._effort.near:
            self.climb(exact=True, step=0.1, num_steps=FINE_STEPS, least_step=1e-4)

    def climb(self, **options: Any) -> None:
        """Improve the prices by :meth:`DualAscent.climb`, and the bound with them.

        Parameters
        ----------
        options
            Options of :meth:`DualAscent.climb`.
        """
        self._improve_prices(self.ascent.climb, {"shortening": self._effort.shortening, **options})

    def descend(self, **options: Any) -> None:
        """Improve the prices by :meth:`DualAscent.descend`, and the bound with them.

        Parameters
        ----------
        options
            Options of :meth:`DualAscent.descend`.
        """
        self._improve_prices(self.ascent.descend, options)

    def _improve_prices(self, improve: Callable[..., None], options: dict[str, Any]) -> None:
        if self.is_closed:
            return
        try:
            improve(self.known, self.limits, watch=self.keep_pace, **options)
        finally:
            if self.price_bound < self.bound:
                self.bound, self.is_enumerated = self.price_bound, False
                self._note()

    def keep_pace(self) -> None:
        """Do nothing after a better point: an approach has no certificates."""

    def schedule(self, *, num_vain: int) -> None:
        """Make schedules until ``num_vain`` in a row are no better, or one is proved optimal."""
        left = num_vain
        while left and not self.is_closed:
            is_better = self.offer(self.scheduler.make(self.ascent.prices(), self.limits))
            left = num_vain if is_better else left - 1

    def _ask(self) -> bool:
        """Get another method's schedule, at most once; return True if it is better."""
        ask, self._other = self._other, None
        return ask is not None and self.offer(ask(self.limits.left_s))

    def _note(self) -> None:
        point = Progress(self.limits.runtime_s, self.incumbent.throughput, self.bound)
        self.trajectory.append(point)


def _effort(data: Coefficients) -> ApproachEffort:
    if data.num_edge_nodes <= FEW_NODES:
        return OF_FEW
    return OF_MANY if data.pairs.num_pairs <= LARGE else OF_LARGE
