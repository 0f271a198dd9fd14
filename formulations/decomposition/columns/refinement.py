r"""Refinement: a bound on the remaining columns, with separate spectrum prices for each column.

A *column* of an edge node is a vector of counts per level, :math:`c`, and the d whose F_d holds
its requests. The list contains all columns that a schedule of one request more than the incumbent
could use. One price of a band for all columns averages columns that overuse the band with columns
that underuse it. Separate prices :math:`\lambda_c, \mu_c` for each column avoid this:

.. math:: v_{jc}(\pi) = \min_{\lambda, \mu \ge 0} \Bigl( \lambda + \mu + \sum_k
          \text{the largest } c_k \text{ of } 1 - \pi_i - \lambda u_{ij} / U_j - \mu d_{ij} / D_j
          \text{ in level } k \text{ of } F_d \Bigr)

is at least the profit of every batch with these counts at the prices :math:`\pi`. So

.. math:: L(\pi) = \sum_i \pi_i + \sum_j V_j, \quad V_j = \max_c v_{jc}(\pi)

is an upper bound on every schedule of the remaining columns. A column with
:math:`V_j - v_{jc} > L` - (incumbent + 1) occurs in no better schedule and is dropped, after which
V_j falls. If counts are forced, prices above 1 prove more, so :math:`\pi` has no upper limit here.

The steps of the :class:`~formulations.decomposition.pricing.descent.Descent` aim just below
incumbent + 1: a bound below this value proves that no better schedule remains.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from formulations.decomposition.columns.column_arrays import ColumnArrays
from formulations.decomposition.columns.column_descent import (
    DROPPED_AT,
    GUARD,
    RISE,
    STEP,
    VAIN,
    VALUE,
    Course,
    descend,
    drop,
    evaluate,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from formulations.decomposition.columns.columns import Columns
    from formulations.decomposition.pricing.edge_nodes import EdgeNodes, FloatArray
    from formulations.decomposition.pricing.prices import DualPrices
    from heuristics.coefficients import IntArray
    from heuristics.limits import Limits

STEPS_A_CALL = 8
"""Number of steps between two checks of the time limit."""


class Refinement:
    """Prices of the requests with a bound that falls, and the columns that the bound leaves.

    Parameters
    ----------
    nodes
        Edge nodes.
    prices
        Initial prices, from the dual ascent.
    columns
        All columns of each edge node that a schedule of more than ``incumbent`` requests could
        use.
    incumbent
        Throughput to be exceeded; it may be raised later.

    Attributes
    ----------
    price
        Best pi found, shape (I,).
    value
        L at these prices, an upper bound on every schedule of the remaining columns. Minus
        infinity if an edge node has no column left.
    left
        Indices of the remaining columns of each edge node.
    weight
        Number of times each column of each edge node was the best in the last descent.
    """

    def __init__(
        self,
        nodes: EdgeNodes,
        prices: DualPrices,
        columns: Sequence[Columns],
        incumbent: int,
    ) -> None:
        self.incumbent = incumbent
        self.price = prices.request.copy()
        self.value = float("inf")
        self._columns = ColumnArrays.of(nodes, prices, columns)
        self.left = [np.arange(len(each.depth)) for each in columns]
        self.weight = self._columns.split("weight")
        self._value, self._seen = self._columns.split("value"), self._columns.split("seen")
        self._course = Course.of(self.price, np.cumsum([0, *map(len, self.left)]))

    @property
    def is_settled(self) -> bool:
        """True if no schedule of the remaining columns exceeds the incumbent."""
        return self.value < self.incumbent + 1 - GUARD

    def restart(self, left: Sequence[IntArray], price: FloatArray) -> None:
        """Continue with other remaining columns and prices; the bound starts anew."""
        self.left, self.price, self.value = list(left), price.copy(), float("inf")
        if not all(map(len, left)):
            self.value = float("-inf")

    def evaluate(
        self, price: FloatArray, *, enough: Sequence[float] | None = None
    ) -> tuple[float, FloatArray]:
        """Return L and its subgradient: 1 minus the number of times each request is taken.

        Parameters
        ----------
        price
            Prices of the requests, pi, shape (I,), at least 0.
        enough
            Value v for each edge node down to which all columns are evaluated; None to evaluate
            only the columns that compete for the largest value.
        """
        self._course.keep(self.left)
        self._course.enough[:] = np.inf if enough is None else enough
        value = evaluate(self._columns, self._course, price)
        self._course.enough[:] = np.inf
        return value, self._course.unused.copy()

    def values(self, j: int) -> FloatArray:
        """Return the current upper bounds v of the remaining columns of an edge node."""
        left, rise = self.left[j], self._course.numbers[RISE]
        return np.asarray(self._value[j][left] + rise - self._seen[j][left])

    def descend(
        self,
        limits: Limits,
        *,
        step: float = 0.3,
        num_steps: int = 400,
        patience: int = 10,
        least_step: float = 1e-3,
    ) -> None:
        """Take steps until no better schedule remains, or the steps are too short.

        Parameters
        ----------
        limits
            Limits of the run.
        step
            Length of the first steps, as a fraction of Polyak's length.
        num_steps
            Maximum number of steps.
        patience
            Number of steps without improvement after which the descent returns to the best
            point with shorter steps.
        least_step
            Step length below which the descent ends.
        """
        course, columns = self._course, self._columns
        columns.flat.weight[:] = 0
        course.keep(self.left)
        course.best[:] = self.price
        drop(columns, course, self.incumbent)
        course.numbers[[STEP, DROPPED_AT, VAIN]] = step, course.numbers[VALUE], 0
        course.point[:] = course.best
        course.direction[:] = 0
        for num_taken in range(0, num_steps, STEPS_A_CALL):
            limits.check_time()
            num = min(STEPS_A_CALL, num_steps - num_taken)
            if descend(columns, course, self.incumbent, num, patience, least_step):
                break
        if course.numbers[VALUE] >= self.incumbent + 1 - GUARD:
            drop(columns, course, self.incumbent)
        self.value, self.price = float(course.numbers[VALUE]), course.best.copy()
        self.left = course.kept()
