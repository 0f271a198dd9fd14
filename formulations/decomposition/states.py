"""States: what of the columns chosen so far decides which may follow, and the ways to them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from heuristics.compiled import compiled

if TYPE_CHECKING:
    from formulations.decomposition.edge_nodes import FloatArray
    from heuristics.system_models.coefficients import BoolArray, IntArray

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
    """At each of the prices, shape (C, P)."""
    asked: IntArray
    """Requests of each class, packed into the fields of one word, shape (C,)."""
    room: IntArray
    """Requests that exist up to its depth, packed, each field's guard bit set, shape (C,)."""
    place: IntArray
    """Row of ``cheapest``, shape (C,)."""
    rest: FloatArray
    """The least that an edge node of each type loses from here on, shape (C, types, P)."""
    first: BoolArray
    """The types that must have all their columns before, shape (C, types)."""


class Ways(NamedTuple):
    """The ways to the states, which grow with each column."""

    state: IntArray
    """Packed requests, shape (M,)."""
    loss: FloatArray
    """Shape (M, P)."""
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
    """V of each type, shape (types, P)."""
    shift: IntArray
    """Where each class's field begins."""
    cheapest: FloatArray
    """What the m cheapest requests of a class cost up to a depth: (depths, classes, m, P)."""
    guards: int
    """The guard bits of all fields."""
    field: int
    """The bits of one field."""
    total: FloatArray
    """Lagrangian values, shape (P,)."""


@compiled
def advance(
    steps: Steps, layout: Layout, ways: Ways, x: int, allowed: float, incumbent: int, exact: bool
) -> bool:
    """Take one column into all states that it fits; say whether there was memory for it."""
    kind, num_types, num_prices = steps.kind[x], layout.copies.size, layout.total.size
    stride, copies = layout.stride[kind], layout.copies[kind]
    num_used = 1
    for number in layout.copies:
        num_used *= number + 1
    mask = ways.key.size - 1
    width = allowed / NUM_BUCKETS
    best = max(ways.best[0], incumbent)
    rest, value, most = np.empty(num_prices), np.empty(num_prices), np.empty(num_prices)
    loss = np.empty(num_prices)
    for used in range(num_used - stride):
        if used // stride % (copies + 1) == copies:
            continue
        after = used + stride
        rest[:] = 0.0
        value[:] = 0.0
        is_late = True
        for other in range(num_types):
            have = after // layout.stride[other] % (layout.copies[other] + 1)
            missing = layout.copies[other] - have
            if missing > 0:
                for p in range(num_prices):
                    rest[p] += missing * steps.rest[x, other, p]
                is_late &= not steps.first[x, other]
            for p in range(num_prices):
                value[p] += have * layout.value[other, p]
        can = is_late
        for p in range(num_prices):
            most[p] = layout.total[p] - best - 1 + GUARD - rest[p] - steps.loss[x, p]
            if p == 0:
                most[p] = min(most[p], allowed - rest[p] - steps.loss[x, p])
            can &= most[p] >= 0
        if not can:
            continue
        is_whole = after == num_used - 1
        for bucket in range(min(NUM_BUCKETS - 1, int(most[0] / width)) + 1):
            block = ways.head[used, bucket]
            end = ways.filled[used, bucket]
            while block >= 0:
                for way in range(block * BLOCK, block * BLOCK + end):
                    ways.number[2] += 1
                    state = ways.state[way] + steps.asked[x]
                    if (steps.room[x] - state) & layout.guards != layout.guards:
                        continue
                    can = True
                    for p in range(num_prices):
                        can &= ways.loss[way, p] <= most[p]
                    if not can:
                        continue
                    size = 0
                    for k in range(layout.shift.size):
                        size += (state >> layout.shift[k]) & layout.field
                    for p in range(num_prices):
                        cost = value[p] - size
                        for k in range(layout.shift.size):
                            count = (state >> layout.shift[k]) & layout.field
                            cost += layout.cheapest[steps.place[x], k, count, p]
                        can &= cost + rest[p] <= layout.total[p] - best - 1 + GUARD
                        loss[p] = ways.loss[way, p] + steps.loss[x, p]
                        if exact:
                            loss[p] = max(loss[p], cost)
                    if not can:
                        continue
                    if is_whole:
                        if size > best:
                            best = size
                            ways.best[0], ways.best[1], ways.best[2] = size, x, way
                        continue
                    key = state * num_used + after
                    at = key * -7046029254386353131
                    at = (at ^ (at >> 29)) & mask
                    while ways.key[at] != 0 and ways.key[at] != key:
                        at = (at + 1) & mask
                    if ways.key[at] == key:
                        old = ways.way[at]
                        if exact:
                            for p in range(num_prices):
                                ways.loss[old, p] = max(ways.loss[old, p], loss[p])
                            continue
                        if ways.loss[old, 0] <= loss[0]:
                            continue
                    else:
                        if 2 * ways.number[1] > mask:
                            return False
                        ways.key[at] = key
                        ways.number[1] += 1
                    goal = max(0, min(NUM_BUCKETS - 1, int(loss[0] / width)))
                    if ways.head[after, goal] < 0 or ways.filled[after, goal] == BLOCK:
                        new = ways.number[0]
                        if new == ways.next_block.size:
                            return False
                        ways.number[0] += 1
                        ways.next_block[new] = ways.head[after, goal]
                        ways.head[after, goal], ways.filled[after, goal] = new, 0
                    slot = ways.head[after, goal] * BLOCK + ways.filled[after, goal]
                    ways.filled[after, goal] += 1
                    ways.state[slot], ways.loss[slot] = state, loss
                    ways.before[slot], ways.column[slot] = way, x
                    ways.way[at] = slot
                block, end = ways.next_block[block], BLOCK
    return True
