"""Headroom: what a schedule leaves of each capacity, and what keeps each other request out."""

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
"""The batch with the request would take longer than the request itself may wait."""

BATCH_DEADLINE = "batch deadline"
"""The batch with the request would take longer than the most urgent request in it may wait."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Headroom:
    """What a feasible schedule leaves free, and what blocks the requests that it does not serve.

    Parameters
    ----------
    loads, capacities
        Of each resource that the problem limits, shape (J,), in the units of
        :class:`heuristics.coefficients.Coefficients`.
    compute
        What each batch computes, shape (J,) [MFLOP].
    deadline
        The least budget in each batch, shape (J,) [MFLOP]; -1 where the batch is empty.
    most_urgent
        The request with that budget, shape (J,); -1 where the batch is empty.
    is_open
        Pairs that could be tried: eligible, the request served nowhere, shape (J, I).
    blocked
        Of each constraint the open pairs that it forbids to be added alone, shape (J, I).
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
        """The open pairs that nothing forbids: each could be added as the schedule stands."""
        free = self.is_open.copy()
        for each in self.blocked.values():
            free &= ~each
        return free

    def blocked_by_alone(self, constraint: str) -> BoolArray:
        """Return the open pairs that this constraint forbids and no other does, shape (J, I)."""
        alone = self.blocked[constraint].copy()
        for name, each in self.blocked.items():
            if name != constraint:
                alone &= ~each
        return alone


def headroom(data: Coefficients, schedule: Schedule, problem: Problem = Problem.P1) -> Headroom:
    """Return what a schedule leaves free.

    Parameters
    ----------
    data, schedule, problem
        A schedule that is feasible for the problem.

    Notes
    -----
    A pair is blocked exactly where the schedule with it would break a constraint, as
    :func:`heuristics.judges.checker.check` says. Time O(IJ).
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
