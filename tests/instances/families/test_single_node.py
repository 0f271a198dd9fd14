import pytest

from tests.helpers.binding import SEEDS, drawn, optimum, without


@pytest.mark.parametrize("seed", SEEDS)
def test_uplink_and_compute_bind_together(seed):
    data = drawn("single-node", seed)
    best = optimum(data)
    assert optimum(without(data, "uplink")) > best
    assert optimum(drawn("single-node", seed, compute_scale=1000)) > best


@pytest.mark.parametrize("seed", SEEDS)
def test_nothing_else_does(seed):
    data = drawn("single-node", seed)
    best = optimum(data)
    for resource in ("downlink", "memory"):
        assert optimum(without(data, resource)) == best


def test_there_is_one_edge_node():
    assert drawn("single-node", 0).num_edge_nodes == 1


def test_any_edge_node_of_the_scenario_may_be_the_one():
    assert drawn("single-node", 0, edge_node="vehicle").num_edge_nodes == 1
