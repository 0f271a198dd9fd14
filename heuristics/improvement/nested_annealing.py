"""Nested annealing: simulated annealing over counts of requests by class, where pools are nested.

A move changes the counts of one or two edge nodes. The value of a state is exact, see
:mod:`heuristics.improvement.nested_pools`, and one schedule of that value is written out at the
end. Equal requests make one state, which is why the walk is short.
"""

from __future__ import annotations

from math import exp
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from heuristics.compiled import compiled, inner
from heuristics.improvement.nested_pools import COMPUTE, NestedPools, filled
from heuristics.improvement.randomness import below, seeded, uniform

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from heuristics.coefficients import IntArray
    from heuristics.improvement.randomness import UintArray
    from heuristics.schedule import Schedule

    FloatArray = NDArray[np.float64]

VALUE, BEST = 0, 1
"""Positions in `CountState.value`."""

TEMPERATURE, COOLING = 0, 1
"""Positions in `CountState.heat`."""

_FIRST_TEMPERATURE, _FIRST_OF_MANY, _LAST_TEMPERATURE = 0.5, 0.3, 0.05
"""Temperatures [requests] at the start, at the start for many edge nodes, and at the end."""

_MANY_EDGE_NODES = 30

_LARGEST_CHANGE = 3
"""Maximum change of a count in a move."""


class CountState(NamedTuple):
    """Current counts of an annealing, and the best so far."""

    counts: IntArray
    """Number of requests of each class at each edge node, shape (J, L)."""
    best: IntArray
    """Counts of the best state, shape (J, L)."""
    last: IntArray
    """Rank of the last request whose budget covers the load, shape (J,)."""
    pool: IntArray
    """Size of the pool of each class, shape (J, L)."""
    order: IntArray
    """Edge nodes by growing pool, for each class, shape (L, J)."""
    place: IntArray
    """Place of each edge node in ``order``, shape (L, J)."""
    defect: IntArray
    """Hall's defect of each class now, and before the move, shape (2, L)."""
    before: IntArray
    """Counts of the two edge nodes of a move before it, shape (2, L)."""
    value: IntArray
    """Value of the current state and of the best, shape (2,)."""
    heat: FloatArray
    """Temperature, and its factor from move to move, shape (2,)."""
    random: UintArray
    """State of the random numbers, shape (1,)."""


class NestedAnnealing:
    """An annealing over counts, and its best schedule.

    Parameters
    ----------
    pools
        The nested pools of the problem.
    start
        A feasible schedule to start from.
    class_of
        Class of each request, shape (I,).
    seed
        Seed of all random choices.
    num_moves
        Number of moves in which the temperature falls to its end.
    """

    def __init__(
        self, pools: NestedPools, start: Schedule, class_of: IntArray, seed: int, num_moves: int
    ) -> None:
        self._pools = pools
        num_edge_nodes, num_classes = pools.num_eligible.shape
        count = np.zeros((num_edge_nodes, num_classes), dtype=np.int64)
        for j, batch in enumerate(start.batches):
            count[j] = np.bincount(class_of[list(batch)], minlength=num_classes)
        is_many = num_edge_nodes > _MANY_EDGE_NODES
        first = _FIRST_OF_MANY if is_many else _FIRST_TEMPERATURE
        order = np.tile(np.arange(num_edge_nodes), (num_classes, 1))
        self._state = CountState(
            counts=count,
            best=count.copy(),
            last=np.zeros(num_edge_nodes, dtype=np.int64),
            pool=np.zeros((num_edge_nodes, num_classes), dtype=np.int64),
            order=order,
            place=order.copy(),
            defect=np.zeros((2, num_classes), dtype=np.int64),
            before=np.zeros((2, num_classes), dtype=np.int64),
            value=np.zeros(2, dtype=np.int64),
            heat=np.array([first, (_LAST_TEMPERATURE / first) ** (1 / max(num_moves, 1))]),
            random=seeded(seed),
        )
        evaluate(self._pools, self._state)

    @property
    def objective(self) -> int:
        """Value of the best state."""
        return int(self._state.value[BEST])

    @property
    def best(self) -> Schedule:
        """A schedule of the best state: the smallest pool of a class chooses first."""
        pools, count = self._pools, self._state.best
        limits = [
            [last_rank(pools, j, int(row @ pools.demand[j, :, COMPUTE]))]
            for j, row in enumerate(count)
        ]
        pool = np.minimum(pools.prefix[np.array(limits)[:, 0]], pools.num_eligible)
        return filled(count, pool, pools.member, pools.class_pointer)

    def advance(self, num_moves: int, enough: int) -> None:
        """Make moves, until a state has the value ``enough``."""
        anneal(self._pools, self._state, num_moves, enough)


@compiled
def last_rank(pools: NestedPools, edge_node: int, load: int) -> int:
    """Return the rank of the last request of an edge node whose budget covers a load."""
    low, high = pools.row_pointer[edge_node], pools.row_pointer[edge_node + 1]
    first = low
    while low < high:
        middle = (low + high) // 2
        if pools.budget[middle] >= load:
            low = middle + 1
        else:
            high = middle
    return pools.rank[low - 1] if low > first else 0


@inner
def place_edge_node(
    pool: IntArray, order: IntArray, place: IntArray, j: int, each: int, size: int
) -> None:
    """Set the pool of a class at an edge node, and keep the edge nodes sorted by pool."""
    num_edge_nodes = order.shape[1]
    spot = place[each, j]
    while spot > 0 and pool[order[each, spot - 1], each] > size:
        order[each, spot] = order[each, spot - 1]
        place[each, order[each, spot]] = spot
        spot -= 1
    while spot < num_edge_nodes - 1 and pool[order[each, spot + 1], each] < size:
        order[each, spot] = order[each, spot + 1]
        place[each, order[each, spot]] = spot
        spot += 1
    order[each, spot] = j
    place[each, j] = spot
    pool[j, each] = size


@inner
def place_everywhere(pools: NestedPools, state: CountState, j: int, last: int) -> None:
    """Set the pools of all classes at an edge node."""
    if state.last[j] != last:
        state.last[j] = last
        for each in range(state.counts.shape[1]):
            size = min(pools.prefix[last, each], pools.num_eligible[j, each])
            place_edge_node(state.pool, state.order, state.place, j, each, size)


@inner
def hall_defect(count: IntArray, pool: IntArray, order: IntArray, each: int) -> int:
    """Return the number of places of a class that no assignment fills."""
    total = defect = 0
    for spot in range(order.shape[1]):
        j = order[each, spot]
        total += count[j, each]
        defect = max(defect, total - pool[j, each])
    return defect


@compiled
def evaluate(pools: NestedPools, state: CountState) -> None:
    """Compute the value of the current counts from nothing, and keep it as the best."""
    value = 0
    for j in range(state.counts.shape[0]):
        load = 0
        for each in range(state.counts.shape[1]):
            load += state.counts[j, each] * pools.demand[j, each, COMPUTE]
            value += state.counts[j, each]
        place_everywhere(pools, state, j, last_rank(pools, j, load))
    for each in range(state.counts.shape[1]):
        state.defect[0, each] = hall_defect(state.counts, state.pool, state.order, each)
        value -= state.defect[0, each]
    state.value[VALUE] = state.value[BEST] = value


@inner
def change_counts(count: IntArray, random: UintArray, j: int, other: int) -> None:
    """Change the counts of an edge node, or of two that exchange requests, at random."""
    num_classes = count.shape[1]
    kind = uniform(random)
    taken, given = below(random, num_classes), below(random, num_classes)
    num_taken = 1 + below(random, _LARGEST_CHANGE)
    num_given = 1 + below(random, _LARGEST_CHANGE)
    if other != j:
        count[j, taken] -= num_taken
        count[other, taken] += num_taken
        count[j, given] += num_given
        count[other, given] -= num_given
    elif kind < 0.5:
        count[j, taken] -= num_taken
        count[j, given] += num_given
    elif kind < 0.75:
        count[j, taken] += 1 if num_taken > 1 else -1
    else:
        for each in range(num_classes):
            change = below(random, 2 * _LARGEST_CHANGE + 1) - _LARGEST_CHANGE
            count[j, each] = max(count[j, each] + change, 0)


@inner
def load_of(
    count: IntArray, num_eligible: IntArray, demand: IntArray, capacity: IntArray, j: int
) -> int:
    """Return the load of an edge node, or -1 if its counts are not possible."""
    load = memory = downlink = 0
    for each in range(count.shape[1]):
        size = count[j, each]
        if size < 0 or size > num_eligible[j, each]:
            return -1
        load += size * demand[j, each, 0]
        memory += size * demand[j, each, 1]
        downlink += size * demand[j, each, 2]
    if load > capacity[j, 0] or memory > capacity[j, 1] or downlink > capacity[j, 2]:
        return -1
    return load


@compiled
def anneal(pools: NestedPools, state: CountState, num_moves: int, enough: int) -> None:
    """Make moves, each accepted by the rule of Metropolis."""
    count, before, defect, random = state.counts, state.before, state.defect, state.random
    num_edge_nodes, num_classes = count.shape
    heat, value = state.heat, state.value
    for _ in range(num_moves):
        if value[BEST] >= enough:
            return
        heat[TEMPERATURE] *= heat[COOLING]
        j = other = below(random, num_edge_nodes)
        if 3 * uniform(random) < 1:
            other = below(random, num_edge_nodes)
        for each in range(num_classes):
            before[0, each], before[1, each] = count[j, each], count[other, each]
        change_counts(count, random, j, other)
        load = load_of(count, pools.num_eligible, pools.demand, pools.capacity, j)
        load_of_other = load
        if other != j and load >= 0:
            load_of_other = load_of(count, pools.num_eligible, pools.demand, pools.capacity, other)
        is_accepted = False
        if load >= 0 and load_of_other >= 0:
            last, last_of_other = state.last[j], state.last[other]
            place_everywhere(pools, state, j, last_rank(pools, j, load))
            if other != j:
                place_everywhere(pools, state, other, last_rank(pools, other, load_of_other))
            gain = 0
            for each in range(num_classes):
                defect[1, each] = defect[0, each]
                defect[0, each] = hall_defect(count, state.pool, state.order, each)
                gain += defect[1, each] - defect[0, each] + count[j, each] - before[0, each]
                if other != j:
                    gain += count[other, each] - before[1, each]
            is_accepted = gain >= 0 or uniform(random) < exp(gain / heat[TEMPERATURE])
            if not is_accepted:
                place_everywhere(pools, state, j, last)
                place_everywhere(pools, state, other, last_of_other)
                for each in range(num_classes):
                    defect[0, each] = defect[1, each]
        if is_accepted:
            value[VALUE] += gain
            if value[VALUE] > value[BEST]:
                value[BEST] = value[VALUE]
                for row in range(num_edge_nodes):
                    for each in range(num_classes):
                        state.best[row, each] = count[row, each]
        else:
            for each in range(num_classes):
                count[j, each], count[other, each] = before[0, each], before[1, each]
