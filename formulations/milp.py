"""Methods ``milp-bigm``, ``milp-bigm-pulp`` and ``milp-threshold``: MILP models and a solver."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from formulations.language import Form, Language
from formulations.parameters import Parameters
from formulations.question import Question
from formulations.solvers import highs, native
from formulations.solvers.options import Options
from formulations.solvers.solver_entry import DEFAULT_SOLVER, SOLVERS
from heuristics.errors import InputError
from heuristics.problem import Problem
from heuristics.result import NodeKind

if TYPE_CHECKING:
    from heuristics.coefficients import Coefficients
    from heuristics.result import Result
    from heuristics.schedule import Schedule


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
    solver: str = DEFAULT_SOLVER,
    warm_start: Schedule | None = None,
) -> Result:
    """Solve a problem exactly, by branch and bound on the paper's big-M model.

    Parameters
    ----------
    data
        Coefficients; of one edge node unless the problem is P1.
    problem
        P1, P2, P3 or P3'. Without z, P3' is a maximisation.
    language
        ``pyomo`` or ``pulp``.
    z
        Cardinality of P3 and P3', the only problems that can be infeasible.
    time_limit, node_limit
        Limits of the solve [s] and [nodes]; a run stopped by a limit keeps its schedule and
        bound.
    seed, threads
        Seed of the solver's random choices and number of its threads. COPT has no seed.
    solver
        ``highs``, ``gurobi``, ``cplex``, ``xpress``, ``copt`` or ``scip``.
    warm_start
        Feasible schedule to start from; it is kept if the solver finds nothing better. Pairs that
        are not eligible are removed from it.

    Returns
    -------
    Result
        Optimal only if the bound of the solver, rounded down, equals a throughput that was
        recounted in integers. Ctrl-C ends the run and keeps its incumbent. A model that exceeds
        the size of the solver's licence ends in an error with the solver's message.

    Raises
    ------
    InputError
        If the problem is not stated for the data, an option is out of range, no solver has this
        name, or the warm start is not feasible: a solver would ignore it without a message.
    ImportError
        If the solver is not installed.

    References
    ----------
    (12)-(15e) of doi 10.1109/TWC.2024.3497923.
    """
    tongue = Language.named(language)
    options = Options(time_limit=time_limit, node_limit=node_limit, seed=seed, threads=threads)
    question = Question.of(data, problem, z, warm_start)
    return _answer(question, Form.BIG_M, tongue, options, solver, proved_by=tongue.method)


def milp_threshold(
    data: Coefficients,
    *,
    problem: Problem = Problem.P1,
    z: int | None = None,
    time_limit: float | None = None,
    node_limit: int | None = None,
    seed: int = 0,
    threads: int = 1,
    solver: str = DEFAULT_SOLVER,
    warm_start: Schedule | None = None,
) -> Result:
    """Solve a problem exactly, by branch and bound on its model with ordered thresholds.

    Parameters, results and exceptions are those of :func:`milp_bigm`. The optima are the same, and
    the linear relaxation is never weaker; ``notation.md`` has the proof.
    """
    options = Options(time_limit=time_limit, node_limit=node_limit, seed=seed, threads=threads)
    question = Question.of(data, problem, z, warm_start)
    form, proved_by = Form.THRESHOLD, "milp-threshold"
    return _answer(question, form, Language.PYOMO, options, solver, proved_by=proved_by)


def _answer(
    question: Question,
    form: Form,
    language: Language,
    options: Options,
    solver: str,
    *,
    proved_by: str,
) -> Result:
    if solver not in SOLVERS:
        raise InputError(f"must be one of {', '.join(SOLVERS)}", field="solver", found=solver)
    kind = NodeKind.BRANCH_AND_BOUND
    if known := question.without_a_solver(proved_by=proved_by, node_kind=kind):
        return known
    language.models(question.problem)  # imported here: not part of build_s
    if solver == DEFAULT_SOLVER:
        return _by_highs(question, form, language, options, proved_by=proved_by)
    native.import_solver(solver, language)
    return _by_native(question, form, language, options, solver, proved_by=proved_by)


def _by_highs(
    question: Question, form: Form, language: Language, options: Options, *, proved_by: str
) -> Result:
    parameters = Parameters.of(question.data)
    started = time.perf_counter()
    model = language.build(question.data, problem=question.problem, form=form, z=question.z)
    translation = language.to_highs(model)
    build_s = time.perf_counter() - started
    return highs.solve(
        translation, question, parameters, options=options, build_s=build_s, proved_by=proved_by
    )


def _by_native(
    question: Question,
    form: Form,
    language: Language,
    options: Options,
    solver: str,
    *,
    proved_by: str,
) -> Result:
    # A function of its own: PuLP keeps an exception of its import, and so the importing frame.
    data = question.data
    parameters = Parameters.of(data)
    started = time.perf_counter()
    model = language.build(data, problem=question.problem, form=form, z=question.z)
    run = native.native_run(model, language, solver, data.num_edge_nodes)
    build_s = time.perf_counter() - started
    return native.solve(
        run, question, parameters, options=options, build_s=build_s, proved_by=proved_by
    )
