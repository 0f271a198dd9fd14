from itertools import combinations, combinations_with_replacement

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from heuristics.tree_search.cheap_tests import open_depths
from heuristics.tree_search.joint_constraint import JointTest
from heuristics.tree_search.sorted_edge_node import SortedEdgeNode
from tests.helpers.problems import one_edge_node
from tests.helpers.strategies import coefficients
from tests.heuristics.tree_search.test_cheap_tests import RESOURCES


def fits(node, batch, budget):
    return sum(node.compute[i] for i in batch) <= budget and all(
        sum(getattr(node, name)[i] for i in batch) <= getattr(node, f"{name}_capacity")
        for name in RESOURCES
    )


@given(coefficients(max_edge_nodes=1))
def test_what_is_refuted_has_no_batch(data):
    node = SortedEdgeNode.of(data, 0)
    test = JointTest(node)
    for first, last in combinations_with_replacement(range(1, node.num_requests + 1), 2):
        for cardinality in range(1, first + 1):
            if test.refutes(cardinality, first, last):
                for depth in range(first, last + 1):
                    for batch in combinations(range(depth), cardinality):
                        assert not fits(node, batch, node.budget[depth - 1])


@given(data=coefficients(max_edge_nodes=1), cardinality=st.integers(1, 6))
def test_every_batch_that_fits_keeps_the_joint_constraint(data, cardinality):
    node = SortedEdgeNode.of(data, 0)
    test = JointTest(node)
    for depth in range(cardinality, node.num_requests + 1):
        test.refutes(cardinality, depth, depth)
        joint = test.constraint(depth)
        assert len(joint.demand) == depth
        for batch in combinations(range(depth), cardinality):
            if fits(node, batch, node.budget[depth - 1]):
                assert sum(joint.demand[i] for i in batch) <= joint.capacity


def test_two_constraints_that_are_loose_alone_and_tight_together_are_refuted():
    """10 requests with uplink 1 and compute 9, 10 with 9 and 1; 60 of each, and z = 14.

    The 14 smallest of either ask for 10 + 36 = 46, but any 14 ask for 140 of both together,
    and there are 120.
    """
    uplink = [1, 9] * 10
    data = one_edge_node(
        [1] * 20, [60] * 20, uplink=uplink, uplink_capacity=60, compute=[10 - u for u in uplink]
    )
    node = SortedEdgeNode.of(data, 0)
    assert 20 in open_depths(node, 14)
    assert JointTest(node).refutes(14, 20, 20)
    assert not JointTest(node).refutes(12, 20, 20)


def test_weights_move_to_the_constraints_that_bind():
    """Uplink and compute as above; memory and downlink are far from binding."""
    uplink = [1, 9] * 10
    data = one_edge_node(
        [1] * 20, [60] * 20, uplink=uplink, uplink_capacity=60, compute=[10 - u for u in uplink]
    )
    test = JointTest(SortedEdgeNode.of(data, 0))
    assert test.refutes(13, 20, 20)
    joint = test.constraint(20)
    assert sum(sorted(joint.demand)[:13]) > joint.capacity


def test_the_largest_numbers_allowed_stay_inside_64_bits():
    """A thousand requests of 10^15 against budgets from 1 to 10^15: nothing wraps around."""
    num_requests = 1000
    budget = [10**15] * (num_requests - 1) + [1]
    data = one_edge_node([1] * num_requests, budget, compute=[10**15] * (num_requests - 1) + [1])
    node = SortedEdgeNode.of(data, 0)
    test = JointTest(node)
    joint = test.constraint(num_requests)
    assert min(joint.demand) >= 0
    assert sum(joint.demand) < np.iinfo(np.int64).max
    assert not test.refutes(1, num_requests, num_requests)
    assert test.refutes(2, num_requests, num_requests)
