"""Parameters: numbers of the models' rows, shared by Pyomo and PuLP."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from math import gcd
from typing import TYPE_CHECKING, Any, NamedTuple

from heuristics.coefficients import RESOURCES

if TYPE_CHECKING:
    from collections.abc import Iterable

    from heuristics.coefficients import Coefficients
    from heuristics.schedule import Schedule

Pair = tuple[int, int]
"""Edge node and request, in the order of the indices of ``x[j, i]``."""

Threshold = tuple[int, int]
"""Edge node and rank of a budget, in the order of the indices of ``threshold[j, k]``."""

Row = tuple[dict[Pair, float], float]
"""Nonzero coefficients of a capacity row, and its right side."""

DIGITS = 5
"""Maximum number of digits before the decimal point in the largest number of a row.

A row with coefficients near a has a dual price near 1/a requests per unit. If this is below a
solver's tolerance on prices, 1e-7 in HiGHS, the solver takes the price for zero: with a load
variable in MFLOP and two requests of 10^7 that fit together, HiGHS called 0 optimal. Division by a
power of ten keeps the digits, so exported files stay readable and writers need not round.

The largest number is a capacity or the largest load. A sum near 10^6 has a rounding error of 10^-9,
the feasibility tolerance, and HiGHS ended with an error about its own incumbent.
"""

ALL_DIGITS = 16
"""Number of digits that no value exceeds, so that no row is divided by a power of ten."""


@dataclass(frozen=True, kw_only=True)
class Parameters:
    r"""Rows of P1 without redundant terms, in units suited to solvers.

    Each row is divided by its greatest common divisor, the right side rounded down, which
    changes no 0/1 point; then by a power of ten, see ``DIGITS``.

    Parameters
    ----------
    num_edge_nodes
        Number of edge nodes, J.
    pairs
        Eligible pairs (j, i), ascending. Only these become variables, which states (12e).
    contested
        Pairs of each request with more than one eligible edge node. For all other requests
        :math:`\sum_j x_{ij} \le 1` holds without a row.
    alternatives
        Rows of each edge node that can be run in several ways, as far as they have eligible
        pairs: extension E1.
    uplink, downlink, memory
        Rows (12a), (12b) and (12c) of the edge nodes with a demand. A capacity larger than the
        sum of all demands is lowered to this sum.
    compute
        Demands on the left side of (12d) for each edge node.
    largest_load
        Largest load of a feasible batch of the edge node, in the unit of ``compute``: the upper
        bound of the load variable.
    compute_budget
        Right side of (12d) in the same unit, for the pairs whose budget lies below
        ``largest_load``. For all other pairs the bound of the load variable is the constraint.
    big_m
        ``largest_load - compute_budget``: the least big-M, the amount by which the load may
        exceed the budget of a request that is not chosen.
    threshold_of
        Threshold of each pair of ``compute_budget``: the rank, from 0, of its budget among the
        distinct budgets of its edge node below ``largest_load``, ascending.
    threshold_step
        Difference from the budget of each threshold to the next budget, or to ``largest_load``
        after the last threshold.
    least_budget
        Budget of the first threshold of each edge node with thresholds.
    largest_value
        Largest integer of a row before the division by a power of ten.
    """

    num_edge_nodes: int
    pairs: tuple[Pair, ...]
    contested: dict[int, tuple[Pair, ...]]
    alternatives: tuple[tuple[int, ...], ...]
    uplink: dict[int, Row]
    downlink: dict[int, Row]
    memory: dict[int, Row]
    compute: dict[int, dict[Pair, float]]
    largest_load: dict[int, float]
    compute_budget: dict[Pair, float]
    big_m: dict[Pair, float]
    threshold_of: dict[Pair, Threshold]
    threshold_step: dict[Threshold, float]
    least_budget: dict[int, float]
    largest_value: int

    @classmethod
    def of(cls, data: Coefficients, *, digits: int = DIGITS) -> Parameters:
        """Derive the rows from the coefficients, in O(N log N) for N eligible pairs.

        Parameters
        ----------
        data
            Coefficients.
        digits
            See ``DIGITS``; with :data:`ALL_DIGITS` every number stays a whole number.
        """
        pairs = data.pairs
        requests = {j: pairs.requests[pairs.row(j)].tolist() for j in range(data.num_edge_nodes)}
        uplink, downlink, memory = (_capacities(data, name, requests) for name in RESOURCES)
        latency = {
            j: _Latency.of(data, j, candidates, digits) for j, candidates in requests.items()
        }
        return cls(
            num_edge_nodes=data.num_edge_nodes,
            pairs=tuple((j, i) for j, candidates in requests.items() for i in candidates),
            contested=_contested(requests),
            alternatives=_alternatives(data, requests),
            uplink={j: _scaled(*row, digits) for j, row in uplink.items()},
            downlink={j: _scaled(*row, digits) for j, row in downlink.items()},
            memory={j: _scaled(*row, digits) for j, row in memory.items()},
            compute={j: _divided(each.demand, each.scale) for j, each in latency.items()},
            largest_load={j: each.load / each.scale for j, each in latency.items()},
            compute_budget=_union(_divided(each.budget, each.scale) for each in latency.values()),
            big_m=_union(_divided(each.big_m, each.scale) for each in latency.values()),
            threshold_of={
                pair: threshold
                for each in latency.values()
                for pair, threshold in each.threshold_of.items()
            },
            threshold_step={
                (j, k): step / each.scale
                for j, each in latency.items()
                for k, step in enumerate(each.steps)
            },
            least_budget={
                j: each.thresholds[0] / each.scale for j, each in latency.items() if each.thresholds
            },
            largest_value=max(
                *(each.load for each in latency.values()),
                *(capacity for rows in (uplink, downlink, memory) for _, capacity in rows.values()),
                0,
            ),
        )

    def point(self, schedule: Schedule) -> dict[str, dict[Any, float]]:
        """Return the value of each variable of the models at a feasible schedule.

        Parameters
        ----------
        schedule
            Feasible schedule of eligible pairs.

        Returns
        -------
        dict
            Values by name and index of the variables in the models.
        """
        chosen = set(schedule.pairs())
        first = dict.fromkeys(range(self.num_edge_nodes), len(self.threshold_step))
        for j, k in (self.threshold_of[pair] for pair in chosen & self.threshold_of.keys()):
            first[j] = min(first[j], k)
        used = {j for j, _ in chosen}
        return {
            "use": {j: float(j in used) for rows in self.alternatives for j in rows},
            "x": {pair: float(pair in chosen) for pair in self.pairs},
            "batch_load": {
                j: float(sum(demand.get((j, i), 0) for i in schedule.batches[j]))
                for j, demand in self.compute.items()
            },
            "threshold": {(j, k): float(k < first[j]) for j, k in self.threshold_step},
        }


class _Latency(NamedTuple):
    """Row (12d) at one edge node in integers, which are to be divided by ``scale``."""

    demand: dict[Pair, int]
    budget: dict[Pair, int]
    load: int
    scale: int

    @classmethod
    def of(cls, data: Coefficients, j: int, candidates: list[int], digits: int) -> _Latency:
        demand = _amounts(data, "compute", j, candidates)
        unit = gcd(*demand.values()) or 1
        demand = {pair: value // unit for pair, value in demand.items()}
        budget = {
            pair: value // unit
            for pair, value in _amounts(data, "compute_budget", j, candidates).items()
        }
        load = _largest_load(demand, budget)
        return cls(
            demand=_nonzero(demand),
            budget={pair: value for pair, value in budget.items() if value < load},
            load=load,
            scale=_scale(load, digits),
        )

    @property
    def thresholds(self) -> list[int]:
        return sorted(set(self.budget.values()))

    @property
    def threshold_of(self) -> dict[Pair, Threshold]:
        rank = {value: k for k, value in enumerate(self.thresholds)}
        return {pair: (pair[0], rank[value]) for pair, value in self.budget.items()}

    @property
    def steps(self) -> list[int]:
        return [high - low for low, high in pairwise([*self.thresholds, self.load])]

    @property
    def big_m(self) -> dict[Pair, int]:
        return {pair: self.load - value for pair, value in self.budget.items()}


def _largest_load(demand: dict[Pair, int], budget: dict[Pair, int]) -> int:
    """Return the largest load of a batch within the budgets of its requests.

    A batch whose smallest budget is b consists of requests with budgets of at least b, so its
    load is at most the smaller of b and the sum of their demands.
    """
    load = largest = 0
    for pair in sorted(budget, key=lambda pair: -budget[pair]):
        load += demand[pair]
        largest = max(largest, min(load, budget[pair]))
    return largest


def _capacities(
    data: Coefficients, resource: str, requests: dict[int, list[int]]
) -> dict[int, tuple[dict[Pair, int], int]]:
    capacities = getattr(data, f"{resource}_capacity")
    rows = {}
    for j, candidates in requests.items():
        demand = _nonzero(_amounts(data, resource, j, candidates))
        if demand:
            unit = gcd(*demand.values())
            demand = {pair: value // unit for pair, value in demand.items()}
            rows[j] = demand, min(int(capacities[j]) // unit, sum(demand.values()))
    return rows


def _amounts(data: Coefficients, name: str, j: int, candidates: list[int]) -> dict[Pair, int]:
    """Return the amounts of the eligible pairs of an edge node."""
    amounts = getattr(data.pairs, name)[data.pairs.row(j)].tolist()
    return {(j, i): amount for i, amount in zip(candidates, amounts, strict=True)}


def _contested(requests: dict[int, list[int]]) -> dict[int, tuple[Pair, ...]]:
    places: dict[int, list[Pair]] = {}
    for j, candidates in requests.items():
        for i in candidates:
            places.setdefault(i, []).append((j, i))
    return {i: tuple(pairs) for i, pairs in sorted(places.items()) if len(pairs) > 1}


def _alternatives(
    data: Coefficients, requests: dict[int, list[int]]
) -> tuple[tuple[int, ...], ...]:
    groups = (tuple(j for j in rows if requests[j]) for rows in data.alternatives)
    return tuple(rows for rows in groups if len(rows) > 1)


def _nonzero(demand: dict[Pair, int]) -> dict[Pair, int]:
    return {pair: value for pair, value in demand.items() if value}


def _scale(largest: int, digits: int) -> int:
    return int(10 ** max(0, len(str(largest)) - digits))


def _scaled(demand: dict[Pair, int], capacity: int, digits: int) -> Row:
    scale = _scale(capacity, digits)
    return _divided(demand, scale), capacity / scale


def _divided(values: dict[Pair, int], scale: int) -> dict[Pair, float]:
    return {pair: value / scale for pair, value in values.items()}


def _union(parts: Iterable[dict[Pair, float]]) -> dict[Pair, float]:
    return {pair: value for part in parts for pair, value in part.items()}
