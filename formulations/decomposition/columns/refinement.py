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

from formulations.decomposition.columns.column_prices import (
    ColumnArrays,
    Tables,
    add_demand,
    value_columns,
)
from formulations.decomposition.pricing.descent import Descent

if TYPE_CHECKING:
    from collections.abc import Sequence

    from formulations.decomposition.columns.columns import Columns
    from formulations.decomposition.pricing.edge_nodes import EdgeNodes, FloatArray
    from formulations.decomposition.pricing.prices import DualPrices
    from heuristics.coefficients import IntArray
    from heuristics.limits import Limits

GUARD = 1e-6
"""Tolerance that exceeds the rounding error of a bound."""

SHORTENING = 0.6
"""Factor applied to the step length after steps without improvement."""

AIM = 0.3
"""Distance of Polyak's aim below incumbent + 1."""

WORTH_DROPPING = 0.05
"""Decrease of the bound after which columns are dropped again."""


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
        self._layout = [ColumnArrays.of(nodes, prices, j, each) for j, each in enumerate(columns)]
        self.left = [np.arange(len(each.row)) for each in self._layout]
        self.weight = [np.zeros(len(each.row)) for each in self._layout]
        self._tables = [Tables.of(each) for each in self._layout]
        self._point = [
            each.nearest(prices.uplink[j], prices.downlink[j])
            for j, each in enumerate(self._layout)
        ]
        self._value = [np.full(len(each.row), np.inf) for each in self._layout]
        self._seen = [np.zeros(len(each.row)) for each in self._layout]
        self._rise, self._last_price = 0.0, self.price

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
        self._rise += float(np.maximum(self._last_price - price, 0).sum())
        self._last_price = price
        served, total = np.zeros(len(price)), float(price.sum())
        for j, layout in enumerate(self._layout):
            best = value_columns(
                layout,
                self._tables[j],
                price,
                self.left[j],
                self._rise,
                np.inf if enough is None else float(enough[j]),
                self._point[j],
                self._value[j],
                self._seen[j],
            )
            total += self._value[j][best]
            self.weight[j][best] += 1
            add_demand(layout, self._tables[j], price, best, self._point[j][best], served)
        return total, 1 - served

    def values(self, j: int) -> FloatArray:
        """Return the current upper bounds v of the remaining columns of an edge node."""
        left = self.left[j]
        return np.asarray(self._value[j][left] + self._rise - self._seen[j][left])

    def drop(self) -> None:
        """Drop the columns that lose too much at the best prices, until none does."""
        self.value, _ = self.evaluate(self.price)
        while not self.is_settled:
            room = self.value - (self.incumbent + 1) + GUARD
            enough = [float(self.values(j).max()) - room for j in range(len(self.left))]
            self.value, _ = self.evaluate(self.price, enough=enough)
            before = sum(map(len, self.left))
            for j, least in enumerate(enough):
                self.left[j] = self.left[j][self.values(j) >= least]
            if sum(map(len, self.left)) == before:
                return

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
        for weight in self.weight:
            weight[:] = 0
        self.drop()
        dropped_at = self.value
        descent = Descent(self.price, step=step, patience=patience, shortening=SHORTENING)
        for _ in range(num_steps):
            if self.is_settled:
                return
            limits.check_time()
            value, left = self.evaluate(descent.point)
            is_better = value < self.value - GUARD
            if is_better:
                self.value, self.price = value, descent.point
            if descent.returns(self.price, is_better=is_better):
                if descent.step < least_step:
                    break
                continue
            if self.value < dropped_at - WORTH_DROPPING:
                self.drop()
                dropped_at = self.value
            if not descent.move(left, value - (self.incumbent + 1) + AIM):
                break
        self.drop()
