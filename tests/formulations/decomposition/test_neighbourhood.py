"""The neighbourhood: moves keep to the constraints and to the other edge nodes' batches."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from formulations.decomposition import neighbourhood as module
from formulations.decomposition.approach import OF_FEW, OF_MANY
from formulations.decomposition.neighbourhood import Neighbourhood
from formulations.evaluation import broken_rows
from heuristics.limits import Limits
from heuristics.ot_gah import ot_gah
from heuristics.problem import Problem
from heuristics.schedule import Schedule
from tests.helpers.decomposition_problems import any_problem, problem, seeds, some_prices


@given(any_problem, seeds, st.integers(1, 3), st.sampled_from([OF_FEW, OF_MANY]))
def test_a_move_is_feasible_no_smaller_and_leaves_the_other_edge_nodes_alone(
    data, seed, num_free, effort
):
    _, ascent = some_prices(data, seed)
    schedule = ot_gah(data).schedule
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "NUM_FREE", num_free)
        moved = Neighbourhood(data, ascent.prices(), seed, effort).move(schedule, Limits())
    if moved is None:
        return
    assert moved.throughput >= schedule.throughput
    assert list(broken_rows(data, moved, Problem.P1, None)) == []
    pairs = zip(schedule.batches, moved.batches, strict=True)
    assert sum(set(before) != set(after) for before, after in pairs) <= num_free


def test_a_move_fills_what_others_left_empty():
    data = problem()
    ascent_prices = some_prices(data, 0)[1].prices()
    moved = Neighbourhood(data, ascent_prices, 0, OF_FEW).move(Schedule.empty(1), Limits())
    assert moved is not None
    assert moved.throughput == 2


@given(any_problem, seeds)
def test_the_prices_of_a_part_are_those_of_its_edge_nodes_and_requests(data, seed):
    nodes, ascent = some_prices(data, seed)
    prices = ascent.prices()
    whole = prices.part(np.arange(nodes.num_edge_nodes), np.arange(data.num_requests))
    ascent.start(whole)
    for ours, theirs in zip(ascent.prices(), prices, strict=True):
        assert (ours == theirs).all()
    last = prices.part(np.array([nodes.num_edge_nodes - 1]), np.arange(0))
    assert last.request.tolist() == []
    assert last.uplink.tolist() == [prices.uplink[-1]]
