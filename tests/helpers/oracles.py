"""Brute force: the optimum by looking at every schedule. Shares nothing with any solver."""

import numpy as np

from heuristics.problem import Problem


def feasible_batches(data, edge_node, problem=Problem.P1):
    """Return, for every subset as a bit mask, whether the edge node can batch it."""
    num_requests = data.num_requests
    masks = np.arange(2**num_requests)
    chosen = (masks[:, None] >> np.arange(num_requests)) & 1
    feasible = ~(chosen & ~data.eligible[edge_node]).any(axis=1)
    resources = ["memory"] + (["uplink", "downlink"] if problem.limits_spectrum else [])
    for name in resources:
        demand = chosen @ getattr(data, name)[edge_node]
        feasible &= demand <= getattr(data, f"{name}_capacity")[edge_node]
    load = chosen @ data.compute[edge_node]
    late = (chosen == 1) & (load[:, None] > data.compute_budget[edge_node])
    return feasible & ~late.any(axis=1)


def optimum(data, problem=Problem.P1):
    """Return the largest throughput: the most requests in a set that the edge nodes can share.

    What is left of a feasible batch without some of its requests is feasible. So edge nodes share
    a set if the one takes what it can of some batch to which nothing can be added, and the others
    share what remains. An edge node with alternatives takes a batch of one of them.
    """
    masks = np.arange(2**data.num_requests)
    is_shared = masks == 0
    for rows in data.alternatives:
        before = is_shared
        is_shared = np.zeros_like(before)
        for edge_node in rows:
            feasible = feasible_batches(data, edge_node, problem)
            is_full = feasible.copy()
            for request in range(data.num_requests):
                is_full &= (masks >> request & 1 == 1) | ~feasible[masks | 1 << request]
            for batch in masks[is_full]:
                is_shared |= before[masks & ~batch]
    return max(int(mask).bit_count() for mask in masks[is_shared])


def is_possible(data, problem, cardinality):
    """Whether one edge node can batch exactly this many requests."""
    rows = range(data.num_edge_nodes)
    masks = (np.flatnonzero(feasible_batches(data, row, problem)) for row in rows)
    return any(int(mask).bit_count() == cardinality for each in masks for mask in each)
