r"""The search tree of Algorithm 2 for one z and one d, and the walk through it.

Throughout, k = 1..N is a level and a depth of the tree, 0 the root's. A node v at depth k has
taken :math:`v_k` of the level's candidates :math:`F_{N_k}`, the cheapest ones, and leaves
:math:`z' = z - \sum_{l \le k} v_l` requests to the levels below.
"""

from __future__ import annotations

from enum import StrEnum
from itertools import accumulate
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

FOUND, EXHAUSTED, PAUSED = range(3)
"""How a walk ends: at a feasible leaf, with no node left, or after the visits it was granted."""


class Pruning(StrEnum):
    """Which nodes are cut off, with their lower siblings, because too few candidates are left."""

    EXACT = "exact"
    """Fewer candidates in the levels below than z': no leaf below can be complete."""
    LITERAL = "literal"
    """The text's: the level of the node itself counts too, though its pick is made."""
    PSEUDOCODE = "pseudocode"
    """Line 22 of Algorithm 2: at the last level only."""
    NONE = "none"
    """The benchmark of Table III."""

    def reach(self, sizes: Sequence[int]) -> list[int]:
        """Return the largest z' that a node at each depth may leave without being pruned.

        Parameters
        ----------
        sizes
            :math:`|F_{N_k}|` by depth, 0 at the root. Their sum d is at least z.
        """
        everyone = sum(sizes)
        below = [everyone - down_to for down_to in accumulate(sizes)]
        if self is Pruning.EXACT:
            return below  # Departures 15 and 16.
        if self is Pruning.LITERAL:
            return [size + rest for size, rest in zip(sizes, below, strict=True)]
        if self is Pruning.PSEUDOCODE:
            return [everyone] * (len(sizes) - 1) + [0]
        return [everyone] * len(sizes)


class Tree(NamedTuple):
    """The tree of one z and one d. Lists by depth have an empty level for the root.

    Constraints are, in this order, (15b) uplink, (15c) downlink, (15d) memory, (15e) compute and
    the joint constraint, a weighted sum of them that serves as a bound.
    """

    sizes: list[int]
    r""":math:`|F_{N_k}|`, by k."""
    demand: tuple[list[list[int]], ...]
    """For each constraint, what the u cheapest of level k ask for together, by k and u."""
    capacity: tuple[int, ...]
    """Right side of each constraint, that of (15e) the budget of the d-th request."""
    reach: list[int]
    """The largest z' that a node may leave without being pruned, by k."""
    floor: tuple[list[list[int]], ...]
    """For each constraint, the least that r requests of the levels below k ask for, by k and r.
    Empty, if nodes are to be visited whether or not that fits.
    """


class Path(NamedTuple):
    """Where a walk stands. Lists are by depth and valid down to the current node."""

    pick: list[int]
    """:math:`v_k`."""
    left: list[int]
    """z' before the pick of depth k, which is that of the parent."""
    above: tuple[list[int], ...]
    """For each constraint, what the picks above depth k ask for."""

    @classmethod
    def to_root(cls, tree: Tree, cardinality: int) -> Path:
        """Return the path to the root of a tree for z requests."""
        size = len(tree.sizes)
        return cls([0] * size, [cardinality] * size, tuple([0] * size for _ in tree.demand))

    def counts(self, depth: int) -> tuple[int, ...]:
        """Return how many of each level a path that ends at this depth picks."""
        below = len(self.pick) - 1 - depth
        return (*self.pick[1 : depth + 1], *(0 for _ in range(below)))


def walk(tree: Tree, path: Path, depth: int, max_visits: int) -> tuple[int, int, int]:
    """Visit nodes depth first, the largest index first, from the one that the path ends at.

    Parameters
    ----------
    tree
        The tree to search.
    path
        Where to go on; changed in place.
    depth
        Depth of the node to visit first.
    max_visits
        After so many visits the walk pauses.

    Returns
    -------
    outcome
        FOUND: the path ends at the first feasible leaf. EXHAUSTED: there is none. PAUSED: the
        path ends at the node to visit next.
    depth
        Depth of the node that the path ends at.
    visits
        Number of nodes visited, the root and pruned ones among them.
    """
    sizes, reach, floor = tree.sizes, tree.reach, tree.floor
    uplink_of, downlink_of, memory_of, compute_of, joint_of = tree.demand
    uplink_most, downlink_most, memory_most, compute_most, joint_most = tree.capacity
    pick, left, (uplink_above, downlink_above, memory_above, compute_above, joint_above) = path
    last = len(sizes) - 1
    visits = 0
    while visits < max_visits:
        visits += 1  # Lines 11 and 12.
        picked = pick[depth]
        remaining = left[depth] - picked
        if remaining > reach[depth]:  # Lines 21 and 22.
            pick[depth] = 0
        elif remaining == 0 or depth < last:
            uplink = uplink_above[depth] + uplink_of[depth][picked]
            downlink = downlink_above[depth] + downlink_of[depth][picked]
            memory = memory_above[depth] + memory_of[depth][picked]
            compute = compute_above[depth] + compute_of[depth][picked]
            joint = joint_above[depth] + joint_of[depth][picked]
            if remaining == 0:  # Line 13. Departure 12.
                if (
                    uplink <= uplink_most
                    and downlink <= downlink_most
                    and memory <= memory_most
                    and compute <= compute_most
                ):
                    return FOUND, depth, visits  # Lines 14-16.
            elif not floor or (
                remaining < len(floor[0][depth])
                and uplink + floor[0][depth][remaining] <= uplink_most
                and downlink + floor[1][depth][remaining] <= downlink_most
                and memory + floor[2][depth][remaining] <= memory_most
                and compute + floor[3][depth][remaining] <= compute_most
                and joint + floor[4][depth][remaining] <= joint_most
            ):
                depth += 1  # Lines 25, 32 and 33.
                pick[depth] = min(remaining, sizes[depth])
                left[depth] = remaining
                uplink_above[depth] = uplink
                downlink_above[depth] = downlink
                memory_above[depth] = memory
                compute_above[depth] = compute
                joint_above[depth] = joint
                continue
        # Lines 17-20, 23, 24 and 26-31: on to the largest unvisited sibling, that of this node or
        # of the nearest one above that has any. Departures 13 and 14.
        while pick[depth] == 0:
            if depth == 0:
                return EXHAUSTED, depth, visits
            depth -= 1
        pick[depth] -= 1
    return PAUSED, depth, visits
