"""Common order: one order of the requests in which the budgets fall at every edge node."""

from __future__ import annotations

from heapq import heappop, heappush
from typing import TYPE_CHECKING

import numpy as np

from heuristics.compiled import compiled

if TYPE_CHECKING:
    from heuristics.coefficients import IntArray
    from heuristics.pairs import Pairs


def common_order(pairs: Pairs, num_requests: int) -> IntArray | None:
    """Return the requests that have an eligible pair, in an order common to all edge nodes.

    Parameters
    ----------
    pairs
        Eligible pairs.
    num_requests
        I, the number of requests.

    Returns
    -------
    IntArray or None
        Indices of the requests such that the compute budgets of each edge node never grow along
        the order; None if no such order exists. Where the budgets leave a choice, the request
        that more edge nodes may serve comes first, then the request of lower index.

    Notes
    -----
    O(N log N) for N pairs: a topological sort, in which the requests of an edge node with equal
    budget wait for all of its requests with a larger budget.

    Examples
    --------
    >>> from heuristics.coefficients import Coefficients
    >>> one = [[1, 1, 1], [1, 1, 1]]
    >>> def order(budgets):
    ...     data = Coefficients(
    ...         uplink=one, uplink_capacity=[9, 9], downlink=one, downlink_capacity=[9, 9],
    ...         memory=one, memory_capacity=[9, 9], compute=one, compute_budget=budgets,
    ...         eligible=one,
    ...     )
    ...     return common_order(data.pairs, 3)
    >>> order([[5, 7, 5], [1, 2, 2]]).tolist(), order([[5, 7, 5], [3, 2, 2]])
    ([1, 2, 0], None)
    """
    row = pairs.edge_nodes()
    by_budget = np.lexsort((-pairs.compute_budget, row))
    requests, budget = pairs.requests[by_budget], pairs.compute_budget[by_budget]
    by_request = np.argsort(requests, kind="stable")
    pointer = np.concatenate([[0], np.cumsum(np.bincount(requests, minlength=num_requests))])
    order = sort_topologically(
        pairs.row_pointer, requests, budget, row, pointer.astype(np.int64), by_request
    )
    return order if order.size == int((np.diff(pointer) > 0).sum()) else None


@compiled
def sort_topologically(
    row_pointer: IntArray,
    requests: IntArray,
    budget: IntArray,
    row: IntArray,
    request_pointer: IntArray,
    by_request: IntArray,
) -> IntArray:
    """Return the requests that can be sorted; pairs are sorted by row, then budget, descending."""
    num_rows, num_requests = row_pointer.size - 1, request_pointer.size - 1
    num_blocked = request_pointer[1:] - request_pointer[:-1]
    end = row_pointer[:-1].copy()
    num_left = np.zeros(num_rows, dtype=np.int64)
    ready = [(0, 0) for _ in range(0)]
    order = np.empty(num_requests, dtype=np.int64)
    size = 0
    for start in range(num_rows + num_requests):
        # The first turns open the first tie of each row; each later one takes a request.
        if start < num_rows:
            first, last = start, start + 1
        elif len(ready) > 0:
            request = heappop(ready)[1]
            order[size] = request
            size += 1
            first, last = request_pointer[request], request_pointer[request + 1]
        else:
            break
        for place in range(first, last):
            j = start if start < num_rows else row[by_request[place]]
            num_left[j] -= 1
            if num_left[j] > 0 or end[j] == row_pointer[j + 1]:
                continue
            begin = end[j]
            while end[j] < row_pointer[j + 1] and budget[end[j]] == budget[begin]:
                each = requests[end[j]]
                num_blocked[each] -= 1
                if num_blocked[each] == 0:
                    num_pairs = request_pointer[each + 1] - request_pointer[each]
                    heappush(ready, (-num_pairs, each))
                end[j] += 1
            num_left[j] = end[j] - begin
    return order[:size]
