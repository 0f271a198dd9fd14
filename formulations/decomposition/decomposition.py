"""Methods ``decomposition`` and ``bound``: P1 solved exactly, or bounded, by decomposition."""

from __future__ import annotations

from functools import cache
from math import isfinite
from typing import TYPE_CHECKING

import numpy as np

from formulations.decomposition.choice_search import ChoiceSearch
from formulations.decomposition.columns.beam import Beam
from formulations.decomposition.columns.columns import Columns, survivors
from formulations.decomposition.columns.refinement import Refinement
from formulations.decomposition.pricing.dual_ascent import DualAscent
from formulations.decomposition.pricing.group_ascent import GroupAscent
from formulations.decomposition.proof.proof import certificate
from formulations.decomposition.search import FEW_LOOKS, Search
from formulations.question import Question
from heuristics.certificate import Proof
from heuristics.coefficients import Coefficients
from heuristics.compilation import compiles_beside
from heuristics.improvement import annealing
from heuristics.limits import Limits, Stopped
from heuristics.problem import Problem
from heuristics.reporting import listening
from heuristics.result import EndedBy, NodeKind, Progress, Result, Status

if TYPE_CHECKING:
    from formulations.decomposition.approach import Ask
    from heuristics.certificate import Certificate
    from heuristics.schedule import Schedule

METHOD = "decomposition"

_MODULE = "formulations.decomposition.decomposition"

INTERRUPTED_S = 1.0
"""Time limit for the certificate of an interrupted run [s]."""


def decomposition(
    data: Coefficients,
    *,
    time_limit: float | None = None,
    node_limit: int | None = None,
    seed: int = 0,
    warm_start: Schedule | None = None,
    ask: Ask | None = None,
) -> Result:
    """Solve P1 exactly by Lagrangian decomposition, in one thread.

    Where edge nodes have alternatives, a branch and bound over the rows in use comes first, see
    :mod:`formulations.decomposition.choice_search`.

    Parameters
    ----------
    data
        Coefficients of P1.
    time_limit, node_limit
        Time limit [s] and limit on branch-and-bound nodes. A run stopped by a limit keeps its
        schedule and bound.
    seed
        Seed of the random choices for schedules, and of HiGHS.
    warm_start
        Feasible schedule to start from. Pairs that are not eligible are removed from it.
    ask
        Function that returns a schedule of another method within a number of seconds. It is
        called at most once, if the own schedules leave too large a gap.

    Returns
    -------
    Result
        Optimal only if the certificate, counted in integers, proves the throughput of the
        schedule as a bound, or proves a larger bound and an enumeration of all batches that
        could exceed the schedule found none. Searches of connected components prove the optimum
        without a certificate where the enumeration on the whole problem is too long.

    Raises
    ------
    InputError
        If a limit is out of range, or the warm start is not feasible.

    Notes
    -----
    An evaluation of the bound takes O(J I log I). P1 is NP-hard, so the time for closing the gap
    is not bounded by a polynomial.

    References
    ----------
    M. L. Fisher, "The Lagrangian relaxation method for solving integer programming problems",
    Management Science 27(1):1-18, 1981, doi:10.1287/mnsc.27.1.1.
    """
    return _solve(data, "finish", time_limit, node_limit, seed=seed, warm_start=warm_start, ask=ask)


def bound(
    data: Coefficients,
    *,
    time_limit: float | None = None,
    seed: int = 0,
    warm_start: Schedule | None = None,
) -> Result:
    """Bound the throughput of P1 at any size, by the decomposition without columns.

    Parameters
    ----------
    data, time_limit, seed, warm_start
        As in :func:`decomposition`.

    Returns
    -------
    Result
        Its bound is proved by the certificate alone; its schedule is the best one found during
        the run.
    """
    return _solve(data, "tighten", time_limit, None, seed=seed, warm_start=warm_start)


@compiles_beside(
    f"{_MODULE}:refine_two_requests",
    f"{_MODULE}:prove_two_requests",
    f"{_MODULE}:schedule_two_requests",
)
def _solve(
    data: Coefficients,
    run: str,
    time_limit: float | None,
    node_limit: int | None,
    *,
    seed: int,
    warm_start: Schedule | None,
    ask: Ask | None = None,
) -> Result:
    question = Question.of(data, Problem.P1, None, warm_start)
    kind = NodeKind.BRANCH_AND_BOUND
    trivial = question.without_a_solver(proved_by=METHOD, node_kind=kind)
    if trivial is not None:
        return trivial
    limits = Limits(time_limit=time_limit, node_limit=node_limit)
    kind_of_search = ChoiceSearch if data.has_alternatives else Search
    search = kind_of_search(data, limits, seed=seed, incumbent=question.warm_start, ask=ask)
    try:
        getattr(search, run)()
        ended_by = search.cut_by
    except Stopped as stopped:
        ended_by = stopped.ended_by
    except KeyboardInterrupt:
        ended_by = EndedBy.INTERRUPTED
    is_interrupted = ended_by is EndedBy.INTERRUPTED
    proof = search.certify(time_limit=INTERRUPTED_S if is_interrupted else search.left_s)
    return _result(search, proof, ended_by, limits.runtime_s)


def _result(
    search: Search | ChoiceSearch, proof: Certificate, ended_by: EndedBy, runtime_s: float
) -> Result:
    objective = search.incumbent.throughput
    is_certified = proof.bound == objective
    is_optimal = is_certified or search.apart <= objective
    bound = objective if is_optimal else proof.bound
    is_raw = proof.proof is Proof.BOUND and proof.bound == bound
    if is_optimal:
        ended_by = EndedBy.PROOF
    return Result(
        problem=Problem.P1,
        status=Status.OPTIMAL if is_optimal else Status.FEASIBLE,
        ended_by=ended_by,
        schedule=search.incumbent,
        bound=bound,
        bound_raw=_finite(search.value) if is_raw else None,
        runtime_s=runtime_s,
        build_s=0.0,
        num_nodes=search.limits.num_nodes,
        node_kind=NodeKind.BRANCH_AND_BOUND,
        proved_by=METHOD if is_optimal else None,
        certificate=proof if is_certified or not is_optimal else None,
        trajectory=(*search.trajectory, Progress(runtime_s, objective, bound)),
    )


def _finite(value: float) -> float | None:
    return value if isfinite(value) else None


@cache
def warm_up() -> None:
    """Compile the kernels, or load them from disk."""
    annealing.warm_up()
    prove_two_requests()
    with listening(None):
        data = _two_requests()
        search = Search(data, Limits())
        search.approach()
        search.improve(FEW_LOOKS)
        search.recur(search.problem(search.bound))
        search.enumerate(search.problem(search.bound))
        search.certify(time_limit=None)
        ascent = DualAscent(search.nodes, data.num_requests, sorts=True)
        _, _, value = ascent.evaluate(ascent.point, exact=True)
        ascent.descend(0, Limits(), exact=False, num_steps=1, first=0.1, last=0.1)
        assert ascent.nested is not None
        columns = survivors(search.nodes, ascent.prices(), value, 1.0, most=8)
        Beam(search.problem(1), columns or [], ascent.nested).run(1, Limits())
        ascent.nested = None
        ascent.evaluate(ascent.point, exact=True)
        groups = GroupAscent(search.nodes, data.num_requests, data.alternatives)
        groups.evaluate(ascent.point, exact=True)


def prove_two_requests() -> None:
    """Call every kernel of certificates once."""
    data = _two_requests()
    with listening(None):
        search = Search(data, Limits())
        # At zero prices no single leaf proves the best batch, so the kernels for splits run too.
        certificate(data, search.nodes, search.ascent.prices(), 1, Limits(), headroom=0.0)


def refine_two_requests() -> None:
    """Call every kernel that lowers the bound of columns once."""
    data = _two_requests()
    with listening(None):
        search = Search(data, Limits())
        columns = Columns(np.eye(2, dtype=np.int64), np.array([2, 2]), np.ones(2))
        refinement = Refinement(search.nodes, search.ascent.prices(), [columns], 0)
        refinement.descend(Limits(), num_steps=1)


def schedule_two_requests() -> None:
    """Call every kernel that makes schedules from prices once."""
    data = _two_requests()
    with listening(None):
        search = Search(data, Limits())
        search.scheduler.make(search.ascent.prices(), Limits())


def _two_requests() -> Coefficients:
    """Return a problem of two requests, one of which fits."""
    row, capacity = np.array([[2, 1]]), np.array([2])
    return Coefficients(
        uplink=row,
        uplink_capacity=capacity,
        downlink=row,
        downlink_capacity=capacity,
        memory=row,
        memory_capacity=capacity,
        compute=row,
        compute_budget=np.array([[2, 2]]),
        eligible=np.array([[True, True]]),
    )
