r"""Decision: the answer to a question, and the work that it takes."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from heuristics.single_node_multipliers import Ellipsoid, begin, descend
from heuristics.single_node_question import Question, first_fits, is_refuted
from heuristics.single_node_requests import gather
from heuristics.single_node_lattice import MOST_LEVELS, Lattice, enumerate_on
from heuristics.single_node_walk import FOUND, PAUSED, Walk, walk_on
from heuristics.single_node_windows import Windows

if TYPE_CHECKING:
    from heuristics.limits import Limits
    from heuristics.single_node_requests import Requests
    from heuristics.system_models.coefficients import IntArray

_OPERATIONS_A_STEP = 32
_OPERATIONS_A_SLICE = 1 << 20
_FEW_VISITS = 1 << 12


class Decision:
    r"""Decides questions about one :math:`F_d` after the other.

    Parameters
    ----------
    requests
        The requests of the edge node.
    limits
        How much work may be done, in steps: a visit of the walk is one, and so are some dozens
        of comparisons elsewhere.

    Attributes
    ----------
    size
        Number of requests of each level in :math:`F_d`, shape (N + 1,).
    counts
        After a yes: how many requests of each level fit together, shape (N + 1,).
    high
        Of the last question: no counts that fit are larger, shape (N + 1,).
    multipliers
        The best y of the last question that needed any, shape (4,).
    is_first
        Whether the last answer is a yes with the lexicographically largest counts.
    """

    def __init__(self, requests: Requests, limits: Limits) -> None:
        num_levels = requests.num_levels
        self._requests = requests
        self._limits = limits
        self._offset = requests.level_start[:-1] + np.arange(num_levels + 1)
        self._uplink_sum = np.zeros(requests.num_requests + num_levels + 1, dtype=np.int64)
        self._uplink_step = _common_step(requests.uplink)
        self._guard = 2.0**-50 * (requests.num_requests + 1) * (num_levels + 16)
        self._ellipsoid = Ellipsoid.empty()
        self.size = np.zeros(num_levels + 1, dtype=np.int64)
        self.counts = self.high = self.size
        self.multipliers = self._ellipsoid.multipliers
        self.is_first = False

    def among(self, depth: int) -> None:
        r"""Take :math:`F_d` for the next questions."""
        self.spend(self._requests.num_requests)
        gather(self._requests, depth, self._uplink_sum, self.size)

    def price(self, cardinality: int, budget: int) -> FloatArray:
        """Return multipliers y that bound the batches of this budget, the better the nearer to z.

        Raises
        ------
        Stopped
            At one of the limits.
        """
        low = np.zeros_like(self.size)
        self._descend(self._question(cardinality, budget, low, self.size), hasty=False)
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
        """Tell whether z requests fit.

        Parameters
        ----------
        cardinality
            z.
        budget
            What the compute of all of them may sum to.
        low, high
            Bounds on the counts, shape (N + 1,); None leaves them free.
        max_visits
            After so many the answer is None: not known. None is no limit.

        Raises
        ------
        Stopped
            At one of the limits.
        """
        low = np.zeros_like(self.size) if low is None else low
        high = self.size if high is None else high
        self.is_first = False
        question = self._question(cardinality, budget, low, high)
        if is_refuted(question, self._uplink_step):
            return False
        counts = np.empty_like(low)
        self.high = low + question.room
        if first_fits(question, counts):
            self.is_first = True
            self.counts = low + counts
            return True
        slack = self._descend(question, hasty=low.any())
        if slack < -self._guard:
            return False
        loss = slack + self._guard
        windows = Windows.of(question, self.multipliers, loss)
        self.high = low + windows.high
        answer, counts = self._search(question, windows, loss, max_visits)
        if answer:
            self.counts = low + counts
        return answer

    def spend(self, operations: int) -> None:
        """Count operations done outside the walk."""
        self._limits.num_nodes += operations // _OPERATIONS_A_STEP
        self._limits.grant()

    def _question(self, cardinality: int, budget: int, low: IntArray, high: IntArray) -> Question:
        demand, base = self._requests.demand, self._offset + low
        capacity = np.append(self._requests.capacity, budget)
        capacity[0] -= (self._uplink_sum[base] - self._uplink_sum[self._offset]).sum()
        capacity[1:] -= demand @ low
        return Question(
            cardinality=int(cardinality - low.sum()),
            uplink_sum=self._uplink_sum,
            base=base,
            room=high - low,
            demand=demand,
            capacity=capacity,
        )

    def _descend(self, question: Question, *, hasty: bool) -> float:
        """Find good multipliers, and return how far the bound stays above z."""
        operations = 8 * question.room.size
        iterations = 1 + _OPERATIONS_A_SLICE // operations
        begin(question, self._ellipsoid)
        while not descend(question, self._ellipsoid, self._guard, hasty, iterations):
            self.spend(iterations * operations)
        return float(self._ellipsoid.value[0]) - question.cardinality

    def _search(
        self, question: Question, windows: Windows, loss: float, max_visits: int | None
    ) -> tuple[bool | None, IntArray]:
        """Tell whether counts in these windows fit, None if it is not known, and which."""
        walk = Walk.begin(question, windows, loss)
        walk_on_here = partial(walk_on, question, windows, walk, self.multipliers[0])
        if not 3 <= windows.num_choices <= MOST_LEVELS:
            answer = self._go(walk_on_here, max_visits)
            return answer, walk.counts
        answer = self._go(walk_on_here, _FEW_VISITS)
        if answer is not None:
            return answer, walk.counts
        lattice = Lattice.begin(question, windows, self.multipliers, loss)
        answer = self._go(partial(enumerate_on, question, windows, lattice), max_visits)
        return answer, lattice.counts

    def _go(self, search: Callable[[int], tuple[int, int]], max_visits: int | None) -> bool | None:
        """Search on until there is an answer, or None after so many visits."""
        while max_visits is None or max_visits > 0:
            granted = self._limits.grant()
            if max_visits is not None:
                granted = min(granted, max_visits)
                max_visits -= granted
            outcome, visits = search(granted)
            self._limits.num_nodes += visits
            if outcome != PAUSED:
                return bool(outcome == FOUND)
        return None


def _common_step(values: IntArray) -> int:
    """Return the greatest common divisor of all differences, 0 if there are none."""
    step = 0
    for start in range(0, values.size, 1024):
        step = int(np.gcd.reduce(np.append(values[start : start + 1024] - values[0], step)))
        if step == 1:
            break
    return step
