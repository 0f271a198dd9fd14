r"""simulated-annealing: single requests join, leave, move and change places, for P1."""

from __future__ import annotations

from functools import cache
from math import exp
from typing import TYPE_CHECKING

import numpy as np

from heuristics.anytime import first_schedule, run_anytime
from heuristics.coefficients import Coefficients
from heuristics.compiled import compiled, inner
from heuristics.improvement.counting_bound import counting_bound
from heuristics.improvement.placement import (
    COMPUTE,
    NOWHERE,
    Batches,
    PairTable,
    Placement,
    fits,
    join,
    leave,
)
from heuristics.improvement.randomness import below, seeded, uniform
from heuristics.limits import Limits
from heuristics.nothing_eligible import zero_if_nothing_eligible
from heuristics.ot_gah_fast import given_or_ot_gah_fast
from heuristics.problem import Problem
from heuristics.schedule import Schedule
from heuristics.single_node.single_node import warm_up as warm_up_single_node

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from heuristics.coefficients import IntArray
    from heuristics.improvement.randomness import UintArray
    from heuristics.result import Result

    FloatArray = NDArray[np.float64]

METHOD = "simulated-annealing"

DEFAULT_NUM_MOVES = 10**7
"""Number of moves of a run, some seconds."""

MOVES_OF_TWO = 100
"""Maximum number of moves for each two eligible pairs: small instances need few."""

NUM_ROUNDS = 5
"""Number of coolings; each takes twice the moves of the last one."""

SLICE = 20_000
"""Number of moves between two checks of the clock."""

FIRST_HEAT, LAST_HEAT = 0.5, 0.02
"""Temperatures [requests] at the begin and at the end of a cooling."""

DEMAND = 0.3
"""Energy of the demand of an average served request [requests]; heavy ones count up to 3 times."""

SCARCITY = 4
"""Power of the used share of a capacity that gives its price in the demand."""


def simulated_annealing(
    data: Coefficients,
    *,
    seed: int = 0,
    moves: int = DEFAULT_NUM_MOVES,
    time_limit: float | None = None,
    node_limit: int | None = None,
    warm_start: Schedule | None = None,
) -> Result:
    r"""Improve a schedule by simulated annealing over single requests.

    Parameters
    ----------
    data
        Coefficients of all edge nodes.
    seed
        Seed of all random choices.
    moves
        Number of moves of the run, at most 100 N^2 for N eligible pairs. It fixes the cooling.
    time_limit
        Time limit [s]. It ends the run early and does not change the cooling.
    node_limit
        Maximum number of steps of OT-GAH-fast's searches; the annealing has no steps.
    warm_start
        Feasible schedule to start from; None for that of OT-GAH-fast.

    Returns
    -------
    Result
        The result of P1, feasible, without a bound; ``trajectory`` has each better schedule.

    Raises
    ------
    InputError
        If a limit is negative.

    Notes
    -----
    *States* are feasible schedules. *Moves* draw an eligible pair of a request i and an edge node
    j. A free request joins j, or takes the place of a random member, which moves to another edge
    node where it fits. A request of another edge node moves to j, or changes places with a random
    member. A request of j leaves it. Metropolis' rule accepts a move by the change of

    .. math:: E = -\sum_{i \text{ served}} (1 - 0.3 \min(w_i, 3)),

    where :math:`w_i` is the price-weighted demand of the pair over that of an average served one:
    light requests replace heavy ones, until one more fits.

    *Cooling.* Five coolings from 0.5 to 0.02 requests, geometric, each twice as long as the last
    one and from the best schedule.

    *Alternatives.* Each further cooling empties one edge node with several rows, which may then
    fill under another row.

    *Guarantee.* Never worse than the start: at least half of the optimum from OT-GAH's schedule.

    *Complexity.* A move takes O(J + n) for a batch of n requests, mostly O(1).

    References
    ----------
    S. Kirkpatrick, C. D. Gelatt, M. P. Vecchi, "Optimization by simulated annealing", Science
    220(4598):671-680, 1983, doi:10.1126/science.220.4598.671.

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
    >>> simulated_annealing(data, moves=1000).schedule.batches
    ((1,), (0,))
    """
    limits = Limits(time_limit=time_limit, node_limit=node_limit)
    nothing = zero_if_nothing_eligible(data, Problem.P1, METHOD, limits)
    if nothing is not None:
        return nothing
    start = given_or_ot_gah_fast(data, warm_start, node_limit=node_limit)
    first = first_schedule(data, limits, start)
    moves = min(moves, MOVES_OF_TWO * data.pairs.num_pairs**2)
    return run_anytime(Problem.P1, limits, _coolings(data, first, seed, moves, limits), best=first)


def _coolings(
    data: Coefficients, start: Schedule, seed: int, moves: int, limits: Limits
) -> Iterator[Schedule | None]:
    """Yield a schedule after each slice of moves that found a better one, None after each other."""
    limits.check_time()
    bound = counting_bound(data)
    random = np.random.default_rng(seed)
    state = seeded(seed)
    best, table = start, PairTable.of(data)
    weight = demand_weights(Placement(data, start, table))
    wide = [rows for rows in data.alternatives if len(rows) > 1]
    for number in range(NUM_ROUNDS):
        begin = best
        if number and wide:
            emptied = wide[random.integers(len(wide))]
            begin = Schedule(tuple(() if j in emptied else b for j, b in enumerate(best.batches)))
        placed = Placement(data, begin, table)
        found = placed.batches.place.copy()
        most = np.array([best.throughput])
        length = moves * 2**number // (2**NUM_ROUNDS - 1)
        for first in range(0, length, SLICE):
            if best.throughput >= bound:
                return
            heats = [
                FIRST_HEAT * (LAST_HEAT / FIRST_HEAT) ** (at / length)
                for at in (first, min(first + SLICE, length))
            ]
            num = min(SLICE, length - first)
            anneal(table, placed.batches, weight, state, heats[0], heats[1], num, found, most)
            if most[0] > best.throughput:
                best = _schedule(table, found)
                yield best
            else:
                yield None


def _schedule(table: PairTable, place: IntArray) -> Schedule:
    served = place[place != NOWHERE]
    batches: list[list[int]] = [[] for _ in table.group]
    for edge_node, request in zip(
        table.edge_node[served].tolist(), table.request[served].tolist(), strict=True
    ):
        batches[edge_node].append(request)
    return Schedule.of(batches)


def demand_weights(placed: Placement) -> FloatArray:
    """Return the price-weighted demand of each pair over that of an average served one, (N,).

    The price of a resource of an edge node is the fourth power of the share that is used, so that
    only resources that nearly bind have a price.
    """
    table, batches = placed.table, placed.batches
    limit = np.minimum(batches.least[:, 0], batches.load[:, COMPUTE].max(initial=1) * 10)
    room = np.concatenate([table.capacity, limit[:, None]], axis=1).clip(min=1)
    price = (batches.load / room) ** SCARCITY
    price[~price.any(axis=1)] = 1
    own = np.concatenate([table.capacity[table.edge_node], table.budget[:, None]], axis=1)
    weight = (table.demand / own.clip(min=1) * price[table.edge_node]).sum(axis=1)
    served = batches.place[batches.place != NOWHERE]
    typical = weight[served].mean() if len(served) else weight.mean()
    relative: FloatArray = np.minimum(weight / max(typical, 1e-12), 3.0)
    return relative


@compiled
def anneal(
    table: PairTable,
    batches: Batches,
    weight: FloatArray,
    state: UintArray,
    first_heat: float,
    last_heat: float,
    num_moves: int,
    found: IntArray,
    most: IntArray,
) -> None:
    """Make a number of moves, and keep the pairs of the best schedule.

    Parameters
    ----------
    table, batches
        Pairs, and the current batches.
    weight
        Weight of each pair, shape (N,).
    state
        State of the generator of random numbers.
    first_heat, last_heat
        Temperatures at the begin and at the end.
    num_moves
        Number of moves.
    found, most
        Pairs of the best schedule, shape (I,), and its throughput, shape (1,).
    """
    throughput, num_pairs = batches.size.sum(), table.request.size
    for move in range(num_moves):
        heat = first_heat + (last_heat - first_heat) * move / num_moves
        pair = below(state, num_pairs)
        now = batches.place[table.request[pair]]
        if now == pair:
            if _accepts(state, DEMAND * weight[pair] - 1, heat):
                leave(table, batches, pair)
                throughput -= 1
        elif now == NOWHERE:
            throughput += _serve(table, batches, weight, state, heat, pair)
            if throughput > most[0]:
                most[0] = throughput
                found[:] = batches.place
        else:
            _move(table, batches, weight, state, heat, pair, now)


@inner
def _accepts(state: UintArray, gain: float, heat: float) -> bool:
    """Return True if Metropolis' rule accepts a gain of so many requests."""
    return gain >= 0 or uniform(state) < exp(gain / heat)


@inner
def _serve(
    table: PairTable,
    batches: Batches,
    weight: FloatArray,
    state: UintArray,
    heat: float,
    pair: int,
) -> int:
    """Serve a free request, perhaps in place of a member; return the number gained."""
    if fits(table, batches, pair, NOWHERE):
        join(table, batches, pair)
        return 1
    edge_node = table.edge_node[pair]
    if batches.size[edge_node] == 0:
        return 0
    at = table.row_pointer[edge_node] + below(state, batches.size[edge_node])
    member = batches.member[at]
    if not fits(table, batches, pair, member):
        return 0
    if not _accepts(state, DEMAND * (weight[member] - weight[pair]), heat):
        return 0
    leave(table, batches, member)
    join(table, batches, pair)
    request = table.request[member]
    for other in range(table.request_pointer[request], table.request_pointer[request + 1]):
        new = table.request_pair[other]
        if new != member and fits(table, batches, new, NOWHERE):
            join(table, batches, new)
            return 1
    return 0


@inner
def _move(
    table: PairTable,
    batches: Batches,
    weight: FloatArray,
    state: UintArray,
    heat: float,
    pair: int,
    now: int,
) -> None:
    """Move a request from its pair ``now`` to another one, perhaps in exchange for a member."""
    gain = DEMAND * (weight[now] - weight[pair])
    if fits(table, batches, pair, NOWHERE):
        if _accepts(state, gain, heat):
            leave(table, batches, now)
            join(table, batches, pair)
        return
    edge_node, before = table.edge_node[pair], table.edge_node[now]
    if batches.size[edge_node] == 0:
        return
    member = batches.member[table.row_pointer[edge_node] + below(state, batches.size[edge_node])]
    request = table.request[member]
    for at in range(table.request_pointer[request], table.request_pointer[request + 1]):
        new = table.request_pair[at]
        if table.edge_node[new] != before:
            continue
        both = gain + DEMAND * (weight[member] - weight[new])
        are_fitting = fits(table, batches, pair, member) and fits(table, batches, new, now)
        if are_fitting and _accepts(state, both, heat):
            leave(table, batches, now)
            leave(table, batches, member)
            join(table, batches, pair)
            join(table, batches, new)
        return


@cache
def warm_up() -> None:
    """Compile the kernels, or load them from disk."""
    warm_up_single_node()
    ones = np.ones((2, 2), dtype=np.int64)
    data = Coefficients(
        uplink=ones,
        uplink_capacity=[1, 1],
        downlink=ones,
        downlink_capacity=[1, 1],
        memory=ones,
        memory_capacity=[1, 1],
        compute=ones,
        compute_budget=ones,
        eligible=[[1, 1], [1, 0]],
    )
    for _ in _coolings(data, Schedule.of([[0], []]), 0, 1000, Limits()):
        pass
