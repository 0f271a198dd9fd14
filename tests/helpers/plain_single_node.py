"""The single node by looking at everything in OT's order: slow, and plainly right."""

from itertools import product

from heuristics.problem import Problem


def first_batch(data, problem=Problem.P1):
    """Return the largest batch of one edge node that OT's order of d and counts meets first."""
    requests = sorted(
        (i for i in range(data.num_requests) if data.eligible[0, i]),
        key=lambda i: (-data.compute_budget[0, i], data.uplink[0, i], i),
    )
    levels = sorted({_level(data, i, problem) for i in requests})
    for z in range(len(requests), 0, -1):
        for d in range(z, len(requests) + 1):
            candidates = [
                sorted(
                    (i for i in requests[:d] if _level(data, i, problem) == level),
                    key=lambda i: (data.uplink[0, i], i),
                )
                for level in levels
            ]
            budget = data.compute_budget[0, requests[d - 1]]
            for counts in product(*(range(len(each), -1, -1) for each in candidates)):
                if sum(counts) == z:
                    batch = [
                        i for u, each in zip(counts, candidates, strict=True) for i in each[:u]
                    ]
                    if _fits(data, batch, budget, problem):
                        return tuple(sorted(batch))
    return ()


def _level(data, request, problem):
    downlink = data.downlink[0, request] if problem.limits_spectrum else 0
    return data.memory[0, request], data.compute[0, request], downlink


def _fits(data, batch, budget, problem):
    shared = ["memory"] + (["uplink", "downlink"] if problem.limits_spectrum else [])
    return data.compute[0, batch].sum() <= budget and all(
        getattr(data, name)[0, batch].sum() <= getattr(data, f"{name}_capacity")[0]
        for name in shared
    )
