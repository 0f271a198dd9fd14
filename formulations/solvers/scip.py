"""P1, P2, P3 and P3' with ordered thresholds, solved exactly by SCIP."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from formulations.language import Form, Language
from formulations.parameters import Parameters
from formulations.question import Question
from formulations.solvers.native import import_solver, native_run, solve
from formulations.solvers.options import Options
from heuristics.problem import Problem
from heuristics.result import NodeKind

if TYPE_CHECKING:
    from heuristics.coefficients import Coefficients
    from heuristics.result import Result
    from heuristics.schedule import Schedule

METHOD = "scip"


def scip(
    data: Coefficients,
    *,
    problem: Problem = Problem.P1,
    z: int | None = None,
    time_limit: float | None = None,
    node_limit: int | None = None,
    seed: int = 0,
    warm_start: Schedule | None = None,
) -> Result:
    """Solve a problem exactly by SCIP, in one thread.

    Parameters
    ----------
    data
        Coefficients; of one edge node unless the problem is P1.
    problem, z
        P1, P2, P3 or P3', and the cardinality of the last two.
    time_limit, node_limit
        Limits of the solve [s] and [nodes]; a run stopped by a limit keeps its schedule and
        bound.
    seed
        ``randomization/randomseedshift`` of SCIP.
    warm_start
        Feasible schedule to start from; it is kept if SCIP finds nothing better. Pairs that are
        not eligible are removed from it.

    Returns
    -------
    Result
        Optimal only if the bound of SCIP, rounded down, equals a throughput that was recounted
        in integers. Ctrl-C ends the run and keeps its incumbent.

    Raises
    ------
    InputError
        If the problem is not stated for the data, an option is out of range, or the warm start
        is not feasible.
    ImportError
        If PySCIPOpt is not installed.

    Notes
    -----
    The rows are those of ``milp-threshold``; SCIP solves them far faster than big-M rows.

    References
    ----------
    S. Maher et al., PySCIPOpt, ICMS 2016, doi 10.1007/978-3-319-42432-3_37.
    """
    options = Options(time_limit=time_limit, node_limit=node_limit, seed=seed)
    question = Question.of(data, problem, z, warm_start)
    kind = NodeKind.BRANCH_AND_BOUND
    if known := question.without_a_solver(proved_by=METHOD, node_kind=kind):
        return known
    import_solver(METHOD, Language.PYOMO)  # not part of build_s
    started = time.perf_counter()
    parameters = Parameters.of(data)
    stated = Language.PYOMO.build(data, problem=problem, form=Form.THRESHOLD, z=z)
    run = native_run(stated, Language.PYOMO, METHOD, data.num_edge_nodes)
    build_s = time.perf_counter() - started
    return solve(run, question, parameters, options=options, build_s=build_s, proved_by=METHOD)
