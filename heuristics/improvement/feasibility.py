"""Feasibility: the check of a schedule against P1 before an improvement counts."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

import numpy as np

from heuristics.coefficients import RESOURCES

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
    O(N + z log N) for z requests served and N eligible pairs. The judge does not use this check.
    """
    pairs = data.pairs
    request = np.fromiter(chain.from_iterable(schedule.batches), dtype=np.int64)
    if request.size == 0:
        return True
    if pairs.num_pairs == 0 or np.bincount(request).max() > 1:
        return False
    row = np.repeat(np.arange(data.num_edge_nodes), [len(each) for each in schedule.batches])
    # Pairs are sorted by edge node and then by request, so these numbers ascend.
    number_of_pair = pairs.edge_nodes() * data.num_requests + pairs.requests
    number = row * data.num_requests + request
    place = np.minimum(np.searchsorted(number_of_pair, number), pairs.num_pairs - 1)
    if (number_of_pair[place] != number).any():
        return False
    for resource in RESOURCES:
        demand = np.zeros(data.num_edge_nodes, dtype=np.int64)
        np.add.at(demand, row, getattr(pairs, resource)[place])
        if (demand > getattr(data, f"{resource}_capacity")).any():
            return False
    load = np.zeros(data.num_edge_nodes, dtype=np.int64)
    np.add.at(load, row, pairs.compute[place])
    return bool((load[row] <= pairs.compute_budget[place]).all())
