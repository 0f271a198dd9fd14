r"""Refinement: a bound on what is left to try, where each column has spectrum prices of its own.

A *column* of an edge node is a vector of counts per level, :math:`c`, and the d whose F_d holds
its requests. Listed are all that a schedule of one request more than the incumbent could use. One
price of a band for all columns mixes those that overuse it with those that underuse it; prices
:math:`\lambda_c, \mu_c` of its own do away with that:

.. math:: v_{jc}(\pi) = \min_{\lambda, \mu \ge 0} \Bigl( \lambda + \mu + \sum_k
          \text{the largest } c_k \text{ of } 1 - \pi_i - \lambda u_{ij} / U_j - \mu d_{ij} / D_j
          \text{ in level } k \text{ of } F_d \Bigr)

is at least what any batch with these counts yields, its requests paid for at :math:`\pi`. So

.. math:: L(\pi) = \sum_i \pi_i + \sum_j V_j, \quad V_j = \max_c v_{jc}(\pi)

bounds every schedule that is left to try. A column with :math:`V_j - v_{jc} > L` - (incumbent + 1)
is in none of them and is dropped, whereupon V_j falls. Where counts are forced, prices above 1
prove more, so :math:`\pi` has no upper limit here.

The steps of a descent aim at the value that settles.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from formulations.decomposition.columns.column_prices import (
    Layout,
    Tables,
    add_demand,
    value_columns,
)
from formulations.decomposition.pricing.descent import Descent

if TYPE_CHECKING:
    from collections.abc import Sequence

    from formulations.decomposition.columns.columns import Columns
    from formulations.decomposition.pricing.edge_nodes import EdgeNodes, FloatArray
    from formulations.decomposition.pricing.prices import Prices
    from heuristics.coefficients import IntArray
    from heuristics.limits import Limits

GUARD = 1e-6
"""More than floating point can take off a bound."""

SHORTENING = 0.6
"""What becomes of the step where directions were in vain."""

AIM = 0.3
"""Polyak's step aims so far below the value that settles."""

WORTH_DROPPING = 0.05
"""By how much the bound falls before columns are dropped again."""


class Refinement:
    """Prices of the requests whose bound falls, and the columns that it leaves.

    Parameters
    ----------
    nodes
        The edge nodes.
    prices
        Where to start, those of the dual ascent.
    columns
        Those of each edge node that a schedule of more than ``incumbent`` requests could use.
    incumbent
        Throughput that is to be beaten. May be raised later.

    Attributes
    ----------
    price
        The best pi found, shape (I,).
    value
        L there: no schedule that uses columns which are left has more requests. Minus infinity
        if an edge node has none left.
    left
        For each edge node the columns that are left.
    weight
        For each edge node and column how often it was the best in the last descent.
    """

    def __init__(
        self,
        nodes: EdgeNodes,
        prices: Prices,
        columns: Sequence[Columns],
        incumbent: int,
    ) -> None:
        self.incumbent = incumbent
        self.price = prices.request.copy()
        self.value = float("inf")
        self._layout = [Layout.of(nodes, prices, j, each) for j, each in enumerate(columns)]
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
        """Whether no schedule better than the incumbent is left."""
        return self.value < self.incumbent + 1 - GUARD

    def restart(self, left: Sequence[IntArray], price: FloatArray) -> None:
        """Go on with other columns left, none of which need be better than before."""
        self.left, self.price, self.value = list(left), price.copy(), float("inf")
        if not all(map(len, left)):
            self.value = float("-inf")

    def evaluate(
        self, price: FloatArray, *, enough: Sequence[float] | None = None
    ) -> tuple[float, FloatArray]:
        """Return L, and how much of each request is left: a direction in which L rises.

        Parameters
        ----------
        price
            pi, shape (I,), at least 0.
        enough
            For each edge node the v that is low enough for a column; None to value only the
            columns that compete for the largest.
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
        """Return what the columns of an edge node that are left yield at most, at last."""
        left = self.left[j]
        return np.asarray(self._value[j][left] + self._rise - self._seen[j][left])

    def drop(self) -> None:
        """Drop the columns that lose too much at the best prices, till none does."""
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
        """Take steps until no column matters any more, or they have become too short.

        Parameters
        ----------
        limits
            When to stop.
        step
            Length of the first steps, as a part of Polyak's.
        num_steps
            The most to take.
        patience
            After how many in vain to go back to the best and shorten the steps.
        least_step
            When to end.
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
