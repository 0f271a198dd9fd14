"""EdgeNodes: all eligible pairs, in latency order, with the demands of their levels."""

import numpy as np
import pytest
from hypothesis import given

from formulations.decomposition.pricing.edge_nodes import EdgeNodes
from tests.helpers.decomposition_problems import any_problem, problem


def test_three_requests_at_two_levels():
    """Budgets 3, 6, 6: the last two come first, by index; levels (2, 1) and (3, 4)."""
    nodes = EdgeNodes.of(problem())
    assert nodes.request.tolist() == [1, 2, 0]
    assert nodes.budget.tolist() == [6, 6, 3]
    assert nodes.level.tolist() == [0, 1, 0]
    assert nodes.uplink.tolist() == pytest.approx([0.5, 0.75, 0.25])
    assert nodes.level_memory.tolist() == [2, 3]
    assert nodes.level_compute.tolist() == [1, 4]
    assert nodes.level_downlink.tolist() == [1, 2]
    assert not nodes.downlink.any()
    assert nodes.relaxes_downlink.tolist() == [False]


def test_downlink_that_differs_in_a_level_is_priced():
    nodes = EdgeNodes.of(problem(downlink=[[1, 2, 2]]))
    assert nodes.relaxes_downlink.tolist() == [True]
    assert nodes.downlink.tolist() == pytest.approx([0.5, 0.5, 0.25])
    assert not nodes.level_downlink.any()


@given(any_problem)
def test_every_eligible_pair_has_its_place_and_the_demands_of_its_level(data):
    nodes = EdgeNodes.of(data)
    assert nodes.num_edge_nodes == data.num_edge_nodes
    for j in range(data.num_edge_nodes):
        pairs = slice(nodes.first[j], nodes.first[j + 1])
        request = nodes.request[pairs]
        assert sorted(request) == np.flatnonzero(data.eligible[j]).tolist()
        assert (nodes.budget[pairs] == data.compute_budget[j, request]).all()
        assert (np.diff(nodes.budget[pairs]) <= 0).all()
        level = nodes.first_level[j] + nodes.level[pairs]
        assert (level < nodes.first_level[j + 1]).all()
        assert (nodes.level_memory[level] == data.memory[j, request]).all()
        assert (nodes.level_compute[level] == data.compute[j, request]).all()
        own = slice(nodes.first_level[j], nodes.first_level[j + 1])
        demands = list(
            zip(nodes.level_memory[own].tolist(), nodes.level_compute[own].tolist(), strict=True)
        )
        assert demands == sorted(set(demands))
        share = data.downlink[j, request] / max(data.downlink_capacity[j], 1)
        if nodes.relaxes_downlink[j]:
            assert nodes.downlink[pairs] == pytest.approx(share)
        else:
            assert (nodes.level_downlink[level] == data.downlink[j, request]).all()
