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
split. A split of ranks is placed where the bounds of its halves cross: the lower half has fewer
requests, the upper one less budget.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from heuristics.compiled import compiled

if TYPE_CHECKING:
    from formulations.decomposition.pricing.edge_nodes import FloatArray
    from heuristics.coefficients import IntArray

TANGENTS = 60
"""The most tangents to one minimum."""

CLOSE = 1e-12
"""Where tangents meet on the curve, as a part of its height."""

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


class _Curve(NamedTuple):
    """The bound of a cell as a function of multipliers."""

    demand: FloatArray
    capacity: FloatArray
    """b_d1, and those of memory and level-based downlink, shape (3,)."""
    least: IntArray
    prefix: FloatArray
    start: IntArray
    """As :func:`gains` fills them in."""


@compiled
def value(curve: _Curve, y: FloatArray, counts: FloatArray) -> float:
    """Return the bound at multipliers, and fill in the counts."""
    demand, start, prefix = curve.demand, curve.start, curve.prefix
    total = y[0] * curve.capacity[0] + y[1] * curve.capacity[1] + y[2] * curve.capacity[2]
    for k in range(counts.size):
        price = y[0] * demand[0, k] + y[1] * demand[1, k] + y[2] * demand[2, k]
        low, high = curve.least[k], start[k + 1] - start[k] - 1
        while low < high:
            middle = (low + high) // 2
            if prefix[start[k] + middle + 1] - prefix[start[k] + middle] > price:
                low = middle + 1
            else:
                high = middle
        counts[k] = low
        total += prefix[start[k] + low] - price * low
    return float(total)


@compiled
def least_value(curve: _Curve, y: FloatArray, wanted: float, counts: FloatArray) -> float:
    """Put multipliers where the bound is least, or as low as wanted, and fill in the counts.

    For each multiplier in turn all those before it are put right anew, so its tangents are exact:
    their slopes are what mixed counts leave of the resource.
    """
    step = np.zeros(3, np.int64)
    at, height, slope = np.zeros((3, 2)), np.zeros((3, 2)), np.zeros((3, 2))
    kept = np.empty((3, 2, counts.size))
    y[:] = 0.0
    total = value(curve, y, counts)
    r = 0
    while r < 3 and total > wanted:
        # All multipliers before that of r are put right; which tangent is this?
        left = curve.capacity[r]
        for k in range(counts.size):
            left -= curve.demand[r, k] * counts[k]
        step[r] += 1
        is_last = step[r] > TANGENTS
        if step[r] > 2:
            width = y[r] - at[r, 0]
            is_last |= total <= height[r, 0] + slope[r, 0] * width + CLOSE * (1 + abs(total))
        if is_last:
            part = slope[r, 1] / (slope[r, 1] - slope[r, 0])
            counts[:] = part * kept[r, 0] + (1 - part) * kept[r, 1]
        if is_last or (step[r] == 1 and left >= 0):
            step[r] = 0
            r += 1
            continue
        if step[r] == 2 and left < 0:  # what is forced does not fit: the cell is empty
            y[r] += (total - wanted + 1) / -left
            return wanted - 1
        side = 0 if left < 0 else 1
        at[r, side], height[r, side], slope[r, side] = y[r], total, left
        kept[r, side] = counts
        if step[r] == 1:
            y[r] = _largest_multiplier(curve, r)
        else:
            width = height[r, 1] - height[r, 0] + slope[r, 1] * (at[r, 0] - at[r, 1])
            y[r] = at[r, 0] + width / (slope[r, 0] - slope[r, 1])
            y[r] = min(max(y[r], at[r, 0]), at[r, 1])
        y[:r] = 0.0
        total = value(curve, y, counts)
        r = 0
    return total


@compiled
def _largest_multiplier(curve: _Curve, r: int) -> float:
    """Return the multiplier of r from which on only what is forced is taken of it."""
    largest = 0.0
    for k in range(curve.least.size):
        at = curve.start[k] + curve.least[k]
        if curve.demand[r, k] > 0 and at + 1 < curve.start[k + 1]:
            gain = curve.prefix[at + 1] - curve.prefix[at]
            largest = max(largest, gain / curve.demand[r, k])
    return float(largest * (1 + CLOSE))


@compiled
def bound(pricing: Pricing, cell: Cell, wanted: float, near: FloatArray) -> Bounded:
    """Bound a cell, no lower than wanted, from multipliers that are perhaps good enough."""
    num_levels = cell.least.size
    y, counts = near.copy(), np.zeros(num_levels)
    prefix = np.empty(pricing.profit.size + num_levels + 1)
    start = np.empty(num_levels + 1, np.int64)
    if not gains(pricing, cell, prefix, start):
        return Bounded(-np.inf, y, counts)
    capacity = pricing.capacity.copy()
    capacity[0] = pricing.budget[cell.first - 1]
    curve = _Curve(pricing.demand, capacity, cell.least, prefix, start)
    total = value(curve, y, counts)
    if total > wanted:
        total = least_value(curve, y, wanted, counts)
    return Bounded(total, y, counts)


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
    num_ranks = cell.last - cell.first + 1
    level, at = best_level(pricing, cell, bounded, num_ranks > 1)
    lower = upper = bounded
    best = -1.0
    if level >= 0:
        below, above = halves(cell, level, at)
        lower = bound(pricing, below, wanted, bounded.multipliers)
        upper = bound(pricing, above, wanted, bounded.multipliers)
        best = _merit(bounded.value, lower.value, upper.value, wanted)
    # The higher the rank, the less is lost by the lower half, and the more by the upper one.
    first, last = cell.first, cell.last - 1
    while first <= last:
        rank = (first + last) // 2
        below, above = halves(cell, RANK, rank)
        low = bound(pricing, below, wanted, bounded.multipliers)
        high = bound(pricing, above, wanted, bounded.multipliers)
        merit = _merit(bounded.value, low.value, high.value, wanted)
        if merit > best:
            best, level, at, lower, upper = merit, RANK, rank, low, high
        if max(low.value, high.value) <= wanted:
            break
        if low.value > high.value:
            last = rank - 1
        else:
            first = rank + 1
    return Halving(level, at, lower, upper)


@compiled
def _merit(whole: float, lower: float, upper: float, wanted: float) -> float:
    """Return how good a split is: the product of what its halves fall by, of what is wanted."""
    least = 1e-6 * (whole - wanted)
    return max(whole - max(lower, wanted), least) * max(whole - max(upper, wanted), least)
