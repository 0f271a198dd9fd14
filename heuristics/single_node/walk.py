r"""Walk: the exact search for counts that fit, level by level.

The walk goes depth first over all levels with a choice except two. At each level it starts from
the best count and moves outward within the loss (see `count_windows`). It solves the last two
levels in closed form: with their sum given, every constraint is linear or convex in the count of
the first. Integers decide whether counts fit.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from heuristics.compiled import compiled, inner

if TYPE_CHECKING:
    from heuristics.coefficients import IntArray
    from heuristics.single_node.count_problem import CountProblem
    from heuristics.single_node.count_windows import CountWindows, FloatArray

FOUND, EXHAUSTED, PAUSED = range(3)
"""Outcome of a walk: at counts that fit, with no counts left, or at the limit on visits."""


class Walk(NamedTuple):
    """State of a walk. Levels with a choice are visited by depth, the widest two last."""

    order: IntArray
    """Level at each depth 0..D, then the level that is solved together with the last."""
    below: IntArray
    """Next count at or below the best one, by depth, shape (D + 1,)."""
    above: IntArray
    """Next count above, by depth, shape (D + 1,)."""
    left: IntArray
    """Requests to take from this depth on, beyond the least counts, shape (D + 1,)."""
    spare: IntArray
    """Capacities left for these requests, shape (D + 1, 4)."""
    loss: FloatArray
    """Maximum loss of the levels from this depth on, shape (D + 1,)."""
    most: IntArray
    """Maximum of the requests to take within the windows from this depth on, shape (D + 1,)."""
    cheapest: IntArray
    """Least downlink, memory and compute of one request at these levels, shape (D + 1, 3)."""
    counts: IntArray
    """The count of every level, shape (N + 1,)."""
    depth: IntArray
    """Depth at which the walk continues, shape (1,)."""

    @classmethod
    def begin(cls, problem: CountProblem, windows: CountWindows, loss: float) -> Walk:
        """Return the walk through all counts of sum z in these windows within a loss."""
        num_levels = problem.room.size - 1
        by_width = np.argsort((windows.high - windows.low)[:num_levels], kind="stable")
        choices = by_width[num_levels - windows.num_choices : -2]
        order = np.concatenate([choices, by_width[-2:], [num_levels]])
        depths = max(order.size - 2, 1)

        def integers(*shape: int) -> IntArray:
            return np.zeros(shape, dtype=np.int64)

        walk = cls(
            order=order[: depths + 1],
            **{name: integers(depths) for name in ("below", "above", "left", "most")},
            spare=integers(depths, 4),
            loss=np.full(depths, loss),
            cheapest=integers(depths, 3),
            counts=windows.low.copy(),
            depth=integers(1),
        )
        lay_out(problem, windows, walk)
        return walk


@compiled
def lay_out(problem: CountProblem, windows: CountWindows, walk: Walk) -> None:
    """Subtract the least counts from the capacities, and sum up the levels below each depth."""
    order, demand = walk.order, problem.demand
    walk.left[0] = problem.cardinality - windows.low.sum()
    walk.spare[0] = problem.capacity
    for k in range(windows.low.size):
        base, count = problem.base[k], windows.low[k]
        walk.spare[0, 0] -= problem.uplink_sum[base + count] - problem.uplink_sum[base]
        for resource in range(3):
            walk.spare[0, resource + 1] -= count * demand[resource, k]
    most = 0
    cheapest = np.zeros(3, dtype=np.int64)
    for place in range(order.size - 1, -1, -1):
        k = order[place]
        if windows.high[k] > windows.low[k]:
            for resource in range(3):
                if most == 0 or demand[resource, k] < cheapest[resource]:
                    cheapest[resource] = demand[resource, k]
            most += windows.high[k] - windows.low[k]
        if place < walk.most.size:
            walk.most[place] = most
            walk.cheapest[place] = cheapest
    walk.below[0] = windows.best[order[0]]
    walk.above[0] = walk.below[0] + 1


@inner
def can_complete(walk: Walk, depth: int) -> bool:
    """Return True if the requests left may fit the windows below, one resource at a time."""
    left = walk.left[depth]
    if not 0 <= left <= walk.most[depth] or walk.spare[depth, 0] < 0:
        return False
    for resource in range(3):
        if left * walk.cheapest[depth, resource] > walk.spare[depth, resource + 1]:
            return False
    return True


@inner
def settle(problem: CountProblem, windows: CountWindows, walk: Walk) -> bool:
    """Find counts of the last two levels that fit; return False if none fit. O(log n).

    With the sum of the two counts given, downlink, memory and compute are linear in the first and
    leave an interval. The uplink is convex in it, so one binary search finds its minimum.
    """
    depth = walk.most.size - 1
    first, second = walk.order[depth], walk.order[depth + 1]
    left = walk.left[depth]
    low = max(0, left - (windows.high[second] - windows.low[second]))
    high = min(left, windows.high[first] - windows.low[first])
    if low > high:
        return False
    fewest = low
    for resource in range(3):
        one, other = problem.demand[resource, first], problem.demand[resource, second]
        spare = walk.spare[depth, resource + 1] - fewest * one - (left - fewest) * other
        if one > other:
            high = min(high, fewest + spare // (one - other))
        elif one < other:
            low = max(low, fewest - spare // (other - one))
        elif spare < 0:
            return False
    if low > high:
        return False
    uplink_sum = problem.uplink_sum
    here = problem.base[first] + windows.low[first]
    there = problem.base[second] + windows.low[second]
    while low < high:
        middle = (low + high) // 2
        more = uplink_sum[here + middle + 1] - uplink_sum[here + middle]
        less = uplink_sum[there + left - middle] - uplink_sum[there + left - middle - 1]
        if more < less:
            low = middle + 1
        else:
            high = middle
    uplink = uplink_sum[here + low] - uplink_sum[here]
    uplink += uplink_sum[there + left - low] - uplink_sum[there]
    walk.counts[first] = windows.low[first] + low
    walk.counts[second] = windows.low[second] + left - low
    return bool(uplink <= walk.spare[depth, 0])


@inner
def next_count(
    problem: CountProblem, windows: CountWindows, walk: Walk, y0: float, depth: int
) -> int:
    """Return the unvisited count of least loss at a depth, -1 if all exceed the loss."""
    k = walk.order[depth]
    base = problem.base[k]
    choice, least = -1, walk.loss[depth]
    for count in (walk.below[depth], walk.above[depth]):
        if windows.low[k] <= count <= windows.high[k]:
            uplink = problem.uplink_sum[base + count] - problem.uplink_sum[base]
            loss = windows.peak[k] - (count * windows.net[k] - y0 * uplink)
            if loss <= least:
                choice, least = count, loss
    if choice == walk.below[depth]:
        walk.below[depth] -= 1
    elif choice >= 0:
        walk.above[depth] += 1
    if choice >= 0 and depth + 1 < walk.loss.size:
        walk.loss[depth + 1] = walk.loss[depth] - least
    return choice


@inner
def take(problem: CountProblem, windows: CountWindows, walk: Walk, depth: int, count: int) -> None:
    """Set the count of the level at a depth, and pass the rest to the next depth."""
    k = walk.order[depth]
    walk.counts[k] = count
    more = count - windows.low[k]
    walk.left[depth + 1] = walk.left[depth] - more
    base = problem.base[k]
    uplink = problem.uplink_sum[base + count] - problem.uplink_sum[base + windows.low[k]]
    walk.spare[depth + 1, 0] = walk.spare[depth, 0] - uplink
    for resource in range(3):
        used = more * problem.demand[resource, k]
        walk.spare[depth + 1, resource + 1] = walk.spare[depth, resource + 1] - used


@compiled
def walk_on(
    problem: CountProblem, windows: CountWindows, walk: Walk, y0: float, max_visits: int
) -> tuple[int, int]:
    """Continue the walk for a number of visits.

    Parameters
    ----------
    problem, windows
        Capacities and windows that the counts must fit.
    walk
        State of the walk, changed in place.
    y0
        Multiplier of the uplink.
    max_visits
        Maximum number of visits before the walk pauses.

    Returns
    -------
    outcome
        FOUND: ``walk.counts`` fit. EXHAUSTED: no counts fit. PAUSED: unvisited counts are left.
    visits
        Number of count vectors visited, whole or in part.
    """
    last = walk.most.size - 1
    depth = walk.depth[0]
    for visit in range(max_visits):
        if depth < 0:
            return EXHAUSTED, visit
        if depth == last:
            if can_complete(walk, depth) and settle(problem, windows, walk):
                return FOUND, visit + 1
            depth -= 1
            continue
        count = next_count(problem, windows, walk, y0, depth)
        if count < 0:
            depth -= 1
            continue
        take(problem, windows, walk, depth, count)
        if can_complete(walk, depth + 1):
            depth += 1
            walk.below[depth] = windows.best[walk.order[depth]]
            walk.above[depth] = walk.below[depth] + 1
    walk.depth[0] = depth
    return PAUSED, max_visits
