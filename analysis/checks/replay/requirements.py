"""Requirements: what columns of different edge nodes ask for, so that they can be compared.

Edge nodes need not agree about levels, nor about the order of latency budgets. They are compared
by classes of requests and by one order that is near to all of theirs:

* two requests of one level of any edge node are of one *class*, and so on from one to the next;
* the *depth* of a column is the last place in the order of a request that it can have.

A column then requires so many requests of each class, out of the first of the order, as many as
its depth says. Any batch of it meets this, whatever the order is.
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
    """What a column asks for."""

    depth: int
    """Its requests are among so many of the order."""
    asked: tuple[int, ...]
    """Requests of each class."""


def shared_order(ranked: Sequence[RankedRequests]) -> list[int]:
    """Return the requests that are eligible anywhere, by their mean rank at edge nodes."""
    ranks: dict[int, list[int]] = {}
    for own in ranked:
        for rank, request in enumerate(own.requests):
            ranks.setdefault(request, []).append(rank)
    return sorted(ranks, key=lambda request: Fraction(sum(ranks[request]), len(ranks[request])))


def request_classes(ranked: Sequence[RankedRequests]) -> dict[int, int]:
    """Return the class of each request that is eligible anywhere, numbered from 0."""
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
    """Return what each column of an edge node requires, in the same order.

    Parameters
    ----------
    own
        The eligible requests of the edge node.
    columns
        Its columns.
    order
        All requests that are eligible anywhere.
    classes
        The class of each.
    """
    depth_of = {request: depth for depth, request in enumerate(order, start=1)}
    of_level = [classes[own.requests[places[0]]] for places in own.levels]
    # Of each level how deep its first 0, 1, 2, ... requests reach.
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
