import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from heuristics.coefficients import Coefficients
from heuristics.improvement.matching_annealing import MatchingAnnealing
from heuristics.improvement.matching_cells import MatchingCells
from heuristics.improvement.request_classes import RequestClasses
from heuristics.judges.checker import check
from heuristics.ot_gah import ot_gah
from tests.helpers.alternatives import few
from tests.helpers.oracles import optimum
from tests.helpers.strategies import coefficients, levelled


@few
@given(st.one_of(coefficients(), levelled()), st.integers(0, 99))
def test_potentials_are_the_largest_profits_of_the_counts_within_reach(data, seed):
    assume(data.eligible.any())
    profit = np.random.default_rng(seed).uniform(-1, 1, data.pairs.num_pairs)
    cells = MatchingCells.of(data, RequestClasses.of(data))
    start = ot_gah(data).schedule
    found = MatchingAnnealing(data, cells, start, seed, 600, profit)
    for _ in range(3):
        state, guide = found._state, found._guide
        for cell in range(cells.row.size):
            first = cells.pair_pointer[cell]
            within = profit[cells.pair[first : first + state.reach[cell]]]
            largest = np.sort(within)[::-1][: state.counts[cell]]
            assert guide.potential[cell] == pytest.approx(largest.sum())
        assert check(data, found.best) == ()
        assert start.throughput <= found.objective == found.best.throughput <= optimum(data)
        found.advance(50, data.num_requests + 1)


def test_profits_decide_between_schedules_of_equal_throughput():
    data = Coefficients(
        uplink=[[2, 2]],
        uplink_capacity=[9],
        downlink=[[0, 0]],
        downlink_capacity=[0],
        memory=[[3, 4]],
        memory_capacity=[4],
        compute=[[0, 0]],
        compute_budget=[[0, 0]],
        eligible=[[1, 1]],
    )
    cells = MatchingCells.of(data, RequestClasses.of(data))
    for profit in ([0.1, 0.9], [0.9, 0.1]):
        start = ot_gah(data).schedule
        found = MatchingAnnealing(data, cells, start, 0, 10**4, np.array(profit))
        found.advance(10**4, 3)
        assert found._state.held.argmax() == np.argmax(profit)
