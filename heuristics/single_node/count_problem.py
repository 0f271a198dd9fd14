r"""Count problem: find counts of requests of each level of :math:`F_d` that sum to z and fit.

Only the number of requests of each level matters. Among all choices of u requests of a level, the
u of cheapest uplink have the least uplink, and all choices have the same other demands.
"""

from __future__ import annotations

from math import gcd
from typing import TYPE_CHECKING, NamedTuple

from heuristics.compiled import compiled, inner

if TYPE_CHECKING:
    from heuristics.coefficients import IntArray


class CountProblem(NamedTuple):
    """Find counts of sum z, each between 0 and its room, that fit the capacities.

    Resources are uplink, downlink, memory and compute, in this order. The last of the N + 1
    levels has no requests. A problem with lower bounds on the counts is stated for the counts
    beyond these bounds.
    """

    cardinality: int
    """z."""
    uplink_sum: IntArray
    """Uplink of the c cheapest of level k, up to a constant, at ``base[k] + c``."""
    base: IntArray
    """Shape (N + 1,)."""
    room: IntArray
    """Maximum number of requests of each level, shape (N + 1,)."""
    demand: IntArray
    """Downlink, memory and compute of one request of each level, shape (3, N + 1)."""
    capacity: IntArray
    """Shape (4,)."""


@compiled
def is_refuted(problem: CountProblem, uplink_step: int) -> bool:
    """Reduce rooms and capacities to the amounts z requests can use; return True if none fit.

    All uplinks differ by multiples of ``uplink_step``. The other demands of one resource differ
    by multiples of some step, too. The demand of z requests is z times the least demand plus a
    multiple of the step, and a capacity is rounded down to such a sum. O(N log n).
    """
    z, room, capacity = problem.cardinality, problem.room, problem.capacity
    if z < 0 or has_negative(capacity):
        return True
    for k in range(room.size):
        most = min(room[k], z)
        for resource in range(3):
            each = problem.demand[resource, k]
            if each > 0:
                most = min(most, capacity[resource + 1] // each)
        base, least = problem.base[k], 0
        while least < most:
            middle = (least + most + 1) // 2
            if problem.uplink_sum[base + middle] - problem.uplink_sum[base] <= capacity[0]:
                least = middle
            else:
                most = middle - 1
        room[k] = least
    if room.sum() < z:
        return True
    for resource in range(4):
        least, step = -1, uplink_step if resource == 0 else 0
        for k in range(room.size):
            if room[k] > 0:
                if resource == 0:
                    base = problem.base[k]
                    each = problem.uplink_sum[base + 1] - problem.uplink_sum[base]
                else:
                    each = problem.demand[resource - 1, k]
                    step = gcd(step, abs(each - least)) if least >= 0 else 0
                least = each if least < 0 else min(least, each)
        spare = capacity[resource] - z * max(least, 0)
        if spare < 0:
            return True
        capacity[resource] -= spare % step if step > 0 else spare
    return False


@compiled
def first_fits(problem: CountProblem, counts: IntArray) -> bool:
    """Return True if the first leaf of the search tree fits: the maximum of each level. O(N).

    Its counts are the lexicographically largest of all.
    """
    left = problem.cardinality
    capacity = problem.capacity.copy()
    for k in range(counts.size):
        count = min(left, problem.room[k])
        base = problem.base[k]
        counts[k] = count
        left -= count
        capacity[0] -= problem.uplink_sum[base + count] - problem.uplink_sum[base]
        for resource in range(3):
            capacity[resource + 1] -= count * problem.demand[resource, k]
    return left == 0 and not has_negative(capacity)


@inner
def has_negative(capacity: IntArray) -> bool:
    """Return True if a capacity is negative."""
    least = 0
    for each in capacity:
        least = min(least, each)
    return least < 0
