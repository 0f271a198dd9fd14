r"""Remainder: one MILP of requests and thresholds for all that prices leave open.

If there are too many columns to list, each request and each d is tested separately. With the
fractional knapsack of F_d, whose bound is B_d and whose price of compute is :math:`\theta_d`, a
batch whose last request is the d-th has a profit of at most

.. math:: B_d - (\theta_d w_i - p_i)^+ \text{ if it takes } i, \qquad
          B_d - (p_i - \theta_d w_i)^+ \text{ if it does not,}

with profits reduced by :math:`\nu`. A request must be left out if taking it loses more than the
slack for every d, and must be taken if leaving it out does. A d is excluded if B_d itself loses
more than the slack. The rest is a MILP with a variable for each request of an edge node and one
for each d,

.. math:: \sum_d \delta_d = 1, \quad x_i \le \sum_{d \ge rank(i)} \delta_d, \quad
          \sum_i w_i x_i \le \sum_d b_d \delta_d,

with rows for memory, uplink, downlink, each request at most once, and the number of requests.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from formulations.decomposition.columns.exact_rows import rounded, solve
from formulations.decomposition.columns.linear_model import LinearModel
from formulations.decomposition.pricing.prices import level_prices, profits
from formulations.decomposition.pricing.pricing import GUARD
from formulations.decomposition.pricing.screen import screen

if TYPE_CHECKING:
    from formulations.decomposition.columns.exact_rows import Outcome
    from formulations.decomposition.columns.master import MasterProblem
    from formulations.decomposition.pricing.edge_nodes import EdgeNodes
    from formulations.decomposition.pricing.prices import DualPrices
    from heuristics.coefficients import BoolArray, IntArray
    from heuristics.limits import Limits

MOST_TESTS = 4_000_000
"""Maximum number of tests of a request at a d that are held in memory at a time."""


class Open(NamedTuple):
    """Values of d and requests that the slack leaves open at an edge node."""

    depths: IntArray
    """Possible values of d, ascending; of equal budgets only the last."""
    may: BoolArray
    """True if the batch may contain a request, by place in latency order, shape (n,)."""
    must: BoolArray
    """True if the batch must contain a request, shape (n,)."""


def left_open(nodes: EdgeNodes, prices: DualPrices, j: int, value: float, slack: float) -> Open:
    """Return the values of d and the requests of an edge node within the slack, in O(n^2)."""
    profit = profits(nodes, prices, j)
    size = len(profit)
    pairs = slice(nodes.first[j], nodes.first[j + 1])
    if size == 0:
        none = np.zeros(0, dtype=bool)
        return Open(np.zeros(0, dtype=np.int64), none, none)
    bound, theta, _, _ = screen(nodes, prices, j, profit)
    budget, level = nodes.budget[pairs], nodes.level[pairs]
    is_last = np.append(budget[1:] < budget[:-1], True)
    least = value - slack - GUARD
    depths = np.flatnonzero(is_last & (bound >= least)) + 1
    if value <= slack + GUARD and (not len(depths) or depths[-1] != size):
        depths = np.append(depths, size)  # the empty batch, which fits any d
    reduced = profit - level_prices(nodes, prices, j)[level]
    weight = nodes.level_compute[nodes.first_level[j] + level]
    taken, left = np.full(size, -np.inf), np.full(size, -np.inf)
    for part in np.array_split(depths, 1 + len(depths) * size // MOST_TESTS):
        over = theta[part - 1, None] * weight[None, :] - reduced[None, :]
        inside = np.arange(size)[None, :] < part[:, None]
        most = bound[part - 1, None]
        with_it = np.where(inside, most - np.maximum(over, 0), -np.inf)
        without = most - np.where(inside, np.maximum(-over, 0), 0)
        np.maximum(taken, with_it.max(axis=0, initial=-np.inf), out=taken)
        np.maximum(left, without.max(axis=0, initial=-np.inf), out=left)
    may = taken >= least
    return Open(depths, may, may & (left < least))


class Remainder:
    """MILP of all batches that the slack leaves open.

    Parameters
    ----------
    problem
        Question whether a schedule of the target's size exists.
    """

    def __init__(self, problem: MasterProblem) -> None:
        self._problem = problem
        self.model = LinearModel()
        self._pairs: list[tuple[IntArray, IntArray]] = []
        nodes, prices = problem.nodes, problem.prices
        offered: dict[int, list[int]] = {}
        for j in range(nodes.num_edge_nodes):
            can = left_open(nodes, prices, j, float(problem.value[j]), problem.slack)
            places = np.flatnonzero(can.may)
            taken = self.model.add_columns(len(places), lower=can.must[places], is_integer=True)
            for request, column in zip(
                nodes.request[nodes.first[j] + places].tolist(), taken.tolist(), strict=True
            ):
                offered.setdefault(request, []).append(column)
            self._pairs.append((places, taken))
            self._keep_deadlines(j, can.depths, places, taken)
            self._keep_capacities(j, places, taken)
        every = [column for variables in offered.values() for column in variables]
        self.model.add_row((every, np.ones(len(every))), lower=problem.target)
        for request in range(len(prices.request)):
            variables = offered.get(request, [])
            is_dear = prices.request[request] > problem.slack + GUARD
            if is_dear or len(variables) > 1:
                ones = np.ones(len(variables))
                self.model.add_row((variables, ones), lower=float(is_dear), upper=1)

    def _keep_deadlines(self, j: int, depths: IntArray, places: IntArray, taken: IntArray) -> None:
        nodes = self._problem.nodes
        if nodes.first[j] == nodes.first[j + 1]:
            return  # no request, no d
        chosen = self.model.add_columns(len(depths), is_integer=True)
        self.model.add_row((chosen, np.ones(len(chosen))), lower=1, upper=1)
        reaching = self.model.add_columns(len(depths), is_integer=False)
        for at in range(len(depths)):
            deeper = reaching[at + 1 : at + 2]
            self.model.add_row(
                (chosen[at : at + 1], [1.0]),
                (deeper, np.ones(len(deeper))),
                (reaching[at : at + 1], [-1.0]),
                lower=0,
                upper=0,
            )
        for place, column in zip(places.tolist(), taken.tolist(), strict=True):
            at = int(np.searchsorted(depths, place, side="right"))
            if at > 0:
                self.model.add_row(([column], [1.0]), (reaching[at : at + 1], [-1.0]), upper=0)
        level = nodes.level[nodes.first[j] + places]
        weight = nodes.level_compute[nodes.first_level[j] + level]
        budget = np.minimum(nodes.budget[nodes.first[j] + depths - 1], weight.sum())
        row, most = rounded(weight.astype(np.int64), budget.astype(np.int64))
        self.model.add_row((taken, row), (chosen, -most), upper=0)

    def _keep_capacities(self, j: int, places: IntArray, taken: IntArray) -> None:
        data, nodes = self._problem.data, self._problem.nodes
        request = nodes.request[nodes.first[j] + places]
        for name in ("uplink", "downlink", "memory"):
            demand = data.amounts(name, j, request)
            capacity = int(getattr(data, f"{name}_capacity")[j])
            if demand.sum() > capacity:
                row, most = rounded(demand, np.array([capacity]))
                self.model.add_row((taken, row), upper=int(most[0]))

    def solve(self, limits: Limits, *, seed: int) -> Outcome:
        """Return a schedule of the target's size, or a refutation, or neither."""
        nodes = self._problem.nodes
        pairs = [
            (nodes.request[nodes.first[j] + places], taken)
            for j, (places, taken) in enumerate(self._pairs)
        ]
        return solve(self.model, self._problem.data, pairs, limits, seed=seed)
