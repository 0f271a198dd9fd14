"""States: what of the requirements taken so far decides which may follow, searched in integers.

Why a search that ends without a whole state rules out every combination of columns is said in
:mod:`analysis.checks.replay.recursion`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from heuristics.compiled import compiled

if TYPE_CHECKING:
    import numpy.typing as npt

    IntArray = npt.NDArray[np.int64]
    BoolArray = npt.NDArray[np.bool_]

NUM_BUCKETS, BLOCK = 64, 64
"""States with the same service are kept by loss in so many buckets, in blocks of so many."""

FEWEST_BLOCKS = 256
"""That there is memory for at first; a power of 2."""


class Steps(NamedTuple):
    """The requirements of all types of edge nodes, in order of depth: X of them."""

    node_type: IntArray
    """Type of edge node, shape (X,)."""
    asked: IntArray
    """Requests of each class, shape (X, K)."""
    key: IntArray
    """What it adds to the key of a state, shape (X,)."""
    depth: IntArray
    """Row of ``exists`` and ``cost``, shape (X,)."""
    loss: IntArray
    """What it loses by the cheapest requests that any edge node has, shape (X,)."""
    rest: IntArray
    """The least such loss of each type from this step on, shape (X, types)."""
    own_loss: IntArray
    """What its columns lose, shape (X,)."""
    own_rest: IntArray
    """The least such loss of each type from this step on, shape (X, types)."""


class StateSpace(NamedTuple):
    """What all steps share.

    A key has a field for each class, and above them the number of a *service*: how many edge nodes
    of each type have a requirement. Service 0 is none, the last one is all.
    """

    shift: IntArray
    """Where the field of each class begins, and last that of the service, shape (K + 1,)."""
    stride: IntArray
    """What one more edge node of a type adds to the number of a service, shape (types,)."""
    missing: IntArray
    """The edge nodes of each type without a requirement, shape (services, types)."""
    value: IntArray
    """The sum of v of the others, shape (services,)."""
    least: IntArray
    """The fewest requests with which the others can still bring the target, shape (services,)."""
    exists: IntArray
    """Requests of each class up to each depth, shape (depths, K)."""
    cost: IntArray
    """Prices less Q of the m cheapest of them, shape (depths, K, m)."""
    slack: int
    """What ``loss`` may add up to."""
    own_slack: int
    """What ``own_loss`` may add up to."""


class States(NamedTuple):
    """The states that were reached, in order; there is memory for M."""

    key: IntArray
    """Shape (M,)."""
    loss: IntArray
    """The largest loss that is known of it, shape (M,)."""
    own_loss: IntArray
    """The least that the columns of a way to it lose, shape (M,)."""
    born: IntArray
    """The step that reached it first, -1 at the start, shape (M,)."""
    older: IntArray
    """The block before each, -1 if none, shape (M / BLOCK,)."""
    table: IntArray
    """Hash table of keys: the state, or -1 where free, shape (2 M,)."""
    head: IntArray
    """The latest block of each service and bucket; -1 if none, shape (services, NUM_BUCKETS)."""
    filled: IntArray
    """States in that block, in the same shape."""
    number: IntArray
    """Blocks, and states looked at, shape (2,)."""

    @property
    def whole(self) -> BoolArray:
        """Which states are of the last service, shape (M,)."""
        is_whole = np.zeros(len(self.key), dtype=np.bool_)
        for block, end in zip(self.head[-1].tolist(), self.filled[-1].tolist(), strict=True):
            while block >= 0:
                is_whole[block * BLOCK : block * BLOCK + end] = True
                block, end = int(self.older[block]), BLOCK
        return is_whole


def start(space: StateSpace) -> States:
    """Return the one state in which no edge node has a requirement."""
    shape = (len(space.value), NUM_BUCKETS)
    most = FEWEST_BLOCKS * BLOCK
    states = States(
        key=np.zeros(most, dtype=np.int64),
        loss=np.zeros(most, dtype=np.int64),
        own_loss=np.zeros(most, dtype=np.int64),
        born=np.zeros(most, dtype=np.int64),
        older=np.full(FEWEST_BLOCKS, -1, dtype=np.int64),
        table=np.full(2 * most, -1, dtype=np.int64),
        head=np.full(shape, -1, dtype=np.int64),
        filled=np.zeros(shape, dtype=np.int64),
        number=np.array([1, 0], dtype=np.int64),
    )
    states.born[0], states.head[0, 0], states.filled[0, 0] = -1, 0, 1
    enter(states, np.zeros(1, dtype=np.int64))
    return states


def grown(states: States) -> States:
    """Return the states with memory for twice as many."""
    longer = states._replace(
        **{
            name: np.concatenate([getattr(states, name), np.zeros_like(getattr(states, name))])
            for name in ("key", "loss", "own_loss", "born", "older")
        },
        table=np.full(2 * len(states.table), -1, dtype=np.int64),
    )
    enter(longer, states.table)
    return longer


@compiled
def enter(states: States, table: IntArray) -> None:
    """Enter the states of a hash table into that of the states."""
    for state in table:
        if state >= 0:
            states.table[_find(states, states.key[state])] = state


@compiled
def take(steps: Steps, space: StateSpace, states: States, x: int) -> bool:
    """Take a requirement into all states that it fits; say whether there was memory for it.

    Services ascend, so that several edge nodes of a type can have it. To take it again is to
    change nothing.
    """
    width, stride = max(0, space.slack) // NUM_BUCKETS + 1, space.stride[steps.node_type[x]]
    for service in range(space.value.size - stride):
        most, own_most = _most(steps, space, service, x)
        if min(most, own_most) < 0:
            continue
        after = service + stride
        for bucket in range(most // width + 1):
            block, end = states.head[service, bucket], states.filled[service, bucket]
            while block >= 0:
                states.number[1] += end
                for state in range(block * BLOCK, block * BLOCK + end):
                    if states.loss[state] > most or states.own_loss[state] > own_most:
                        continue
                    loss = _loss(steps, space, states.key[state], after, x)
                    if loss > most + steps.loss[x]:
                        continue
                    loss = max(loss, states.loss[state] + steps.loss[x])
                    own_loss = states.own_loss[state] + steps.own_loss[x]
                    key, place = states.key[state] + steps.key[x], (after, loss // width)
                    if not _keep(states, key, (loss, own_loss, x), place):
                        return False
                block, end = states.older[block], BLOCK
    return True


@compiled
def trace(steps: Steps, space: StateSpace, states: States, x: int, leads: BoolArray) -> bool:
    """Say whether a requirement is on a way to a whole state, and mark the states before it.

    To be asked of the last step first, with the whole states marked.
    """
    width, stride = max(0, space.slack) // NUM_BUCKETS + 1, space.stride[steps.node_type[x]]
    is_part = False
    for service in range(space.value.size - stride - 1, -1, -1):
        most, own_most = _most(steps, space, service, x)
        if min(most, own_most) < 0:
            continue
        for bucket in range(most // width + 1):
            block, end = states.head[service, bucket], states.filled[service, bucket]
            while block >= 0:
                for state in range(block * BLOCK, block * BLOCK + end):
                    if states.born[state] > x or states.own_loss[state] > own_most:
                        continue
                    after = states.table[_find(states, states.key[state] + steps.key[x])]
                    if after >= 0 and leads[after]:
                        leads[state] = is_part = True
                block, end = states.older[block], BLOCK
    return is_part


@compiled
def _most(steps: Steps, space: StateSpace, service: int, x: int) -> tuple[int, int]:
    """Return what a state of a service may have lost to take a requirement; below 0 if it cannot.

    The other edge nodes lose at least what the least of their later requirements does.
    """
    node_type = steps.node_type[x]
    if space.missing[service, node_type] == 0:
        return -1, -1
    most = space.slack - steps.loss[x] + steps.rest[x, node_type]
    own_most = space.own_slack - steps.own_loss[x] + steps.own_rest[x, node_type]
    for other in range(space.stride.size):
        most -= space.missing[service, other] * steps.rest[x, other]
        own_most -= space.missing[service, other] * steps.own_rest[x, other]
    return most, own_most


@compiled
def _loss(steps: Steps, space: StateSpace, key: int, service: int, x: int) -> int:
    """Return what the cheapest requests that exist lose; above the slack if too few do or are."""
    depth, loss, size = steps.depth[x], space.value[service], 0
    for k in range(space.shift.size - 1):
        field = (1 << (space.shift[k + 1] - space.shift[k])) - 1
        count = ((key >> space.shift[k]) & field) + steps.asked[x, k]
        if count > space.exists[depth, k]:
            return space.slack + 1
        loss += space.cost[depth, k, count]
        size += count
    return loss if size >= space.least[service] else space.slack + 1


@compiled
def _find(states: States, key: int) -> int:
    """Return where in the table a key is, or would be."""
    mask = states.table.size - 1
    at = key * -7046029254386353131
    at = (at ^ (at >> 29)) & mask
    while states.table[at] >= 0 and states.key[states.table[at]] != key:
        at = (at + 1) & mask
    return at


@compiled
def _keep(states: States, key: int, came: tuple[int, int, int], place: tuple[int, int]) -> bool:
    """Keep a state, or what is new of its losses; say whether there was memory for it."""
    (loss, own_loss, x), (service, bucket) = came, place
    at = _find(states, key)
    state = states.table[at]
    if state >= 0:
        states.loss[state] = max(states.loss[state], loss)
        states.own_loss[state] = min(states.own_loss[state], own_loss)
        return True
    block = states.head[service, bucket]
    if block < 0 or states.filled[service, bucket] == BLOCK:
        if states.number[0] == states.older.size:
            return False
        states.older[states.number[0]] = block
        block = states.head[service, bucket] = states.number[0]
        states.filled[service, bucket] = 0
        states.number[0] += 1
    state = block * BLOCK + states.filled[service, bucket]
    states.filled[service, bucket] += 1
    states.key[state], states.born[state] = key, x
    states.loss[state], states.own_loss[state] = loss, own_loss
    states.table[at] = state
    return True
