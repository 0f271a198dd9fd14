from dataclasses import fields

import numpy as np
import pytest
from hypothesis import given

from heuristics.coefficients import Coefficients
from heuristics.errors import InputError
from heuristics.tree_search.sorted_edge_node import Level, SortedEdgeNode, the_only_edge_node
from tests.helpers.problems import one_edge_node, unit_requests
from tests.helpers.strategies import coefficients


def test_requests_stand_by_budget_then_cheaper_uplink_then_lower_index():
    data = one_edge_node([1] * 5, [5, 9, 9, 9, 5], uplink=[1, 3, 2, 2, 1])
    assert SortedEdgeNode.of(data, 0).requests == (2, 3, 1, 0, 4)


def test_a_preference_breaks_ties_before_the_index_does():
    data = one_edge_node([1] * 3, [5] * 3, uplink=[1, 1, 0])
    node = SortedEdgeNode.of(data, 0, preference=np.array([2, 1, 3]))
    assert node.requests == (2, 1, 0)
    assert node.cheapness == (0, 1, 2)


def test_requests_that_are_not_eligible_or_not_left_are_left_out():
    data = one_edge_node([1, 2, 3, 4], [9, 8, 7, 6], eligible=[1, 0, 1, 1])
    node = SortedEdgeNode.of(data, 0, remaining=np.array([True, True, False, True]))
    assert node.requests == (0, 3)
    assert node.levels == (Level(1, 1), Level(4, 4))


def test_each_edge_node_has_its_own_numbers():
    data = Coefficients(
        uplink=[[1, 2], [3, 4]],
        uplink_capacity=[10, 11],
        downlink=[[1, 2], [3, 4]],
        downlink_capacity=[12, 13],
        memory=[[1, 2], [6, 5]],
        memory_capacity=[14, 15],
        compute=[[1, 2], [7, 8]],
        compute_budget=[[9, 9], [8, 9]],
        eligible=[[1, 1], [1, 1]],
    )
    node = SortedEdgeNode.of(data, 1)
    assert node == SortedEdgeNode(
        requests=(1, 0),
        budget=(9, 8),
        uplink=(4, 3),
        downlink=(4, 3),
        memory=(5, 6),
        compute=(8, 7),
        uplink_capacity=11,
        downlink_capacity=13,
        memory_capacity=15,
        levels=(Level(5, 8), Level(6, 7)),
        level=(0, 1),
        cheapness=(1, 0),
    )
    assert not node.memory_and_compute_agree
    assert SortedEdgeNode.of(data, 0).memory_and_compute_agree


def test_the_cheaper_request_is_the_one_whose_larger_share_is_smaller():
    """Shares of uplink 3/10, 1/10, 2/10 and of downlink 1/20, 10/20, 2/20."""
    data = one_edge_node(
        [1, 1, 1],
        [3, 2, 1],
        compute=[1, 1, 1],
        uplink=[3, 1, 2],
        uplink_capacity=10,
        downlink=[1, 10, 2],
        downlink_capacity=20,
    )
    node = SortedEdgeNode.of(data, 0)
    assert node.cheapness == (1, 2, 0)
    assert not node.downlink_follows_levels


def test_shares_that_floats_cannot_tell_apart_are_told_apart():
    """Shares of uplink (10^15 - 1)/10^15 and of downlink (10^15 - 2)/(10^15 - 1), a bit less."""
    large = 10**15
    data = one_edge_node(
        [1, 1],
        [2, 1],
        compute=[1, 1],
        uplink=[large - 1, 0],
        uplink_capacity=large,
        downlink=[0, large - 2],
        downlink_capacity=large - 1,
    )
    assert (large - 1) / large == (large - 2) / (large - 1)
    assert SortedEdgeNode.of(data, 0).cheapness == (1, 0)


def test_without_any_uplink_the_downlink_alone_tells_the_cheaper_request():
    data = one_edge_node(
        [1, 1], [2, 1], compute=[1, 1], uplink_capacity=0, downlink=[7, 3], downlink_capacity=10
    )
    assert SortedEdgeNode.of(data, 0).cheapness == (1, 0)


@given(coefficients(max_edge_nodes=1))
def test_inside_a_level_of_constant_downlink_cheaper_means_less_uplink(data):
    node = SortedEdgeNode.of(data, 0)
    if node.downlink_follows_levels:
        for one in range(node.num_requests):
            for other in range(node.num_requests):
                if (
                    node.level[one] == node.level[other]
                    and node.cheapness[one] < node.cheapness[other]
                ):
                    assert node.uplink[one] <= node.uplink[other]


def test_numbers_are_plain_integers_so_that_no_sum_overflows():
    node = SortedEdgeNode.of(one_edge_node([1], [2]), 0)
    for each in fields(node):
        value = getattr(node, each.name)
        for number in value if isinstance(value, tuple) else (value,):
            assert type(number) in (int, Level)


def test_single_node_methods_refuse_more_edge_nodes():
    with pytest.raises(InputError, match="ot solves one edge node; pick one of them, found 2"):
        the_only_edge_node(unit_requests([[1], [1]], [1, 1]), "ot")
