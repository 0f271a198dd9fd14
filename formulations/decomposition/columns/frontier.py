"""Frontier: the states of least loss at a depth, and their extension by columns.

A frontier holds the states that a :mod:`beam` keeps. Each state has one way. Most states that a
column makes are worse than those kept, so their loss is computed before anything is stored.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from formulations.decomposition.columns.states import GUARD
from heuristics.compiled import compiled, inner

if TYPE_CHECKING:
    from formulations.decomposition.columns.states import Shared, Steps
    from formulations.decomposition.pricing.edge_nodes import FloatArray
    from heuristics.coefficients import IntArray

ROOM = 4
"""Memory of a frontier, as a multiple of its width."""

NUM_BINS, BIN = 8192, 1e-3
"""Number of bins of the losses from the smallest on, and their width [requests]."""

NUMBER, BEST, LENGTH = 0, 1, 2
"""Positions in `Frontier.number`."""


class Frontier(NamedTuple):
    """States, each with one way; memory for M states."""

    state: IntArray
    """Packed counts of requests, shape (M,)."""
    used: IntArray
    """Number of the combination of edge nodes that have a column, shape (M,)."""
    length: IntArray
    """Number of these edge nodes, shape (M,)."""
    gap: FloatArray
    """Sum of V over these edge nodes, less the number of requests, shape (M,)."""
    loss: FloatArray
    """Loss of the state less what its edge nodes are expected to lose, shape (M,)."""
    way: IntArray
    """Columns of the state, in order of depth, shape (M, J)."""
    table: IntArray
    """Hash table of the states: index, or -1 for a free place; its length is a power of 2."""
    bins: IntArray
    """Number of states by loss, shape (NUM_BINS,)."""
    number: IntArray
    """Number of states, requests of the best way, and number of its columns, shape (3,)."""
    best: IntArray
    """Columns of the best way, shape (J,)."""
    limit: FloatArray
    """Loss from which on a new state is worse than those kept, shape (1,)."""

    @classmethod
    def start(cls, width: int, num_edge_nodes: int) -> Frontier:
        """Return the frontier with the one state in which no edge node has a column."""
        most = ROOM * width
        return cls(
            np.zeros(most, dtype=np.int64),
            np.zeros(most, dtype=np.int64),
            np.zeros(most, dtype=np.int64),
            np.zeros(most),
            np.zeros(most),
            np.zeros((most, num_edge_nodes), dtype=np.int64),
            np.full(1 << (2 * most).bit_length(), -1, dtype=np.int64),
            np.zeros(NUM_BINS, dtype=np.int64),
            np.array([1, 0, 0]),
            np.zeros(num_edge_nodes, dtype=np.int64),
            np.full(1, np.inf),
        )


@inner
def loss_of(shared: Shared, place: int, state: int, gap: float) -> float:
    """Return the loss of a state with charges to a depth."""
    loss = gap
    for k in range(shared.shift.size):
        loss += shared.charge[place, k, (state >> shared.shift[k]) & shared.field]
    return loss


@inner
def find(front: Frontier, state: int, used: int) -> int:
    """Return the position of a state in the table, or the position where it would be entered."""
    mask = front.table.size - 1
    at = (state * 1000003 + used) * -7046029254386353131
    at = (at ^ (at >> 29)) & mask
    while front.table[at] >= 0:
        other = front.table[at]
        if front.state[other] == state and front.used[other] == used:
            break
        at = (at + 1) & mask
    return at


@inner
def narrow(front: Frontier, width: int) -> None:
    """Keep the states of least loss, at most ``width``."""
    least = front.loss[: front.number[NUMBER]].min()
    front.bins[:] = 0
    for i in range(front.number[NUMBER]):
        front.bins[min(int((front.loss[i] - least) / BIN), NUM_BINS - 1)] += 1
    last, total = 0, front.bins[0]
    while last < NUM_BINS - 1 and total + front.bins[last + 1] <= width:
        last += 1
        total += front.bins[last]
    front.limit[0] = least + (last + 1) * BIN if last < NUM_BINS - 1 else np.inf
    number = 0
    for i in range(front.number[NUMBER]):
        if number < width and min(int((front.loss[i] - least) / BIN), NUM_BINS - 1) <= last:
            front.state[number], front.used[number] = front.state[i], front.used[i]
            front.length[number], front.gap[number] = front.length[i], front.gap[i]
            front.loss[number] = front.loss[i]
            for at in range(front.length[i]):
                front.way[number, at] = front.way[i, at]
            number += 1
    front.number[NUMBER] = number
    front.table[:] = -1
    for i in range(number):
        front.table[find(front, front.state[i], front.used[i])] = i


@inner
def can_take(steps: Steps, shared: Shared, used: int, x: int) -> bool:
    """Return True if an edge node of the column's type is free, and it is this type's turn."""
    kind = steps.kind[x]
    if used // shared.stride[kind] % (shared.copies[kind] + 1) == shared.copies[kind]:
        return False
    for other in range(shared.copies.size):
        if steps.first[x, other]:
            have = used // shared.stride[other] % (shared.copies[other] + 1)
            if have < shared.copies[other]:
                return False
    return True


@inner
def extend(
    steps: Steps, shared: Shared, front: Frontier, x: int, spare: float, pace: float
) -> None:
    """Add the states that a column makes of those of a frontier, unless they lose too much."""
    kind, place, room, asked = steps.kind[x], steps.place[x], steps.room[x], steps.asked[x]
    size, most = 0, front.state.size
    for k in range(shared.shift.size):
        size += (asked >> shared.shift[k]) & shared.field
    i = 0
    while i < front.number[NUMBER] and front.number[NUMBER] < most:
        state, length = front.state[i] + asked, front.length[i] + 1
        i += 1
        if (room - state) & shared.guards != shared.guards:
            continue
        gap = front.gap[i - 1] + shared.value[kind] - size
        loss = loss_of(shared, place, state, gap)
        if loss > spare or loss - pace * length > front.limit[0]:
            continue
        if not can_take(steps, shared, front.used[i - 1], x):
            continue
        used = front.used[i - 1] + shared.stride[kind]
        at = find(front, state, used)
        if front.table[at] >= 0:
            continue
        new = front.number[NUMBER]
        front.number[NUMBER] += 1
        front.table[at] = new
        front.state[new], front.used[new], front.length[new] = state, used, length
        front.gap[new], front.loss[new] = gap, loss - pace * length
        for before in range(length - 1):
            front.way[new, before] = front.way[i - 1, before]
        front.way[new, length - 1] = x
        total = 0
        for k in range(shared.shift.size):
            total += (state >> shared.shift[k]) & shared.field
        if total > front.number[BEST]:
            front.number[BEST], front.number[LENGTH] = total, length
            front.best[:] = front.way[new]


@compiled
def advance_frontier(
    steps: Steps,
    shared: Shared,
    front: Frontier,
    first: int,
    last: int,
    width: int,
    spare: float,
    pace: float,
) -> None:
    """Extend the states by all columns of one depth, and keep at most ``width`` between columns."""
    for i in range(front.number[NUMBER]):
        loss = loss_of(shared, steps.place[first], front.state[i], front.gap[i])
        front.loss[i] = loss - pace * front.length[i]
    for x in range(first, last):
        if x == first or front.number[NUMBER] > ROOM // 2 * width:
            narrow(front, width)
        extend(steps, shared, front, x, spare + GUARD, pace)
