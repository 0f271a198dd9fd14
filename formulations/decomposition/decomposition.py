"""P1 solved exactly by decomposition."""

from __future__ import annotations

from dataclasses import replace
from math import isfinite
from typing import TYPE_CHECKING

import numpy as np

from formulations.decomposition.proof.proof import certificate
from formulations.decomposition.search import FEW_LOOKS, Search
from formulations.question import Question
from heuristics.certificate import Proof
from heuristics.coefficients import Coefficients
from heuristics.limits import Limits, Stopped
from heuristics.problem import Problem
from heuristics.reporting import listening
from heuristics.result import EndedBy, NodeKind, Progress, Result, Status

if TYPE_CHECKING:
    from collections.abc import Callable

    from formulations.decomposition.approach import Ask
    from heuristics.certificate import Certificate
    from heuristics.schedule import Schedule

METHOD = "decomposition"

RESERVE, LONGEST_RESERVE_S = 0.1, 5.0
"""What is kept of the time for the certificate, and the most of it [s]."""

INTERRUPTED_S = 1.0
"""What the certificate of an interrupted run may take [s]."""

HEADROOM = 0.02
"""By how much the tree of an enumeration may prove less than the prices do."""


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

    Parameters
    ----------
    data
        The coefficients.
    time_limit, node_limit
        Of the run [s], and of branch and bound nodes; it keeps its schedule and its bound.
    seed
        Of the random choices of its schedules, and of HiGHS.
    warm_start
        A feasible schedule to start from. Its pairs that are not eligible are left out.
    ask
        Returns a schedule of another method within a number of seconds; asked once, where its
        own schedules leave too much open.

    Returns
    -------
    Result
        Optimal only if the certificate, counted in integers, proves the throughput of the
        schedule, or one more and all batches that this leaves were looked at.

    Raises
    ------
    InputError
        If a limit is out of range, or the warm start is not feasible.

    Notes
    -----
    An evaluation of the bound takes O(J I log I); P1 is NP-hard, and so is the rest.

    References
    ----------
    M. L. Fisher, "The Lagrangian relaxation method for solving integer programming problems",
    Management Science 27(1):1-18, 1981, doi:10.1287/mnsc.27.1.1.
    """
    return _solve(
        data, Search.finish, time_limit, node_limit, seed=seed, warm_start=warm_start, ask=ask
    )


def bound(
    data: Coefficients,
    *,
    time_limit: float | None = None,
    seed: int = 0,
    warm_start: Schedule | None = None,
) -> Result:
    """Bound the throughput of P1 at any size: the decomposition without looking at columns.

    Parameters
    ----------
    data, time_limit, seed, warm_start
        As in :func:`decomposition`.

    Returns
    -------
    Result
        Its bound is what its certificate proves alone; its schedule is what came up on the way.
    """
    return _solve(data, Search.approach, time_limit, None, seed=seed, warm_start=warm_start)


def _solve(
    data: Coefficients,
    run: Callable[[Search], object],
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
    whole = Limits(time_limit=time_limit, node_limit=node_limit)
    reserve_s = 0.0 if time_limit is None else min(RESERVE * time_limit, LONGEST_RESERVE_S)
    limits = Limits(
        time_limit=None if time_limit is None else time_limit - reserve_s, node_limit=node_limit
    )
    search = Search(data, limits, seed=seed, incumbent=question.warm_start, ask=ask)
    ended_by = EndedBy.COMPLETED
    try:
        run(search)
    except Stopped as stopped:
        ended_by = stopped.ended_by
    except KeyboardInterrupt:
        ended_by = EndedBy.INTERRUPTED
    proof = _certificate(search, INTERRUPTED_S if ended_by is EndedBy.INTERRUPTED else whole.left_s)
    return _result(search, proof, ended_by, whole.runtime_s)


def _certificate(search: Search, time_limit: float | None) -> Certificate:
    """Return the certificate of the bound that the search has reached, or of a weaker one."""
    made = certificate(
        search.data,
        search.nodes,
        search.ascent.prices(),
        search.price_bound,
        Limits(time_limit=time_limit),
        headroom=HEADROOM if search.is_enumerated else 1.0,
    )
    if search.is_enumerated and search.bound < made.bound:
        return replace(
            made, bound=search.bound, proof=Proof.ENUMERATION, tree_bound=made.tree_bound
        )
    return made


def _result(search: Search, proof: Certificate, ended_by: EndedBy, runtime_s: float) -> Result:
    objective = search.incumbent.throughput
    is_optimal = proof.bound == objective
    if is_optimal:
        ended_by = EndedBy.PROOF
    return Result(
        problem=Problem.P1,
        status=Status.OPTIMAL if is_optimal else Status.FEASIBLE,
        ended_by=ended_by,
        schedule=search.incumbent,
        bound=proof.bound,
        bound_raw=_finite(search.ascent.value) if proof.proof is Proof.BOUND else None,
        runtime_s=runtime_s,
        build_s=0.0,
        num_nodes=search.limits.num_nodes,
        node_kind=NodeKind.BRANCH_AND_BOUND,
        proved_by=METHOD if is_optimal else None,
        certificate=proof,
        trajectory=(*search.trajectory, Progress(runtime_s, objective, proof.bound)),
    )


def _finite(value: float) -> float | None:
    return value if isfinite(value) else None


def warm_up() -> None:
    """Compile the kernels, or load what was compiled, on two requests that want one place."""
    row, capacity = np.array([[2, 1]]), np.array([2])
    data = Coefficients(
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
    with listening(None):
        search = Search(data, Limits())
        # Without prices no multipliers prove the best batch: its tree is split.
        certificate(data, search.nodes, search.ascent.prices(), 1, Limits(), headroom=0.0)
        search.approach()
        search.improve(FEW_LOOKS)
        search.recur(search.problem(search.bound))
        search.enumerate(search.problem(search.bound))
        _certificate(search, None)
