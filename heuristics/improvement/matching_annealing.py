"""Matching annealing: simulated annealing over counts with an explicit schedule, for any data.

A state is a feasible schedule. A move changes the counts of one or two edge nodes by class,
releases the requests that the new load or the smaller counts forbid, and fills the holes by
augmenting paths: a hole takes a free request, or one that another edge node replaces. A hole that
stays is dropped. So the value of a state is that of a schedule, a lower bound for its counts.

Profits at good prices guide the moves: among schedules of equal value, counts of larger potential
are preferred, see `heuristics.improvement.price_guide`.
"""

from __future__ import annotations

from math import log
from typing import TYPE_CHECKING

import numpy as np

from heuristics.compiled import compiled, inner
from heuristics.improvement.matching_state import (
    BEST,
    FREE,
    IS_LOGGED,
    LOG_SIZE,
    LOG_SLACK,
    MOST_CELLS,
    VALUE,
    MatchingState,
    change,
    fill,
    keep_best,
    prepare,
    serve,
    set_reach,
)
from heuristics.improvement.pair_sets import last_below
from heuristics.improvement.price_guide import PriceGuide, planned_gain, set_potential
from heuristics.improvement.randomness import below, seeded, uniform
from heuristics.schedule import Schedule

if TYPE_CHECKING:
    from heuristics.coefficients import Coefficients
    from heuristics.improvement.matching_cells import MatchingCells
    from heuristics.improvement.price_guide import FloatArray

TEMPERATURE, COOLING = 0, 1
"""Positions in `MatchingState.heat`."""

_FIRST_TEMPERATURE, _LAST_TEMPERATURE = 0.3, 0.06
"""Temperatures [requests] at the start and at the end."""

_LARGEST_CHANGE = 3
"""Maximum change of a count in a move."""

_MANY_CELLS = 16
"""Number of cells of an edge node above which a move changes two of them at most."""


class MatchingAnnealing:
    """An annealing over explicit schedules, and its best schedule.

    Parameters
    ----------
    data
        Coefficients of all edge nodes.
    cells
        Pairs of the problem by cell.
    start
        A feasible schedule to start from.
    seed
        Seed of all random choices.
    num_moves
        Number of moves in which the temperature falls to its end.
    profit
        Profit of each pair at the prices that guide the moves, shape (N,); None without prices.
    """

    def __init__(
        self,
        data: Coefficients,
        cells: MatchingCells,
        start: Schedule,
        seed: int,
        num_moves: int,
        profit: FloatArray | None = None,
    ) -> None:
        self._cells, self._num_edge_nodes = cells, data.num_edge_nodes
        num_cells, num_words = cells.row.size, int(cells.word_pointer[-1])
        cooling = (_LAST_TEMPERATURE / _FIRST_TEMPERATURE) ** (1 / max(num_moves, 1))
        self._state = MatchingState(
            held=np.full(data.num_requests, FREE),
            server=np.full(cells.cell.size, FREE),
            counts=np.zeros(num_cells, dtype=np.int64),
            plan=np.zeros(num_cells, dtype=np.int64),
            reach=np.diff(cells.pair_pointer),
            old_reach=np.zeros(num_cells, dtype=np.int64),
            sums=np.zeros((data.num_edge_nodes, 4), dtype=np.int64),
            free=np.zeros(num_words, dtype=np.uint64),
            mine=np.zeros(num_words, dtype=np.uint64),
            log=np.zeros((2 * data.num_requests + LOG_SLACK, 2), dtype=np.int64),
            best=np.full(data.num_requests, FREE),
            queue=np.zeros((MOST_CELLS + 1, 3), dtype=np.int64),
            seen=np.zeros(num_cells, dtype=np.int64),
            numbers=np.zeros(5, dtype=np.int64),
            heat=np.array([_FIRST_TEMPERATURE, cooling]),
            random=seeded(seed),
        )
        edge_node = np.full(data.num_requests, FREE)
        for j, batch in enumerate(start.batches):
            edge_node[list(batch)] = j
        prepare(cells, self._state, edge_node)
        self._guide = PriceGuide.of(cells, profit)
        set_potentials(cells, self._state, self._guide)

    @property
    def objective(self) -> int:
        """Value of the best state."""
        return int(self._state.numbers[BEST])

    @property
    def best(self) -> Schedule:
        """The best schedule."""
        state = self._state
        held = state.best
        if state.numbers[IS_LOGGED]:
            held = state.held.copy()
            for request, pair in state.log[: state.numbers[LOG_SIZE]][::-1].tolist():
                held[request] = pair
        served = np.flatnonzero(held != FREE)
        edge_node = self._cells.row[self._cells.cell[held[served]]]
        by_edge_node = np.argsort(edge_node, kind="stable")
        bounds = np.searchsorted(edge_node[by_edge_node], np.arange(1, self._num_edge_nodes))
        return Schedule.of(batch.tolist() for batch in np.split(served[by_edge_node], bounds))

    def advance(self, num_moves: int, enough: int) -> None:
        """Make moves, until a state has the value ``enough``."""
        anneal(self._cells, self._state, self._guide, num_moves, enough)


@inner
def plan_counts(cells: MatchingCells, state: MatchingState, j: int) -> int:
    """Plan other counts of an edge node, or of two, at random, and return the other or j."""
    plan, random = state.plan, state.random
    first, last = cells.row_pointer[j], cells.row_pointer[j + 1]
    num_cells = last - first
    kind = uniform(random)
    taken, given = first + below(random, num_cells), first + below(random, num_cells)
    num_taken = 1 + below(random, _LARGEST_CHANGE)
    num_given = 1 + below(random, _LARGEST_CHANGE)
    if kind < 0.33:
        start, end = cells.pair_pointer[first], cells.pair_pointer[last]
        request = cells.request[start + below(random, end - start)]
        start, end = cells.request_pointer[request], cells.request_pointer[request + 1]
        cell = cells.cell[cells.by_request[start + below(random, end - start)]]
        other = int(cells.row[cell])
        for own in range(first, last):
            if cells.kind[own] == cells.kind[cell] and other != j:
                sign = 1 if uniform(random) < 0.5 else -1
                plan[own] += sign * num_taken
                plan[cell] -= sign * num_taken
        for cell in range(cells.row_pointer[other], cells.row_pointer[other + 1]):
            if cells.kind[given] == cells.kind[cell] and other != j:
                sign = 1 if uniform(random) < 0.5 else -1
                plan[given] += sign * num_given
                plan[cell] -= sign * num_given
        return other
    if kind < 0.67:
        plan[taken] -= num_taken
        plan[given] += num_given
    elif kind < 0.83 or num_cells > _MANY_CELLS:
        plan[taken] += 1 if num_taken > 1 else -1
    else:
        for cell in range(first, last):
            plan[cell] += below(random, 2 * _LARGEST_CHANGE + 1) - _LARGEST_CHANGE
    return j


@inner
def is_possible(cells: MatchingCells, state: MatchingState, j: int) -> bool:
    """Set the sums of an edge node to its plan, and return True if they keep the capacities."""
    is_kept = True
    for cell in range(cells.row_pointer[j], cells.row_pointer[j + 1]):
        change = state.plan[cell] - state.counts[cell]
        size = cells.pair_pointer[cell + 1] - cells.pair_pointer[cell]
        is_kept = is_kept and 0 <= state.plan[cell] <= size
        for each in range(3):
            state.sums[j, each] += change * cells.demand[cell, each]
    for each in range(3):
        is_kept = is_kept and state.sums[j, each] <= cells.capacity[j, each]
    return is_kept


@inner
def release(cells: MatchingCells, state: MatchingState, j: int) -> None:
    """Release the requests of an edge node that its new load and its plan forbid."""
    for cell in range(cells.row_pointer[j], cells.row_pointer[j + 1]):
        state.old_reach[cell] = state.reach[cell]
    set_reach(cells, state, j)
    for cell in range(cells.row_pointer[j], cells.row_pointer[j + 1]):
        first, word = cells.pair_pointer[cell], cells.word_pointer[cell]
        place = cells.pair_pointer[cell + 1] - first
        while state.counts[cell] > 0:
            place = last_below(state.mine, word, place)
            if place < state.reach[cell] and state.counts[cell] <= state.plan[cell]:
                break
            change(cells, state, cells.request[first + place], FREE)


@inner
def is_changed(cells: MatchingCells, state: MatchingState, j: int) -> bool:
    """Return True if the plan of an edge node differs from its counts."""
    for cell in range(cells.row_pointer[j], cells.row_pointer[j + 1]):
        if state.plan[cell] != state.counts[cell]:
            return True
    return False


@inner
def settle(cells: MatchingCells, state: MatchingState, j: int) -> None:
    """Set the sums of an edge node to its counts, where holes stayed."""
    if not is_changed(cells, state, j):
        return
    for cell in range(cells.row_pointer[j], cells.row_pointer[j + 1]):
        change = state.counts[cell] - state.plan[cell]
        state.plan[cell] = state.counts[cell]
        for each in range(3):
            state.sums[j, each] += change * cells.demand[cell, each]
    set_reach(cells, state, j)


@inner
def undo(cells: MatchingCells, state: MatchingState, j: int, mark: int, is_reached: bool) -> None:
    """Return an edge node to the state before the move; the log is undone down to a mark."""
    while state.numbers[LOG_SIZE] > mark:
        size = state.numbers[LOG_SIZE] - 1
        state.numbers[LOG_SIZE] = size
        serve(cells, state, state.log[size, 0], state.log[size, 1])
    for cell in range(cells.row_pointer[j], cells.row_pointer[j + 1]):
        change = state.counts[cell] - state.plan[cell]
        state.plan[cell] = state.counts[cell]
        for each in range(3):
            state.sums[j, each] += change * cells.demand[cell, each]
        if is_reached:
            state.reach[cell] = state.old_reach[cell]


@compiled
def set_potentials(cells: MatchingCells, state: MatchingState, guide: PriceGuide) -> None:
    """Set the potentials of all edge nodes."""
    for j in range(cells.row_pointer.size - 1):
        set_potential(cells, state, guide, j)


@inner
def planned_value(cells: MatchingCells, state: MatchingState, j: int) -> int:
    """Return the increase of the throughput of an edge node by its plan."""
    gain = 0
    for cell in range(cells.row_pointer[j], cells.row_pointer[j + 1]):
        gain += state.plan[cell] - state.counts[cell]
    return gain


@compiled
def anneal(
    cells: MatchingCells, state: MatchingState, guide: PriceGuide, num_moves: int, enough: int
) -> None:
    """Make moves; each is accepted if the value falls by at most a number drawn before.

    With a guide the value counts the weighted potential, the best value never does.
    """
    numbers, heat, random = state.numbers, state.heat, state.random
    num_edge_nodes = cells.row_pointer.size - 1
    for _ in range(num_moves):
        if numbers[BEST] >= enough:
            return
        heat[TEMPERATURE] *= heat[COOLING]
        j = below(random, num_edge_nodes)
        if cells.row_pointer[j] == cells.row_pointer[j + 1]:
            continue
        least = numbers[VALUE] + heat[TEMPERATURE] * log(uniform(random) + 1e-300)
        other = plan_counts(cells, state, j)
        mark = numbers[LOG_SIZE]
        if other == j and not is_changed(cells, state, j):
            continue
        is_kept = is_possible(cells, state, j)
        if other != j:
            is_kept = is_possible(cells, state, other) and is_kept
        if not is_kept:
            undo(cells, state, j, mark, False)
            undo(cells, state, other, mark, False)
            continue
        value = numbers[VALUE] + planned_value(cells, state, j)
        least -= planned_gain(cells, state, guide, j)
        if other != j:
            value += planned_value(cells, state, other)
            least -= planned_gain(cells, state, guide, other)
        is_reached = is_kept = value >= least
        if is_kept:
            release(cells, state, j)
            if other != j:
                release(cells, state, other)
        for turn in range(1 if other == j else 2):
            row = other if turn == 1 else j
            for cell in range(cells.row_pointer[row], cells.row_pointer[row + 1]):
                while is_kept and state.counts[cell] < state.plan[cell]:
                    if not fill(cells, state, cell):
                        value -= state.plan[cell] - state.counts[cell]
                        is_kept = value >= least
                        break
        if is_kept:
            settle(cells, state, j)
            set_potential(cells, state, guide, j)
            if other != j:
                settle(cells, state, other)
                set_potential(cells, state, guide, other)
            numbers[VALUE] = value
            keep_best(state)
        else:
            undo(cells, state, j, mark, is_reached)
            if other != j:
                undo(cells, state, other, mark, is_reached)
