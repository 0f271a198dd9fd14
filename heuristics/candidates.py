r"""Candidates: :math:`F_d`, the requests that Algorithm 2 chooses among, by output length."""

from __future__ import annotations

from bisect import insort
from itertools import accumulate
from typing import TYPE_CHECKING

from heuristics.search_tree import Tree

if TYPE_CHECKING:
    from collections.abc import Sequence

    from heuristics.edge_node import EdgeNode
    from heuristics.joint_test import JointConstraint
    from heuristics.search_tree import Pruning


class Candidates:
    r"""The d requests of largest budget, :math:`F_d = \bigcup_k F_{N_k}`, d growing from 0.

    Each :math:`F_{N_k}` is kept from the cheapest to the dearest request. Levels are those of
    all requests of the edge node, also where :math:`F_d` has none.

    Parameters
    ----------
    edge_node
        The requests, in latency order.
    """

    def __init__(self, edge_node: EdgeNode) -> None:
        self._edge_node = edge_node
        self._depth = 0
        self._levels: list[list[int]] = [[] for _ in edge_node.levels]

    def grow(self, depth: int) -> None:
        """Add requests in latency order until there are d."""
        for request in range(self._depth, depth):
            level = self._levels[self._edge_node.level[request]]
            insort(level, request, key=self._edge_node.cheapness.__getitem__)
        self._depth = depth

    def tree(self, cardinality: int, pruning: Pruning, joint: JointConstraint | None) -> Tree:
        """Return the search tree of these candidates for z requests.

        Parameters
        ----------
        cardinality
            z.
        pruning
            The rule by which nodes are cut off for want of candidates.
        joint
            A constraint that follows from the others. If given, a node is cut off, too, where
            what its path and the least that the levels below must ask for do not fit.
        """
        node = self._edge_node
        demands = [
            self._by_level(demand)
            for demand in (
                node.uplink,
                node.downlink,
                node.memory,
                node.compute,
                joint.demand if joint else [0] * self._depth,
            )
        ]
        sizes = [0, *map(len, self._levels)]
        return Tree(
            sizes=sizes,
            demand=tuple([[0, *accumulate(level)] for level in demand] for demand in demands),
            capacity=(
                node.uplink_capacity,
                node.downlink_capacity,
                node.memory_capacity,
                node.budget[self._depth - 1],
                joint.capacity if joint else 0,
            ),
            reach=pruning.reach(sizes),
            floor=tuple(_least_below(demand, cardinality) for demand in demands) if joint else (),
        )

    def recover(self, counts: Sequence[int]) -> tuple[int, ...]:
        """Return the requests that a path stands for: the cheapest of each level."""
        return tuple(
            self._edge_node.requests[request]
            for level, count in zip(self._levels, counts, strict=True)
            for request in level[:count]
        )

    def _by_level(self, demand: Sequence[int]) -> list[list[int]]:
        return [[], *([demand[request] for request in level] for level in self._levels)]


def _least_below(demand: Sequence[Sequence[int]], most: int) -> list[list[int]]:
    """For each depth, the least that r requests of the levels below ask for, r = 0..most."""
    least = [[0] for _ in demand]
    below: list[int] = []
    for depth in range(len(demand) - 1, 0, -1):
        below = sorted([*below, *demand[depth]])[:most]
        least[depth - 1] = [0, *accumulate(below)]
    return least
