r"""Cells: ranges of the batches of one edge node, their bounds, and splits in two halves.

A cell allows the batches whose last request in latency order has a rank of d1..d2 and that have
:math:`l_k` to :math:`m_k` requests of each level k. At multipliers
:math:`y = (y_C, y_M, y_D) \ge 0` of compute, memory and level-based downlink no batch of the cell
has a larger profit than

.. math:: y \cdot (b_{d1}, M, D)
          + \sum_k \max_{l_k \le c \le m_k} \bigl( P_k(c) - y \cdot a_k \, c \bigr)

with :math:`P_k(c)` the sum of the c largest profits of level k in F_d2, and a_k the demands of a
request of the level. This bound is convex and piecewise linear in y. Each multiplier in turn is set
to the point where a tangent from the left and a tangent from the right meet, until they meet on the
curve. There the two tangents belong to two vectors of counts, whose mixture uses exactly the
capacity of the resource; a level whose mixed count is fractional is a candidate for a split. A
split of ranks is placed where the bounds of its halves cross: the lower half has fewer requests,
the upper half a smaller budget.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from heuristics.compiled import compiled, inner

if TYPE_CHECKING:
    from formulations.decomposition.pricing.edge_nodes import FloatArray
    from heuristics.coefficients import IntArray

TANGENTS = 60
"""Maximum number of tangents for one minimum."""

CLOSE = 1e-12
"""Relative tolerance within which tangents meet on the curve."""

WHOLE = 1e-7
"""Tolerance for calling a count a whole number."""

RANK = -1
"""Value of ``level`` for a split of ranks."""

NOTHING = -2
"""Value of ``level`` if the cell cannot be split."""


class Pricing(NamedTuple):
    """One edge node with n requests at K levels, and the profits of its requests."""

    profit: FloatArray
    """Profits in latency order, shape (n,)."""
    budget: FloatArray
    """Compute budgets in latency order, shape (n,)."""
    order: IntArray
    """Places in latency order, sorted by level and then by decreasing profit, shape (n,)."""
    begin: IntArray
    """Position of the first request of each level in ``order``, shape (K + 1,)."""
    demand: FloatArray
    """Compute, memory and level-based downlink of a request of each level, shape (3, K)."""
    capacity: FloatArray
    """Capacities of memory and level-based downlink, at positions 1 and 2 of shape (3,)."""


class Cell(NamedTuple):
    """A range of batches."""

    first: int
    """Least rank of the last request, d1, counted from 1."""
    last: int
    """Largest rank of the last request, d2."""
    least: IntArray
    """Least count of each level, shape (K,)."""
    most: IntArray
    """Largest count of each level, shape (K,)."""


class Bounded(NamedTuple):
    """Bound of a cell, with its multipliers and counts."""

    value: float
    """Upper bound on the profit of a batch of the cell; minus infinity if the cell is empty."""
    multipliers: FloatArray
    """Multipliers y, shape (3,)."""
    counts: FloatArray
    """Counts of each level at the bound, mixed from two vectors, shape (K,)."""


class Halving(NamedTuple):
    """Split of a cell into two halves."""

    level: int
    """Level that is split, or ``RANK`` or ``NOTHING``."""
    at: int
    """Largest count, or rank, of the lower half."""
    lower: Bounded
    """Bound of the lower half."""
    upper: Bounded
    """Bound of the upper half."""


@inner
def gains(pricing: Pricing, cell: Cell, prefix: FloatArray, start: IntArray) -> bool:
    """Fill ``prefix`` with P_k(c) for all useful counts; return False if the cell is empty.

    The values of level k begin at ``start[k]``, with 0 for the count 0.
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
    """Bound of a cell as a function of the multipliers."""

    demand: FloatArray
    capacity: FloatArray
    """Budget b_d1, and capacities of memory and level-based downlink, shape (3,)."""
    least: IntArray
    prefix: FloatArray
    start: IntArray
    """Buffers filled by :func:`gains`."""


@inner
def value(curve: _Curve, y: FloatArray, counts: FloatArray) -> float:
    """Return the bound at given multipliers, and fill in the counts."""
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


@inner
def least_value(curve: _Curve, y: FloatArray, wanted: float, counts: FloatArray) -> float:
    """Minimise the bound over the multipliers, or stop at ``wanted``; fill in the counts.

    For each value of a multiplier all multipliers before it are optimised again, so its tangents
    are exact: a slope is the capacity of the resource minus the use by the mixed counts.
    """
    step = np.zeros(3, np.int64)
    at, height, slope = np.zeros((3, 2)), np.zeros((3, 2)), np.zeros((3, 2))
    kept = np.empty((3, 2, counts.size))
    y[:] = 0.0
    total = value(curve, y, counts)
    r = 0
    while r < 3 and total > wanted:
        # All multipliers before that of r are optimal, so this is a tangent for r.
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
            for k in range(counts.size):
                counts[k] = part * kept[r, 0, k] + (1 - part) * kept[r, 1, k]
        if is_last or (step[r] == 1 and left >= 0):
            step[r] = 0
            r += 1
            continue
        if step[r] == 2 and left < 0:  # the least counts exceed the capacity: the cell is empty
            y[r] += (total - wanted + 1) / -left
            return wanted - 1
        side = 0 if left < 0 else 1
        at[r, side], height[r, side], slope[r, side] = y[r], total, left
        for k in range(counts.size):
            kept[r, side, k] = counts[k]
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


@inner
def _largest_multiplier(curve: _Curve, r: int) -> float:
    """Return the least multiplier of r at which each level that demands r has its least count."""
    largest = 0.0
    for k in range(curve.least.size):
        at = curve.start[k] + curve.least[k]
        if curve.demand[r, k] > 0 and at + 1 < curve.start[k + 1]:
            gain = curve.prefix[at + 1] - curve.prefix[at]
            largest = max(largest, gain / curve.demand[r, k])
    return float(largest * (1 + CLOSE))


@compiled
def bound(pricing: Pricing, cell: Cell, wanted: float, near: FloatArray) -> Bounded:
    """Bound a cell, starting at the multipliers ``near``, until the bound is at most ``wanted``."""
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


@inner
def best_level(
    pricing: Pricing, cell: Cell, bounded: Bounded, only_fractions: bool
) -> tuple[int, int]:
    """Return the level whose count is farthest from a whole number, and the whole number below.

    If all counts are whole, return the level with the widest range, cut next to its count, unless
    ``only_fractions`` is True.
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
            count = int(np.rint(bounded.counts[k]))
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
    # With a higher rank the bound of the lower half rises, and that of the upper half falls.
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


@inner
def _merit(whole: float, lower: float, upper: float, wanted: float) -> float:
    """Return the merit of a split: the product of the falls of both bounds, down to ``wanted``."""
    least = 1e-6 * (whole - wanted)
    return max(whole - max(lower, wanted), least) * max(whole - max(upper, wanted), least)
