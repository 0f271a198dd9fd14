"""Headroom: free capacity of a schedule, and the constraints that block other requests."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from heuristics.problem import Problem

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from heuristics.coefficients import Coefficients
    from heuristics.schedule import Schedule

    IntArray = NDArray[np.int64]
    BoolArray = NDArray[np.bool_]

TAGS = {"uplink": "(12a)", "downlink": "(12b)", "memory": "(12c)"}

OWN_DEADLINE = "own deadline"
"""Constraint: the batch with the request would end after the request's own deadline."""

BATCH_DEADLINE = "batch deadline"
"""Constraint: the batch with the request would end after the earliest deadline in the batch."""


OTHER_ALTERNATIVE = "other alternative"
"""Constraint: the edge node serves requests with another of its alternatives."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Headroom:
    """Free capacity of a feasible schedule, and constraints that block the other requests.

    Parameters
    ----------
    loads, capacities
        Load and capacity of each resource that the problem limits, shape (J,), in the units of
        :class:`heuristics.coefficients.Coefficients`.
    compute
        Compute load of each batch, shape (J,) [MFLOP or ns].
    deadline
        Smallest budget in each batch, shape (J,) [MFLOP or ns]; -1 if the batch is empty.
    most_urgent
        Request with that budget, shape (J,); -1 if the batch is empty.
    is_open
        True for open pairs: the pair is eligible and the request is not served, shape (J, I).
    blocked
        For each constraint, True for open pairs that cannot be added because of it, shape (J, I).
    """

    loads: Mapping[str, IntArray]
    capacities: Mapping[str, IntArray]
    compute: IntArray
    deadline: IntArray
    most_urgent: IntArray
    is_open: BoolArray
    blocked: Mapping[str, BoolArray]

    @property
    def fits(self) -> BoolArray:
        """Open pairs that no constraint blocks: each can be added to the schedule, shape (J, I)."""
        free = self.is_open.copy()
        for each in self.blocked.values():
            free &= ~each
        return free

    def blocked_by_alone(self, constraint: str) -> BoolArray:
        """Return the open pairs that only this constraint blocks, shape (J, I)."""
        alone = self.blocked[constraint].copy()
        for name, each in self.blocked.items():
            if name != constraint:
                alone &= ~each
        return alone


def headroom(data: Coefficients, schedule: Schedule, problem: Problem = Problem.P1) -> Headroom:
    """Return the headroom of a schedule.

    Parameters
    ----------
    data, schedule, problem
        Coefficients, a schedule that is feasible for the problem, and the problem.

    Notes
    -----
    A pair is blocked if and only if the schedule with this pair would break a constraint, as judged
    by :func:`heuristics.judges.checker.check`. Time O(IJ).
    """
    shape = data.eligible.shape
    chosen = np.zeros(shape, dtype=bool)
    for edge_node, request in schedule.pairs():
        chosen[edge_node, request] = True
    is_open = data.eligible.astype(bool) & ~chosen.any(axis=0)
    resources = TAGS if problem.limits_spectrum else {"memory": TAGS["memory"]}
    loads, capacities, blocked = {}, {}, {}
    for name in resources:
        demand, capacities[name] = getattr(data, name), getattr(data, f"{name}_capacity")
        loads[name] = (demand * chosen).sum(axis=1)
        free = capacities[name] - loads[name]
        blocked[name] = is_open & (demand > free[:, None])
    compute = (data.compute * chosen).sum(axis=1)
    longer = compute[:, None] + data.compute
    never = np.iinfo(np.int64).max
    budgets = np.where(chosen, data.compute_budget, never)
    most_urgent = budgets.argmin(axis=1) if shape[1] else np.zeros(shape[0], dtype=np.int64)
    least = budgets.min(axis=1, initial=never)
    blocked[OWN_DEADLINE] = is_open & (longer > data.compute_budget)
    blocked[BATCH_DEADLINE] = is_open & (longer > least[:, None])
    if data.has_alternatives:
        blocked[OTHER_ALTERNATIVE] = is_open & _is_unused(data, schedule)[:, None]
    is_empty = ~chosen.any(axis=1)
    return Headroom(
        loads=loads,
        capacities=capacities,
        compute=compute,
        deadline=np.where(is_empty, -1, least),
        most_urgent=np.where(is_empty, -1, most_urgent),
        is_open=is_open,
        blocked=blocked,
    )


def _is_unused(data: Coefficients, schedule: Schedule) -> BoolArray:
    """Return True for each row whose edge node uses another row, shape (J,)."""
    is_unused = np.zeros(data.num_edge_nodes, dtype=np.bool_)
    for rows in data.alternatives:
        if any(schedule.batches[row] for row in rows):
            is_unused[[row for row in rows if not schedule.batches[row]]] = True
    return is_unused
