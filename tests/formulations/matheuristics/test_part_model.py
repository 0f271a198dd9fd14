import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from formulations.matheuristics.part_model import PartModel, free_pairs
from heuristics.improvement.placement import Placement
from heuristics.judges.checker import check
from heuristics.limits import Limits
from tests.helpers.alternatives import few
from tests.helpers.examples import one_edge_node
from tests.helpers.oracles import optimum
from tests.helpers.strategies import coefficients, levelled


def solved(data, placed, pairs, **options):
    model = PartModel(data, placed, pairs, np.ones(len(pairs)))
    return model.solve(Limits(), time_limit=None, seed=0, **options)


@few
@given(st.one_of(coefficients(), levelled()))
def test_without_fixed_requests_the_optimum_is_chosen(data):
    placed = Placement(data)
    answer = solved(data, placed, np.arange(data.pairs.num_pairs))
    placed.add(answer.chosen)
    assert placed.throughput == len(answer.chosen) == optimum(data)
    assert answer.is_solved
    assert check(data, placed.schedule) == ()


def test_fixed_requests_leave_their_part_of_every_capacity():
    """Request 0 has memory 3 of 7, and its budget of 4 leaves a load of 3 to the others."""
    data = one_edge_node(memory=[3, 2, 2, 2], compute=[1, 1, 2, 3], budget=[4, 9, 9, 9])
    placed = Placement(data)
    placed.add(np.array([0]))
    pairs = free_pairs(placed, np.arange(4))
    assert pairs.tolist() == [1, 2, 3]
    answer = solved(data, placed, pairs)
    assert sorted(answer.chosen.tolist()) == [1, 2]


def test_a_start_is_taken():
    data = one_edge_node(memory=[1, 1, 1], compute=[1, 2, 3], budget=[6, 6, 3])
    placed = Placement(data)
    answer = solved(data, placed, np.arange(3), start=np.array([0, 1]))
    assert len(answer.chosen) == 2


def test_the_bound_counts_profits():
    data = one_edge_node(memory=[3, 3], compute=[1, 1], budget=[9, 9])
    model = PartModel(data, Placement(data), np.arange(2), np.array([0.25, 0.75]))
    answer = model.solve(Limits(), time_limit=None, seed=0)
    assert abs(answer.bound - 1) < 1e-6
