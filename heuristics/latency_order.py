r"""Latency order: the eligible requests of an edge node by budget, and their levels.

The *latency order* sorts the eligible requests of an edge node by compute budget, largest first.
Its first d requests are :math:`F_d`: a batch whose last request is the d-th is a subset of
:math:`F_d` and must keep the d-th budget. A *level* is a class of requests with equal demands, in
the paper those of one output length, and levels are sorted by these demands, ascending.

The heuristics and the decomposition take both from here. The big-M MILP, CP-SAT, SCIP, the judges
and the replay derive their own, so that one mistake cannot agree with itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from heuristics.coefficients import BoolArray, Coefficients, IntArray


def eligible_requests(
    data: Coefficients,
    edge_node: int,
    *,
    remaining: BoolArray | None = None,
    ties: Sequence[IntArray] = (),
) -> IntArray:
    """Return the indices of the eligible requests of an edge node, in the order of ties.

    Parameters
    ----------
    data
        Coefficients of all edge nodes.
    edge_node
        Index of the edge node.
    remaining
        True for the requests that may be chosen, shape (I,); None for all.
    ties
        Keys to sort by, each ascending and of shape (I,), the most significant first. Requests
        with equal keys are sorted by index.

    Notes
    -----
    O(n log n) for each key, for n eligible requests.
    """
    requests = data.pairs.requests[data.pairs.row(edge_node)]
    if remaining is not None:
        requests = requests[remaining[requests]]
    for key in reversed(ties):
        requests = requests[np.argsort(key[requests], kind="stable")]
    return requests


def by_budget(data: Coefficients, edge_node: int, requests: IntArray) -> IntArray:
    """Return the places in ``requests`` by compute budget, largest first; ties keep their order.

    Parameters
    ----------
    data
        Coefficients of all edge nodes.
    edge_node
        Index of the edge node.
    requests
        Indices of eligible requests in the order that decides ties, see
        :func:`eligible_requests`.
    """
    budget = data.pairs.compute_budget[data.pairs.places(edge_node, requests)]
    places: IntArray = np.argsort(-budget, kind="stable")
    return places


def latency_order(
    data: Coefficients,
    edge_node: int,
    *,
    remaining: BoolArray | None = None,
    ties: Sequence[IntArray] = (),
) -> IntArray:
    """Return the eligible requests of an edge node by compute budget, largest first.

    Parameters
    ----------
    data, edge_node, remaining, ties
        Choice of the requests and order of those with equal budget, see
        :func:`eligible_requests`.

    Examples
    --------
    >>> from heuristics.coefficients import Coefficients
    >>> one = [[1, 1, 1]]
    >>> data = Coefficients(
    ...     uplink=[[3, 2, 1]], uplink_capacity=[9], downlink=one, downlink_capacity=[9],
    ...     memory=one, memory_capacity=[9], compute=one, compute_budget=[[5, 8, 5]], eligible=one,
    ... )
    >>> latency_order(data, 0).tolist(), latency_order(data, 0, ties=[data.uplink[0]]).tolist()
    ([1, 0, 2], [1, 2, 0])
    """
    requests = eligible_requests(data, edge_node, remaining=remaining, ties=ties)
    return requests[by_budget(data, edge_node, requests)]


def cheapest_places(
    data: Coefficients,
    edge_node: int,
    *,
    remaining: BoolArray | None = None,
    preference: IntArray | None = None,
) -> IntArray:
    """Return the places in ``data.pairs`` of the eligible requests, cheaper uplink first.

    Parameters
    ----------
    data
        Coefficients of all edge nodes.
    edge_node
        Index of the edge node.
    remaining
        True for the requests that may be chosen, shape (I,); None for all.
    preference
        Key that breaks ties of uplinks before the index, smaller first, shape (I,).

    Notes
    -----
    O(n log n) for n eligible requests. Sorted by budget with a stable sort, these places give the
    latency order whose ties go to the cheaper uplink.
    """
    pairs = data.pairs
    row = pairs.row(edge_node)
    places = np.arange(row.start, row.stop)
    if remaining is not None:
        places = places[remaining[pairs.requests[row]]]
    if preference is not None:
        places = places[np.argsort(preference[pairs.requests[places]], kind="stable")]
    return places[np.argsort(pairs.uplink[places], kind="stable")]


def levels(*demands: IntArray) -> tuple[IntArray, IntArray]:
    """Return the levels of requests, ascending, and the level of each request.

    Parameters
    ----------
    demands
        At least one demand of each request, each of shape (n,), the most significant first.

    Returns
    -------
    table
        Demands of one request of each of the K levels, shape (len(demands), K).
    level
        Index of the level of each request, shape (n,).

    Notes
    -----
    O(n log n).

    Examples
    --------
    >>> import numpy as np
    >>> table, level = levels(np.array([7, 2, 7, 2]), np.array([1, 5, 1, 4]))
    >>> table.tolist(), level.tolist()
    ([[2, 2, 7], [4, 5, 1]], [2, 1, 2, 0])
    """
    ascending = np.lexsort(demands[::-1])
    columns = np.stack(demands)[:, ascending]
    is_new = np.ones(ascending.size, dtype=np.bool_)
    is_new[1:] = (columns[:, 1:] != columns[:, :-1]).any(axis=0)
    level = np.empty(ascending.size, dtype=np.int64)
    level[ascending] = np.cumsum(is_new) - 1
    return columns[:, is_new], level
