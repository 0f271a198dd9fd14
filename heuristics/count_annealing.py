"""count-annealing: OT-GAH-fast, then simulated annealing over counts of equal requests, for P1."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from math import exp
from typing import TYPE_CHECKING

import numpy as np

from heuristics.anytime import run_anytime
from heuristics.compilation import compiles_beside
from heuristics.improvement.annealing import DEFAULT_NUM_MOVES, improvements
from heuristics.improvement.annealing import warm_up as warm_up_improvement
from heuristics.limits import Limits
from heuristics.nothing_eligible import zero_if_nothing_eligible
from heuristics.ot_gah_fast import ot_gah_fast
from heuristics.problem import Problem
from heuristics.result import EndedBy
from heuristics.schedule import Schedule
from heuristics.single_node.single_node import MOST_STEPS, best_batch
from heuristics.single_node.single_node import warm_up as warm_up_single_node

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.random import Generator

    from heuristics.coefficients import Coefficients
    from heuristics.result import Result

_METHOD = "count-annealing"

_MOST_CHANGES, _LEAST_MOVES = 100, 20_000
"""Maximum number of changes of a row, and least number of moves after each of them."""

_FIRST_HEAT, _LAST_HEAT = 1.0, 0.1
"""Temperatures [requests] at the first change of a row, and at the last."""


@compiles_beside("heuristics.improvement.annealing:anneal_nested")
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
        If a limit is negative.

    Notes
    -----
    *Guarantee.* Never worse than the schedule at the start, so at least half of the optimum
    wherever OT-GAH-fast guarantees half and is the start. The value of a state is exact under the
    conditions of :mod:`heuristics.improvement.nested_pools`, and otherwise a lower bound: that of
    a schedule. Every schedule is checked against P1 before it counts.

    *Alternatives.* The row that each edge node uses is part of the state. A change of the row of
    one edge node gives it the largest batch of the new row among the requests that the others
    leave. An annealing over the counts of the rows in use follows, with an equal share of the
    moves, and the rule of Metropolis accepts or rejects the change with what the annealing found.

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
    steps = _until(limits, data, best, seed, moves)
    return run_anytime(Problem.P1, limits, steps, best=best)


def _until(
    limits: Limits, data: Coefficients, start: Schedule, seed: int, moves: int
) -> Iterator[Schedule]:
    """Yield better and better schedules until the moves are made or the time limit is reached."""
    limits.check_time()
    if data.has_alternatives:
        found = _with_changes_of_rows(limits, data, start, seed, moves)
    else:
        found = improvements(data, start, seed=seed, num_moves=moves)
    for better in found:
        if better is not None:
            yield better
        limits.check_time()


def _with_changes_of_rows(
    limits: Limits, data: Coefficients, start: Schedule, seed: int, moves: int
) -> Iterator[Schedule | None]:
    """Yield better schedules, or None after a slice of moves, as rows and counts are annealed."""
    random = np.random.default_rng(seed)
    best = current = start
    rows = [max(group, key=lambda row: len(start.batches[row])) for group in data.alternatives]
    num_changes = min(_MOST_CHANGES, moves // _LEAST_MOVES)
    for number in range(num_changes + 1):
        tried, begin = rows, current
        if number:
            tried, begin = _with_another_row(limits, data, rows, current, random)
        found = begin
        part = begin.of_rows(tried)
        share = moves // (num_changes + 1)
        own_seed = int(random.integers(1 << 31))
        for better in improvements(data.of_rows(tried), part, seed=own_seed, num_moves=share):
            found = found if better is None else better.on_rows(tried, data.num_edge_nodes)
            is_better = found.throughput > best.throughput
            best = found if is_better else best
            yield best if is_better else None
        gain = found.throughput - current.throughput
        heat = _FIRST_HEAT * (_LAST_HEAT / _FIRST_HEAT) ** (number / max(num_changes, 1))
        if gain >= 0 or random.random() < exp(gain / heat):
            rows, current = tried, found


def _with_another_row(
    limits: Limits, data: Coefficients, rows: list[int], schedule: Schedule, random: Generator
) -> tuple[list[int], Schedule]:
    """Change the row of one edge node at random; return the rows in use and a schedule of them."""
    able = [g for g, group in enumerate(data.alternatives) if len(group) > 1]
    g = able[random.integers(len(able))]
    others = [row for row in data.alternatives[g] if row != rows[g]]
    row = others[random.integers(len(others))]
    batches = list(schedule.batches)
    batches[rows[g]] = ()
    remaining = np.ones(data.num_requests, dtype=np.bool_)
    remaining[[request for batch in batches for request in batch]] = False
    own = Limits(time_limit=limits.left_s, node_limit=MOST_STEPS)
    batches[row] = best_batch(data, row, limits=own, remaining=remaining).requests
    return [*rows[:g], row, *rows[g + 1 :]], Schedule.of(batches)


@cache
def warm_up() -> None:
    """Compile the kernels, or load them from disk, before the clock starts."""
    warm_up_single_node()
    warm_up_improvement()
