r"""FeasibilityOracle: decides whether z of the requests :math:`F_d` fit, and counts the work."""

from __future__ import annotations

from functools import partial
from math import log2
from typing import TYPE_CHECKING

import numpy as np

from heuristics.single_node.count_problem import CountProblem, first_fits, is_refuted
from heuristics.single_node.count_windows import CountWindows
from heuristics.single_node.lattice import MOST_LEVELS, Lattice, enumerate_on
from heuristics.single_node.multipliers import Ellipsoid, begin, descend
from heuristics.single_node.sorted_requests import gather
from heuristics.single_node.walk import FOUND, PAUSED, Walk, walk_on

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from heuristics.coefficients import IntArray
    from heuristics.limits import Limits
    from heuristics.single_node.sorted_requests import SortedRequests

_OPERATIONS_A_STEP = 32
_OPERATIONS_A_SLICE = 1 << 20
_STEPS_A_SLICE = 1 << 15

FEW_VISITS = 1 << 11
"""Visits after which a lattice replaces a walk, and a search for any batch of nearly z requests
precedes the search for z."""


class FeasibilityOracle:
    r"""An oracle that decides for one :math:`F_d` after the other whether z requests fit.

    Parameters
    ----------
    requests
        The requests of the edge node.
    limits
        Limits on time and steps. A visit of a search is one step, and so are some dozens of
        comparisons elsewhere.
    few_visits
        See `FEW_VISITS`.

    Attributes
    ----------
    size
        Number of requests of each level in :math:`F_d`, shape (N + 1,).
    counts
        After the answer True: numbers of requests of each level that fit together, shape (N + 1,).
    multipliers
        Best y of the last problem that needed multipliers, shape (4,).
    is_first
        True if the last answer is True with the lexicographically largest counts.
    """

    def __init__(
        self, requests: SortedRequests, limits: Limits, *, few_visits: int = FEW_VISITS
    ) -> None:
        num_requests, num_levels = requests.num_requests, requests.num_levels
        self._requests = requests
        self._limits = limits
        self._few_visits = few_visits
        self._offset = requests.level_start[:-1] + np.arange(num_levels + 1)
        self._uplink_sum = np.zeros(num_requests + num_levels + 1, dtype=np.int64)
        self._uplink_step = _common_step(requests.uplink)
        self._guard = 2.0**-50 * (num_requests + 1) * (num_levels + 16)
        self._ellipsoid = Ellipsoid.empty()
        self._operations = int((num_levels + 1) * (1 + log2(1 + num_requests / num_levels)))
        self.size = np.zeros(num_levels + 1, dtype=np.int64)
        self.counts = self.size
        self.multipliers = self._ellipsoid.multipliers
        self.is_first = False

    def gather(self, depth: int) -> None:
        r"""Take :math:`F_d` for the next decisions."""
        gather(self._requests, depth, self._uplink_sum, self.size)
        self.spend(self._requests.num_requests)

    def price(self, cardinality: int, budget: int) -> NDArray[np.float64]:
        """Return multipliers y that bound the batches of this budget, most exactly near size z.

        Raises
        ------
        Stopped
            At one of the limits.
        """
        low = np.zeros_like(self.size)
        self._descend(self._count_problem(cardinality, budget, low, self.size), hasty=False)
        return self.multipliers

    def fits(
        self,
        cardinality: int,
        budget: int,
        low: IntArray | None = None,
        high: IntArray | None = None,
        *,
        max_visits: int | None = None,
    ) -> bool | None:
        """Return True if z requests fit: by first tests, by the bound, then by a search.

        Parameters
        ----------
        cardinality
            z.
        budget
            Maximum compute of the batch.
        low, high
            Bounds on the counts, shape (N + 1,); None leaves them free.
        max_visits
            Maximum number of visits, up to some thousand more; beyond it the answer is None,
            undecided. None for no limit.

        Raises
        ------
        Stopped
            At one of the limits.
        """
        low = np.zeros_like(self.size) if low is None else low
        high = self.size if high is None else high
        problem = self._count_problem(cardinality, budget, low, high)
        counts = np.empty_like(low)
        self.is_first = False
        if is_refuted(problem, self._uplink_step):
            return False
        answer: bool | None = first_fits(problem, counts)
        if answer:
            self.is_first = True
        else:
            loss = self._descend(problem, hasty=bool(low.any())) + self._guard
            windows = CountWindows.of(problem, self.multipliers, loss)
            if loss < 0.0 or not windows.may_sum_to(problem.cardinality):
                return False
            answer, counts = self._search(problem, windows, loss, max_visits)
        if answer:
            self.counts = low + counts
        return answer

    def largest_counts(
        self, cardinality: int, budget: int, low: IntArray, high: IntArray
    ) -> IntArray:
        """Return upper bounds on the counts of every solution, from the Lagrangian bound.

        Parameters
        ----------
        cardinality, budget, low, high
            Arguments of `fits` for which the answer is True.
        """
        problem = self._count_problem(cardinality, budget, low, high)
        is_refuted(problem, self._uplink_step)
        loss = self._descend(problem, hasty=False) + self._guard
        largest: IntArray = low + CountWindows.of(problem, self.multipliers, loss).high
        return largest

    def spend(self, operations: int) -> None:
        """Count operations done outside a search.

        Raises
        ------
        Stopped
            At one of the limits.
        """
        self._limits.num_nodes += operations // _OPERATIONS_A_STEP
        self._limits.grant()

    def _count_problem(
        self, cardinality: int, budget: int, low: IntArray, high: IntArray
    ) -> CountProblem:
        """Return the count problem of the requests beyond the lower bounds."""
        demand, base = self._requests.demand, self._offset + low
        capacity = np.append(self._requests.capacity, budget)
        capacity[0] -= (self._uplink_sum[base] - self._uplink_sum[self._offset]).sum()
        capacity[1:] -= demand @ low
        return CountProblem(
            cardinality=int(cardinality - low.sum()),
            uplink_sum=self._uplink_sum,
            base=base,
            room=high - low,
            demand=demand,
            capacity=capacity,
        )

    def _descend(self, problem: CountProblem, *, hasty: bool) -> float:
        """Find good multipliers, and return the bound minus z."""
        iterations = 1 + _OPERATIONS_A_SLICE // self._operations
        begin(problem, self._ellipsoid)
        while not descend(problem, self._ellipsoid, self._guard, hasty, iterations):
            self.spend(iterations * self._operations)
        return float(self._ellipsoid.value[0]) - problem.cardinality

    def _search(
        self, problem: CountProblem, windows: CountWindows, loss: float, max_visits: int | None
    ) -> tuple[bool | None, IntArray]:
        """Return whether counts in these windows fit, None if undecided, and such counts.

        A walk decides most problems at once. Otherwise a lattice is worth the time for its basis,
        unless too many levels have a choice.
        """
        walk = Walk.begin(problem, windows, loss)
        walk_further = partial(walk_on, problem, windows, walk, self.multipliers[0])
        if 3 <= windows.num_choices <= MOST_LEVELS:
            answer = self._go(walk_further, self._few_visits)
            lattice = None
            if answer is None:
                lattice = Lattice.begin(problem, windows, self.multipliers, loss)
            if lattice is not None:
                enumerate_further = partial(enumerate_on, problem, windows, lattice)
                answer = self._go(
                    enumerate_further, max_visits, steps_a_visit=1 + windows.num_choices // 4
                )
                return answer, lattice.counts
            if answer is not None:
                return answer, walk.counts
        return self._go(walk_further, max_visits), walk.counts

    def _go(
        self,
        search: Callable[[int], tuple[int, int]],
        max_visits: int | None,
        *,
        steps_a_visit: int = 1,
    ) -> bool | None:
        """Continue a search until it has an answer; return None at the limit on visits."""
        while max_visits is None or max_visits > 0:
            granted = 1 + min(self._limits.grant(), _STEPS_A_SLICE) // steps_a_visit
            if max_visits is not None:
                granted = min(granted, max_visits)
                max_visits -= granted
            outcome, visits = search(granted)
            self._limits.num_nodes += visits * steps_a_visit
            if outcome != PAUSED:
                return bool(outcome == FOUND)
        return None


def _common_step(values: IntArray) -> int:
    """Return the greatest common divisor of all differences, 0 without differences."""
    step = 0
    for start in range(0, values.size, 1024):
        step = int(np.gcd.reduce(np.append(values[start : start + 1024] - values[0], step)))
        if step == 1:
            break
    return step
