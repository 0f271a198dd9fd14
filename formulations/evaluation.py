"""Evaluation of a schedule in the rows of a problem, in exact integers.

A solver's schedule is feasible only within the solver's tolerances; a schedule is reported only
if it keeps every row here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from heuristics.coefficients import Coefficients
    from heuristics.problem import Problem
    from heuristics.schedule import Schedule


def broken_rows(
    data: Coefficients, schedule: Schedule, problem: Problem, z: int | None
) -> Iterator[str]:
    """Yield a line for each row that the schedule violates, in O(N log N) for N chosen pairs.

    Parameters
    ----------
    data
        Coefficients of the problem, not the scaled numbers of a model.
    schedule
        A batch of existing requests for each edge node.
    problem
        Problem whose rows are evaluated.
    z
        Cardinality of (14a) or (15a); None for a maximisation.
    """
    served: set[int] = set()
    for j, batch in enumerate(schedule.batches):
        is_eligible = data.pairs.places(j, batch) >= 0
        for i, may in zip(batch, is_eligible.tolist(), strict=True):
            if i in served:
                yield f"once: request {i} is served again at edge node {j}"
            if not may:
                yield f"eligible (12e): request {i} may not be served at edge node {j}"
        served.update(batch)
        rows = [("memory (12c)", "memory", data.memory_capacity)]
        if problem.limits_spectrum:
            rows.append(("uplink (12a)", "uplink", data.uplink_capacity))
            rows.append(("downlink (12b)", "downlink", data.downlink_capacity))
        for title, name, capacity in rows:
            total = sum(data.amounts(name, j, batch).tolist())
            if total > capacity[j]:
                yield f"{title} at edge node {j}: {total} exceeds {capacity[j]}"
        load = sum(data.amounts("compute", j, batch).tolist())
        budget = min(data.amounts("compute_budget", j, batch).tolist(), default=load)
        if load > budget:
            yield f"deadline (12d) at edge node {j}: {load} exceeds {budget}"
    for group in data.alternatives:
        used = [row for row in group if schedule.batches[row]]
        if len(used) > 1:
            yield f"alternative (E1): one edge node is run in {len(used)} ways, rows {used}"
    if z is not None and schedule.throughput != z:
        yield f"cardinality: {schedule.throughput} requests instead of {z}"
