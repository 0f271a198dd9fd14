r"""Cells: ranges of the batches of one edge node, their bounds, and how to halve them.

A cell allows the batches whose last request in latency order has a rank of d1..d2 and that have
:math:`l_k` to :math:`m_k` requests of each level k. At multipliers
:math:`y = (y_C, y_M, y_D) \ge 0` of compute, memory and level-based downlink no batch of it
yields more than

.. math:: y \cdot (b_{d1}, M, D)
          + \sum_k \max_{l_k \le c \le m_k} \bigl( P_k(c) - y \cdot a_k \, c \bigr)

with :math:`P_k(c)` the c largest profits of level k in F_d2, and a_k what a request of the level
demands. That is convex in y and linear in pieces, so each multiplier in turn is put where the
tangents of either side meet, until they meet on the curve. There the two tangents belong to two
vectors of counts, whose mixture uses the resource up: a count that is not whole there is one to
split. A split of ranks is placed where both halves gain alike: the lower loses requests, the
upper budget.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from heuristics.compiled import compiled

if TYPE_CHECKING:
    from formulations.decomposition.edge_nodes import FloatArray
    from heuristics.system_models.coefficients import IntArray

ROUNDS = 3
"""How often each multiplier is put right."""

TANGENTS = 60
"""The most tangents to one minimum."""

GAIN = 1e-9
"""The least by which a bound counts as better."""

WHOLE = 1e-7
"""What a count may be off a whole number."""

RANK = -1
"""In place of the level, of a split of ranks."""

NOTHING = -2
"""In place of the level, where nothing is left to split."""


class Pricing(NamedTuple):
    """One edge node with n requests at K levels, and the profits of its requests."""

    profit: FloatArray
    """In latency order, shape (n,)."""
    budget: FloatArray
    """Of each request in latency order, shape (n,)."""
    order: IntArray
    """Places in latency order by level, in each by profit descending, shape (n,)."""
    begin: IntArray
    """Where each level begins in ``order``, shape (K + 1,)."""
    demand: FloatArray
    """Compute, memory and level-based downlink of a request of each level, shape (3, K)."""
    capacity: FloatArray
    """Of memory and level-based downlink, at positions 1 and 2 of shape (3,)."""


class Cell(NamedTuple):
    """A range of batches."""

    first: int
    """d1, the least rank of the last request, from 1."""
    last: int
    """d2, the largest."""
    least: IntArray
    """Least count of each level, shape (K,)."""
    most: IntArray
    """Largest count of each level, shape (K,)."""


class Bounded(NamedTuple):
    """The bound of a cell and what lies behind it."""

    value: float
    """Minus infinity where the cell is empty."""
    multipliers: FloatArray
    """y, shape (3,)."""
    counts: FloatArray
    """Of each level at the bound, mixed of two vectors, shape (K,)."""


class Halving(NamedTuple):
    """The split of a cell."""

    level: int
    """The level, ``RANK`` or ``NOTHING``."""
    at: int
    """The largest count, or rank, of the lower half."""
    lower: Bounded
    upper: Bounded


@compiled
def gains(pricing: Pricing, cell: Cell, prefix: FloatArray, start: IntArray) -> bool:
    """Fill in P_k(c) for all counts of interest, level after level; say if the cell has any.

    Those of level k begin at ``start[k]``, with a 0 for none.
    """
    filled = 0
    for k in range(cell.least.size):
        start[k] = filled
        prefix[filled] = 0.0
        for at in range(pricing.begin[k], pricing.begin[k + 1]):
            place = pricing.order[at]
            count = filled - start[k]
            if count == cell.most[k] or (count >= cell.least[k] and pricing.profit[place] <= 0):
                break
            if place < cell.last:
                prefix[filled + 1] = prefix[filled] + pricing.profit[place]
                filled += 1
        if filled - start[k] < cell.least[k]:
            return False
        filled += 1
    start[cell.least.size] = filled
    return True


@compiled
def value(
    demand: FloatArray,
    capacity: FloatArray,
    least: IntArray,
    prefix: FloatArray,
    start: IntArray,
    y: FloatArray,
    r: int,
    counts: IntArray,
) -> tuple[float, float]:
    """Return the bound at multipliers and its slope in that of resource r; fill in the counts."""
    total = y[0] * capacity[0] + y[1] * capacity[1] + y[2] * capacity[2]
    slope = capacity[r]
    for k in range(least.size):
        price = y[0] * demand[0, k] + y[1] * demand[1, k] + y[2] * demand[2, k]
        low, high = least[k], start[k + 1] - start[k] - 1
        while low < high:
            middle = (low + high) // 2
            if prefix[start[k] + middle + 1] - prefix[start[k] + middle] > price:
                low = middle + 1
            else:
                high = middle
        counts[k] = low
        total += prefix[start[k] + low] - price * low
        slope -= demand[r, k] * low
    return total, slope


@compiled
def descend(
    demand: FloatArray,
    capacity: FloatArray,
    least: IntArray,
    prefix: FloatArray,
    start: IntArray,
    y: FloatArray,
    r: int,
    wanted: float,
    mixed: FloatArray,
) -> float:
    """Put the multiplier of resource r where the bound is least, or as low as wanted."""
    left, right = np.empty(least.size, np.int64), np.empty(least.size, np.int64)
    low, y[r] = 0.0, 0.0
    low_value, low_slope = value(demand, capacity, least, prefix, start, y, r, left)
    if low_slope >= 0:
        return low_value
    high = 0.0
    for k in range(least.size):
        if demand[r, k] > 0 and start[k] + least[k] + 1 < start[k + 1]:
            price = y[0] * demand[0, k] + y[1] * demand[1, k] + y[2] * demand[2, k]
            at = start[k] + least[k]
            high = max(high, (prefix[at + 1] - prefix[at] - price) / demand[r, k])
    high *= 1 + 1e-12
    y[r] = high
    high_value, high_slope = value(demand, capacity, least, prefix, start, y, r, right)
    if high_slope < 0:  # what is forced does not fit: there is no such batch
        y[r] = high + max(0.0, (high_value - wanted + 1) / -high_slope)
        return min(high_value, wanted - 1)
    counts = np.empty(least.size, np.int64)
    for _ in range(TANGENTS):
        y[r] = (high_value - low_value - high_slope * high + low_slope * low) / (
            low_slope - high_slope
        )
        if not low < y[r] < high:
            break
        tangent = low_value + low_slope * (y[r] - low)
        at_value, slope = value(demand, capacity, least, prefix, start, y, r, counts)
        if at_value <= tangent + 1e-13 * (1 + abs(at_value)):
            break
        if slope < 0:
            low, low_value, low_slope = y[r], at_value, slope
            left[:] = counts
        else:
            high, high_value, high_slope = y[r], at_value, slope
            right[:] = counts
    part = high_slope / (high_slope - low_slope)
    mixed[:] = part * left + (1 - part) * right
    y[r] = min(max(y[r], low), high)
    at_value, _ = value(demand, capacity, least, prefix, start, y, r, counts)
    if high_value < at_value:
        y[r], at_value = high, high_value
    return at_value


@compiled
def bound(pricing: Pricing, cell: Cell, wanted: float, near: FloatArray) -> Bounded:
    """Bound a cell, no lower than wanted, from multipliers that are near the best."""
    num_levels = cell.least.size
    y, mixed = near.copy(), np.zeros(num_levels)
    prefix, start = (
        np.empty(pricing.profit.size + num_levels + 1),
        np.empty(num_levels + 1, np.int64),
    )
    if not gains(pricing, cell, prefix, start):
        return Bounded(-np.inf, y, mixed)
    capacity = pricing.capacity.copy()
    capacity[0] = pricing.budget[cell.first - 1]
    counts = np.empty(num_levels, np.int64)
    total, _ = value(pricing.demand, capacity, cell.least, prefix, start, y, 0, counts)
    mixed[:] = counts
    for _ in range(ROUNDS):
        before = total
        for r in range(3):
            total = descend(
                pricing.demand, capacity, cell.least, prefix, start, y, r, wanted, mixed
            )
            if total <= wanted:
                return Bounded(total, y, mixed)
        if before - total < GAIN:
            break
    return Bounded(total, y, mixed)


@compiled
def best_rank(pricing: Pricing, cell: Cell, y: FloatArray) -> int:
    """Return the rank where both halves of a cell fall alike, at unchanged multipliers."""
    lost = np.zeros(cell.last + 1)  # by the lower half, if it ends before a place
    for k in range(cell.least.size):
        price = y[0] * pricing.demand[0, k] + y[1] * pricing.demand[1, k]
        price += y[2] * pricing.demand[2, k]
        for at in range(pricing.begin[k], pricing.begin[k + 1]):
            place = pricing.order[at]
            if place < cell.last and pricing.profit[place] > price:
                lost[place] = pricing.profit[place] - price
    low, high = cell.first, cell.last - 1
    removed = 0.0
    best, rank = -1.0, (low + high) // 2
    for at in range(high, low - 1, -1):
        removed += lost[at]
        fallen = y[0] * (pricing.budget[cell.first - 1] - pricing.budget[at])
        if min(removed, fallen) > best:
            best, rank = min(removed, fallen), at
    return rank if best > 0 else (low + high) // 2


@compiled
def best_level(
    pricing: Pricing, cell: Cell, bounded: Bounded, only_fractions: bool
) -> tuple[int, int]:
    """Return the level whose count is farthest from whole, and the whole number below.

    Where all are whole, the widest range is halved next to the count, if that is allowed.
    """
    best, level, at = WHOLE, NOTHING, 0
    for k in range(cell.least.size):
        below = int(np.floor(bounded.counts[k] + WHOLE))
        part = bounded.counts[k] - below
        distance = min(part, 1 - part)
        if distance > best and cell.least[k] <= below < cell.most[k]:
            best, level, at = distance, k, below
    if level >= 0 or only_fractions:
        return level, at
    widest = 0
    for k in range(cell.least.size):
        present = 0
        for place in pricing.order[pricing.begin[k] : pricing.begin[k + 1]]:
            present += place < cell.last
        largest = min(cell.most[k], present)
        width = largest - cell.least[k]
        if width > widest:
            count = int(np.round(bounded.counts[k]))
            widest, level = width, k
            at = min(max(count, cell.least[k]), largest - 1)
    return level, at


@compiled
def halves(cell: Cell, level: int, at: int) -> tuple[Cell, Cell]:
    """Return the two halves of a cell."""
    if level == RANK:
        return (
            Cell(cell.first, at, cell.least, cell.most),
            Cell(at + 1, cell.last, cell.least, cell.most),
        )
    most, least = cell.most.copy(), cell.least.copy()
    most[level], least[level] = at, at + 1
    return (
        Cell(cell.first, cell.last, cell.least, most),
        Cell(cell.first, cell.last, least, cell.most),
    )


@compiled
def halve(pricing: Pricing, cell: Cell, bounded: Bounded, wanted: float) -> Halving:
    """Return the better split of a cell, by rank or by a count, with the bounds of its halves."""
    ranks = cell.last > cell.first
    level, at = best_level(pricing, cell, bounded, ranks)
    lower = upper = bounded
    best = -1.0
    if level >= 0:
        below, above = halves(cell, level, at)
        lower = bound(pricing, below, wanted, bounded.multipliers)
        upper = bound(pricing, above, wanted, bounded.multipliers)
        best = _merit(bounded.value, lower.value, upper.value, wanted)
    if ranks:
        rank = best_rank(pricing, cell, bounded.multipliers)
        below, above = halves(cell, RANK, rank)
        low = bound(pricing, below, wanted, bounded.multipliers)
        high = bound(pricing, above, wanted, bounded.multipliers)
        merit = _merit(bounded.value, low.value, high.value, wanted)
        if merit > best:
            level, at, lower, upper = RANK, rank, low, high
    return Halving(level, at, lower, upper)


@compiled
def _merit(whole: float, lower: float, upper: float, wanted: float) -> float:
    """Return how good a split is: the product of what its halves fall by, of what is wanted."""
    least = 1e-6 * (whole - wanted)
    return max(whole - max(lower, wanted), least) * max(whole - max(upper, wanted), least)
