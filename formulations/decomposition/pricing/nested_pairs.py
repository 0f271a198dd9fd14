"""NestedPairs: eligible pairs by classes of requests, where the pools of a class are nested.

Requests are of one *class* if they have the same demands at each edge node that may serve them. The
pools of a class are nested if one order of its requests has these two properties at every edge
node: the eligible requests of the class are the first of that order, and their budgets never grow
along it. Then F_d contains the first requests of each class, for every d of every edge node.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

if TYPE_CHECKING:
    from formulations.decomposition.pricing.edge_nodes import EdgeNodes, FloatArray
    from heuristics.coefficients import IntArray

MOST_CLASSES, LEAST_CLASSES = 16, 2
"""Maximum number of classes: each step looks at all; the search takes two classes at a time."""

NO_ROW = -1
"""Edge node without one that is alike."""


class NestedPairs(NamedTuple):
    """The S requests that may be served, in L classes, and the N eligible pairs."""

    request: IntArray
    """Requests by class and then by falling budget, shape (S,)."""
    begin: IntArray
    """Position in ``request`` of the first request of each class, shape (L + 1,)."""
    budget: IntArray
    """Compute budget of each pair, by edge node and falling, shape (N,)."""
    class_of: IntArray
    """Class of each pair, in the same order, shape (N,)."""
    demand: IntArray
    """Compute, memory and level-based downlink of a request of each class, shape (J, L, 3)."""
    share: FloatArray
    """Uplink and priced downlink of each pair, by edge node, class and falling budget, (2, N)."""
    cell: IntArray
    """Position in ``share`` of the first pair of each edge node and class, shape (J, L)."""
    sequence: IntArray
    """Edge nodes in the order of their pricing, shape (J,)."""
    looser: IntArray
    """For each edge node an earlier one with the same pairs and no smaller capacity, (J,)."""

    @classmethod
    def of(cls, nodes: EdgeNodes, num_requests: int) -> NestedPairs | None:
        """Return the pairs, or None if the pools of some class are not nested."""
        row = np.repeat(np.arange(nodes.num_edge_nodes), np.diff(nodes.first))
        bucket = nodes.level + nodes.first_level[row]
        class_of = _classes(nodes, row, bucket, num_requests)
        if class_of is None:
            return None
        order, begin = _order(nodes, row, class_of, num_requests)
        place = np.empty(num_requests, dtype=np.int64)
        place[order] = np.arange(order.size)
        by_budget = np.lexsort((place[nodes.request], -nodes.budget, row))
        by_class = np.lexsort((place[nodes.request], row))
        of_pair, num_classes = class_of[nodes.request], begin.size - 1
        if not _are_nested(row, of_pair, place[nodes.request] - begin[of_pair], by_budget):
            return None
        size = np.bincount(row * num_classes + of_pair, minlength=len(nodes.first) * num_classes)
        cell = np.cumsum(np.append(0, size))[: nodes.num_edge_nodes * num_classes]
        demand = np.zeros((nodes.num_edge_nodes, num_classes, 3), dtype=np.int64)
        of_level = (nodes.level_compute, nodes.level_memory, nodes.level_downlink)
        demand[row, of_pair] = np.stack(of_level, axis=1)[bucket]
        sequence, looser = _alike(nodes, place[nodes.request[by_budget]], by_budget, demand)
        return cls(
            request=order,
            begin=begin,
            budget=nodes.budget[by_budget],
            class_of=of_pair[by_budget],
            demand=demand,
            share=np.stack([nodes.uplink[by_class], nodes.downlink[by_class]]),
            cell=cell.reshape(-1, num_classes),
            sequence=sequence,
            looser=looser,
        )

    def sorted(self, prices: FloatArray) -> FloatArray:
        """Return the prices of all requests, in each class assigned anew by falling budget.

        Notes
        -----
        No V_j grows: after the change the c cheapest requests of any pool cost at least as much as
        before, because a pool has the largest prices of its class.
        """
        arranged = prices.copy()
        for first, last in zip(self.begin[:-1], self.begin[1:], strict=True):
            own = self.request[first:last]
            arranged[own] = -np.sort(-prices[own])
        return arranged

    def are_sorted(self, prices: FloatArray) -> bool:
        """Return True if the prices of each class never grow along its order."""
        change = np.diff(prices[self.request])
        inner = self.begin[1:-1]
        change[inner[(inner > 0) & (inner <= change.size)] - 1] = 0
        return bool((change <= 0).all())


def _classes(
    nodes: EdgeNodes, row: IntArray, bucket: IntArray, num_requests: int
) -> IntArray | None:
    """Return the class of each request, (I,); None if a class has two levels at an edge node."""
    num_buckets = len(nodes.level_compute)
    links = (np.ones(len(row), dtype=np.int8), (nodes.request, num_requests + bucket))
    size = num_requests + num_buckets
    _, label = connected_components(coo_array(links, shape=(size, size)), directed=False)
    served = np.unique(nodes.request)
    names = np.unique(label[served])
    if names.size > MOST_CLASSES:
        return None
    row_of = np.repeat(np.arange(nodes.num_edge_nodes), np.diff(nodes.first_level))
    kind = label[num_requests:] * nodes.num_edge_nodes + row_of
    if np.unique(kind).size < num_buckets:
        return None
    class_of = np.full(num_requests, -1)
    class_of[served] = np.searchsorted(names, label[served])
    return class_of


def _order(
    nodes: EdgeNodes, row: IntArray, class_of: IntArray, num_requests: int
) -> tuple[IntArray, IntArray]:
    """Return the served requests by class and place, and the start of each class.

    If the pools are nested, a request precedes those that fewer edge nodes may serve, and then
    those whose budgets are smaller.
    """
    is_new = np.append(True, (np.diff(nodes.budget) != 0) | (np.diff(row) != 0))
    rank = np.cumsum(is_new)[: len(row)]
    number = np.bincount(nodes.request, minlength=num_requests)
    total = np.bincount(nodes.request, rank.astype(np.float64), num_requests)
    order = np.lexsort((total, -number, class_of))
    order = order[class_of[order] >= 0]
    num_classes = max(int(class_of.max(initial=-1)) + 1, LEAST_CLASSES)
    size = np.bincount(class_of[order], minlength=num_classes)
    return order, np.append(0, np.cumsum(size))


def _are_nested(row: IntArray, class_of: IntArray, place: IntArray, by_budget: IntArray) -> bool:
    """Return True if each class at each edge node comes in the order of its places, from 0 on."""
    key = (row * (int(class_of.max(initial=0)) + 1) + class_of)[by_budget]
    by_key = np.argsort(key, kind="stable")
    sorted_key = key[by_key]
    first = np.flatnonzero(np.append(True, np.diff(sorted_key) != 0)[: len(row)])
    start = np.repeat(first, np.diff(np.append(first, len(row))))
    return bool((place[by_budget][by_key] == np.arange(len(row)) - start).all())


def _alike(
    nodes: EdgeNodes, place: IntArray, by_budget: IntArray, demand: IntArray
) -> tuple[IntArray, IntArray]:
    """Return the order of pricing, and for each edge node a looser one that precedes it."""
    families: dict[tuple[bytes, ...], list[int]] = {}
    for j in range(nodes.num_edge_nodes):
        own = slice(nodes.first[j], nodes.first[j + 1])
        key = place[own].tobytes(), nodes.budget[by_budget[own]].tobytes(), demand[j].tobytes()
        families.setdefault(key, []).append(j)
    capacity = np.stack([nodes.memory_capacity, nodes.downlink_capacity], axis=1)
    sequence: list[int] = []
    looser = np.full(nodes.num_edge_nodes, NO_ROW)
    for rows in families.values():
        rows.sort(key=lambda j: (*(-capacity[j]).tolist(), j))
        for before, j in pairwise(rows):
            if (capacity[before] >= capacity[j]).all():
                looser[j] = before
        sequence += rows
    return np.array(sequence, dtype=np.int64), looser
