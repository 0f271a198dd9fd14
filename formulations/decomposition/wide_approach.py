"""WideApproach: schedules and prices for many edge nodes, before columns are listed.

With many edge nodes a restart of the schedules from prices rarely reaches the optimum. So schedules
come from an annealing over counts of equal requests, which is used for schedules alone and never
for a bound. The first prices take steps of fixed lengths, which hundreds of edge nodes do not slow
down. Best batches are searched only once the screen has no more to give. Where the pools of each
class are nested, prices are sorted within each class after every step, and beams over columns of
small loss find better schedules than an annealing.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from formulations.decomposition.approach import FEW_NODES, Approach
from formulations.decomposition.columns.beam import Beam
from formulations.decomposition.columns.columns import survivors
from formulations.decomposition.columns.master import MasterProblem
from formulations.decomposition.pricing.prices import pair_profits
from heuristics.clock import now_s
from heuristics.improvement import annealing
from heuristics.improvement.feasibility import is_feasible

if TYPE_CHECKING:
    from formulations.decomposition.pricing.edge_nodes import FloatArray
    from heuristics.schedule import Schedule

START = {"exact": False, "first": 0.1, "last": 3e-3}
SCREENED = {"exact": False, "first": 1e-2, "last": 3e-4}
EXACT = {"exact": True, "first": 0.2, "last": 1e-4}
"""Steps of fixed lengths where the pools of a class are not nested: before the first schedule,
with the screen alone after it, and with best batches.

The first steps with best batches are long: prices that suit the screen can be far from the best."""

START_STEPS, SCREEN_STEPS, EXACT_STEPS, STEPS_OF_LARGE, LARGE_PAIRS = 60, 300, 400, 60, 10**6
"""Number of these steps before the first schedule, with the screen alone after it, and with best
batches, and the latter two above so many pairs. The first schedule comes early, lest a limit leaves
a run without one."""

ROUGH_STEPS = 40
"""Steps of the prices before the first schedule where the pools of each class are nested."""

PATIENCE, SHORTENING, WIDE_GAIN = 20, 0.7, 2e-3
"""Steps without improvement before the step length is shortened, the factor, the least gain."""

SLOW = {"exact": True, "first": 3e-3, "last": 3e-6}
"""Steps of fixed lengths that end the descent where the pools of each class are nested."""

SLOW_STEPS, SLOW_STEPS_OF_NODE, DESCENT_SHARE = 1500, 75, 0.25
"""Number of these steps, at least and for each edge node. Largest share of the time left for steps
of fixed lengths with best batches."""

SCREEN_STEP, EXACT_STEP, LEAST_STEP = 1.0, 0.3, 1e-2
"""First step lengths with the screen and with best batches, and the length that ends an ascent."""

NEAR, FINE_STEP, FINE_STEPS = 3.0, 0.1, 1500
"""Distance of L from the incumbent below which small steps pay, their first length, their number.

Each hundredth of the slack multiplies the combinations of columns."""

NEAR_SLACK = 0.25
"""Distance of L from the next lower integer below which small steps pay, whatever the incumbent."""

TOLERANCES = (0.05, 0.0)
"""Tolerances of the search for best batches, in turn, where the pools of a class are nested."""

LOSSES, WIDTHS = (0.03, 0.06, 0.12, 0.25), (2_000, 10_000, 40_000)
"""Largest losses of the columns of a beam [requests], in turn, and widths of beams, in turn."""

MOST_BEAM_COLUMNS = 100_000
"""Maximum number of columns of an edge node in a beam."""

NUM_MOVES, TRIAL_MOVES = 3_000_000, 100_000
"""Moves of an annealing without a time limit, and of the trial that measures the speed."""

ANNEALING_SHARE, LONGEST_ANNEALING_S, PAIR_OF_NODES_S = 0.2, 10.0, 0.012
"""Share of the time limit for an annealing, its longest time, and that for J = 1 [s].

The time grows with the square of the number of edge nodes, J."""

LONGEST_OF_A_PAIR_S = 4e-5
"""Longest time of an annealing for each eligible pair [s], where it exceeds the longest time."""

NUM_STARTS = 3
"""Number of schedules from prices of which the best is the start of an annealing."""

MOST_VAIN = 2
"""Number of successive annealings without improvement, without a time limit."""

CROWD = 12
"""Number of edge nodes from which on the best batches take longer than an annealing.

This holds where pools are not nested."""


class WideApproach(Approach):
    """An approach that suits many edge nodes; as :class:`Approach` for few."""

    _num_annealed = 0
    _num_widened = 0

    @property
    def is_wide(self) -> bool:
        """True if there are many edge nodes."""
        return self.nodes.num_edge_nodes > FEW_NODES

    @property
    def is_crowd(self) -> bool:
        """True if best batches take longer than an annealing."""
        return self.nodes.num_edge_nodes >= CROWD and self.ascent.nested is None

    def approach(self) -> None:
        """Improve bound and incumbent without listing columns."""
        if not self.is_wide:
            super().approach()
            return
        if self.ascent.nested is None:
            self._approach_by_steps()
        else:
            self._approach_by_climbs()

    def _approach_by_climbs(self) -> None:
        """Approach where the pools of each class are nested; a beam ends it."""
        self._screen(num_steps=ROUGH_STEPS)
        self._start_schedules()
        self._screen()
        self._climb_and_descend()
        self.widen()

    def _approach_by_steps(self) -> None:
        """Approach by steps of fixed lengths where pools are not nested."""
        is_large = self.data.pairs.num_pairs > LARGE_PAIRS
        self.descend(**START, num_steps=START_STEPS)
        self._start_schedules()
        self.descend(**SCREENED, num_steps=STEPS_OF_LARGE if is_large else SCREEN_STEPS)
        if self.is_crowd:
            self.anneal()
        self._descend_in_time(STEPS_OF_LARGE if is_large else EXACT_STEPS, EXACT)
        if not self.is_crowd and self.bound > self.known + 1:
            self.anneal()
        is_near = not self.is_crowd and self.ascent.value < self.incumbent.throughput + NEAR
        if is_near or self.ascent.value - self.price_bound < NEAR_SLACK:
            self.climb(
                exact=True,
                step=FINE_STEP,
                num_steps=FINE_STEPS,
                patience=PATIENCE,
                shortening=SHORTENING,
                least_step=FINE_STEP * LEAST_STEP,
            )

    def _start_schedules(self) -> None:
        """Make a schedule from the first prices for a run without one, and anneal."""
        if not self.incumbent.throughput:
            self.schedule(num_vain=1)
        self.anneal()

    def widen(self) -> bool:
        """Search beams of the next width; return True on success."""
        is_better = self.beam(WIDTHS[self._num_widened])
        self._num_widened += 1
        return is_better

    def beam(self, width: int) -> bool:
        """Search beams of columns of small loss, if pools are nested; return True on success.

        Parameters
        ----------
        width
            Number of states to keep at each depth.
        """
        nested, prices = self.ascent.nested, self.ascent.prices()
        if nested is None or prices.has_band_prices or self.is_closed:
            return False
        before = self.known
        total, _, value = self.ascent.evaluate(self.ascent.point, exact=True)
        for loss in LOSSES:
            target = self.known + 1
            columns = survivors(
                self.nodes, prices, value, loss, most=MOST_BEAM_COLUMNS, limits=self.limits
            )
            if columns is None or self.is_closed:
                break
            problem = MasterProblem(self.data, self.nodes, prices, value, total - target, target)
            found = Beam(problem, columns, nested).run(width, self.limits)
            if found is not None and is_feasible(self.data, found):
                self.offer(found)
        return self.known > before

    def _climb_and_descend(self) -> None:
        """Approach the least bound of all prices: with nested pools an evaluation is quick.

        A climb ends where its aim, the incumbent, is too far away. Steps whose lengths fall slowly
        follow, whatever the incumbent is.
        """
        for tolerance in TOLERANCES:
            self.climb(
                exact=True,
                step=EXACT_STEP,
                num_steps=10**6,
                patience=PATIENCE,
                shortening=SHORTENING,
                least_step=LEAST_STEP,
                gain=WIDE_GAIN,
                tolerance=tolerance,
            )
        self._descend_in_time(max(SLOW_STEPS, SLOW_STEPS_OF_NODE * self.nodes.num_edge_nodes), SLOW)

    def _descend_in_time(self, num_steps: int, lengths: dict[str, Any]) -> None:
        """Take steps of fixed lengths with best batches, fewer if the time left is short."""
        if self.limits.left_s is not None:
            begin_s = now_s()
            self.ascent.evaluate(self.ascent.point, exact=True)
            most_s = DESCENT_SHARE * self.limits.left_s
            num_steps = min(num_steps, int(most_s / max(now_s() - begin_s, 1e-9)))
        self.descend(**lengths, num_steps=num_steps)

    def _screen(self, *, num_steps: int = 10**6) -> None:
        self.climb(
            exact=False,
            step=SCREEN_STEP,
            num_steps=num_steps,
            patience=PATIENCE,
            shortening=SHORTENING,
            least_step=LEAST_STEP,
            gain=WIDE_GAIN,
        )

    def anneal(self) -> bool:
        """Anneal from a schedule, each time with another seed; return True on success."""
        if self.is_closed:
            return False
        seed = int(np.random.default_rng([self.seed, self._num_annealed]).integers(1 << 31))
        self._num_annealed += 1
        before, start = self.incumbent.throughput, self._start()
        share_s = self._annealing_s()
        if share_s is None:
            self._annealed(start, seed, NUM_MOVES, None)
        else:
            begin_s = now_s()
            self._annealed(start, seed, TRIAL_MOVES, share_s)
            rate = TRIAL_MOVES / max(now_s() - begin_s, 1e-9)
            left_s = share_s - (now_s() - begin_s)
            if left_s > 0:
                self._annealed(start, seed, int(rate * left_s), 1.5 * left_s)
        return self.incumbent.throughput > before

    def _start(self) -> Schedule:
        """Return the incumbent or, every second time, a schedule from the prices.

        A schedule from good prices is often the better start, even if it serves fewer requests.
        """
        if self._num_annealed % 2 == 1:
            return self.incumbent
        prices = self.ascent.prices()
        made = [self.scheduler.make(prices, self.limits) for _ in range(NUM_STARTS)]
        return max(made, key=_throughput)

    def anneal_on(self) -> bool:
        """Anneal until a schedule is better, or some annealings found none; True on success.

        Under a time limit it goes on to the limit, if counts decide the throughput.
        """
        num_vain = 0
        while num_vain < MOST_VAIN or (self.limits.time_limit is not None and self._can_anneal):
            if self.anneal():
                return True
            if self.is_closed:
                return False
            num_vain += 1
        return False

    @cached_property
    def _can_anneal(self) -> bool:
        """True if the annealing suits the problem."""
        start = self.incumbent
        return annealing.annealing_of(self.data, start, seed=0, num_moves=1) is not None

    def _annealing_s(self) -> float | None:
        """Return the time for an annealing [s]; None without a time limit."""
        if self.limits.time_limit is None:
            return None
        self.limits.check_time()
        left_s = self.limits.left_s or 0.0
        longest_s = max(LONGEST_ANNEALING_S, LONGEST_OF_A_PAIR_S * self.data.pairs.num_pairs)
        longest_s = min(longest_s, PAIR_OF_NODES_S * self.nodes.num_edge_nodes**2)
        return min(ANNEALING_SHARE * self.limits.time_limit, longest_s, left_s)

    def _annealed(self, start: Schedule, seed: int, num_moves: int, time_s: float | None) -> None:
        found = annealing.improve(
            self.data,
            start,
            seed=seed,
            num_moves=num_moves,
            deadline_s=None if time_s is None else now_s() + time_s,
            enough=self.bound,
            profit=self._profit,
        )
        self.offer(found)

    @property
    def _profit(self) -> FloatArray | None:
        """Profits of all pairs, which guide an annealing of many edge nodes."""
        if not self.is_crowd:
            return None
        return pair_profits(self.data, self.nodes, self.ascent.prices())


def _throughput(schedule: Schedule) -> int:
    return schedule.throughput
