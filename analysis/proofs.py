"""Optima of P1 by brute force and by CP-SAT, to check the solvers against.

Neither shares a formulation with them, and neither is offered as a method.
"""

from __future__ import annotations

import atexit
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from multiprocessing import get_context
from typing import TYPE_CHECKING, Any

import numpy as np

from heuristics.schedule import Schedule
from heuristics.system_models.coefficients import RESOURCES

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from heuristics.system_models.coefficients import Coefficients

LARGEST_BRUTE_FORCE = 14
"""The most requests whose subsets are looked at one by one."""


def brute_force(data: Coefficients) -> int:
    r"""Return the optimum of P1 by looking at every set of requests.

    Raises
    ------
    ValueError
        If there are more than :data:`LARGEST_BRUTE_FORCE` requests.

    Notes
    -----
    A set of requests is a bit mask. The sets that the first j edge nodes can serve together are
    the disjoint unions of a set that the first j - 1 can serve and one that the j-th can. Time
    :math:`O(J 4^I)`.
    """
    if data.num_requests > LARGEST_BRUTE_FORCE:
        raise ValueError(
            f"brute force takes at most {LARGEST_BRUTE_FORCE} requests, found {data.num_requests}"
        )
    masks = np.arange(2**data.num_requests)
    served = masks == 0
    for edge_node in range(data.num_edge_nodes):
        with_this_one = served.copy()
        for batch in np.flatnonzero(_can_batch(data, edge_node, masks)).tolist():
            disjoint = masks[served & (masks & batch == 0)]
            with_this_one[disjoint | batch] = True
        served = with_this_one
    return max(int(mask).bit_count() for mask in np.flatnonzero(served))


def _can_batch(data: Coefficients, edge_node: int, masks: NDArray[np.int64]) -> NDArray[np.bool_]:
    chosen = (masks[:, None] >> np.arange(data.num_requests)) & 1
    can = ~(chosen & ~data.eligible[edge_node]).any(axis=1)
    for name in RESOURCES:
        demand = chosen @ getattr(data, name)[edge_node]
        can &= demand <= getattr(data, f"{name}_capacity")[edge_node]
    load = chosen @ data.compute[edge_node]
    is_late = (chosen == 1) & (load[:, None] > data.compute_budget[edge_node])
    return np.asarray(can & ~is_late.any(axis=1))


def cp_sat(data: Coefficients, *, time_limit: float) -> Schedule:
    """Return an optimal schedule of P1, proved by the CP-SAT solver of OR-Tools.

    Parameters
    ----------
    data
        The problem.
    time_limit
        Seconds.

    Raises
    ------
    RuntimeError
        If the proof takes longer.

    Notes
    -----
    Deadlines are implications: a chosen pair bounds the load of its edge node by its budget. The
    load is a variable, and no big-M appears. It runs in a process of its own, since OR-Tools
    brings a HiGHS that cannot be loaded where highspy has loaded another.
    """
    return _process().submit(_solve_cp_sat, data, time_limit).result()


@cache
def _process() -> ProcessPoolExecutor:
    atexit.register(_stop)
    return ProcessPoolExecutor(1, mp_context=get_context("spawn"))


def _stop() -> None:
    # Collected later, while Python ends, an executor complains of modules that are gone.
    _process().shutdown()
    _process.cache_clear()


def _solve_cp_sat(data: Coefficients, time_limit: float) -> Schedule:
    from ortools.sat.python import cp_model

    model = cp_model.CpModel()
    chosen: dict[tuple[int, int], Any] = {
        (j, i): model.new_bool_var(f"x_{j}_{i}") for j, i in np.argwhere(data.eligible).tolist()
    }
    for request in range(data.num_requests):
        model.add_at_most_one(x for (_, i), x in chosen.items() if i == request)
    for edge_node in range(data.num_edge_nodes):
        here = {i: x for (j, i), x in chosen.items() if j == edge_node}
        for name in RESOURCES:
            demand = getattr(data, name)[edge_node].tolist()
            capacity = int(getattr(data, f"{name}_capacity")[edge_node])
            model.add(sum(demand[i] * x for i, x in here.items()) <= capacity)
        compute = data.compute[edge_node].tolist()
        load = model.new_int_var(0, int(data.compute_budget[edge_node].max(initial=0)), "load")
        model.add(load == sum(compute[i] * x for i, x in here.items()))
        for request, x in here.items():
            budget = int(data.compute_budget[edge_node, request])
            model.add(load <= budget).only_enforce_if(x)
    model.maximize(sum(chosen.values()))
    solver = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds = time_limit
    solver.parameters.num_workers = 1
    if solver.solve(model) != cp_model.OPTIMAL:
        raise RuntimeError(f"CP-SAT has no proof after {time_limit} s")
    return Schedule.of(
        [i for (j, i), x in chosen.items() if j == edge_node and solver.boolean_value(x)]
        for edge_node in range(data.num_edge_nodes)
    )
