import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from heuristics.improvement.matching_annealing import FREE, VALUE, MatchingAnnealing
from heuristics.improvement.matching_cells import MatchingCells
from heuristics.improvement.request_classes import RequestClasses
from heuristics.judges.checker import check
from heuristics.ot_gah import ot_gah
from heuristics.schedule import Schedule
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
    if not data.eligible.any():
        return
    start = ot_gah(data).schedule
    found = annealing(data, start, seed=seed)
    assert current(found) == found.best == start
    for _ in range(6):
        found.advance(50, data.num_requests + 1)
        state, now = found._state, current(found)
        assert check(data, now) == check(data, found.best) == ()
        assert now.throughput == state.numbers[VALUE] == state.counts.sum()
        assert start.throughput <= found.best.throughput == found.objective <= optimum(data)
        for j, batch in enumerate(now.batches):
            assert state.sums[j, 0] == data.compute[j, list(batch)].sum()
