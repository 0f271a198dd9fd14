"""Counting bound: a bound on the throughput from one resource at a time, to end a search early."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from heuristics.coefficients import RESOURCES

if TYPE_CHECKING:
    from heuristics.coefficients import Coefficients


def counting_bound(data: Coefficients) -> int:
    """Return a number of requests that no schedule exceeds.

    A batch has at most as many requests as the least demands of one resource allow, and its load
    is at most the largest budget. Edge nodes use the best of their rows, and no request is served
    twice. O(N log N) for N eligible pairs.

    Parameters
    ----------
    data
        Coefficients of all edge nodes.

    Examples
    --------
    >>> from heuristics.coefficients import Coefficients
    >>> ones = [[1, 1, 1]]
    >>> data = Coefficients(
    ...     uplink=ones, uplink_capacity=[9], downlink=ones, downlink_capacity=[9],
    ...     memory=[[6, 3, 3]], memory_capacity=[8], compute=ones, compute_budget=[[9, 9, 9]],
    ...     eligible=ones,
    ... )
    >>> counting_bound(data)
    2
    """
    pairs = data.pairs
    most = np.zeros(data.num_edge_nodes, dtype=np.int64)
    for row in range(data.num_edge_nodes):
        own = pairs.row(row)
        limits = {name: int(getattr(data, f"{name}_capacity")[row]) for name in RESOURCES}
        limits["compute"] = int(pairs.compute_budget[own].max(initial=0))
        most[row] = min(
            int((np.sort(getattr(pairs, name)[own]).cumsum() <= limit).sum())
            for name, limit in limits.items()
        )
    num_servable = len(np.unique(pairs.requests))
    return min(sum(int(most[list(rows)].max()) for rows in data.alternatives), num_servable)
