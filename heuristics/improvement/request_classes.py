r"""Request classes: requests with equal demands at every edge node that may serve them.

The annealing counts requests by class. A resource that no batch of an edge node can exhaust is left
out of the demands there, because it cuts no batch. In the paper a class has one output length.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from heuristics.coefficients import RESOURCES
from heuristics.latency_order import levels

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from heuristics.coefficients import BoolArray, Coefficients, IntArray

_SAFETY = 1 + 1e-9
"""Factor on bounds in floating point that makes rounding errors harmless."""


class RequestClasses(NamedTuple):
    """The class of each request, and the resources that can bind."""

    of_request: IntArray
    """Index of the class of each request, -1 for a request that no edge node may serve, (I,)."""
    num_classes: int
    """L, the number of classes."""
    can_bind: BoolArray
    """True if some batch can exhaust uplink, downlink or memory of an edge node, shape (J, 3)."""

    @classmethod
    def of(cls, data: Coefficients) -> RequestClasses:
        """Return the classes of all requests.

        Notes
        -----
        O(N log N) for N eligible pairs. Two pairs of one edge node are alike if they demand the
        same compute and the same of every resource that can bind, the uplink excepted. Requests
        that share a kind of pairs form a group. A group with two kinds at one edge node is divided
        by the kinds of all pairs of a request.
        """
        pairs = data.pairs
        binding = can_bind(data)
        row = pairs.edge_nodes()
        downlink, memory = (
            np.where(binding[row, each], getattr(pairs, RESOURCES[each]), 0) for each in (1, 2)
        )
        _, kind = levels(row, pairs.compute, memory, downlink)
        group = _groups(pairs.requests, kind, data.num_requests)
        of_request = _divided(group, pairs.requests, row, kind)
        served = np.zeros(data.num_requests, dtype=np.bool_)
        served[pairs.requests] = True
        names, numbered = np.unique(of_request[served], return_inverse=True)
        of_request[:] = -1
        of_request[served] = numbered
        return cls(of_request, names.size, binding)


def can_bind(data: Coefficients) -> BoolArray:
    """Return True where some batch may exhaust uplink, downlink or memory, shape (J, 3).

    False is proved: the demand of any batch is at most that of a fractional knapsack of the
    largest demands per compute, within the largest budget.
    """
    pairs = data.pairs
    binding = np.zeros((data.num_edge_nodes, len(RESOURCES)), dtype=np.bool_)
    for j in range(data.num_edge_nodes):
        row = pairs.row(j)
        compute = pairs.compute[row].astype(np.float64)
        budget = float(pairs.compute_budget[row].max(initial=0))
        for r, resource in enumerate(RESOURCES):
            capacity = int(getattr(data, f"{resource}_capacity")[j])
            demand = getattr(pairs, resource)[row]
            if int(demand.sum()) > capacity:
                binding[j, r] = _largest_demand(demand, compute, budget) * _SAFETY > capacity
    return binding


def _largest_demand(demand: IntArray, compute: NDArray[np.float64], budget: float) -> float:
    """Return the value of the fractional knapsack of demands within a budget of compute."""
    ratio = demand / np.maximum(compute, 1e-9)
    best_first = np.argsort(-ratio, kind="stable")
    load = np.cumsum(compute[best_first])
    num_whole = int(np.searchsorted(load, budget, side="right"))
    # The request that breaks the budget counts in full, which is at least its fraction.
    return float(demand[best_first[: num_whole + 1]].sum())


def _groups(requests: IntArray, kind: IntArray, num_requests: int) -> IntArray:
    """Return the group of each request: those joined by chains of equal kinds of pairs."""
    num_kinds = int(kind.max(initial=-1)) + 1
    size = num_requests + num_kinds
    links = coo_array(
        (np.ones(kind.size, dtype=np.int8), (requests, num_requests + kind)), shape=(size, size)
    )
    _, label = connected_components(links, directed=False)
    return label[:num_requests].astype(np.int64)


def _divided(group: IntArray, requests: IntArray, row: IntArray, kind: IntArray) -> IntArray:
    """Return classes with one kind of pairs at each edge node: groups, divided where necessary."""
    of_pair = group[requests]
    order = np.lexsort((kind, row, of_pair))
    is_same_place = (np.diff(of_pair[order]) == 0) & (np.diff(row[order]) == 0)
    is_conflict = is_same_place & (np.diff(kind[order]) != 0)
    is_divided = np.zeros(int(group.max(initial=-1)) + 1, dtype=np.bool_)
    is_divided[of_pair[order[1:][is_conflict]]] = True
    if not is_divided.any():
        return group
    inside = np.flatnonzero(is_divided[of_pair])
    by_request = inside[np.lexsort((kind[inside], requests[inside]))]
    names: dict[bytes, int] = {}
    classes = group.copy()
    bounds = np.flatnonzero(np.diff(requests[by_request])) + 1
    for chunk in np.split(by_request, bounds):
        name = names.setdefault(kind[chunk].tobytes(), len(names))
        classes[requests[chunk[0]]] = is_divided.size + name
    return classes
