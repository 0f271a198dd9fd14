import numpy as np
from hypothesis import assume, given
from hypothesis import strategies as st

from heuristics.coefficients import Coefficients
from heuristics.improvement.matching_annealing import MatchingAnnealing
from heuristics.improvement.matching_cells import MatchingCells
from heuristics.improvement.matching_state import FREE, VALUE, fill
from heuristics.improvement.request_classes import RequestClasses
from heuristics.judges.checker import check
from heuristics.ot_gah import ot_gah
from heuristics.schedule import Schedule
from tests.helpers.matching import most_filled
from tests.helpers.oracles import optimum
from tests.helpers.strategies import coefficients, levelled


def annealing(data, start=None, *, seed=0, num_moves=600):
    cells = MatchingCells.of(data, RequestClasses.of(data))
    start = start or Schedule.empty(data.num_edge_nodes)
    return MatchingAnnealing(data, cells, start, seed, num_moves)


def current(found):
    """Return the current schedule, not the best."""
    cells, held = found._cells, found._state.held
    served = np.flatnonzero(held != FREE)
    edge_node = cells.row[cells.cell[held[served]]]
    return Schedule.of(served[edge_node == j] for j in range(found._num_edge_nodes))


@given(st.one_of(coefficients(), levelled()), st.integers(0, 99))
def test_every_state_is_a_feasible_schedule_with_the_sums_of_its_batches(data, seed):
    assume(data.eligible.any())
    start = ot_gah(data).schedule
    found = annealing(data, start, seed=seed)
    assert current(found) == found.best == start
    for _ in range(3):
        found.advance(50, data.num_requests + 1)
        state, now = found._state, current(found)
        assert check(data, now) == check(data, found.best) == ()
        assert now.throughput == state.numbers[VALUE] == state.counts.sum()
        assert start.throughput <= found.best.throughput == found.objective <= optimum(data)
        for j, batch in enumerate(now.batches):
            assert state.sums[j, 0] == data.compute[j, list(batch)].sum()


@st.composite
def epochs(draw):
    """Draw a horizon: a row for each epoch, requests that arrive and expire, ample spectrum."""
    num_epochs, num_requests = draw(st.integers(1, 3)), draw(st.integers(1, 7))
    each = st.lists(st.integers(0, 2), min_size=num_requests, max_size=num_requests)
    kinds, arrival, deadline = draw(each), draw(each), draw(each)
    demand = [draw(st.integers(1, 4)) for _ in range(3)]
    shape = (num_epochs, num_requests)
    left = [[4 * (a + 1 + d - e) for a, d in zip(arrival, deadline, strict=True)] for e in range(3)]
    one = np.ones(shape, dtype=int)
    return Coefficients(
        uplink=one,
        uplink_capacity=9 * one[:, 0],
        downlink=one,
        downlink_capacity=9 * one[:, 0],
        memory=one,
        memory_capacity=9 * one[:, 0],
        compute=one * [demand[kind] for kind in kinds],
        compute_budget=np.maximum(left[:num_epochs], 0),
        eligible=[[int(a <= e) for a in arrival] for e in range(num_epochs)],
    )


@given(epochs(), st.integers(0, 99), st.data())
def test_a_hole_that_stays_is_one_that_no_assignment_fills(data, seed, drawn):
    """So the value of the counts is that of a maximum matching, in whatever sets are eligible."""
    assume(data.eligible.any())
    classes = RequestClasses.of(data)
    found = annealing(data, ot_gah(data).schedule, seed=seed)
    found.advance(100, data.num_requests + 1)
    cells, state = found._cells, found._state
    hole = drawn.draw(st.integers(0, cells.row.size - 1))
    if fill(cells, state, hole):
        return
    counts = np.zeros((data.num_edge_nodes, classes.num_classes), dtype=int)
    counts[cells.row, cells.kind] = state.counts
    load = int(state.sums[cells.row[hole], 0])
    pools = [most_filled(data, classes.of_request, counts)]
    counts[cells.row[hole], cells.kind[hole]] += 1
    pools.append(most_filled(data, classes.of_request, counts, loads={int(cells.row[hole]): load}))
    assert pools == [state.numbers[VALUE], state.numbers[VALUE]]
