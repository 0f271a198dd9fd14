"""States: the search of the recursion, in integers of 64 bits.

A state holds the properties of the requirements taken so far that decide which others may follow.
:mod:`analysis.checks.replay.recursion` proves that a search which ends without a whole state rules
out every combination of columns.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from heuristics.compiled import compiled, inner

if TYPE_CHECKING:
    import numpy.typing as npt

    IntArray = npt.NDArray[np.int64]
    BoolArray = npt.NDArray[np.bool_]

NUM_BUCKETS, BLOCK = 64, 64
"""Number of buckets by loss for the states of one service, and number of states per block."""

FEWEST_BLOCKS = 256
"""Number of blocks with memory at the start, a power of 2."""


class Steps(NamedTuple):
    """The requirements of all types of edge nodes, in order of depth: X of them."""

    node_type: IntArray
    """Type of the edge node, shape (X,)."""
    asked: IntArray
    """Number of requests of each class, shape (X, K)."""
    key: IntArray
    """Increase of the key of a state, shape (X,)."""
    depth: IntArray
    """Row of ``exists`` and ``charge``, shape (X,)."""
    loss: IntArray
    """Loss with the cheapest requests that any edge node has, shape (X,)."""
    rest: IntArray
    """Smallest such loss of each type from this step on, shape (X, types)."""
    own_loss: IntArray
    """Smallest loss of its columns, shape (X,)."""
    own_rest: IntArray
    """Smallest such loss of each type from this step on, shape (X, types)."""


class StateSpace(NamedTuple):
    """Data that all steps share.

    A key has a field for each class, and above these fields the number of a *service*, which is the
    number of edge nodes of each type that have a requirement. In service 0 no edge node has one, in
    the last service all have one.
    """

    shift: IntArray
    """First bit of the field of each class, and of the service, shape (K + 1,)."""
    stride: IntArray
    """Increase of the service number by one more edge node of a type, shape (types,)."""
    missing: IntArray
    """Number of edge nodes of each type without a requirement, shape (services, types)."""
    value: IntArray
    """Sum of v over the edge nodes with a requirement, shape (services,)."""
    least: IntArray
    """Smallest number of requests with which T can still be reached, shape (services,)."""
    exists: IntArray
    """Number of requests of each class up to each depth, shape (depths, K)."""
    charge: IntArray
    """Part of each class in the charge of a state with m requests, shape (depths, K, m)."""
    slack: int
    """Largest allowed sum of ``loss``."""
    own_slack: int
    """Largest allowed sum of ``own_loss``."""


class States(NamedTuple):
    """The states that were reached, in order; memory for M states."""

    key: IntArray
    """Key of each state, shape (M,)."""
    loss: IntArray
    """Largest loss known of each state, shape (M,)."""
    own_loss: IntArray
    """Smallest loss of the columns over all ways to each state, shape (M,)."""
    born: IntArray
    """First step that reached each state, -1 for the start, shape (M,)."""
    older: IntArray
    """Previous block of each block, -1 if none, shape (M / BLOCK,)."""
    table: IntArray
    """Hash table of keys: index of a state, or -1 if free, shape (2 M,)."""
    head: IntArray
    """Latest block of each service and bucket, -1 if none, shape (services, NUM_BUCKETS)."""
    filled: IntArray
    """Number of states in that block, of the same shape."""
    is_reached: BoolArray
    """True for services that have a state, shape (services,)."""
    number: IntArray
    """Number of blocks, and number of states visited, shape (2,)."""

    @property
    def whole(self) -> BoolArray:
        """True for the whole states, those of the last service, shape (M,)."""
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
        is_reached=np.arange(shape[0]) == 0,
        number=np.array([1, 0], dtype=np.int64),
    )
    states.born[0], states.head[0, 0], states.filled[0, 0] = -1, 0, 1
    enter(states, np.zeros(1, dtype=np.int64))
    return states


def grown(states: States) -> States:
    """Return the states with memory for twice as many states."""
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
    """Enter the states of a hash table into the table of ``states``."""
    for state in table:
        if state >= 0:
            states.table[_find(states, states.key[state])] = state


@compiled
def take(steps: Steps, space: StateSpace, states: States, x: int) -> bool:
    """Add a requirement to all states that it fits; return False if memory was insufficient.

    Services are visited in ascending order, so that several edge nodes of a type can have the
    requirement. Adding the same requirement again changes nothing.
    """
    width, stride = max(0, space.slack) // NUM_BUCKETS + 1, space.stride[steps.node_type[x]]
    for service in range(space.value.size - stride):
        if not states.is_reached[service]:
            continue
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
    """Return True if a requirement is on a way to a whole state; mark the states before it.

    Call the function for the last step first, with the whole states marked in ``leads``.
    """
    width, stride = max(0, space.slack) // NUM_BUCKETS + 1, space.stride[steps.node_type[x]]
    is_part = False
    for service in range(space.value.size - stride - 1, -1, -1):
        if not states.is_reached[service]:
            continue
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


@inner
def _most(steps: Steps, space: StateSpace, service: int, x: int) -> tuple[int, int]:
    """Return the largest losses of a state that may take a requirement; negative if none may.

    Each other edge node without a requirement loses at least the smallest loss of its type's later
    requirements.
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


@inner
def _loss(steps: Steps, space: StateSpace, key: int, service: int, x: int) -> int:
    """Return the charge of a state; a value above the slack if there are too few requests."""
    depth, loss, size = steps.depth[x], space.value[service], 0
    for k in range(space.shift.size - 1):
        field = (1 << (space.shift[k + 1] - space.shift[k])) - 1
        count = ((key >> space.shift[k]) & field) + steps.asked[x, k]
        if count > space.exists[depth, k]:
            return space.slack + 1
        loss += space.charge[depth, k, count]
        size += count
    return loss if size >= space.least[service] else space.slack + 1


@inner
def _find(states: States, key: int) -> int:
    """Return the position of a key in the table, or the position where it would be entered."""
    mask = states.table.size - 1
    at = key * -7046029254386353131
    at = (at ^ (at >> 29)) & mask
    while states.table[at] >= 0 and states.key[states.table[at]] != key:
        at = (at + 1) & mask
    return at


@inner
def _keep(states: States, key: int, came: tuple[int, int, int], place: tuple[int, int]) -> bool:
    """Enter a state or update its losses; return False if memory was insufficient."""
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
        states.is_reached[service] = True
        states.number[0] += 1
    state = block * BLOCK + states.filled[service, bucket]
    states.filled[service, bucket] += 1
    states.key[state], states.born[state] = key, x
    states.loss[state], states.own_loss[state] = loss, own_loss
    states.table[at] = state
    return True
