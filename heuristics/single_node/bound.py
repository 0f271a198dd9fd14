r"""Bound: the Lagrangian bound UB(d) on the largest batch among :math:`F_d`, for all d at once.

For any multipliers y >= 0 of the four resources and :math:`w_i = y \cdot a_i`,

.. math:: UB_y(d) = y \cdot cap(b_d) + \sum_{i \in F_d} (1 - w_i)^+ - \min_{i \in g} (w_i - 1)^+

bounds every batch among :math:`F_d` that keeps the budget :math:`b_d`: it asks for no more than
the capacities, so its size is at most :math:`y \cdot cap + \sum_{i \in S} (1 - w_i)`. Requests of
equal budget form a group g; only a group's last d matters, as its :math:`F_d` holds those of the
others at the same budget. The last term may be subtracted: a batch without a member of the group
belongs to the previous group, whose budget is larger, and a batch with a member loses at least that
much.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from heuristics.compiled import compiled

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from heuristics.coefficients import IntArray
    from heuristics.single_node.sorted_requests import SortedRequests

_LARGEST_SHIFT = 44


class Bound:
    """The least UB(d) so far for each group of requests with equal budget.

    Parameters
    ----------
    requests
        The requests of the edge node, at least one.

    Notes
    -----
    Weak duality makes every bound valid, however far y is from the best multipliers. Fixed-point
    numbers keep it valid under rounding: each term is rounded towards a larger bound by more
    than its own error, and the sum of integers is exact.
    """

    def __init__(self, requests: SortedRequests) -> None:
        self._requests = requests
        self._shift = min(_LARGEST_SHIFT, 61 - requests.num_requests.bit_length())
        self._bound = requests.group_end << self._shift

    @property
    def largest(self) -> int:
        """Upper bound on the size of every batch."""
        return int(self._bound.max()) >> self._shift

    def argmax(self) -> int:
        """Return the group with the largest bound."""
        return int(self._bound.argmax())

    def at(self, group: int) -> int:
        """Return the bound of one group."""
        return int(self._bound[group]) >> self._shift

    def lower(self, multipliers: NDArray[np.float64]) -> None:
        """Lower the bounds to those of other multipliers where those are less. O(n).

        Parameters
        ----------
        multipliers
            y of uplink, downlink, memory and compute, at least 0, shape (4,).
        """
        lower_all(self._requests, multipliers, self._shift, self._bound)

    def refute(self, first: int, last: int, cardinality: int) -> None:
        """Record that no d of these groups has a batch of z."""
        groups = self._bound[first : last + 1]
        np.minimum(groups, (cardinality << self._shift) - 1, out=groups)

    def open_groups(self, cardinality: int, last: int) -> IntArray:
        """Return the groups up to the last that may have a batch of z, ascending."""
        return np.flatnonzero(self._bound[: last + 1] >= cardinality << self._shift)


@compiled
def lower_all(
    requests: SortedRequests, multipliers: NDArray[np.float64], shift: int, bound: IntArray
) -> None:
    """Lower the bound of each group, in units of 2^-shift.

    The w_i are sums of at most four products of numbers >= 0, so a computed w_i lies within a
    factor 1 +- 2^-48 of the exact one, and a unit is at least 16 times that.
    """
    one = 2.0**shift
    most = float(requests.indices.size)
    fixed = 0.0
    for resource in range(3):
        fixed += multipliers[resource] * requests.capacity[resource]
    weight = np.empty(requests.demand.shape[1])
    for k in range(weight.size):
        weight[k] = 0.0
        for resource in range(3):
            weight[k] += multipliers[resource + 1] * requests.demand[resource, k]
    gain = 0
    i = 0
    for group in range(bound.size):
        least = np.inf
        while i < requests.group_end[group]:
            w = multipliers[0] * requests.uplink[i] + weight[requests.level[i]]
            least = min(least, w)
            gain += 1  # One unit covers the rounding of a w below or about 1.
            if w < 1.0:
                gain += int(np.ceil((1.0 - w) * one))
            i += 1
        worth = (fixed + multipliers[3] * requests.budget[i - 1]) * (1.0 + 2.0**-48)
        if worth >= most:
            continue
        loss = min(least * (1.0 - 2.0**-48) - 1.0, most)
        value = gain + int(np.ceil(worth * one))
        if loss > 0.0:
            value -= int(loss * one)
        bound[group] = min(bound[group], value)
