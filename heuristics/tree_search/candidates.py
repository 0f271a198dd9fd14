r"""Candidates: :math:`F_d`, the requests that Algorithm 2 chooses among, and their trees."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from heuristics.tree_search.joint_constraint import JointConstraint
from heuristics.tree_search.search_tree import (
    DEPTH,
    NUM_CANDIDATES,
    NUM_VISITS,
    Floor,
    Path,
    Pruning,
    Tree,
    TreeRequests,
    search,
)
from heuristics.tree_search.sorted_edge_node import Level, SortedEdgeNode

if TYPE_CHECKING:
    from heuristics.limits import Limits


class Candidates:
    r"""The d requests of largest budget, :math:`F_d = \bigcup_k F_{N_k}`, and the search for z.

    Each :math:`F_{N_k}` is sorted from the cheapest to the dearest request. The levels are those
    of all requests of the edge node, levels without a request in :math:`F_d` included.

    Parameters
    ----------
    edge_node
        The requests, in latency order.
    pruning
        Rule that cuts off nodes with too few candidates.

    Attributes
    ----------
    tree
        The tree of :math:`F_d` for z.
    path
        State of the search of that tree.
    """

    def __init__(self, edge_node: SortedEdgeNode, pruning: Pruning) -> None:
        self._node = edge_node
        self._rule = pruning.rule
        self._requests = TreeRequests.of(edge_node)
        self.tree = Tree.of(edge_node)
        self.path = Path.of(edge_node)

    @property
    def num_visits(self) -> int:
        """Number of tree nodes visited, for all z."""
        return int(self.path.at[NUM_VISITS])

    def restart(self, cardinality: int) -> None:
        """Remove all candidates and start a search for z requests."""
        self.tree.sizes[:] = 0
        self.path.left[0] = cardinality
        self.path.at[DEPTH] = -1
        self.path.at[NUM_CANDIDATES] = 0

    def search(self, depths: tuple[int, int], floor: Floor | None, max_visits: int) -> int:
        """Continue the trees of the first to the last d; see `search_tree.search`."""
        return search(self._requests, self.tree, self.path, floor, self._rule, depths, max_visits)

    def batch(self) -> tuple[int, ...]:
        """Return the requests of the path: the cheapest of each level."""
        tree, path = self.tree, self.path
        return tuple(
            self._node.requests[request]
            for k in range(1, path.at[DEPTH] + 1)
            for request in tree.members[tree.start[k] + 1 :][: path.pick[k]]
        )

    def grow(self, depth: int, limits: Limits) -> None:
        """Make the first d requests candidates and go to the root of their tree.

        Raises
        ------
        Stopped
            If the time limit is reached.
        """
        while self.path.at[DEPTH] < 0:
            limits.check_time()
            self.search((depth, depth), None, 0)

    def floor(self, joint: JointConstraint) -> Floor:
        """Return the least demand of the levels below each node of the tree.

        Parameters
        ----------
        joint
            A constraint that follows from the others, for these candidates.
        """
        tree, cardinality = self.tree, self.path.left[0]
        candidates = self.path.at[NUM_CANDIDATES]
        demand = np.column_stack([self._requests.demand[:candidates], joint.demand])
        joint_of = np.zeros_like(tree.members)
        below = demand[:0]
        least = []
        for start, size in zip(tree.start[::-1], tree.sizes[::-1], strict=True):
            least.append(np.vstack([demand[:1] * 0, below.cumsum(axis=0)]))
            level = demand[tree.members[start + 1 :][:size]]
            joint_of[start + 1 :][:size] = level[:, -1].cumsum()
            below = np.sort(np.concatenate([below, level]), axis=0)[:cardinality]
        least.reverse()
        return Floor(
            start=np.cumsum([0, *map(len, least)]),
            least=np.concatenate(least),
            joint=joint_of,
            joint_capacity=joint.capacity,
            joint_above=np.zeros_like(tree.sizes),
        )


@cache
def warm_up() -> None:
    """Compile the search, or load what was compiled, so that no run has to wait for it."""
    edge_node = SortedEdgeNode(
        requests=(0,),
        budget=(0,),
        uplink=(0,),
        downlink=(0,),
        memory=(0,),
        compute=(0,),
        uplink_capacity=0,
        downlink_capacity=0,
        memory_capacity=0,
        levels=(Level(0, 0),),
        level=(0,),
        cheapness=(0,),
    )
    candidates = Candidates(edge_node, Pruning.EXACT)
    candidates.restart(1)
    candidates.search((1, 1), None, 1)
    candidates.search((1, 1), candidates.floor(JointConstraint([0], 0)), 1)
