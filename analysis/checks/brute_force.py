"""Brute force: the optimum of P1, as a test of the solvers. It is not offered as a method."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from heuristics.coefficients import RESOURCES

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from heuristics.coefficients import Coefficients

LARGEST_BRUTE_FORCE = 14
"""Largest number of requests whose subsets are enumerated."""


def brute_force(data: Coefficients) -> int:
    r"""Return the optimum of P1 by enumerating every set of requests.

    Raises
    ------
    ValueError
        If there are more than :data:`LARGEST_BRUTE_FORCE` requests.

    Notes
    -----
    A set of requests is a bit mask. The sets that the first j edge nodes can serve together are
    the disjoint unions of a set that the first j - 1 can serve and a set that the j-th can, with
    any of its alternatives. Time :math:`O(J 4^I)`.
    """
    if data.num_requests > LARGEST_BRUTE_FORCE:
        raise ValueError(
            f"brute force takes at most {LARGEST_BRUTE_FORCE} requests, found {data.num_requests}"
        )
    masks = np.arange(2**data.num_requests)
    served = masks == 0
    for rows in data.alternatives:
        can_batch = np.logical_or.reduce([_can_batch(data, row, masks) for row in rows])
        with_this_one = served.copy()
        for batch in np.flatnonzero(can_batch).tolist():
            disjoint = masks[served & (masks & batch == 0)]
            with_this_one[disjoint | batch] = True
        served = with_this_one
    return max(int(mask).bit_count() for mask in np.flatnonzero(served))


def _can_batch(data: Coefficients, edge_node: int, masks: NDArray[np.int64]) -> NDArray[np.bool_]:
    chosen = (masks[:, None] >> np.arange(data.num_requests)) & 1
    can = ~(chosen & ~data.eligible[edge_node]).any(axis=1)
    for name in RESOURCES:
        demand = chosen @ getattr(data, name)[edge_node]
        can &= demand <= getattr(data, f"{name}_capacity")[edge_node]
    load = chosen @ data.compute[edge_node]
    is_late = (chosen == 1) & (load[:, None] > data.compute_budget[edge_node])
    return np.asarray(can & ~is_late.any(axis=1))
