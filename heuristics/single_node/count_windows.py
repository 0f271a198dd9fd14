r"""Count windows: the range of each level's count in a solution of a count problem.

With multipliers y and :math:`G = L(y) - z`, a level with c requests instead of its best number
loses

.. math:: R_k(c) = \max_{c'} (c' - y \cdot use_k(c')) - (c - y \cdot use_k(c)) \ge 0,

and counts of sum z that fit satisfy, with slacks :math:`s = cap - use(u) \ge 0`,

.. math:: \sum_k R_k(u_k) + y \cdot s = G.

R_k is convex, so :math:`R_k \le G` leaves a window around the best count, usually a narrow one.
Losses are floats, so G is raised by the guard of `multipliers`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from heuristics.compiled import compiled

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from heuristics.coefficients import IntArray
    from heuristics.single_node.count_problem import CountProblem

    FloatArray = NDArray[np.float64]


class CountWindows(NamedTuple):
    """Least and largest count of each level, all arrays of shape (N + 1,)."""

    low: IntArray
    high: IntArray
    best: IntArray
    """Count without loss."""
    net: FloatArray
    """1 less the cost of a request without its uplink."""
    peak: FloatArray
    """Gain of the best count."""

    @classmethod
    def of(cls, problem: CountProblem, multipliers: FloatArray, loss: float) -> CountWindows:
        """Return the windows of counts that lose no more than allowed. O(N log n)."""
        size = problem.room.size
        low, high, best = (np.empty(size, dtype=np.int64) for _ in range(3))
        windows = cls(low, high, best, np.empty(size), np.empty(size))
        open_windows(problem, multipliers, loss, windows)
        return windows

    @property
    def num_choices(self) -> int:
        """Number of levels with more than one count in their window."""
        return int(np.count_nonzero(self.high > self.low))

    def may_sum_to(self, cardinality: int) -> bool:
        """Return True if some counts within the windows sum to z."""
        return bool(self.low.sum() <= cardinality <= self.high.sum())


@compiled
def open_windows(
    problem: CountProblem, multipliers: FloatArray, loss: float, windows: CountWindows
) -> None:
    """Find the best count of each level, and the window within the loss by bisection."""
    low, high, best, net, peak = windows
    y0, y1, y2, y3 = multipliers
    demand, uplink_sum = problem.demand, problem.uplink_sum
    for k in range(low.size):
        base, room = problem.base[k], problem.room[k]
        gain = 1.0 - (y1 * demand[0, k] + y2 * demand[1, k] + y3 * demand[2, k])
        first, last = 0, room
        while first < last:
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
