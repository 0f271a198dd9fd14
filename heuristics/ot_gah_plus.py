"""OT-GAH-plus: OT-GAH, then annealing over counts, then rounds of prices and random walks."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from itertools import repeat
from typing import TYPE_CHECKING

import numpy as np

from heuristics.anytime import run_anytime
from heuristics.coefficients import LARGEST_DENSE, Coefficients
from heuristics.compilation import compiles_beside
from heuristics.improvement.annealing import improvements
from heuristics.improvement.annealing import warm_up as warm_up_annealing
from heuristics.improvement.batch_walk import BatchWalk
from heuristics.improvement.subgradient_prices import SubgradientPrices
from heuristics.limits import Limits
from heuristics.nothing_eligible import zero_if_nothing_eligible
from heuristics.ot_gah_fast import ot_gah_fast
from heuristics.problem import Problem
from heuristics.result import EndedBy
from heuristics.row_choices import RowChoices
from heuristics.schedule import Schedule
from heuristics.single_node.single_node import warm_up as warm_up_single_node

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from heuristics.improvement.price_guide import FloatArray, PricedStart
    from heuristics.result import Result

    Start = Callable[[Coefficients, Limits], PricedStart | None]

DEFAULT_TIME_LIMIT_S = 0.5
"""A quarter of the paper's epoch."""

_METHOD = "ot-gah-plus"

_NUM_MOVES, _MOVES_PER_PAIR = 200_000, 1_000
"""Moves of the annealing for each half second of the time limit, and maximum for each pair.

They take a twentieth to a fifth of a second."""

_GUIDED_MOVES_A_SECOND, _SECONDS_A_PAIR = 1_000_000, 7e-6
"""Moves of guided annealings in a second, and the time that all before them takes for each pair."""

_GUIDED_MOVES_PER_PAIR = 40
"""Moves for each pair after which another annealing finds more than a longer one."""

_SEEDS = 1 << 31
"""Difference of the seeds of two successive annealings."""

_STEPS_PER_PAIR, _MOST_STEPS = 64, 1 << 18
"""Steps of a walk per pair of an edge node and a request, and maximum number of steps."""

_SLICE = 1 << 14
"""Steps between two checks of the clock."""

_PRICE_STEPS = 10
"""Steps of the prices in a round."""

_PATIENCE = 100
"""Rounds without improvement before the run ends; fewer if there are fewer pairs."""

_MOST_TRIED = 8
"""Maximum number of choices of rows that are improved.

A limit below half a second leaves time for fewer choices."""

_REMOVALS = (0.0, 0.001, 0.01)
"""Probabilities that a drawn removal is made; each round takes one of them."""

_NOISES = (0.0, 0.03, 0.1)
"""Upper limits of the noise on a request's profit; each round takes one of them."""


@compiles_beside(
    "heuristics.improvement.annealing:anneal_nested",
    "heuristics.ot_gah_plus:improve_two_requests",
)
def ot_gah_plus(
    data: Coefficients,
    *,
    seed: int = 0,
    time_limit: float | None = None,
    node_limit: int | None = None,
    start: Start | None = None,
) -> Result:
    r"""Improve OT-GAH's schedule until the time limit, or until rounds bring no improvement.

    Parameters
    ----------
    data
        Coefficients of all edge nodes.
    seed
        Seed of all random choices.
    time_limit
        Time limit [s]; None stands for half a second.
    node_limit
        Maximum number of steps of OT-GAH's searches, see there; the improvement has no steps.
    start
        Function that returns another feasible schedule and profits of the pairs, None without one.
        If that schedule serves more requests than OT-GAH's, it is improved instead. The profits
        guide the annealing. None for no such function.

    Returns
    -------
    Result
        The result of P1, feasible, without a bound; ``trajectory`` has each better schedule. A
        run stopped early keeps the best schedule. A run without such a stop is completed and
        returns the same schedule for the same seed.

    Raises
    ------
    InputError
        If a limit is negative.

    Notes
    -----
    *Guarantee.* Never worse than `ot_gah_fast` in the given order, so at least half of the optimum
    wherever that method guarantees half.

    *Annealing.* Simulated annealing over counts of equal requests comes first, with 200,000 moves;
    see `heuristics.count_annealing.count_annealing`. Its cost follows the eligible pairs. A longer
    time limit adds annealings from the best schedule, each with as many moves as all before it:
    200,000 moves in total for each half second, but at most 1,000 for each eligible pair. Where
    ``start`` returns profits, these guide the moves, see `heuristics.improvement.price_guide`.
    There are then a million moves in each second that ``start`` leaves, in annealings of at least
    40 moves for each pair, each from the schedule of ``start``.

    *Rounds.* They follow if J times I is at most 3,000,000. Each walks through feasible schedules
    (`BatchWalk`: ejections, swaps, relocations, removals), improves the prices of requests and
    spectrum (`SubgradientPrices`), and lets the edge nodes choose anew at these prices in random
    order, so that each leaves requests to the others that need them more. Rounds end at the bound
    of the prices, or after some rounds without improvement.

    *Alternatives.* OT-GAH-fast runs for each choice of a row at every edge node, if there are at
    most 64. Then each edge node in turn takes a larger batch of another row if one exists among the
    requests that the others leave. When no edge node can, the eight best choices are annealed
    shortly, and improved as above one after the other, the best first.

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
    >>> ot_gah_plus(data).schedule.batches
    ((1,), (0,))
    """
    limits = Limits(
        time_limit=DEFAULT_TIME_LIMIT_S if time_limit is None else time_limit,
        node_limit=node_limit,
    )
    nothing = zero_if_nothing_eligible(data, Problem.P1, _METHOD, limits)
    if nothing is not None:
        return nothing
    first = ot_gah_fast(data, time_limit=limits.left_s, node_limit=node_limit)
    best, ended_by = first.schedule, first.ended_by
    if best is None or ended_by is not EndedBy.COMPLETED:
        return replace(first, runtime_s=limits.runtime_s)
    steps = _with_chosen_rows(data, best, seed, limits, start)
    return run_anytime(Problem.P1, limits, steps, best=best)


def _with_chosen_rows(
    data: Coefficients, best: Schedule, seed: int, limits: Limits, start: Start | None
) -> Iterator[Schedule]:
    """Yield better and better schedules: first of other rows, then of the rows chosen."""
    if not data.has_alternatives:
        yield from _improvements(data, best, seed, limits, start)
        return
    most = max(int(_MOST_TRIED * min(_limit_s(limits) / DEFAULT_TIME_LIMIT_S, 1)), 1)
    choices = RowChoices(data, best, limits)
    for best in choices.improve(most, seed):
        yield best
    for rows in choices.best_rows(most):
        part = choices.schedule(rows).of_rows(rows)
        for better in _improvements(data.of_rows(rows), part, seed, limits, start):
            if better.throughput > best.throughput:
                best = better.on_rows(rows, data.num_edge_nodes)
                yield best


def _limit_s(limits: Limits) -> float:
    return DEFAULT_TIME_LIMIT_S if limits.time_limit is None else limits.time_limit


def _improvements(
    data: Coefficients, best: Schedule, seed: int, limits: Limits, start: Start | None
) -> Iterator[Schedule]:
    """Yield better and better schedules, until rounds do not help or a bound is reached."""
    limits.check_time()
    other = None if start is None else start(data, limits)
    if other is not None and other.schedule.throughput > best.throughput:
        best = other.schedule
        yield best
    profit = None if other is None else other.profit
    for better in _annealed(data, best, seed, limits, profit):
        best = better
        yield best
    yield from _rounds(data, best, seed, limits)


def _annealed(
    data: Coefficients, start: Schedule, seed: int, limits: Limits, profit: FloatArray | None
) -> Iterator[Schedule]:
    """Yield better and better schedules of annealings, as many as the time limit suggests."""
    best = start
    for number, num_moves in enumerate(_lengths(data.pairs.num_pairs, limits, profit is not None)):
        limits.check_time()
        found = improvements(
            data,
            best if profit is None else start,
            seed=seed + number * _SEEDS,
            num_moves=num_moves,
            profit=profit,
        )
        for better in found:
            if better is not None and better.throughput > best.throughput:
                best = better
                yield best
            limits.check_time()


def _lengths(num_pairs: int, limits: Limits, is_guided: bool) -> Iterator[int]:
    """Yield the number of moves of each annealing."""
    most = _NUM_MOVES * _limit_s(limits) / DEFAULT_TIME_LIMIT_S
    if is_guided:
        most = _GUIDED_MOVES_A_SECOND * (_limit_s(limits) - _SECONDS_A_PAIR * num_pairs)
    most = max(int(min(most, _MOVES_PER_PAIR * num_pairs)), _NUM_MOVES)
    if is_guided:
        number = max(most // max(_NUM_MOVES, _GUIDED_MOVES_PER_PAIR * num_pairs), 1)
        yield from repeat(most // number, number)
        return
    done, length = 0, _NUM_MOVES
    while done < most:
        length = min(length, most - done)
        yield length
        done = length = done + length


def _rounds(data: Coefficients, start: Schedule, seed: int, limits: Limits) -> Iterator[Schedule]:
    """Yield better and better schedules of rounds, unless the matrices are too large."""
    if data.num_edge_nodes * data.num_requests > LARGEST_DENSE:
        return
    walk, prices = BatchWalk(data, start), SubgradientPrices(data)
    random = np.random.default_rng(seed)
    num_pairs = data.num_edge_nodes * data.num_requests
    num_steps = min(_STEPS_PER_PAIR * num_pairs, _MOST_STEPS)
    best = start.throughput
    num_vain = 0
    while best < prices.bound and num_vain < min(_PATIENCE, num_pairs):
        num_vain += 1
        for _ in _round(walk, prices, random, num_steps, limits):
            if walk.objective > best:
                best = walk.objective
                num_vain = 0
                yield walk.best
            if best >= prices.bound:
                return
            limits.check_time()


def _round(
    walk: BatchWalk,
    prices: SubgradientPrices,
    random: np.random.Generator,
    num_steps: int,
    limits: Limits,
) -> Iterator[None]:
    """Walk, improve the prices, and let the edge nodes choose anew at these; pause in between."""
    removal = _REMOVALS[random.integers(len(_REMOVALS))]
    for step in range(0, num_steps, _SLICE):
        draws = random.random((min(_SLICE, num_steps - step), 3))
        walk.wander(draws, removal, prices.bound)
        yield
    for _ in range(_PRICE_STEPS):
        prices.improve(walk.objective, limits)
        yield
    walk.clear()
    noise = _NOISES[random.integers(len(_NOISES))] * random.random(walk.num_requests)
    for edge_node in random.permutation(walk.num_edge_nodes).tolist():
        walk.fill(edge_node, *prices.ranking(edge_node, walk.free, noise))
        yield


@cache
def warm_up() -> None:
    """Compile the kernels, or load them from disk."""
    warm_up_single_node()
    warm_up_annealing()
    improve_two_requests()


def improve_two_requests() -> None:
    """Call every kernel of the walk and of the prices once."""
    none, one = np.zeros((1, 2), dtype=np.int64), np.ones((1, 2), dtype=np.int64)
    data = Coefficients(
        uplink=none,
        uplink_capacity=none[0, :1],
        downlink=none,
        downlink_capacity=none[0, :1],
        memory=one,
        memory_capacity=one[0, :1],
        compute=none,
        compute_budget=none,
        eligible=one.astype(np.bool_),
    )
    walk, prices = BatchWalk(data, Schedule.of([[0]])), SubgradientPrices(data)
    for _ in _round(walk, prices, np.random.default_rng(0), 8, Limits()):
        pass
