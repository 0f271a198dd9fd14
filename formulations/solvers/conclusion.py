"""Conclusion from a solver run: the status, schedule and bound that the answer proves."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

from heuristics.result import EndedBy, Progress, Result, Status

if TYPE_CHECKING:
    from collections.abc import Iterable

    from formulations.question import Question
    from heuristics.result import NodeKind
    from heuristics.schedule import Schedule

LARGEST_RESOLVED = 10**11
"""Largest number in a row for which floating-point tolerances still resolve one unit.

Beyond this value HiGHS called a schedule optimal that was not, so such proofs are not accepted.
"""

Ending = tuple[Status, EndedBy]
"""Our status and reason for a status of a solver; FEASIBLE becomes NONE without an incumbent."""


@dataclass(frozen=True, kw_only=True)
class Reading:
    """Report of a solver on a run; the objective is maximised.

    Parameters
    ----------
    solver
        Name of the solver.
    said
        Status in the solver's own words.
    ending
        Translation of the status; None for an unknown status.
    schedule
        Schedule of the solver's current point, rounded; None without a point.
    is_claimed
        True if the solver calls that point feasible.
    bound
        Dual bound; None if it is not finite.
    num_nodes, simplex_iterations
        Numbers of nodes and of simplex iterations; None if the solver does not count them.
    """

    solver: str
    said: str
    ending: Ending | None
    schedule: Schedule | None
    bound: float | None
    num_nodes: int | None = None
    simplex_iterations: int | None = None
    is_claimed: bool = True


class Conclusion(NamedTuple):
    """Status, schedule and bound that a reading proves."""

    status: Status
    ended_by: EndedBy
    schedule: Schedule | None = None
    bound: int | None = None
    message: str | None = None
    claimed_objective: int | None = None


def judge(
    reading: Reading,
    *,
    broken: str | None,
    z: int | None,
    largest_value: int,
    is_second: bool = False,
) -> Conclusion:
    """Return the status, schedule and bound that a reading proves.

    Parameters
    ----------
    reading
        Report of the solver.
    broken
        Description of a row that the schedule violates in integers; None if it keeps all rows.
    z
        Cardinality; every feasible schedule has z requests, so z is a bound.
    largest_value
        Largest number in a row of floating point; 0 for a solver that calculates in integers.
    is_second
        True if an earlier run returned a schedule that violated a row.
    """
    solver, schedule = reading.solver, reading.schedule
    if reading.ending is None:
        kept = schedule if broken is None else None
        return _error(f"{solver} ended with {reading.said}", kept)
    status, ended_by = reading.ending
    bound = whole_bound(reading.bound)
    resolved = largest_value <= LARGEST_RESOLVED
    if broken is not None and schedule is not None:
        found = _error(f"the schedule of {solver} breaks a row: {broken}")
        return found._replace(claimed_objective=schedule.throughput)
    if not resolved and ended_by is EndedBy.PROOF:
        message = f"a row holds numbers above {LARGEST_RESOLVED}: no proof in floating point"
        return _error(message, schedule)
    if status is Status.INFEASIBLE:
        if z is None:
            message = f"{solver} calls the model infeasible, but the empty schedule is feasible"
            return _error(message, schedule)
        if schedule is not None:
            message = f"{solver} calls the model infeasible, but its start is feasible"
            return _error(message, schedule)
        if is_second:
            return _error(f"{solver} found a schedule within its tolerance, and then none")
        return Conclusion(status, ended_by)
    told = reading.said if ended_by is EndedBy.CRASH else None
    if not resolved:
        bound = None
    if schedule is None:
        if status is Status.OPTIMAL:
            return _error(f"{solver} calls the model optimal without a schedule")
        return Conclusion(Status.NONE, ended_by, bound=bound, message=told)
    if z is not None:
        bound = z
    if bound is not None and bound < schedule.throughput:
        message = f"the bound of {solver}, {reading.bound}, lies below its schedule"
        return _error(message, schedule)
    if bound == schedule.throughput:
        return Conclusion(Status.OPTIMAL, EndedBy.PROOF, schedule, bound)
    if status is Status.OPTIMAL:
        message = f"{solver} calls {schedule.throughput} optimal at a bound of {reading.bound}"
        return Conclusion(Status.FEASIBLE, EndedBy.ERROR, schedule, bound, message)
    return Conclusion(Status.FEASIBLE, ended_by, schedule, bound, told)


def conclude(
    question: Question,
    reading: Reading,
    *,
    version: str,
    largest_value: int = 0,
    is_second: bool = False,
    runtime_s: float,
    build_s: float,
    node_kind: NodeKind | None,
    proved_by: str,
    trajectory: Iterable[Progress] = (),
) -> Result:
    """Judge a solver's answer and return the result of the run.

    Parameters
    ----------
    question
        Problem, data and warm start. The warm start is kept if the solver finds nothing better.
    reading
        Report of the solver.
    version
        Version of the solver.
    largest_value, is_second
        As in :func:`judge`.
    runtime_s, build_s
        Time for solving and time for building the model [s].
    node_kind
        Kind of the nodes counted; None if the solver counts no nodes.
    proved_by
        Name of the method.
    trajectory
        Incumbents and bounds during the run.
    """
    broken = question.broken_row(reading.schedule)
    start = question.warm_start
    if broken is None and start is not None:
        found = -1 if reading.schedule is None else reading.schedule.throughput
        reading = reading if found >= start.throughput else replace(reading, schedule=start)
    conclusion = judge(
        reading,
        broken=broken,
        z=question.z,
        largest_value=largest_value,
        is_second=is_second,
    )
    objective = None if conclusion.schedule is None else conclusion.schedule.throughput
    return Result(
        problem=question.problem,
        **conclusion._asdict(),
        bound_raw=reading.bound,
        runtime_s=runtime_s,
        build_s=build_s,
        num_nodes=reading.num_nodes,
        node_kind=node_kind,
        simplex_iterations=reading.simplex_iterations,
        proved_by=proved_by if conclusion.ended_by is EndedBy.PROOF else None,
        solver=f"{reading.solver} {version}",
        trajectory=(*trajectory, Progress(runtime_s, objective, conclusion.bound)),
    )


def whole_bound(bound: float | None) -> int | None:
    """Round a bound on a whole number down, with a tolerance of 1e-6 for rounding errors."""
    return None if bound is None else math.floor(bound + 1e-6)


def _error(message: str, schedule: Schedule | None = None) -> Conclusion:
    status = Status.NONE if schedule is None else Status.FEASIBLE
    return Conclusion(status, EndedBy.ERROR, schedule, message=message)
