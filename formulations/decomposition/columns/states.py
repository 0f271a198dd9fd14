"""States of the dynamic program, and the ways that lead to them.

A state is the part of the chosen columns that decides which columns may follow: the number of edge
nodes of each type that have a column, and the number of requests of each class. A way is a sequence
of columns that leads to a state.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from heuristics.compiled import compiled, inner

if TYPE_CHECKING:
    from formulations.decomposition.pricing.edge_nodes import FloatArray
    from heuristics.coefficients import BoolArray, IntArray

GUARD = 1e-6
"""Tolerance for rounding errors in losses."""

STATE_BITS = 62
"""Maximum number of bits of a state's key."""

NUM_BUCKETS, BLOCK = 64, 64
"""Number of buckets in which ways are stored by loss, and number of ways in a block."""

NUM_WAYS, NUM_KEYS = 1 << 24, 1 << 25
"""Maximum number of ways, and size of the hash table: twice the maximum number of states."""

MOST_COUNTERS = 16384
"""Maximum number of combinations of edge nodes that have a column."""


class Steps(NamedTuple):
    """All columns of all types of edge nodes, in order of depth."""

    kind: IntArray
    """Type of edge node of each column, shape (C,)."""
    number: IntArray
    """Index of the column among the columns of its type, shape (C,)."""
    loss: FloatArray
    """Loss of each column, shape (C,)."""
    asked: IntArray
    """Counts of requests of each class, packed into one word, shape (C,)."""
    room: IntArray
    """Counts of all requests up to the column's depth, packed, guard bits set, shape (C,)."""
    place: IntArray
    """Row of ``charge`` for the column's depth, shape (C,)."""
    rest: FloatArray
    """Least loss of an edge node of each type from this column on, shape (C, types)."""
    first: BoolArray
    """True for types whose edge nodes must all have a column before, shape (C, types)."""


class Ways(NamedTuple):
    """Ways to the states; their number grows with each column."""

    state: IntArray
    """Packed counts of requests, shape (M,)."""
    loss: FloatArray
    """Total loss of the way, shape (M,)."""
    before: IntArray
    """Way without its last step; -1 at the start, shape (M,)."""
    column: IntArray
    """Last step of the way, shape (M,)."""
    head: IntArray
    """Latest block of each combination of edge nodes and bucket; -1 without a block."""
    filled: IntArray
    """Number of ways in that block."""
    is_reached: BoolArray
    """True for combinations of edge nodes that have a way."""
    next_block: IntArray
    """Previous block of the same list, shape (M / BLOCK,)."""
    key: IntArray
    """Hash table with keys of states and edge nodes; 0 for a free place."""
    way: IntArray
    """Way to the state at the same place of the hash table."""
    number: IntArray
    """Numbers of blocks, of states and of ways examined, shape (3,)."""
    best: IntArray
    """Requests of the best complete combination, its last step, the way before, shape (3,)."""


class Shared(NamedTuple):
    """Data shared by all steps."""

    copies: IntArray
    """Number of edge nodes of each type, shape (types,)."""
    stride: IntArray
    """Increase of the combination's number for one more edge node of a type, shape (types,)."""
    value: FloatArray
    """V of each type, shape (types,)."""
    shift: IntArray
    """Position of the lowest bit of each class's field, shape (classes,)."""
    charge: FloatArray
    """Least total price of m requests of a class to a depth, shape (depths, classes, m)."""
    guards: int
    """Mask of the guard bits of all fields."""
    field: int
    """Mask of the bits of a count, in the lowest field."""
    total: float
    """Lagrangian value L."""


@compiled
def advance(
    steps: Steps, shared: Shared, ways: Ways, x: int, allowed: float, incumbent: int, exchange: bool
) -> bool:
    """Extend all ways by one column where it fits; return False if the memory is full."""
    kind = steps.kind[x]
    stride, copies = shared.stride[kind], shared.copies[kind]
    num_used = 1
    for number in shared.copies:
        num_used *= number + 1
    width = allowed / NUM_BUCKETS
    best = max(ways.best[0], incumbent)
    for used in range(num_used - stride):
        if not ways.is_reached[used] or used // stride % (copies + 1) == copies:
            continue
        after = used + stride
        value, spare, most = _room(steps, shared, x, after, best, allowed)
        if most < 0:
            continue
        is_whole = after == num_used - 1
        for bucket in range(min(NUM_BUCKETS - 1, int(most / width)) + 1):
            block = ways.head[used, bucket]
            end = ways.filled[used, bucket]
            while block >= 0:
                for way in range(block * BLOCK, block * BLOCK + end):
                    ways.number[2] += 1
                    state = ways.state[way] + steps.asked[x]
                    if (steps.room[x] - state) & shared.guards != shared.guards:
                        continue
                    if ways.loss[way] > most:
                        continue
                    size, cost = 0, value
                    for k in range(shared.shift.size):
                        count = (state >> shared.shift[k]) & shared.field
                        size += count
                        cost += shared.charge[steps.place[x], k, count]
                    cost -= size
                    if cost > spare:
                        continue
                    if is_whole:
                        if size > best:
                            best = size
                            ways.best[0], ways.best[1], ways.best[2] = size, x, way
                        continue
                    loss = ways.loss[way] + steps.loss[x]
                    if exchange:
                        loss = max(loss, cost)
                    bucket_of = max(0, min(NUM_BUCKETS - 1, int(loss / width)))
                    if not _keep(ways, after, bucket_of, state, loss, (way, x), exchange):
                        return False
                block, end = ways.next_block[block], BLOCK
    return True


@inner
def _room(
    steps: Steps, shared: Shared, x: int, after: int, best: int, allowed: float
) -> tuple[float, float, float]:
    """Return the limits on ways that a column extends to a combination of edge nodes.

    Returns
    -------
    value, spare, most
        Sum of V of the edge nodes; largest value of this sum plus the prices of the requests minus
        their number; and largest loss of a way, negative if the column may extend none.
    """
    rest, value, is_late = 0.0, 0.0, True
    for other in range(shared.copies.size):
        have = after // shared.stride[other] % (shared.copies[other] + 1)
        missing = shared.copies[other] - have
        if missing > 0:
            rest += missing * steps.rest[x, other]
            is_late &= not steps.first[x, other]
        value += have * shared.value[other]
    spare = shared.total - best - 1 + GUARD - rest
    most = min(spare, allowed - rest) - steps.loss[x]
    return value, spare, most if is_late else -1.0


@inner
def _keep(
    ways: Ways,
    used: int,
    bucket: int,
    state: int,
    loss: float,
    came: tuple[int, int],
    exchange: bool,
) -> bool:
    """Store a way if its state or its loss is new; return False if the memory is full."""
    mask = ways.key.size - 1
    key = state * ways.head.shape[0] + used
    at = key * -7046029254386353131
    at = (at ^ (at >> 29)) & mask
    while ways.key[at] != 0 and ways.key[at] != key:
        at = (at + 1) & mask
    if ways.key[at] == key:
        old = ways.way[at]
        if exchange:
            ways.loss[old] = max(ways.loss[old], loss)
            return True
        if ways.loss[old] <= loss:
            return True
    else:
        if 2 * ways.number[1] > mask:
            return False
        ways.key[at] = key
        ways.number[1] += 1
    if ways.head[used, bucket] < 0 or ways.filled[used, bucket] == BLOCK:
        new = ways.number[0]
        if new == ways.next_block.size:
            return False
        ways.number[0] += 1
        ways.next_block[new] = ways.head[used, bucket]
        ways.head[used, bucket], ways.filled[used, bucket] = new, 0
    ways.is_reached[used] = True
    slot = ways.head[used, bucket] * BLOCK + ways.filled[used, bucket]
    ways.filled[used, bucket] += 1
    ways.state[slot], ways.loss[slot] = state, loss
    ways.before[slot], ways.column[slot] = came
    ways.way[at] = slot
    return True
