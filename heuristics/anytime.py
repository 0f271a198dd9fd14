"""Anytime: a run that yields better and better schedules and keeps the best at every end."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from heuristics.limits import Stopped
from heuristics.reporting import report
from heuristics.result import EndedBy, Progress, Result, Status
from heuristics.schedule import Schedule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from heuristics.coefficients import Coefficients
    from heuristics.limits import Limits
    from heuristics.problem import Problem

Start = Callable[[float | None], Schedule | None]
"""Function that returns a feasible schedule within a number of seconds, None without one."""


def first_schedule(data: Coefficients, limits: Limits, start: Start) -> Schedule:
    """Return the schedule that a run starts from, which is empty if the start has none.

    Parameters
    ----------
    data
        Coefficients of all edge nodes.
    limits
        Limits of the run, whose clock has started.
    start
        Function that returns the schedule within the time left.
    """
    found = start(limits.left_s)
    return Schedule.empty(data.num_edge_nodes) if found is None else found


def run_anytime(
    problem: Problem,
    limits: Limits,
    steps: Iterator[Schedule | None],
    *,
    best: Schedule | None = None,
) -> Result:
    """Take the steps of a method until it completes or is stopped; report each better schedule.

    Parameters
    ----------
    problem
        Problem that is solved.
    limits
        Limits of the run, whose clock has started.
    steps
        Schedules of the method in turn, better or not, and None after a part of the work without
        one. The time limit is checked after each step; `Stopped` and Ctrl-C end the run, and so
        does a listener of its reports that raises KeyboardInterrupt.
    best
        Feasible schedule known before the first step; None without one.

    Returns
    -------
    Result
        The best schedule, feasible, without a bound; ``trajectory`` has each better schedule.

    Examples
    --------
    >>> from heuristics.limits import Limits
    >>> from heuristics.problem import Problem
    >>> from heuristics.schedule import Schedule
    >>> one, two = Schedule.of([[0], []]), Schedule.of([[0], [1]])
    >>> result = run_anytime(Problem.P1, Limits(), iter([one, None, two, one]))
    >>> result.objective, [point.objective for point in result.trajectory]
    (2, [1, 2])
    """
    trajectory: list[Progress] = []

    def note(schedule: Schedule) -> None:
        trajectory.append(Progress(limits.runtime_s, schedule.throughput, None))
        report(schedule=schedule)

    ended_by = EndedBy.COMPLETED
    try:
        if best is not None:
            note(best)
        for each in steps:
            if each is not None and (best is None or each.throughput > best.throughput):
                best = each
                note(best)
            limits.check_time()
    except Stopped as stopped:
        ended_by = stopped.ended_by
    except KeyboardInterrupt:
        ended_by = EndedBy.INTERRUPTED
    return Result(
        problem=problem,
        status=Status.NONE if best is None else Status.FEASIBLE,
        ended_by=ended_by,
        schedule=best,
        runtime_s=limits.runtime_s,
        trajectory=tuple(trajectory),
    )
