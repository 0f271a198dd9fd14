"""Problems that branch and bound does not finish at once."""

import numpy as np

from heuristics.coefficients import Coefficients


def dense(num_requests, *, num_edge_nodes=3, seed=0):
    """Return a problem whose batches are bound by compute alone, as in the paper's scenario.

    Levels 128, 256 and 512; the budgets of an edge node differ by a factor of 3, so the big-M
    bound is weak: with some 100 requests it takes HiGHS many nodes to close.
    """
    rng = np.random.default_rng(seed)
    output = rng.choice([128, 256, 512], num_requests)
    compute = 2492 + 5 * output + output * output // 6510
    slack = rng.integers(500, 1500, num_requests)
    speed = np.array([num_requests * scale for scale in (20, 8, 5, 3, 2)][:num_edge_nodes])
    shape = (num_edge_nodes, num_requests)
    return Coefficients(
        uplink=rng.integers(10**5, 10**6, shape),
        uplink_capacity=[10**9] * num_edge_nodes,
        downlink=np.broadcast_to(output, shape),
        downlink_capacity=[512 * num_requests] * num_edge_nodes,
        memory=np.broadcast_to(512 + output, shape),
        memory_capacity=[10**6] * num_edge_nodes,
        compute=np.broadcast_to(compute, shape),
        compute_budget=speed[:, None] * slack // 10 + compute,
        eligible=np.ones(shape, dtype=int),
    )
