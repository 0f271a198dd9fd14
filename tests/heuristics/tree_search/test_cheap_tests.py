from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from heuristics.algorithm_1 import algorithm_1
from heuristics.limits import Limits
from heuristics.tree_search.cheap_tests import largest_open_cardinality, open_depths
from heuristics.tree_search.sorted_edge_node import SortedEdgeNode
from tests.helpers.oracles import optimum
from tests.helpers.problems import one_edge_node
from tests.helpers.strategies import coefficients, levelled

RESOURCES = ("uplink", "downlink", "memory")


def by_definition(node, cardinality):
    """Each d whose request and the z - 1 smallest before it keep each constraint by itself."""

    def least(demand, depth):
        return demand[depth - 1] + sum(sorted(demand[: depth - 1])[: cardinality - 1])

    return [
        depth
        for depth in range(cardinality, node.num_requests + 1)
        if all(
            least(getattr(node, name), depth) <= getattr(node, f"{name}_capacity")
            for name in RESOURCES
        )
        and least(node.compute, depth) <= node.budget[depth - 1]
    ]


def batches(node, cardinality, depth):
    """Every batch of z requests whose last in latency order is the d-th."""
    for others in combinations(range(depth - 1), cardinality - 1):
        batch = (*others, depth - 1)
        if all(
            sum(getattr(node, name)[i] for i in batch) <= getattr(node, f"{name}_capacity")
            for name in RESOURCES
        ) and sum(node.compute[i] for i in batch) <= min(node.budget[i] for i in batch):
            yield batch


@given(data=coefficients(max_edge_nodes=1), cardinality=st.integers(1, 6))
def test_open_depths_are_those_of_the_definition(data, cardinality):
    node = SortedEdgeNode.of(data, 0)
    assert list(open_depths(node, cardinality)) == by_definition(node, cardinality)


@given(data=coefficients(max_edge_nodes=1), cardinality=st.integers(1, 6))
def test_a_depth_that_is_not_open_has_no_batch_that_ends_there(data, cardinality):
    node = SortedEdgeNode.of(data, 0)
    for depth in set(range(1, node.num_requests + 1)) - set(open_depths(node, cardinality)):
        assert not list(batches(node, cardinality, depth))


@given(coefficients(max_edge_nodes=1))
def test_the_largest_open_cardinality_bounds_every_batch_and_all_below_are_open(data):
    node = SortedEdgeNode.of(data, 0)
    largest = largest_open_cardinality(node, Limits())
    assert largest >= optimum(data)
    for cardinality in range(1, node.num_requests + 1):
        assert bool(by_definition(node, cardinality)) == (cardinality <= largest)


@given(levelled(max_edge_nodes=1))
def test_it_is_no_more_than_what_algorithm_1_finds_for_p2(data):
    assert (
        largest_open_cardinality(SortedEdgeNode.of(data, 0), Limits())
        <= algorithm_1(data).objective
    )


def test_each_constraint_can_close_a_depth():
    """Two requests of output 1 that ask for 2 of something of which there is 3."""
    loose = one_edge_node([1, 1], [9, 9])
    tight = [
        one_edge_node([1, 1], [9, 9], uplink=[2, 2], uplink_capacity=3),
        one_edge_node([1, 1], [9, 9], downlink=[2, 2], downlink_capacity=3),
        one_edge_node([2, 2], [9, 9], room=3),
        one_edge_node([1, 1], [3, 3], compute=[2, 2]),
    ]
    assert list(open_depths(SortedEdgeNode.of(loose, 0), 2)) == [2]
    for data in tight:
        assert list(open_depths(SortedEdgeNode.of(data, 0), 2)) == []
        assert largest_open_cardinality(SortedEdgeNode.of(data, 0), Limits()) == 1
