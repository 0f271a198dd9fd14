"""Cheap tests: they rule out pairs (z, d) without a batch, one constraint at a time."""

from __future__ import annotations

from heapq import heapify, heappushpop
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from heuristics.limits import Limits
    from heuristics.tree_search.sorted_edge_node import SortedEdgeNode


def open_depths(edge_node: SortedEdgeNode, cardinality: int) -> Iterator[int]:
    r"""Yield each d for which z requests with the d-th among them may fit, ascending.

    A batch whose last request is the d-th demands of each constraint at least the d-th demand and
    the z - 1 smallest before it: Algorithm 1, run on each constraint separately. A depth that is
    not yielded has no such batch. It has no batch at all if the depths before it have none, since
    a batch without the d-th request is a batch of a smaller d with no smaller budget.

    Parameters
    ----------
    edge_node
        The requests, in latency order.
    cardinality
        z, at least 1.

    Notes
    -----
    O(I log z) for all depths. Where z passes at d, so does z - 1.
    """
    demands = (edge_node.uplink, edge_node.downlink, edge_node.memory, edge_node.compute)
    least = zip(*(_least_with_last(each, cardinality) for each in demands), strict=True)
    for depth, (uplink, downlink, memory, compute) in enumerate(least, cardinality):
        if (
            uplink <= edge_node.uplink_capacity
            and downlink <= edge_node.downlink_capacity
            and memory <= edge_node.memory_capacity
            and compute <= edge_node.budget[depth - 1]
        ):
            yield depth


def largest_open_cardinality(edge_node: SortedEdgeNode, limits: Limits) -> int:
    """Return the largest z that some d is open for: a bound on any batch of the edge node.

    Parameters
    ----------
    edge_node
        The requests, in latency order.
    limits
        Limits of the run.

    Notes
    -----
    O(I log^2 I), by bisection.
    """
    low, high = 0, edge_node.num_requests
    while low < high:
        limits.check_time()
        middle = (low + high + 1) // 2
        if next(open_depths(edge_node, middle), None) is None:
            high = middle - 1
        else:
            low = middle
    return low


def _least_with_last(demand: Sequence[int], cardinality: int) -> Iterator[int]:
    """Yield for d = z, z + 1, ... the d-th demand plus the z - 1 smallest before it."""
    # A heap of negatives has the largest of the z - 1 on top.
    hand = [-each for each in demand[: cardinality - 1]]
    heapify(hand)
    total = -sum(hand)
    for each in demand[cardinality - 1 :]:
        yield total + each
        total += each + heappushpop(hand, -each)
