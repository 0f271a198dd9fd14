"""count-annealing: OT-GAH-fast, then simulated annealing over counts of equal requests, for P1."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

from heuristics.alternatives import refuse_alternatives
from heuristics.improvement.annealing import DEFAULT_NUM_MOVES, improvements
from heuristics.improvement.annealing import warm_up as warm_up_improvement
from heuristics.limits import Limits, Stopped
from heuristics.nothing_eligible import zero_if_nothing_eligible
from heuristics.ot_gah_fast import ot_gah_fast
from heuristics.problem import Problem
from heuristics.reporting import report
from heuristics.result import EndedBy, Progress, Result, Status
from heuristics.single_node.single_node import warm_up as warm_up_single_node

if TYPE_CHECKING:
    from collections.abc import Iterator

    from heuristics.coefficients import Coefficients
    from heuristics.schedule import Schedule

_METHOD = "count-annealing"


def count_annealing(
    data: Coefficients,
    *,
    seed: int = 0,
    moves: int = DEFAULT_NUM_MOVES,
    time_limit: float | None = None,
    node_limit: int | None = None,
    warm_start: Schedule | None = None,
) -> Result:
    r"""Improve a schedule by simulated annealing over counts of equal requests.

    Parameters
    ----------
    data
        Coefficients of all edge nodes.
    seed
        Seed of all random choices.
    moves
        Number of moves of the run, at most 1,000 for each eligible pair. It fixes the cooling, so
        the same seed and number of moves give the same schedule.
    time_limit
        Time limit [s]. It ends the run early and does not change the cooling.
    node_limit
        Maximum number of steps of OT-GAH-fast's searches, see there; the annealing has no steps.
    warm_start
        A feasible schedule to start from; None for that of OT-GAH-fast.

    Returns
    -------
    Result
        The result of P1, feasible, without a bound; ``trajectory`` has each better schedule. A
        run stopped early keeps the best schedule.

    Raises
    ------
    InputError
        If a limit is negative, or edge nodes have alternatives.

    Notes
    -----
    *Guarantee.* Never worse than the schedule at the start, so at least half of the optimum
    wherever OT-GAH-fast guarantees half and is the start. The value of a state is exact under the
    conditions of :mod:`heuristics.improvement.nested_pools`, and otherwise a lower bound: that of
    a schedule. Every schedule is checked against P1 before it counts.

    Examples
    --------
    Room for one request at each of two edge nodes; request 1 may be served at the first only.

    >>> from heuristics.coefficients import Coefficients
    >>> nothing = [[0, 0], [0, 0]]
    >>> data = Coefficients(
    ...     uplink=nothing, uplink_capacity=[0, 0], downlink=nothing, downlink_capacity=[0, 0],
    ...     memory=[[1, 1], [1, 1]], memory_capacity=[1, 1], compute=nothing,
    ...     compute_budget=nothing, eligible=[[1, 1], [1, 0]],
    ... )
    >>> count_annealing(data, moves=100).schedule.batches
    ((1,), (0,))
    """
    refuse_alternatives(data, _METHOD)
    warm_up()
    limits = Limits(time_limit=time_limit, node_limit=node_limit)
    nothing = zero_if_nothing_eligible(data, Problem.P1, _METHOD, limits)
    if nothing is not None:
        return nothing
    best = warm_start
    if best is None:
        first = ot_gah_fast(data, time_limit=limits.left_s, node_limit=node_limit)
        best = first.schedule
        if best is None or first.ended_by is not EndedBy.COMPLETED:
            return replace(first, runtime_s=limits.runtime_s)
    trajectory = [Progress(limits.runtime_s, best.throughput, None)]
    report(schedule=best)
    ended_by = EndedBy.COMPLETED
    try:
        for better in _until(limits, data, best, seed, moves):
            best = better
            trajectory.append(Progress(limits.runtime_s, best.throughput, None))
            report(schedule=best)
    except Stopped as stopped:
        ended_by = stopped.ended_by
    except KeyboardInterrupt:
        ended_by = EndedBy.INTERRUPTED
    return Result(
        problem=Problem.P1,
        status=Status.FEASIBLE,
        ended_by=ended_by,
        schedule=best,
        runtime_s=limits.runtime_s,
        trajectory=tuple(trajectory),
    )


def _until(
    limits: Limits, data: Coefficients, start: Schedule, seed: int, moves: int
) -> Iterator[Schedule]:
    """Yield better and better schedules until the moves are made or the time limit is reached."""
    limits.check_time()
    for better in improvements(data, start, seed=seed, num_moves=moves):
        if better is not None:
            yield better
        limits.check_time()


@cache
def warm_up() -> None:
    """Compile the kernels, or load them from disk, before the clock starts."""
    warm_up_single_node()
    warm_up_improvement()
