"""Columns of covered requests alone, and rows of a horizon."""

import numpy as np
import pytest
from hypothesis import given

from heuristics.coefficients import RESOURCES
from heuristics.errors import InputError
from heuristics.pairs import Pairs
from heuristics.system_models.assemble import assemble
from heuristics.system_models.scenario import Scenario
from tests.helpers.physics import edge_node, requests, scenario, scenarios


def sparse_node(covered, **values):
    gains = {name: [1.0] * len(covered) for name in ("uplink_gain", "downlink_gain")}
    return edge_node(covered=covered, **{**gains, **values})


@given(scenarios())
def test_covered_requests_alone_give_the_same_eligible_pairs_and_capacities(drawn):
    """Also in a scenario that is written to JSON and read again."""
    sparse = Scenario.from_parts(*drawn.to_sparse().to_parts())
    assert sparse.is_sparse == (drawn.num_requests > 0)
    expected, found = assemble(drawn), assemble(sparse)
    for name in Pairs._fields:
        assert np.array_equal(getattr(expected.pairs, name), getattr(found.pairs, name))
    for name in RESOURCES:
        capacity = f"{name}_capacity"
        assert np.array_equal(getattr(expected, capacity), getattr(found, capacity))


@given(scenarios())
def test_a_scenario_made_dense_again_keeps_its_eligible_pairs(drawn):
    dense = drawn.to_sparse().to_dense()
    assert [each.covered for each in dense.edge_nodes] == [
        each.covered for each in drawn.edge_nodes
    ]
    assert np.array_equal(assemble(dense).eligible, assemble(drawn).eligible)


def test_covered_requests_are_counted_in_both_forms():
    dense = scenario(3, edge_nodes=[edge_node(3, covered=[True, False, True])])
    sparse = dense.to_sparse()
    assert sparse.edge_nodes[0].covered == (0, 2)
    assert [each.num_covered(0) for each in (dense, sparse)] == [2, 2]
    assert sparse.to_sparse() == sparse
    assert dense.to_dense() is dense


def test_an_edge_node_may_cover_nobody():
    data = assemble(scenario(2, edge_nodes=[sparse_node([]), sparse_node([1], name="other")]))
    assert data.eligible.tolist() == [[False, False], [False, True]]


@pytest.mark.parametrize(
    ("edge_nodes", "message"),
    [
        ([sparse_node([1, 0])], "covered: must rise from index to index, found [1, 0]"),
        ([sparse_node([1, 1])], "covered: must rise from index to index, found [1, 1]"),
        ([sparse_node([0, 2])], "covered: must hold indices below the number of requests, 2,"),
        ([sparse_node([0, -1])], "covered[1]: must be at least 0, found -1"),
        ([sparse_node([0, True])], "covered[1]: must be an integer, found true"),
        ([sparse_node([0, 1.0])], "covered[1]: must be an integer, found 1.0"),
        (
            [sparse_node([0], uplink_gain=[1.0, 1.0])],
            "uplink_gain: must have one value a covered request, 1, found 2",
        ),
        (
            [edge_node(name="other"), sparse_node([0])],
            "covered: must hold flags or indices, as at the other edge nodes",
        ),
        ([sparse_node([0], epoch=-1)], "epoch: must be at least 0, found -1"),
        (
            [sparse_node([0], epoch=1), sparse_node([0], name="other")],
            "epoch: must be there at every edge node or at none, found null",
        ),
    ],
)
def test_bad_coverage_is_told_with_its_path(edge_nodes, message):
    with pytest.raises(InputError) as caught:
        scenario(2, edge_nodes=edge_nodes)
    place = f"edge_nodes[{len(edge_nodes) - 1}]."
    assert str(caught.value).startswith(place + message)


def horizon(covered=(0, 1), count_waiting=True, **columns):
    """Rows of epochs 0 to 2; epoch k starts at 2 (k + 1) s and gives a batch 2 s and both slots."""
    rows = [sparse_node(list(covered), name=f"node@{k}", epoch=k) for k in range(3)]
    return scenario(2, edge_nodes=rows, columns=columns, count_waiting=count_waiting)


def test_a_request_is_eligible_from_the_epoch_after_its_arrival_to_its_deadline():
    """Request 0 waits 1 s in epoch 0 and has 5 - 1 - 0.5 s left; request 1 arrives for epoch 1."""
    data = assemble(horizon(arrival_s=[1.0, 2.0], deadline_s=[5.0, 9.0]))
    assert data.eligible.tolist() == [[True, False], [True, True], [False, True]]
    assert data.pairs.compute_budget.tolist() == [1500, 1500, 1500, 1500]


def test_the_last_epoch_of_a_request_has_what_its_deadline_leaves():
    data = assemble(horizon(arrival_s=[1.0, 1.0], deadline_s=[4.0, 3.5]))
    assert data.eligible.tolist() == [[True, True], [True, False], [False, False]]
    assert data.pairs.compute_budget.tolist() == [1500, 1500, 500]


def test_without_waiting_a_deadline_runs_from_the_start_of_the_first_epoch():
    data = assemble(horizon(count_waiting=False, arrival_s=[1.0, 3.0], deadline_s=[3.0, 3.0]))
    assert data.eligible.tolist() == [[True, False], [True, True], [False, True]]
    assert data.pairs.compute_budget.tolist() == [1500, 500, 1500, 500]


def test_no_request_arrives_after_the_last_epoch_has_started():
    with pytest.raises(InputError) as caught:
        horizon(arrival_s=[1.0, 6.5])
    rule = "must not be after the start of the last epoch, 6.0"
    assert str(caught.value) == f"requests.arrival_s[1]: {rule}, found 6.5"


def test_k6_of_a_row_takes_all_requests_that_have_arrived_and_have_time_left():
    """The faint channel of request 1 counts from its first epoch on, and no longer in epoch 2."""
    rows = [
        sparse_node([0, 1], name=f"node@{k}", epoch=k, downlink_gain=[3.0, 1.0]) for k in range(3)
    ]
    columns = {"arrival_s": [0.0, 3.0], "deadline_s": [9.0, 3.0]}
    data = assemble(scenario(2, edge_nodes=rows, columns=columns))
    assert data.downlink_capacity.tolist() == [31, 15, 31]


def test_requests_of_a_horizon_have_the_columns_of_any_scenario():
    drawn = horizon(arrival_s=[1.0, 2.0])
    assert list(drawn.to_parts()[0]) == list(requests())
    assert Scenario.from_parts(*drawn.to_parts()) == drawn
