r"""The search trees of Algorithm 2 at one edge node, and the walk through them, compiled.

Throughout, k = 1..N is a level and a depth of the tree, 0 the root's. A node v at depth k has
taken :math:`v_k` of the level's candidates :math:`F_{N_k}`, the cheapest ones, and leaves
:math:`z' = z - \sum_{l \le k} v_l` requests to the levels below.

All state is in arrays that are made once and changed in place, so a search can be left after any
visit and taken up again. Constraints are numbered (15b) uplink, (15c) downlink, (15d) memory and
(15e) compute. Sums are of 64 bits: those of a row of `Coefficients` fit 62.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from heuristics.compiled import compiled, inner

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from heuristics.coefficients import IntArray
    from heuristics.tree_search.sorted_edge_node import SortedEdgeNode

FOUND, EXHAUSTED, PAUSED = range(3)
"""Outcome of a search: at a feasible leaf, with no node left, or paused for the caller."""

UPLINK, DOWNLINK, MEMORY, COMPUTE = range(4)
NUM_CONSTRAINTS = 4

DEPTH, NUM_CANDIDATES, NUM_VISITS = range(3)
"""Entries of `Path.at`: depth of the node to visit next, -1 before the root of a tree is set;
number of candidates, d; and number of nodes visited in all."""

_MOST_MOVES = 1 << 20
"""Maximum number of moves of candidates before the search pauses: some milliseconds."""


class Pruning(StrEnum):
    """Rule that cuts off nodes, with their lower siblings, because too few candidates are left."""

    EXACT = "exact"
    """Fewer candidates in the levels below than z': no leaf below can be complete."""
    LITERAL = "literal"
    """The paper's text: the level of the node itself counts too, although its pick is made."""
    PSEUDOCODE = "pseudocode"
    """Line 22 of Algorithm 2: at the last level only."""
    NONE = "none"
    """The benchmark of Table III."""

    @property
    def rule(self) -> int:
        """Number of the rule in the compiled search."""
        return list(Pruning).index(self)


_EXACT, _LITERAL, _PSEUDOCODE, _NONE = (pruning.rule for pruning in Pruning)


class TreeRequests(NamedTuple):
    """The requests of an edge node in latency order; they become candidates in this order."""

    level: IntArray
    """Level of each, 1..N, shape (I,)."""
    cheapness: IntArray
    """Rank of each among all, 0 the cheapest, shape (I,)."""
    demand: IntArray
    """Demand of each request for each constraint, shape (I, 4)."""
    budget: IntArray
    r""":math:`\tilde\tau_i`, shape (I,)."""

    @classmethod
    def of(cls, edge_node: SortedEdgeNode) -> TreeRequests:
        """Return the requests of an edge node."""
        demand = (edge_node.uplink, edge_node.downlink, edge_node.memory, edge_node.compute)
        return cls(
            level=_integers(edge_node.level) + 1,
            cheapness=_integers(edge_node.cheapness),
            demand=np.ascontiguousarray(_integers(demand).T),
            budget=_integers(edge_node.budget),
        )


class Tree(NamedTuple):
    """The tree of one z and one d. It is changed in place to the tree of the next d.

    Levels lie one after the other in rows: row ``start[k] + u`` is of the u cheapest of level k.
    """

    sizes: IntArray
    r""":math:`|F_{N_k}|` by k, 0 for the root, shape (N + 1,)."""
    start: IntArray
    """Row of each level's u = 0, shape (N + 1,)."""
    members: IntArray
    """The u-th cheapest candidate of the level, u >= 1, shape (rows,)."""
    demand: IntArray
    """Total demand of the u cheapest candidates of the level, shape (rows, 4)."""
    capacity: IntArray
    """Right side of each constraint, that of (15e) the budget of the d-th request, shape (4,)."""
    reach: IntArray
    """The largest z' that a node of each depth may leave without being pruned, shape (N + 1,)."""

    @classmethod
    def of(cls, edge_node: SortedEdgeNode) -> Tree:
        """Return a tree without candidates, with room for all requests of an edge node."""
        most = np.bincount(_integers(edge_node.level), minlength=len(edge_node.levels))
        *start, num_rows = np.cumsum([0, 1, *(most + 1)]).tolist()
        capacity = (
            edge_node.uplink_capacity,
            edge_node.downlink_capacity,
            edge_node.memory_capacity,
            0,
        )
        return cls(
            sizes=_zeros(len(start)),
            start=_integers(start),
            members=_zeros(num_rows),
            demand=_zeros(num_rows, NUM_CONSTRAINTS),
            capacity=_integers(capacity),
            reach=_zeros(len(start)),
        )


class Floor(NamedTuple):
    """Least demand of the levels below a node. A node is cut off where this does not fit.

    The floor has one more constraint, the joint one, a weighted sum of the others. Row
    ``start[k] + r`` is of r requests of the levels below k.
    """

    start: IntArray
    """Row of r = 0 by depth k, and the end, shape (N + 2,)."""
    least: IntArray
    """Least demand of r of the candidates below for each constraint, shape (rows, 5)."""
    joint: IntArray
    """Demand of the u cheapest for the joint constraint; rows as in `Tree`."""
    joint_capacity: int
    joint_above: IntArray
    """As `Path.above`, of the joint constraint, shape (N + 1,)."""


class Path(NamedTuple):
    """State of a search. All arrays but ``at`` are by depth and valid down to the node's depth."""

    pick: IntArray
    """:math:`v_k`, shape (N + 1,)."""
    left: IntArray
    """z' before the pick of depth k, which is that of the parent; z at the root."""
    above: IntArray
    """Demand of the picks above depth k for each constraint, shape (N + 1, 4)."""
    at: IntArray
    """Depth, number of candidates, and number of nodes visited, shape (3,)."""

    @classmethod
    def of(cls, edge_node: SortedEdgeNode) -> Path:
        """Return a path for the trees of an edge node."""
        size = len(edge_node.levels) + 1
        return cls(_zeros(size), _zeros(size), _zeros(size, NUM_CONSTRAINTS), _zeros(3))


def _integers(values: ArrayLike) -> IntArray:
    return np.array(values, dtype=np.int64)


def _zeros(*shape: int) -> IntArray:
    return np.zeros(shape, dtype=np.int64)


@compiled
def search(
    requests: TreeRequests,
    tree: Tree,
    path: Path,
    floor: Floor | None,
    rule: int,
    depths: tuple[int, int],
    max_visits: int,
) -> int:
    """Search the trees of z for one d after the other, up to the first feasible leaf.

    Parameters
    ----------
    requests
        Requests that become candidates, in this order.
    tree, path
        State of the search, changed in place. The first tree of a z starts without candidates.
    floor
        Least demand of the levels below each node, for cutting nodes off; None for no such cuts.
    rule
        Number of the `Pruning`.
    depths
        First and last d.
    max_visits
        Maximum number of visits before the search pauses; it may pause earlier.

    Returns
    -------
    int
        FOUND: the path ends at the first feasible leaf. EXHAUSTED: no leaf is feasible. PAUSED:
        the next call continues.
    """
    at = path.at
    end = at[NUM_VISITS] + max_visits
    num_moves = 0
    while True:  # Line 4. Departure 10.
        if at[DEPTH] < 0:
            if at[NUM_CANDIDATES] == depths[1]:
                return EXHAUSTED
            if num_moves > _MOST_MOVES:
                return PAUSED
            num_moves += _add_candidate(requests, tree, at[NUM_CANDIDATES])  # Line 5. Departure 11.
            at[NUM_CANDIDATES] += 1
            if at[NUM_CANDIDATES] < depths[0]:
                continue
            tree.capacity[COMPUTE] = requests.budget[at[NUM_CANDIDATES] - 1]  # Line 6.
            set_reach(tree, rule)
            num_moves += tree.sizes.size
            at[DEPTH] = path.pick[0] = 0  # Line 7.
        if at[NUM_VISITS] == end:
            return PAUSED
        outcome = walk(tree, path, floor, end - at[NUM_VISITS])  # Line 8.
        if outcome != EXHAUSTED:
            return outcome
        at[DEPTH] = -1


@inner
def _add_candidate(requests: TreeRequests, tree: Tree, request: int) -> int:
    """Add a request to the candidates; return the number of changed rows."""
    demand, members = tree.demand, tree.members
    level = requests.level[request]
    first = tree.start[level]
    tree.sizes[level] += 1
    row = last = int(first + tree.sizes[level])
    while True:
        for each in range(NUM_CONSTRAINTS):
            demand[row, each] = demand[row - 1, each] + requests.demand[request, each]
        dearer = members[row - 1]
        if row - 1 == first or requests.cheapness[dearer] < requests.cheapness[request]:
            members[row] = request
            return last - row + 1
        members[row] = dearer
        row -= 1


@inner
def set_reach(tree: Tree, rule: int) -> None:
    """Set the largest z' that a node at each depth may leave without being pruned."""
    sizes, reach = tree.sizes, tree.reach
    everyone = below = sizes.sum()  # At least z.
    for depth in range(sizes.size):
        below -= sizes[depth]
        if rule == _EXACT:
            reach[depth] = below  # Departures 15 and 16.
        elif rule == _LITERAL:
            reach[depth] = sizes[depth] + below
        elif rule == _PSEUDOCODE and depth == sizes.size - 1:
            reach[depth] = 0
        else:
            reach[depth] = everyone


@inner
def walk(tree: Tree, path: Path, floor: Floor | None, max_visits: int) -> int:
    """Visit nodes depth first, the largest index first, from the one that the path ends at.

    Parameters
    ----------
    tree
        The tree to search.
    path
        State of the walk, changed in place.
    floor
        Least demand of the levels below each node, for cutting nodes off; None for no such cuts.
    max_visits
        Maximum number of visits before the walk pauses.

    Returns
    -------
    int
        FOUND: the path ends at the first feasible leaf. EXHAUSTED: no leaf is feasible. PAUSED:
        the path ends at the node to visit next.

    Notes
    -----
    Every node is visited, the root and pruned ones too, and its z' looked at. Most are at depth
    N, where siblings follow each other without a step up or down: some 10^9 nodes a second, and
    10^8 where the exact rule leaves only nodes that matter.
    """
    sizes, start, _, demand, _, reach = tree
    pick, left, above, at = path
    depth, last = at[DEPTH], sizes.size - 1
    outcome, visits = PAUSED, 0
    while visits < max_visits:  # Lines 11 and 12.
        visits += 1
        picked = pick[depth]
        remaining = left[depth] - picked
        if depth == last:
            # The leaf is judged inside this loop, where its place in the order is; a compiler
            # could replace a loop that only counts by a formula.
            lowest = max(picked - (max_visits - visits), 0)
            while remaining <= reach[last] and picked > lowest:
                if remaining == 0 and _fits(tree, path, last, picked):
                    break
                visits += 1
                picked -= 1
                remaining += 1
            pick[last] = picked
        if remaining > reach[depth]:  # Lines 21 and 22.
            pick[depth] = 0
        elif remaining == 0:  # Line 13. Departure 12.
            if _fits(tree, path, depth, picked):
                outcome = FOUND  # Lines 14-16.
                break
        elif depth < last:
            left[depth + 1] = remaining
            for each in range(NUM_CONSTRAINTS):
                above[depth + 1, each] = above[depth, each] + demand[start[depth] + picked, each]
            if floor is None or _may_fit_below(floor, tree, path, depth):
                depth += 1  # Lines 25, 32 and 33.
                pick[depth] = min(remaining, sizes[depth])
                continue
        # Lines 17-20, 23, 24 and 26-31: on to the largest unvisited sibling, that of this node or
        # of the nearest one above that has any. Departures 13 and 14.
        while pick[depth] == 0 and depth > 0:
            depth -= 1
        if depth == 0:
            outcome = EXHAUSTED
            break
        pick[depth] -= 1
    at[DEPTH] = depth
    at[NUM_VISITS] += visits
    return outcome


@inner
def _fits(tree: Tree, path: Path, depth: int, picked: int) -> bool:
    """Return True if the demand of a node's path keeps the constraints, line 15."""
    row = tree.start[depth] + picked
    for each in range(NUM_CONSTRAINTS):
        if path.above[depth, each] + tree.demand[row, each] > tree.capacity[each]:
            return False
    return True


@inner
def _may_fit_below(floor: Floor, tree: Tree, path: Path, depth: int) -> bool:
    """Return True if a node's path plus the least demand below it keeps the constraints."""
    remaining = path.left[depth + 1]
    row = floor.start[depth] + remaining
    if row >= floor.start[depth + 1]:
        return False
    joint = floor.joint_above[depth] + floor.joint[tree.start[depth] + path.pick[depth]]
    floor.joint_above[depth + 1] = joint
    for each in range(NUM_CONSTRAINTS):
        if path.above[depth + 1, each] + floor.least[row, each] > tree.capacity[each]:
            return False
    return bool(joint + floor.least[row, NUM_CONSTRAINTS] <= floor.joint_capacity)
