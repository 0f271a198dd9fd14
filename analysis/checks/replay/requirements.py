"""Requirements: requests that a column needs, comparable between edge nodes.

Edge nodes may have different levels and different orders of latency budgets. They are compared by
classes of requests, and by one order of the requests that is close to all of theirs:

* Two requests in one level of any edge node belong to one *class*, and this relation is transitive.
* The *depth* d of a column is the last position in the order of a request that it can contain.

A column then requires a number of requests of each class, all among the first d requests of the
order. Every batch of the column meets this requirement, for any order.
"""

from __future__ import annotations

from bisect import bisect_left
from fractions import Fraction
from itertools import accumulate
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from analysis.checks.replay.columns import Column
    from heuristics.judges.verifier import RankedRequests


class Requirement(NamedTuple):
    """Requests that a column needs."""

    depth: int
    """Number d: the requests are among the first d of the order."""
    asked: tuple[int, ...]
    """Number of requests of each class."""


def shared_order(ranked: Sequence[RankedRequests]) -> list[int]:
    """Return the requests that are eligible at any edge node, sorted by their mean rank."""
    ranks: dict[int, list[int]] = {}
    for own in ranked:
        for rank, request in enumerate(own.requests):
            ranks.setdefault(request, []).append(rank)
    return sorted(ranks, key=lambda request: Fraction(sum(ranks[request]), len(ranks[request])))


def request_classes(ranked: Sequence[RankedRequests]) -> dict[int, int]:
    """Return the class, numbered from 0, of each request that is eligible at any edge node."""
    parent = {request: request for own in ranked for request in own.requests}

    def root(request: int) -> int:
        while parent[request] != request:
            parent[request] = parent[parent[request]]
            request = parent[request]
        return request

    for own in ranked:
        for places in own.levels:
            for place in places:
                parent[root(own.requests[place])] = root(own.requests[places[0]])
    number: dict[int, int] = {}
    return {request: number.setdefault(root(request), len(number)) for request in parent}


def requirements(
    own: RankedRequests,
    columns: Sequence[Column],
    order: Sequence[int],
    classes: Mapping[int, int],
) -> list[Requirement]:
    """Return the requirement of each column of an edge node, in the same order.

    Parameters
    ----------
    own
        Eligible requests of the edge node.
    columns
        Columns of the edge node.
    order
        All requests that are eligible at any edge node, in the shared order.
    classes
        Class of each request.
    """
    depth_of = {request: depth for depth, request in enumerate(order, start=1)}
    of_level = [classes[own.requests[places[0]]] for places in own.levels]
    # The depth of the first 0, 1, 2, ... requests of each level.
    deepest = [
        list(accumulate((depth_of[own.requests[place]] for place in places), max, initial=0))
        for places in own.levels
    ]
    num_classes = max(classes.values(), default=-1) + 1
    found = []
    for column in columns:
        asked, depth = [0] * num_classes, 0
        for level, count in enumerate(column.counts):
            if count:
                asked[of_level[level]] += count
                inside = bisect_left(own.levels[level], column.last)
                depth = max(depth, deepest[level][inside])
        found.append(Requirement(depth, tuple(asked)))
    return found
