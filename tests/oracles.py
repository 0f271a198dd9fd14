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
    """Return the largest throughput."""
    size = 2**data.num_requests
    best = np.zeros(
        size, dtype=int
    )  # best[mask]: most requests of mask that the nodes so far serve
    for edge_node in range(data.num_edge_nodes):
        feasible = [m for m in np.flatnonzero(feasible_batches(data, edge_node, problem)) if m]
        improved = best.copy()
        for batch in feasible:
            count = int(batch).bit_count()
            for mask in range(size):
                if mask & batch == batch:
                    improved[mask] = max(improved[mask], best[mask ^ batch] + count)
        best = improved
    return int(best[-1])


def is_possible(data, problem, cardinality):
    """Whether one edge node can batch exactly this many requests."""
    masks = np.flatnonzero(feasible_batches(data, 0, problem))
    return any(int(mask).bit_count() == cardinality for mask in masks)
