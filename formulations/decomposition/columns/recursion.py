r"""Recursion: dynamic program over the columns of all edge nodes in order of depth.

If the edge nodes have the same levels and the same order of deadlines, a column of depth t may
take the first t requests of that order. By Hall's theorem, columns make a schedule, apart from
spectrum, if and only if for every depth t and every class of requests, the columns of depth at most
t need no more requests of the class than exist among the first t. So columns are added in order of
depth, and only two properties of the columns chosen so far matter:

* the number of edge nodes of each type that have a column, and
* the total number of requests of each class that the columns need.

These numbers are a *state*. All ways to a state have the same completions. A way is discarded if
its loss plus the least loss of the other edge nodes exceeds the allowed loss, and also if even the
cheapest requests of its counts cost too much. Of all ways to a state the way of least loss is kept.

If the edge nodes differ, the depth of a column is the place of the last of its requests in an order
that all edge nodes share, and levels with a request in common form one class. The recursion then
also reaches states that make no schedule, but it still finds every schedule: if it finds none, none
exists.

A target can be refuted with a stronger test if all spectrum prices are 0. Let the profit of a
column be computed with the cheapest requests of each class down to its depth, regardless of
eligibility, and let V_j be the largest such profit of its edge node, and L be the value with these
V_j. By Hall's theorem, each combination of columns that passes the test above can be assigned
distinct requests, and these cost at least as much. So its loss is at most L minus its size. If
*any* way to a state has a larger loss than a schedule of the target's size may have, no way to this
state leads to the target; the largest loss of all ways to a state is kept.

A state then also has a loss of its own. Let it need m requests of a class. Filled in order of
depth, its columns use exactly the first m requests of the class, and later columns use other ones.
The profit of a later column counts the cheapest requests down to its depth. These cost at most as
much as the requests that the column uses, and each costs at most p, the highest price in the
profits of all later columns. So later columns pay at most :math:`\sum_{i > m} \min(\pi_i, p)`, and
the loss of the state and its completion is at least

.. math:: \sum_j V_j - n + \sum_{i \le m} \pi_i + \sum_{i > m} (\pi_i - p)^+

with the sums over i for every class, j for the edge nodes that have a column, and n the number of
requests in the state. The losses of later columns add to it. The m cheapest
requests of each class instead of the first m would give a much weaker test.

In addition, if the columns of one type are also columns of another type, such a column is first
given to the edge nodes of the former: every combination can be exchanged into this form without
changing its loss.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from formulations.decomposition.columns.layout import Layout
from formulations.decomposition.columns.states import (
    BLOCK,
    MOST_COUNTERS,
    NUM_BUCKETS,
    NUM_KEYS,
    NUM_WAYS,
    STATE_BITS,
    Ways,
    advance,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from formulations.decomposition.columns.columns import Columns
    from formulations.decomposition.columns.master import MasterProblem
    from heuristics.limits import Limits


class Recursion:
    """Combinations of columns that could exceed the incumbent.

    Parameters
    ----------
    problem
        The question, and the prices that define losses.
    columns
        All columns of each edge node that lose at most ``allowed``.
    allowed
        Maximum total loss of a combination.

    Attributes
    ----------
    is_possible
        True if the states are few enough and fit one machine word.
    is_complete
        True if all combinations were examined: then no schedule whose loss is at most
        ``allowed`` has more than ``best`` requests.
    """

    def __init__(self, problem: MasterProblem, columns: Sequence[Columns], allowed: float) -> None:
        self._columns, self._incumbent = columns, problem.target - 1
        self.is_complete = self.is_possible = False
        self._can_exchange = allowed >= problem.slack and not problem.prices.has_band_prices
        layout = Layout.of(problem, columns, allowed, charges=self._can_exchange)
        if layout is None or layout.num_used > MOST_COUNTERS:
            return
        self.is_possible = layout.num_bits + layout.num_used.bit_length() <= STATE_BITS
        if self.is_possible:
            self._layout, self._ways = layout, _empty_ways(layout.num_used)

    @property
    def best(self) -> int:
        """Number of requests of the best combination, or of the incumbent."""
        return (
            max(self._incumbent, int(self._ways.best[0])) if self.is_possible else self._incumbent
        )

    def run(self, limits: Limits, *, until: int, most_looks: int) -> None:
        """Examine up to ``most_looks`` ways, until a combination has ``until`` requests."""
        if not self.is_possible:
            return
        steps, shared, allowed = self._layout.steps, self._layout.shared, self._layout.allowed
        for x in range(len(steps.kind)):
            limits.check_time()
            data = (steps, shared, self._ways, x, allowed, self._incumbent, self._can_exchange)
            if (
                not advance(*data)
                or self._ways.number[2] > most_looks
                or self._ways.best[0] >= until
            ):
                return
        self.is_complete = True

    def chosen(self) -> list[Columns] | None:
        """Return the single column of each edge node in the best combination; None without one."""
        size, step, way = self._ways.best
        if size == 0:
            return None
        taken = []
        while step >= 0:
            taken.append(step)
            step, way = self._ways.column[way], self._ways.before[way]
        chosen = self._layout.chosen(self._columns, taken)
        return [chosen[j] for j in range(len(self._columns))]


def _empty_ways(num_used: int) -> Ways:
    """Return ways that hold the empty way only."""
    most = NUM_WAYS
    ways = Ways(
        np.empty(most, dtype=np.int64),
        np.empty(most),
        np.empty(most, dtype=np.int64),
        np.empty(most, dtype=np.int64),
        np.full((num_used, NUM_BUCKETS), -1, dtype=np.int64),
        np.zeros((num_used, NUM_BUCKETS), dtype=np.int64),
        np.arange(num_used) == 0,
        np.full(most // BLOCK, -1, dtype=np.int64),
        np.zeros(NUM_KEYS, dtype=np.int64),
        np.empty(NUM_KEYS, dtype=np.int64),
        np.zeros(3, dtype=np.int64),
        np.zeros(3, dtype=np.int64),
    )
    ways.state[0], ways.loss[0], ways.before[0], ways.column[0] = 0, 0.0, -1, -1
    ways.head[0, 0], ways.filled[0, 0], ways.number[0] = 0, 1, 1
    return ways
