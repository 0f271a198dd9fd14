"""P1, P2, P3 and P3' as big-M models in Pyomo or PuLP, solved exactly by HiGHS."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from formulations.evaluation import broken_rows
from formulations.highs import Options, solve
from formulations.language import Language
from formulations.parameters import Parameters
from formulations.statement import recorded_problem, require_statement
from heuristics.errors import InputError
from heuristics.problem import Problem
from heuristics.result import EndedBy, NodeKind, Result, Status
from heuristics.schedule import Schedule

if TYPE_CHECKING:
    from heuristics.system_models.coefficients import Coefficients


def milp_bigm(
    data: Coefficients,
    *,
    problem: Problem = Problem.P1,
    language: str = Language.PYOMO,
    z: int | None = None,
    time_limit: float | None = None,
    node_limit: int | None = None,
    seed: int = 0,
    threads: int = 1,
    warm_start: Schedule | None = None,
) -> Result:
    """Solve a problem exactly, by branch and bound on its big-M model.

    Parameters
    ----------
    data
        The coefficients; of one edge node unless the problem is P1.
    problem
        P1, P2, P3 or P3'. Without z, P3' is recorded as P1.
    language
        ``pyomo`` or ``pulp``.
    z
        The cardinality of P3 and P3'; the only problems that can be infeasible.
    time_limit, node_limit
        Limits of the solve [s] and [nodes]; a run that reaches one keeps its schedule and bound.
    seed, threads
        ``random_seed`` and ``threads`` of HiGHS.
    warm_start
        A feasible schedule to start from. Its pairs that are not eligible are left out.

    Returns
    -------
    Result
        Optimal only if the bound of HiGHS, rounded down, equals a throughput that was recounted
        in integers. Ctrl-C ends the run and keeps its incumbent.

    Raises
    ------
    InputError
        If the problem is not stated for the data, an option is out of range, or the warm start
        is not feasible: HiGHS would drop it without a word.

    References
    ----------
    (12)-(15e) of doi 10.1109/TWC.2024.3497923.
    """
    tongue = Language.named(language)
    require_statement(problem, data, z)
    options = Options(time_limit=time_limit, node_limit=node_limit, seed=seed, threads=threads)
    if warm_start is not None:
        warm_start = _start(data, warm_start, problem, z)
    parameters = Parameters.of(data)
    if not parameters.pairs:
        return _without_pairs(data, recorded_problem(problem, z), z, proved_by=tongue.method)
    models = tongue.models(problem)
    started = time.perf_counter()
    translation = tongue.to_highs(models.build(data, z=z))
    return solve(
        translation,
        data,
        parameters,
        problem=recorded_problem(problem, z),
        z=z,
        options=options,
        warm_start=warm_start,
        build_s=time.perf_counter() - started,
        proved_by=tongue.method,
    )


def _start(data: Coefficients, schedule: Schedule, problem: Problem, z: int | None) -> Schedule:
    """Return the part of a schedule that has variables, or say which row it breaks."""
    if len(schedule.batches) != data.num_edge_nodes:
        raise InputError(
            f"must have {data.num_edge_nodes} batches, one for each edge node",
            field="warm_start",
            found=len(schedule.batches),
        )
    for _, request in schedule.pairs():
        if not 0 <= request < data.num_requests:
            raise InputError("must hold indices of requests", field="warm_start", found=request)
    start = Schedule.of(
        [i for i in batch if data.eligible[j, i]] for j, batch in enumerate(schedule.batches)
    )
    broken = next(broken_rows(data, start, problem, z), None)
    if broken is not None:
        raise InputError(f"must be feasible, but breaks {broken}", field="warm_start")
    return start


def _without_pairs(
    data: Coefficients, problem: Problem, z: int | None, *, proved_by: str
) -> Result:
    """Answer without a solver: the empty schedule is the only one."""
    possible = not z
    return Result(
        problem=problem,
        status=Status.OPTIMAL if possible else Status.INFEASIBLE,
        ended_by=EndedBy.PROOF,
        schedule=Schedule.empty(data.num_edge_nodes) if possible else None,
        bound=0 if possible else None,
        runtime_s=0.0,
        build_s=0.0,
        num_nodes=0,
        node_kind=NodeKind.BRANCH_AND_BOUND,
        simplex_iterations=0,
        proved_by=proved_by,
    )
