"""Parameters: the numbers of the models' rows, shared by both languages."""

from __future__ import annotations

from dataclasses import dataclass
from math import gcd
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from heuristics.system_models.coefficients import Coefficients

Pair = tuple[int, int]
"""An edge node and a request, in the order of the indices of ``x[j, i]``."""

Row = tuple[dict[Pair, int], int]
"""The left side of a capacity row without its zeros, and its right side."""


@dataclass(frozen=True, kw_only=True)
class Parameters:
    r"""The rows of P1, scaled and without what cannot matter; exact for every 0/1 point.

    Parameters
    ----------
    num_edge_nodes
        J.
    pairs
        The eligible pairs (j, i), ascending: the only ones that become variables. That is (12e).
    contested
        For each request with more than one eligible edge node its pairs. Elsewhere
        :math:`\sum_j x_{ij} \le 1` holds by itself.
    uplink, downlink, memory
        The rows (12a), (12b), (12c) of the edge nodes that have one, each divided by its
        greatest common divisor. A capacity beyond the sum of all demands is lowered to it.
    compute
        The left side of (12d) for each edge node, divided by its greatest common divisor.
    largest_load
        The largest load that a feasible batch of the edge node can have, in the same unit.
    compute_budget
        The right side of (12d) in the same unit, for the pairs whose budget lies below
        ``largest_load``. Elsewhere the bound of the load variable is the constraint.
    big_m
        ``largest_load - compute_budget``: by how much the load may exceed the budget of a
        request that is not chosen. No smaller value holds for every feasible load up to
        ``largest_load``.
    """

    num_edge_nodes: int
    pairs: tuple[Pair, ...]
    contested: dict[int, tuple[Pair, ...]]
    uplink: dict[int, Row]
    downlink: dict[int, Row]
    memory: dict[int, Row]
    compute: dict[int, dict[Pair, int]]
    largest_load: dict[int, int]
    compute_budget: dict[Pair, int]
    big_m: dict[Pair, int]

    @classmethod
    def of(cls, data: Coefficients) -> Parameters:
        """Derive the rows from the coefficients, in O(IJ log I)."""
        edge_nodes = range(data.num_edge_nodes)
        requests = {j: data.eligible[j].nonzero()[0].tolist() for j in edge_nodes}
        compute: dict[int, dict[Pair, int]] = {}
        largest_load: dict[int, int] = {}
        budget: dict[Pair, int] = {}
        for j in edge_nodes:
            demand = {(j, i): int(data.compute[j, i]) for i in requests[j]}
            unit = _unit(demand.values())
            budgets = {(j, i): int(data.compute_budget[j, i]) // unit for i in requests[j]}
            compute[j] = {pair: value // unit for pair, value in demand.items()}
            largest_load[j] = _largest_load(compute[j], budgets)
            budget |= {pair: value for pair, value in budgets.items() if value < largest_load[j]}
        return cls(
            num_edge_nodes=data.num_edge_nodes,
            pairs=tuple((j, i) for j in edge_nodes for i in requests[j]),
            contested=_contested(requests),
            uplink=_rows(data, "uplink", requests),
            downlink=_rows(data, "downlink", requests),
            memory=_rows(data, "memory", requests),
            compute={j: _nonzero(row) for j, row in compute.items()},
            largest_load=largest_load,
            compute_budget=budget,
            big_m={pair: largest_load[pair[0]] - value for pair, value in budget.items()},
        )

    @property
    def largest_value(self) -> int:
        """The largest number that stands in a row: what a solver's arithmetic must resolve."""
        rows = [*self.uplink.values(), *self.downlink.values(), *self.memory.values()]
        return max(
            [0, *self.largest_load.values()]
            + [capacity for _, capacity in rows]
            + [value for demand, _ in rows for value in demand.values()]
        )


def _unit(values: Iterable[int]) -> int:
    return gcd(*values) or 1


def _nonzero(row: dict[Pair, int]) -> dict[Pair, int]:
    return {pair: value for pair, value in row.items() if value}


def _rows(data: Coefficients, resource: str, requests: dict[int, list[int]]) -> dict[int, Row]:
    """Divide each row by its greatest common divisor; leave out rows without a demand."""
    demands, capacities = getattr(data, resource), getattr(data, f"{resource}_capacity")
    rows = {}
    for j, candidates in requests.items():
        demand = _nonzero({(j, i): int(demands[j, i]) for i in candidates})
        if demand:
            unit = _unit(demand.values())
            demand = {pair: value // unit for pair, value in demand.items()}
            rows[j] = demand, min(int(capacities[j]) // unit, sum(demand.values()))
    return rows


def _contested(requests: dict[int, list[int]]) -> dict[int, tuple[Pair, ...]]:
    places: dict[int, list[Pair]] = {}
    for j, candidates in requests.items():
        for i in candidates:
            places.setdefault(i, []).append((j, i))
    return {i: tuple(pairs) for i, pairs in sorted(places.items()) if len(pairs) > 1}


def _largest_load(compute: dict[Pair, int], budgets: dict[Pair, int]) -> int:
    """Return the largest load that some batch can have within its members' budgets.

    A batch whose smallest budget is b consists of requests with budgets of at least b, so its
    load is at most the smaller of b and the sum of their compute.
    """
    load = largest = 0
    for pair in sorted(budgets, key=lambda pair: -budgets[pair]):
        load += compute[pair]
        largest = max(largest, min(load, budgets[pair]))
    return largest
