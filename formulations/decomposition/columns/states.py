"""States: what of the columns chosen so far decides which may follow, and the ways to them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from heuristics.compiled import compiled

if TYPE_CHECKING:
    from formulations.decomposition.pricing.edge_nodes import FloatArray
    from heuristics.coefficients import BoolArray, IntArray

GUARD = 1e-6
"""By how much losses are let go, for what floating point takes."""

STATE_BITS = 62
"""Of a state's key."""

NUM_BUCKETS, BLOCK = 64, 64
"""Ways are kept by loss in so many buckets, in blocks of so many."""

NUM_WAYS, NUM_KEYS = 1 << 24, 1 << 24
"""The most ways that are kept, and twice the most states."""

MOST_COUNTERS = 4096
"""How many combinations of edge nodes served a recursion may tell apart."""


class Steps(NamedTuple):
    """All columns of all types, in order of depth."""

    kind: IntArray
    """Type of edge node, shape (C,)."""
    number: IntArray
    """Which column of the type it is, shape (C,)."""
    loss: FloatArray
    """Shape (C,)."""
    asked: IntArray
    """Requests of each class, packed into the fields of one word, shape (C,)."""
    room: IntArray
    """Requests that exist up to its depth, packed, each field's guard bit set, shape (C,)."""
    place: IntArray
    """Row of ``cheapest``, shape (C,)."""
    rest: FloatArray
    """The least that an edge node of each type loses from here on, shape (C, types)."""
    first: BoolArray
    """The types that must have all their columns before, shape (C, types)."""


class Ways(NamedTuple):
    """The ways to the states, which grow with each column."""

    state: IntArray
    """Packed requests, shape (M,)."""
    loss: FloatArray
    """Shape (M,)."""
    before: IntArray
    """The way that it continues, -1 at the start, shape (M,)."""
    column: IntArray
    """The step that it takes, shape (M,)."""
    head: IntArray
    """The latest block of each combination of edge nodes and bucket; -1 if none."""
    filled: IntArray
    """Ways in that block."""
    next_block: IntArray
    """The block before it, shape (M / BLOCK,)."""
    key: IntArray
    """Hash table of states and edge nodes: 0 where free."""
    way: IntArray
    """The way to each, in the same place."""
    number: IntArray
    """Blocks, states, ways looked at: shape (3,)."""
    best: IntArray
    """Most requests of a whole combination, its last step, the way before it: shape (3,)."""


class Layout(NamedTuple):
    """What all steps share."""

    copies: IntArray
    """Edge nodes of each type."""
    stride: IntArray
    """What one more edge node of a type adds to the number of a combination of edge nodes."""
    value: FloatArray
    """V of each type, shape (types,)."""
    shift: IntArray
    """Where each class's field begins."""
    cheapest: FloatArray
    """What the m cheapest requests of a class cost up to a depth, shape (depths, classes, m)."""
    guards: int
    """The guard bits of all fields."""
    field: int
    """The bits of one field."""
    total: float
    """The Lagrangian value."""


@compiled
def advance(
    steps: Steps, layout: Layout, ways: Ways, x: int, allowed: float, incumbent: int, exchange: bool
) -> bool:
    """Take one column into all states that it fits; say whether there was memory for it."""
    kind, num_types = steps.kind[x], layout.copies.size
    stride, copies = layout.stride[kind], layout.copies[kind]
    num_used = 1
    for number in layout.copies:
        num_used *= number + 1
    width = allowed / NUM_BUCKETS
    best = max(ways.best[0], incumbent)
    for used in range(num_used - stride):
        if used // stride % (copies + 1) == copies:
            continue
        after = used + stride
        rest, value, is_late = 0.0, 0.0, True
        for other in range(num_types):
            have = after // layout.stride[other] % (layout.copies[other] + 1)
            missing = layout.copies[other] - have
            if missing > 0:
                rest += missing * steps.rest[x, other]
                is_late &= not steps.first[x, other]
            value += have * layout.value[other]
        spare = layout.total - best - 1 + GUARD - rest
        most = min(spare, allowed - rest) - steps.loss[x]
        if not is_late or most < 0:
            continue
        is_whole = after == num_used - 1
        for bucket in range(min(NUM_BUCKETS - 1, int(most / width)) + 1):
            block = ways.head[used, bucket]
            end = ways.filled[used, bucket]
            while block >= 0:
                for way in range(block * BLOCK, block * BLOCK + end):
                    ways.number[2] += 1
                    state = ways.state[way] + steps.asked[x]
                    if (steps.room[x] - state) & layout.guards != layout.guards:
                        continue
                    if ways.loss[way] > most:
                        continue
                    size, cost = 0, value
                    for k in range(layout.shift.size):
                        count = (state >> layout.shift[k]) & layout.field
                        size += count
                        cost += layout.cheapest[steps.place[x], k, count]
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


@compiled
def _keep(
    ways: Ways,
    used: int,
    bucket: int,
    state: int,
    loss: float,
    came: tuple[int, int],
    exchange: bool,
) -> bool:
    """Keep a way to a state if it tells anything new; say whether there was memory for it."""
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
    slot = ways.head[used, bucket] * BLOCK + ways.filled[used, bucket]
    ways.filled[used, bucket] += 1
    ways.state[slot], ways.loss[slot] = state, loss
    ways.before[slot], ways.column[slot] = came
    ways.way[at] = slot
    return True
