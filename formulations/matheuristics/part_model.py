r"""Part model: the threshold model of some pairs, beside requests that stay where they are.

At edge node j the candidates share what the fixed requests leave of uplink, downlink, memory and
compute. The distinct budgets :math:`b_1 < \dots < b_K` are those of the candidates, none above the
least budget of a fixed request. With :math:`\delta_k` for "no candidate of budget b_k is served",

.. math:: \sum_i c_i x_i \le b_1 + \sum_k (b_{k+1} - b_k) \delta_k, \quad
          \delta_{k+1} \le \delta_k, \quad x_i + \delta_{k(i)} \le 1,

where k(i) is the rank of the budget of i. All rows are rounded to small integers that cut nothing
off, so the bound is valid; a batch that breaks an original row is repaired.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from formulations.decomposition.columns.exact_rows import LARGEST, rounded
from formulations.decomposition.columns.linear_model import LinearModel
from heuristics.coefficients import RESOURCES
from heuristics.improvement.placement import COMPUTE, NOWHERE, Placement

if TYPE_CHECKING:
    from formulations.decomposition.pricing.edge_nodes import FloatArray
    from heuristics.coefficients import Coefficients, IntArray
    from heuristics.limits import Limits


class PartAnswer(NamedTuple):
    """Answer of HiGHS for a part."""

    chosen: IntArray
    """Chosen pairs, largest profit first; a few may break a row by rounding."""
    bound: float
    """Upper bound on the profit of every choice."""
    is_solved: bool
    """True if the choice is proved to be best."""


class PartModel:
    """The MILP of some candidates.

    Parameters
    ----------
    data
        Coefficients of P1.
    fixed
        Batches of the requests that stay; each candidate's edge node uses no other alternative.
    candidates
        Pairs that may be chosen, ascending; their requests are free.
    profit
        Profit of each candidate, shape (n,).
    """

    def __init__(
        self, data: Coefficients, fixed: Placement, candidates: IntArray, profit: FloatArray
    ) -> None:
        self._candidates, self._profit = candidates, profit
        self._model = LinearModel()
        self._x = self._model.add_columns(len(candidates), profit=profit, is_integer=True)
        self._delta: list[tuple[IntArray, IntArray, IntArray]] = []
        table, batches = fixed.table, fixed.batches
        edge_node = table.edge_node[candidates]
        for j in np.unique(edge_node):
            at = np.flatnonzero(edge_node == j)
            demand = table.demand[candidates[at]]
            for resource in range(len(RESOURCES)):
                room = table.capacity[j, resource] - batches.load[j, resource]
                if demand[:, resource].sum() > room:
                    row, limit = rounded(demand[:, resource], np.array([room]))
                    self._model.add_row((self._x[at], row), upper=float(limit[0]))
            room = table.budget[candidates[at]].clip(max=batches.least[j, 0])
            self._add_deadlines(at, demand[:, COMPUTE], room - batches.load[j, COMPUTE])
        request = table.request[candidates]
        order = np.argsort(request, kind="stable")
        starts = np.flatnonzero(np.diff(request[order], prepend=-1))
        for own in np.split(order, starts[1:]):
            if len(own) > 1:
                self._model.add_row((self._x[own], np.ones(len(own))), upper=1.0)

    def _add_deadlines(self, at: IntArray, demand: IntArray, room: IntArray) -> None:
        """Add the rows of an edge node's deadlines; ``room`` is the load that each allows."""
        room = room.clip(max=demand.sum())
        scale = -(-int(room.max(initial=0)) // LARGEST) or 1
        demand, room = demand // scale, room // scale
        budget, rank = np.unique(room, return_inverse=True)
        delta = self._model.add_columns(len(budget) - 1, is_integer=True)
        self._delta.append((at, rank, delta))
        self._model.add_row(
            (self._x[at], demand), (delta, -np.diff(budget)), upper=float(budget[0])
        )
        for lower, higher in pairwise(delta):
            self._model.add_row(((higher, lower), (1, -1)), upper=0.0)
        for x, k in zip(self._x[at], rank, strict=True):
            if k < len(delta):
                self._model.add_row(((x, delta[k]), (1, 1)), upper=1.0)

    def solve(
        self,
        limits: Limits,
        *,
        time_limit: float | None,
        seed: int,
        start: IntArray | None = None,
        is_punctual: bool = False,
    ) -> PartAnswer:
        """Choose candidates of large profit.

        Parameters
        ----------
        limits
            Limits of the run.
        time_limit
            Time limit of this solve alone [s].
        seed
            Seed of HiGHS.
        start
            Positions among the candidates of a feasible choice; None without one.
        is_punctual
            True to give HiGHS up, without a choice, where it does not keep the time limit.
        """
        point = None if start is None else self._point(start)
        answer = self._model.solve(
            limits, time_limit=time_limit, seed=seed, start=point, is_punctual=is_punctual
        )
        if answer.values is None:
            chosen, value = np.empty(0, dtype=np.int64), 0.0
        else:
            taken = np.flatnonzero(answer.values[self._x] > 0.5)
            chosen = self._candidates[taken[np.argsort(-self._profit[taken], kind="stable")]]
            value = float(self._profit[taken].sum())
        bound = min(answer.bound, float(self._profit.clip(min=0).sum()))
        return PartAnswer(chosen, max(bound, value), bound - value < 1e-5)

    def _point(self, start: IntArray) -> FloatArray:
        """Return the values of all columns at a choice."""
        num_columns = len(self._x) + sum(len(delta) for _, _, delta in self._delta)
        point = np.zeros(num_columns)
        point[self._x[start]] = 1
        for at, rank, delta in self._delta:
            least = rank[np.isin(at, start)].min(initial=len(delta))
            point[delta[:least]] = 1
        return point


def free_pairs(placed: Placement, pairs: IntArray) -> IntArray:
    """Return those of the pairs whose request is not served."""
    table = placed.table
    free: IntArray = pairs[placed.batches.place[table.request[pairs]] == NOWHERE]
    return free
