r"""Walk: the exact search for counts that fit, where the Lagrangian bound does not refuse them.

With G = L(y) - z, a level that takes c requests instead of its best number loses

.. math:: R_k(c) = \max_{c'} (c' - y \cdot use_k(c')) - (c - y \cdot use_k(c)) \ge 0,

and counts of sum z that fit lose :math:`\sum_k R_k(u_k) = G - y \cdot (cap - use(u)) \le G`.
R_k is convex, so each level keeps a window around its best count, and usually a narrow one. The
walk goes depth first over all levels with a choice but two, in each outward from the best count,
and settles the last two in closed form: with their sum given, every constraint is linear or
convex in the count of the first.

The same identity says that nothing that fits leaves much of a resource with a price: the slacks
s_r of downlink, memory and compute have :math:`\sum_r y_r s_r \le G - \sum_k R_k(u_k)`. So the
sum of the counts and those of what they ask for are four equations, nearly. A combination of them
in which the levels below drop out leaves an interval for the count of a level, so the last levels
before the two, at most two themselves, have hardly a choice.

Losses are floats and G is raised by the guard (see `single_node_multipliers`), intervals are
widened by more than their rounding error; whether counts fit is told in integers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from heuristics.compiled import compiled

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from heuristics.single_node_question import Question
    from heuristics.system_models.coefficients import IntArray

    FloatArray = NDArray[np.float64]

FOUND, EXHAUSTED, PAUSED = range(3)
"""How a walk ends: at counts that fit, with none left, or after the visits it was granted."""


class Walk(NamedTuple):
    """Where a walk stands. Levels with a choice are visited by depth; N is a level without any."""

    low: IntArray
    """Least count in each window, shape (N + 1,)."""
    high: IntArray
    """Largest count in each window, shape (N + 1,)."""
    best: IntArray
    """The count in each window that loses least, shape (N + 1,)."""
    net: FloatArray
    """Gain of a request without its uplink, by level, shape (N + 1,)."""
    peak: FloatArray
    """Gain of the best count of each level, shape (N + 1,)."""
    order: IntArray
    """Level at each depth 0..D, and the one that is settled together with the last."""
    equation: FloatArray
    """For the level at depth D - 1 - e, combination e: factors of the number of requests and of
    the downlink, memory and compute in units of their price, shape (2, 4)."""
    num_equations: IntArray
    """How many there are, shape (1,)."""
    price: FloatArray
    """y of downlink, memory and compute, shape (3,)."""
    least: IntArray
    """Least count in question, by depth, shape (D + 1,)."""
    largest: IntArray
    """Largest count in question, by depth, shape (D + 1,)."""
    below: IntArray
    """Next count at or below the best one, by depth, shape (D + 1,)."""
    above: IntArray
    """Next count above, by depth, shape (D + 1,)."""
    left: IntArray
    """Requests to take from this depth on, beyond the least counts, shape (D + 1,)."""
    spare: IntArray
    """What the capacities leave for them, shape (D + 1, 4)."""
    loss: FloatArray
    """What the levels above this depth may still lose, shape (D + 1,)."""
    most: IntArray
    """Most requests that the windows from this depth on have beyond their least, (D + 1,)."""
    cheapest: IntArray
    """The least downlink, memory and compute that one of them asks for, shape (D + 1, 3)."""
    counts: IntArray
    """The count of every level, shape (N + 1,)."""
    depth: IntArray
    """Depth to go on at, shape (1,)."""

    @classmethod
    def begin(cls, question: Question, multipliers: FloatArray, loss: float) -> Walk:
        """Return the walk through all counts of sum z that may lose so much, G and the guard.

        It visits levels with few choices first; the two with the most come last.
        """
        num_levels = question.room.size - 1
        low, high, best = (np.empty(num_levels + 1, dtype=np.int64) for _ in range(3))
        net, peak = np.empty(num_levels + 1), np.empty(num_levels + 1)
        open_windows(question, multipliers, loss, low, high, best, net, peak)
        order, equation, num_equations = arrange(question, multipliers, low, high)
        depths = order.size - 1

        def integers(*shape: int) -> IntArray:
            return np.zeros(shape, dtype=np.int64)

        walk = cls(
            **{"low": low, "high": high, "best": best, "net": net, "peak": peak, "order": order},
            equation=equation,
            num_equations=num_equations,
            price=multipliers[1:].copy(),
            **{name: integers(depths) for name in ("below", "above", "least", "largest")},
            **{name: integers(depths) for name in ("left", "most")},
            spare=integers(depths, 4),
            loss=np.full(depths, loss),
            cheapest=integers(depths, 3),
            counts=low.copy(),
            depth=integers(1),
        )
        lay_out(question, walk)
        return walk


@compiled
def open_windows(
    question: Question,
    multipliers: FloatArray,
    loss: float,
    low: IntArray,
    high: IntArray,
    best: IntArray,
    net: FloatArray,
    peak: FloatArray,
) -> None:
    """Find the counts of each level that lose no more than allowed. O(N log n)."""
    y0, y1, y2, y3 = multipliers
    demand, uplink_sum = question.demand, question.uplink_sum
    for k in range(low.size):
        base, room = question.base[k], question.room[k]
        gain = 1.0 - (y1 * demand[0, k] + y2 * demand[1, k] + y3 * demand[2, k])
        first, last = 0, room
        while first < last:  # The most requests of which each still gains.
            middle = (first + last) // 2
            uplink = uplink_sum[base + middle + 1] - uplink_sum[base + middle]
            if y0 * uplink <= gain:
                first = middle + 1
            else:
                last = middle
        net[k], best[k] = gain, first
        peak[k] = first * gain - y0 * (uplink_sum[base + first] - uplink_sum[base])
        last = room
        while first < last:
            middle = (first + last + 1) // 2
            here = middle * gain - y0 * (uplink_sum[base + middle] - uplink_sum[base])
            if peak[k] - here <= loss:
                first = middle
            else:
                last = middle - 1
        high[k] = first
        first, last = 0, best[k]
        while first < last:
            middle = (first + last) // 2
            here = middle * gain - y0 * (uplink_sum[base + middle] - uplink_sum[base])
            if peak[k] - here <= loss:
                last = middle
            else:
                first = middle + 1
        low[k] = first


@compiled
def arrange(
    question: Question, multipliers: FloatArray, low: IntArray, high: IntArray
) -> tuple[IntArray, FloatArray, IntArray]:
    """Order the levels with a choice, and find the combinations that leave one level alone.

    The widest windows come last, as far as what a request of these levels counts and asks for,
    (1, y_1 e, y_2 m, y_3 c), are independent: the part of one that is orthogonal to those after
    it is the combination in which they drop out.
    """
    num_levels = low.size - 1
    width = high - low
    by_width = np.argsort(width[:num_levels], kind="mergesort")
    last = np.full(4, num_levels)
    is_last = np.zeros(num_levels + 1, dtype=np.bool_)
    direction = np.zeros((4, 4))
    equation = np.zeros((2, 4))
    rank = 0
    request = np.ones(4)
    for place in range(num_levels - 1, -1, -1):
        k = by_width[place]
        if rank == 4 or width[k] == 0:
            break
        for resource in range(3):
            request[resource + 1] = multipliers[resource + 1] * question.demand[resource, k]
        rest = request.copy()
        for _ in range(2):  # Twice is enough for orthogonality in floats.
            for other in range(rank):
                rest -= (direction[other] * rest).sum() * direction[other]
        square = (rest * rest).sum()
        if square > 1e-8 * (request * request).sum():
            direction[rank] = rest / np.sqrt(square)
            if rank >= 2:
                equation[rank - 2] = rest / (rest * request).sum()
            last[rank] = k
            is_last[k] = True
            rank += 1
    for place in range(num_levels - 1, -1, -1):  # The two to settle need no independence.
        k = by_width[place]
        if rank < 2 and not is_last[k]:
            last[rank] = k
            is_last[k] = True
            rank += 1
    rank = max(rank, 2)
    order = np.empty(num_levels + 2, dtype=np.int64)
    size = 0
    for k in by_width:
        if width[k] > 0 and not is_last[k]:
            order[size] = k
            size += 1
    for each in range(rank - 1, -1, -1):
        order[size] = last[each]
        size += 1
    return order[:size], equation, np.array([rank - 2])


@compiled
def lay_out(question: Question, walk: Walk) -> None:
    """Take the least counts off the capacities, and sum up what is below each depth."""
    order, demand = walk.order, question.demand
    walk.left[0] = question.cardinality - walk.low.sum()
    walk.spare[0] = question.capacity
    for k in range(walk.low.size):
        base, count = question.base[k], walk.low[k]
        walk.spare[0, 0] -= question.uplink_sum[base + count] - question.uplink_sum[base]
        for resource in range(3):
            walk.spare[0, resource + 1] -= count * demand[resource, k]
    most = 0
    cheapest = np.zeros(3, dtype=np.int64)
    for place in range(order.size - 1, -1, -1):
        k = order[place]
        if walk.high[k] > walk.low[k]:
            for resource in range(3):
                if most == 0 or demand[resource, k] < cheapest[resource]:
                    cheapest[resource] = demand[resource, k]
            most += walk.high[k] - walk.low[k]
        if place < walk.most.size:
            walk.most[place] = most
            walk.cheapest[place] = cheapest
    enter(walk, 0)


@compiled
def enter(walk: Walk, depth: int) -> None:
    """Find which counts are in question for the level at a depth, before the first is taken."""
    k = walk.order[depth]
    low, high = walk.low[k], walk.high[k]
    row = walk.most.size - 2 - depth
    if 0 <= row < walk.num_equations[0]:
        factor = walk.equation[row]
        more = factor[0] * walk.left[depth]
        size = abs(more)
        least, largest = 0.0, 0.0
        for resource in range(1, 4):
            if walk.price[resource - 1] > 0.0:
                part = factor[resource] * walk.price[resource - 1] * walk.spare[depth, resource]
                more += part
                size += abs(part)
                least = min(least, -factor[resource])
                largest = max(largest, -factor[resource])
        error = 1e-9 + 2.0**-44 * size
        low += max(np.int64(np.ceil(more + least * walk.loss[depth] - error)), 0)
        high = min(high, walk.low[k] + np.int64(np.floor(more + largest * walk.loss[depth] + error)))
    walk.least[depth], walk.largest[depth] = low, high
    walk.below[depth] = min(walk.best[k], high)
    walk.above[depth] = max(walk.best[k] + 1, low)


@compiled
def can_complete(walk: Walk, depth: int) -> bool:
    """Whether the windows from this depth on may hold what is left, one resource at a time."""
    left = walk.left[depth]
    if not 0 <= left <= walk.most[depth] or walk.spare[depth, 0] < 0:
        return False
    for resource in range(3):
        if left * walk.cheapest[depth, resource] > walk.spare[depth, resource + 1]:
            return False
    return True


@compiled
def settle(question: Question, walk: Walk) -> bool:
    """Settle the last two levels, or say that nothing fits. O(log n).

    With the sum of the two counts given, downlink, memory and compute are linear in the first,
    which leaves an interval; the uplink is convex in it, so its least is one binary search.
    """
    depth = walk.most.size - 1
    first, second = walk.order[depth], walk.order[depth + 1]
    left = walk.left[depth]
    low = max(0, left - (walk.high[second] - walk.low[second]))
    high = min(left, walk.high[first] - walk.low[first])
    if low > high:
        return False
    fewest = low
    for resource in range(3):
        one, other = question.demand[resource, first], question.demand[resource, second]
        spare = walk.spare[depth, resource + 1] - fewest * one - (left - fewest) * other
        if one > other:
            high = min(high, fewest + spare // (one - other))
        elif one < other:
            low = max(low, fewest - spare // (other - one))
        elif spare < 0:
            return False
    if low > high:
        return False
    uplink_sum = question.uplink_sum
    here = question.base[first] + walk.low[first]
    there = question.base[second] + walk.low[second]
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
    walk.counts[first] = walk.low[first] + low
    walk.counts[second] = walk.low[second] + left - low
    return uplink <= walk.spare[depth, 0]


@compiled
def next_count(question: Question, walk: Walk, y0: float, depth: int) -> int:
    """Return the count of least loss not yet visited at a depth, or -1 if all lose too much."""
    k = walk.order[depth]
    base = question.base[k]
    choice, least = -1, walk.loss[depth]
    for count in (walk.below[depth], walk.above[depth]):
        if walk.least[depth] <= count <= walk.largest[depth]:
            uplink = question.uplink_sum[base + count] - question.uplink_sum[base]
            loss = walk.peak[k] - (count * walk.net[k] - y0 * uplink)
            if loss <= least:
                choice, least = count, loss
    if choice == walk.below[depth]:
        walk.below[depth] -= 1
    elif choice >= 0:
        walk.above[depth] += 1
    if choice >= 0 and depth + 1 < walk.loss.size:
        walk.loss[depth + 1] = walk.loss[depth] - least
    return choice


@compiled
def take(question: Question, walk: Walk, depth: int, count: int) -> None:
    """Give the level at a depth its count, and what is left to the next depth."""
    k = walk.order[depth]
    walk.counts[k] = count
    more = count - walk.low[k]
    walk.left[depth + 1] = walk.left[depth] - more
    base = question.base[k]
    uplink = question.uplink_sum[base + count] - question.uplink_sum[base + walk.low[k]]
    walk.spare[depth + 1, 0] = walk.spare[depth, 0] - uplink
    for resource in range(3):
        used = more * question.demand[resource, k]
        walk.spare[depth + 1, resource + 1] = walk.spare[depth, resource + 1] - used


@compiled
def go_on(question: Question, walk: Walk, y0: float, max_visits: int) -> tuple[int, int]:
    """Walk on for some visits.

    Parameters
    ----------
    question
        What the counts must fit.
    walk
        Where to go on; changed in place.
    y0
        The multiplier of the uplink.
    max_visits
        After so many visits the walk pauses.

    Returns
    -------
    outcome
        FOUND: ``walk.counts`` fit. EXHAUSTED: no counts do. PAUSED: there is more to visit.
    visits
        Number of count vectors, whole or in part, that were looked at.
    """
    last = walk.most.size - 1
    depth = walk.depth[0]
    for visit in range(max_visits):
        if depth < 0:
            return EXHAUSTED, visit
        if depth == last:
            if can_complete(walk, depth) and settle(question, walk):
                return FOUND, visit + 1
            depth -= 1
            continue
        count = next_count(question, walk, y0, depth)
        if count < 0:
            depth -= 1
            continue
        take(question, walk, depth, count)
        if can_complete(walk, depth + 1):
            depth += 1
            enter(walk, depth)
    walk.depth[0] = depth
    return PAUSED, max_visits
