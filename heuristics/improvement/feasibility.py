"""Feasibility: the check of a schedule against P1 before an improvement counts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from heuristics.coefficients import Coefficients
    from heuristics.schedule import Schedule


def is_feasible(data: Coefficients, schedule: Schedule) -> bool:
    """Return True if every request is served once, is eligible, and all capacities are kept.

    Parameters
    ----------
    data
        Coefficients of all edge nodes.
    schedule
        A schedule with a batch for each edge node, of requests that exist.

    Notes
    -----
    O(z log I) for z requests served. The judge does not use this check.
    """
    pairs = data.pairs
    num_served = np.zeros(data.num_requests, dtype=np.int64)
    for j, requests in enumerate(schedule.batches):
        if not requests:
            continue
        batch = np.array(requests, dtype=np.int64)
        num_served[batch] += 1
        row = pairs.row(j)
        place = row.start + np.searchsorted(pairs.requests[row], batch)
        if place.max() >= row.stop or (pairs.requests[place] != batch).any():
            return False
        if (
            pairs.uplink[place].sum() > data.uplink_capacity[j]
            or pairs.downlink[place].sum() > data.downlink_capacity[j]
            or pairs.memory[place].sum() > data.memory_capacity[j]
            or pairs.compute[place].sum() > pairs.compute_budget[place].min()
            or np.unique(batch).size < batch.size
        ):
            return False
    return bool((num_served <= 1).all())
