"""Matching cells: the eligible pairs of each edge node and class, by falling budget."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from heuristics.coefficients import Coefficients, IntArray
    from heuristics.improvement.request_classes import RequestClasses

COMPUTE, MEMORY, DOWNLINK, UPLINK = 0, 1, 2, 3
"""Positions in the demands, capacities and sums of an edge node."""


class MatchingCells(NamedTuple):
    """The pairs by *cell*: an edge node and a class of requests that it may serve."""

    row_pointer: IntArray
    """First cell of each edge node, shape (J + 1,)."""
    pair_pointer: IntArray
    """First pair of each cell, shape (C + 1,)."""
    word_pointer: IntArray
    """First word of each cell in the sets of pairs, shape (C + 1,)."""
    row: IntArray
    """Edge node of each cell, shape (C,)."""
    kind: IntArray
    """Class of each cell, shape (C,)."""
    demand: IntArray
    """Compute, memory and downlink of a request of each cell, shape (C, 3)."""
    capacity: IntArray
    """Capacities of compute, memory, downlink and uplink, shape (J, 4)."""
    pair: IntArray
    """Place of each pair in ``data.pairs``, shape (N,)."""
    cell: IntArray
    """Cell of each pair, shape (N,)."""
    request: IntArray
    """Request of each pair, shape (N,)."""
    budget: IntArray
    """Compute budget of each pair, falling in each cell, shape (N,)."""
    uplink: IntArray
    """Uplink demand of each pair, 0 where the uplink cannot bind, shape (N,)."""
    request_pointer: IntArray
    """First place of each request in ``by_request``, shape (I + 1,)."""
    by_request: IntArray
    """Pairs sorted by request, shape (N,)."""

    @classmethod
    def of(cls, data: Coefficients, classes: RequestClasses) -> MatchingCells:
        """Return the cells of all edge nodes. O(N log N) for N pairs."""
        pairs = data.pairs
        row = pairs.edge_nodes()
        kind = classes.of_request[pairs.requests]
        order = np.lexsort((-pairs.compute_budget, kind, row))
        row, kind, request = row[order], kind[order], pairs.requests[order]
        is_first = np.ones(order.size, dtype=np.bool_)
        is_first[1:] = (np.diff(row) != 0) | (np.diff(kind) != 0)
        first = np.flatnonzero(is_first)
        pair_pointer = np.append(first, order.size)
        memory = np.where(classes.can_bind[row, 2], pairs.memory[order], 0)
        downlink = np.where(classes.can_bind[row, 1], pairs.downlink[order], 0)
        capacity = np.zeros((data.num_edge_nodes, 4), dtype=np.int64)
        np.maximum.at(capacity[:, COMPUTE], row, pairs.compute_budget[order])
        capacity[:, MEMORY] = data.memory_capacity
        capacity[:, DOWNLINK] = data.downlink_capacity
        capacity[:, UPLINK] = data.uplink_capacity
        sizes = np.bincount(request, minlength=data.num_requests)
        return cls(
            row_pointer=np.searchsorted(row[first], np.arange(data.num_edge_nodes + 1)),
            pair_pointer=pair_pointer,
            word_pointer=np.append(0, np.cumsum((np.diff(pair_pointer) + 63) // 64)),
            row=row[first],
            kind=kind[first],
            demand=np.stack([pairs.compute[order], memory, downlink], axis=-1)[first],
            capacity=capacity,
            pair=order,
            cell=np.cumsum(is_first) - 1,
            request=request,
            budget=pairs.compute_budget[order],
            uplink=np.where(classes.can_bind[row, 0], pairs.uplink[order], 0),
            request_pointer=np.append(0, np.cumsum(sizes)),
            by_request=np.argsort(request, kind="stable"),
        )
