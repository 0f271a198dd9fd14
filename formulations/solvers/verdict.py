"""The verdict on a run of a solver: what its answer proves, and no more."""

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
"""Beyond this, one unit of a row is lost in the tolerances of floating point.

There HiGHS was seen to call a schedule optimal that was not, so such proofs do not count.
"""

Ending = tuple[Status, EndedBy]
"""What a status of a solver means; FEASIBLE is NONE where there is no incumbent."""


@dataclass(frozen=True, kw_only=True)
class Reading:
    """What a solver says of a run, in the model's own sense.

    Parameters
    ----------
    solver
        Its name.
    said
        Its status, as it calls it.
    ending
        What that means; None for a status that is not known to mean anything.
    schedule
        The point that it holds, rounded; None if it holds none.
    is_claimed
        Whether it calls that point feasible.
    bound
        Its dual bound; None if it is not finite.
    num_nodes, simplex_iterations
        Its counts; None if it has none.
    """

    solver: str
    said: str
    ending: Ending | None
    schedule: Schedule | None
    bound: float | None
    num_nodes: int | None = None
    simplex_iterations: int | None = None
    is_claimed: bool = True


class Verdict(NamedTuple):
    """What a reading is worth."""

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
) -> Verdict:
    """Return what a reading proves, and no more.

    Parameters
    ----------
    reading
        What the solver says.
    broken
        A row that its schedule breaks in integers.
    z
        The cardinality; every feasible schedule has it, so it is a bound.
    largest_value
        The largest number in a row of floating point; 0 for a solver that calculates in integers.
    is_second
        Whether an earlier run gave a schedule that broke a row.
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
        return Verdict(status, ended_by)
    told = reading.said if ended_by is EndedBy.CRASH else None
    if not resolved:
        bound = None
    if schedule is None:
        if status is Status.OPTIMAL:
            return _error(f"{solver} calls the model optimal without a schedule")
        return Verdict(Status.NONE, ended_by, bound=bound, message=told)
    if z is not None:
        bound = z
    if bound is not None and bound < schedule.throughput:
        message = f"the bound of {solver}, {reading.bound}, lies below its schedule"
        return _error(message, schedule)
    if bound == schedule.throughput:
        return Verdict(Status.OPTIMAL, EndedBy.PROOF, schedule, bound)
    if status is Status.OPTIMAL:
        message = f"{solver} calls {schedule.throughput} optimal at a bound of {reading.bound}"
        return Verdict(Status.FEASIBLE, EndedBy.ERROR, schedule, bound, message)
    return Verdict(Status.FEASIBLE, ended_by, schedule, bound, told)


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
    """Return the result of a run: what can be said of a solver's answer.

    Parameters
    ----------
    question
        What was asked. Its warm start is kept where the solver has nothing better.
    reading
        What the solver says.
    version
        Of the solver.
    largest_value, is_second
        As in :func:`judge`.
    runtime_s, build_s
        What solving and building took [s].
    node_kind
        What the nodes are; None if the solver counts none.
    proved_by
        The name of the method.
    trajectory
        Incumbents and bounds on the way.
    """
    broken = question.broken_row(reading.schedule)
    start = question.warm_start
    if broken is None and start is not None:
        found = -1 if reading.schedule is None else reading.schedule.throughput
        reading = reading if found >= start.throughput else replace(reading, schedule=start)
    verdict = judge(
        reading,
        broken=broken,
        z=question.z,
        largest_value=largest_value,
        is_second=is_second,
    )
    objective = None if verdict.schedule is None else verdict.schedule.throughput
    return Result(
        problem=question.recorded_problem,
        **verdict._asdict(),
        bound_raw=reading.bound,
        runtime_s=runtime_s,
        build_s=build_s,
        num_nodes=reading.num_nodes,
        node_kind=node_kind,
        simplex_iterations=reading.simplex_iterations,
        proved_by=proved_by if verdict.ended_by is EndedBy.PROOF else None,
        solver=f"{reading.solver} {version}",
        trajectory=(*trajectory, Progress(runtime_s, objective, verdict.bound)),
    )


def whole_bound(bound: float | None) -> int | None:
    """Round a bound on a whole number down, forgiving the noise of floating point."""
    return None if bound is None else math.floor(bound + 1e-6)


def _error(message: str, schedule: Schedule | None = None) -> Verdict:
    status = Status.NONE if schedule is None else Status.FEASIBLE
    return Verdict(status, EndedBy.ERROR, schedule, message=message)
