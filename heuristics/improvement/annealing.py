"""Annealing over counts: the kernel that suits the data, run in slices until a deadline."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Protocol

import numpy as np

from heuristics.clock import now_s
from heuristics.coefficients import Coefficients
from heuristics.improvement.feasibility import is_feasible
from heuristics.improvement.matching_annealing import MatchingAnnealing
from heuristics.improvement.matching_cells import MatchingCells
from heuristics.improvement.nested_annealing import NestedAnnealing
from heuristics.improvement.nested_pools import NestedPools
from heuristics.improvement.request_classes import RequestClasses
from heuristics.schedule import Schedule

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from heuristics.improvement.price_guide import FloatArray

DEFAULT_NUM_MOVES = 10**7
"""Moves in which the temperature falls to its end."""

_MOVES_PER_PAIR = 1000
"""Maximum number of moves for each eligible pair: a small problem needs no more."""

_LEAST_SLICE, _SLICE_S, _SLICE_OF_CHECKS = 1 << 10, 0.01, 5
"""Moves of the first slice, target duration of a slice [s], and the least in checks of a schedule.

A check of a large schedule takes milliseconds."""


class Annealing(Protocol):
    """An annealing, and its best schedule."""

    @property
    def objective(self) -> int:
        """Throughput of the best state."""

    @property
    def best(self) -> Schedule:
        """A schedule of the best state."""

    def advance(self, num_moves: int, enough: int) -> None:
        """Make moves, until a state has the value ``enough``."""


def improve(
    data: Coefficients,
    schedule: Schedule,
    *,
    seed: int = 0,
    num_moves: int = DEFAULT_NUM_MOVES,
    deadline_s: float | None = None,
    enough: int | None = None,
    report: Callable[[Schedule], None] | None = None,
    profit: FloatArray | None = None,
) -> Schedule:
    """Return the best schedule that an annealing over counts finds from a feasible schedule.

    Parameters
    ----------
    data
        Coefficients of all edge nodes.
    schedule
        A feasible schedule to start from.
    seed
        Seed of all random choices.
    num_moves
        Number of moves in which the temperature falls to its end, at most 1,000 for each eligible
        pair.
    deadline_s
        Value of `heuristics.clock.now_s` at which the run ends [s]; None for no deadline.
    enough
        Throughput at which the run ends; None for no such throughput.
    report
        Function that receives each better schedule; None for none.
    profit
        Profit of each pair at good prices, in the order of ``data.pairs``, shape (N,), which guides
        the moves where counts by class do not decide the throughput; None without prices.

    Notes
    -----
    The same seed and number of moves give the same schedule if the deadline is not reached.
    """
    found = improvements(
        data, schedule, seed=seed, num_moves=num_moves, enough=enough, profit=profit
    )
    for better in found:
        if better is not None:
            schedule = better
            if report is not None:
                report(schedule)
        if deadline_s is not None and now_s() >= deadline_s:
            break
    return schedule


def improvements(
    data: Coefficients,
    start: Schedule,
    *,
    seed: int,
    num_moves: int,
    enough: int | None = None,
    profit: FloatArray | None = None,
) -> Iterator[Schedule | None]:
    """Yield after each slice of moves: a better schedule that was checked, or None.

    Parameters
    ----------
    data, start, seed, num_moves, enough, profit
        Problem, first schedule, seed, number of moves, sufficient throughput and profits, see
        :func:`improve`.
    """
    limit = np.unique(data.pairs.requests).size
    limit = limit if enough is None else min(enough, limit)
    num_moves = min(num_moves, _MOVES_PER_PAIR * data.pairs.num_pairs)
    annealing = annealing_of(data, start, seed=seed, num_moves=num_moves, profit=profit)
    best, slice_size, target_s = start.throughput, _LEAST_SLICE, _SLICE_S
    yield None
    while num_moves > 0 and best < limit and annealing is not None:
        begin_s = now_s()
        annealing.advance(min(slice_size, num_moves), limit)
        num_moves -= slice_size
        slice_s = now_s() - begin_s
        if slice_s < target_s / 2:
            slice_size *= 2
        elif slice_s > target_s:
            slice_size = max(slice_size // 2, _LEAST_SLICE)
        if annealing.objective <= best:
            yield None
            continue
        begin_s = now_s()
        better = annealing.best
        is_kept = is_feasible(data, better)
        target_s = max(_SLICE_S, _SLICE_OF_CHECKS * (now_s() - begin_s))
        best = better.throughput if is_kept else best
        yield better if is_kept else None


def annealing_of(
    data: Coefficients,
    start: Schedule,
    *,
    seed: int,
    num_moves: int,
    profit: FloatArray | None = None,
) -> Annealing | None:
    """Return the annealing whose value is exact for the data; None without eligible requests."""
    if data.pairs.num_pairs == 0:
        return None
    classes = RequestClasses.of(data)
    pools = NestedPools.of(data, classes)
    if pools is not None:
        return NestedAnnealing(pools, start, classes.of_request, seed, num_moves)
    return MatchingAnnealing(data, MatchingCells.of(data, classes), start, seed, num_moves, profit)


@cache
def warm_up() -> None:
    """Compile the kernels, or load them from disk."""
    anneal_nested()
    data, start = _two_requests(), Schedule.of([[0], []])
    cells = MatchingCells.of(data, RequestClasses.of(data))
    MatchingAnnealing(data, cells, start, 0, 8).advance(8, 3)


def anneal_nested() -> None:
    """Call every kernel of the annealing over nested sets once."""
    improve(_two_requests(), Schedule.of([[0], []]), num_moves=8)


def _two_requests() -> Coefficients:
    """Return a problem of two requests, one of which fits at the first of two edge nodes."""
    one = np.ones((2, 2), dtype=np.int64)
    return Coefficients(
        uplink=one,
        uplink_capacity=2 * one[0],
        downlink=one,
        downlink_capacity=2 * one[0],
        memory=one,
        memory_capacity=one[0],
        compute=one,
        compute_budget=2 * one,
        eligible=np.array([[True, True], [True, False]]),
    )
