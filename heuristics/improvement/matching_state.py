"""Matching state: the schedule of an annealing, its log, and the augmenting paths."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from heuristics.compiled import compiled, inner
from heuristics.improvement.matching_cells import COMPUTE, UPLINK, MatchingCells
from heuristics.improvement.pair_sets import discard, insert, last_below

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from heuristics.coefficients import IntArray
    from heuristics.improvement.randomness import UintArray

    FloatArray = NDArray[np.float64]

FREE = -1
"""Pair of a request that is not served."""

VALUE, BEST, LOG_SIZE, IS_LOGGED, STAMP = 0, 1, 2, 3, 4
"""Positions in `MatchingState.numbers`."""

MOST_CELLS, _MOST_PAIRS = 64, 2000
"""Maximum numbers of cells and of pairs that the search for one augmenting path looks at."""

LOG_SLACK = 1 << 12
"""Entries of the log beyond two for each request."""


class MatchingState(NamedTuple):
    """Current schedule of an annealing, and the best so far."""

    held: IntArray
    """Pair by which each request is served, or FREE, shape (I,)."""
    server: IntArray
    """Cell that serves the request of each pair, or FREE, shape (N,)."""
    counts: IntArray
    """Number of requests that each cell serves, shape (C,)."""
    plan: IntArray
    """Counts that a move asks for, shape (C,)."""
    reach: IntArray
    """Number of pairs of each cell whose budget covers the load, shape (C,)."""
    old_reach: IntArray
    """Values of ``reach`` before the move, shape (C,)."""
    sums: IntArray
    """Demands of each batch: compute, memory, downlink, uplink, shape (J, 4)."""
    free: UintArray
    """Pairs of the free requests, a set."""
    mine: UintArray
    """Pairs by which requests are served, a set."""
    log: IntArray
    """Requests that changed, and their pairs before, since the best schedule, shape (any, 2)."""
    best: IntArray
    """The best schedule where the log does not lead back to it, as ``held``, shape (I,)."""
    queue: IntArray
    """Cells of the search for a path, their parents in it and their pairs there, (any, 3)."""
    seen: IntArray
    """Number of the last search that met each cell, shape (C,)."""
    numbers: IntArray
    """Value now and best value, size of the log, 1 if it leads back to the best, number of the
    search, shape (5,)."""
    heat: FloatArray
    """Temperature, and its factor from move to move, shape (2,)."""
    random: UintArray
    """State of the random numbers, shape (1,)."""


@inner
def serve(cells: MatchingCells, state: MatchingState, request: int, pair: int) -> None:
    """Serve a request by another pair, or by none for FREE."""
    before, server = state.held[request], FREE
    state.held[request] = pair
    if before != FREE:
        cell = cells.cell[before]
        state.counts[cell] -= 1
        state.sums[cells.row[cell], UPLINK] -= cells.uplink[before]
        discard(state.mine, cells.word_pointer[cell], before - cells.pair_pointer[cell])
    if pair != FREE:
        server = cells.cell[pair]
        state.counts[server] += 1
        state.sums[cells.row[server], UPLINK] += cells.uplink[pair]
        insert(state.mine, cells.word_pointer[server], pair - cells.pair_pointer[server])
    is_as_free = (before == FREE) == (pair == FREE)
    for place in range(cells.request_pointer[request], cells.request_pointer[request + 1]):
        each = cells.by_request[place]
        state.server[each] = server
        if is_as_free:
            continue
        cell = cells.cell[each]
        if pair == FREE:
            insert(state.free, cells.word_pointer[cell], each - cells.pair_pointer[cell])
        else:
            discard(state.free, cells.word_pointer[cell], each - cells.pair_pointer[cell])


@inner
def change(cells: MatchingCells, state: MatchingState, request: int, pair: int) -> None:
    """Serve a request by another pair, and write the one before to the log."""
    size = state.numbers[LOG_SIZE]
    state.log[size, 0], state.log[size, 1] = request, state.held[request]
    state.numbers[LOG_SIZE] = size + 1
    serve(cells, state, request, pair)


@inner
def reach_of(cells: MatchingCells, state: MatchingState, j: int, cell: int) -> int:
    """Return the number of pairs of a cell whose budget covers the load of its edge node."""
    load = state.sums[j, COMPUTE]
    first = low = cells.pair_pointer[cell]
    high = cells.pair_pointer[cell + 1]
    while low < high:
        middle = (low + high) // 2
        if cells.budget[middle] >= load:
            low = middle + 1
        else:
            high = middle
    return int(low - first)


@inner
def set_reach(cells: MatchingCells, state: MatchingState, j: int) -> None:
    """Find the pairs of each cell of an edge node whose budget covers its load."""
    for cell in range(cells.row_pointer[j], cells.row_pointer[j + 1]):
        state.reach[cell] = reach_of(cells, state, j, cell)


@compiled
def prepare(cells: MatchingCells, state: MatchingState, edge_node: IntArray) -> None:
    """Set the state of a schedule, given by the edge node of each request."""
    for request in range(edge_node.size):
        for place in range(cells.request_pointer[request], cells.request_pointer[request + 1]):
            pair = cells.by_request[place]
            cell = cells.cell[pair]
            insert(state.free, cells.word_pointer[cell], pair - cells.pair_pointer[cell])
        for place in range(cells.request_pointer[request], cells.request_pointer[request + 1]):
            pair = cells.by_request[place]
            if cells.row[cells.cell[pair]] == edge_node[request]:
                serve(cells, state, request, pair)
                state.numbers[VALUE] += 1
    for cell in range(cells.row.size):
        state.plan[cell] = state.counts[cell]
        for each in range(3):
            state.sums[cells.row[cell], each] += state.counts[cell] * cells.demand[cell, each]
    for j in range(cells.row_pointer.size - 1):
        set_reach(cells, state, j)
    state.numbers[BEST] = state.numbers[VALUE]
    state.numbers[IS_LOGGED] = 1


@inner
def room_behind(cells: MatchingCells, state: MatchingState, cell: int, pair: int) -> int:
    """Return the uplink that is left for a request in a cell once that of a pair leaves it."""
    j = cells.row[cell]
    room = cells.capacity[j, UPLINK] - state.sums[j, UPLINK]
    return int(room + cells.uplink[state.held[cells.request[pair]]])


@inner
def last_free(cells: MatchingCells, state: MatchingState, cell: int, room: int) -> int:
    """Return the last free pair of a cell that its load and an uplink admit, or FREE."""
    first, word = cells.pair_pointer[cell], cells.word_pointer[cell]
    place = last_below(state.free, word, state.reach[cell])
    while place >= 0 and cells.uplink[first + place] > room:
        place = last_below(state.free, word, place)
    return int(first + place) if place >= 0 else FREE


@inner
def fill(cells: MatchingCells, state: MatchingState, hole: int) -> bool:
    """Serve one more request in a cell by a shortest augmenting path, and return True if found."""
    queue, seen, numbers = state.queue, state.seen, state.numbers
    if numbers[LOG_SIZE] + 2 * MOST_CELLS > state.log.shape[0]:
        return False
    j = cells.row[hole]
    room = cells.capacity[j, UPLINK] - state.sums[j, UPLINK]
    free = last_free(cells, state, hole, room)
    if free != FREE:
        change(cells, state, cells.request[free], free)
        return True
    numbers[STAMP] += 1
    queue[0, 0], queue[0, 1], seen[hole] = hole, -1, numbers[STAMP]
    head, size, num_pairs = 0, 1, 0
    while head < size and num_pairs < _MOST_PAIRS:
        cell = queue[head, 0]
        if head > 0:
            room = room_behind(cells, state, cell, queue[head, 2])
        first = cells.pair_pointer[cell]
        num_pairs += state.reach[cell]
        for pair in range(first + state.reach[cell] - 1, first - 1, -1):
            other = state.server[pair]
            if other == FREE or seen[other] == numbers[STAMP] or cells.uplink[pair] > room:
                continue
            seen[other] = numbers[STAMP]
            queue[size, 0], queue[size, 1], queue[size, 2] = other, head, pair
            # Most cells have no free pair at all, and a call takes longer than this look.
            if last_below(state.free, cells.word_pointer[other], state.reach[other]) >= 0:
                free = last_free(cells, state, other, room_behind(cells, state, other, pair))
                if free != FREE:
                    shift(cells, state, free, size)
                    return True
            size += 1
            if size > MOST_CELLS:
                return False
        head += 1
    return False


@inner
def shift(cells: MatchingCells, state: MatchingState, free: int, end: int) -> None:
    """Serve the request of a free pair, and each request of the path to it one cell earlier."""
    pair, spot = free, end
    while spot >= 0:
        change(cells, state, cells.request[pair], pair)
        pair, spot = state.queue[spot, 2], state.queue[spot, 1]


@inner
def keep_best(state: MatchingState) -> None:
    """Note the current state where it is the best; copy the best where the log gets long."""
    numbers = state.numbers
    if numbers[VALUE] > numbers[BEST]:
        numbers[BEST], numbers[LOG_SIZE], numbers[IS_LOGGED] = numbers[VALUE], 0, 1
    elif numbers[IS_LOGGED] == 0:
        numbers[LOG_SIZE] = 0
    elif numbers[LOG_SIZE] > state.held.size:
        for entry in range(state.held.size):
            state.best[entry] = state.held[entry]
        for entry in range(numbers[LOG_SIZE] - 1, -1, -1):
            state.best[state.log[entry, 0]] = state.log[entry, 1]
        numbers[LOG_SIZE] = numbers[IS_LOGGED] = 0
