import pytest

from heuristics.limits import Limits, Stopped
from heuristics.tree_search.candidates import Candidates
from heuristics.tree_search.joint_constraint import JointConstraint
from heuristics.tree_search.search_tree import COMPUTE, FOUND, MEMORY, PAUSED, UPLINK, Pruning
from heuristics.tree_search.sorted_edge_node import SortedEdgeNode
from tests.helpers.problems import one_edge_node


def three_levels(cardinality, depth=None):
    """Latency order 0, 1, 2, 3 with outputs 4, 1, 4, 2 and uplinks 9, 5, 3, 0."""
    data = one_edge_node([4, 1, 4, 2], [9, 8, 7, 6], uplink=[9, 5, 3, 0], uplink_capacity=20)
    candidates = Candidates(SortedEdgeNode.of(data, 0), Pruning.EXACT)
    candidates.restart(cardinality)
    if depth:
        candidates.grow(depth, Limits())
    return candidates


def sums(candidates, constraint):
    """What the u cheapest of each level ask for, u = 0, 1, ..."""
    tree = candidates.tree
    levels = zip(tree.start[1:], tree.sizes[1:], strict=True)
    return [tree.demand[start : start + size + 1, constraint].tolist() for start, size in levels]


def test_the_first_d_requests_are_grouped_by_length_and_empty_levels_stay():
    candidates = three_levels(2, depth=2)
    assert candidates.tree.sizes.tolist() == [0, 1, 0, 1]
    assert sums(candidates, UPLINK) == [[0, 5], [0], [0, 9]]
    for constraint in range(UPLINK + 1, COMPUTE + 1):
        assert sums(candidates, constraint) == [[0, 1], [0], [0, 4]]
    assert candidates.tree.capacity[UPLINK] == 20
    assert candidates.tree.capacity[COMPUTE] == 8  # The budget of the second request.
    assert candidates.tree.reach.tolist() == [2, 1, 1, 0]


def test_the_cheapest_uplinks_of_a_level_come_first():
    candidates = three_levels(3, depth=4)
    assert candidates.tree.sizes.tolist() == [0, 1, 1, 2]
    assert sums(candidates, UPLINK) == [[0, 5], [0, 0], [0, 3, 12]]


def test_a_new_cardinality_begins_without_candidates():
    candidates = three_levels(3, depth=4)
    candidates.restart(1)
    candidates.grow(1, Limits())
    assert candidates.tree.sizes.tolist() == [0, 0, 0, 1]
    assert sums(candidates, UPLINK) == [[0], [0], [0, 9]]


def test_the_batch_is_the_cheapest_of_each_level():
    """z = 2 at d = 3, the first leaf: the root, [1], [1, 0] and [1, 0, 1]."""
    candidates = three_levels(2)
    assert candidates.search((3, 3), None, 100) == FOUND
    assert candidates.batch() == (1, 2)
    assert candidates.num_visits == 4


def test_growing_visits_no_node():
    candidates = three_levels(3)
    assert candidates.search((3, 4), None, 0) == PAUSED
    assert (candidates.num_visits, candidates.tree.sizes.sum()) == (0, 3)


def test_many_candidates_are_added_with_pauses_between():
    """Each of 3,000 requests is cheaper than all before it: 4.5 million moves."""
    falling = list(range(3000, 0, -1))
    data = one_edge_node([1] * 3000, falling, uplink=falling)
    candidates = Candidates(SortedEdgeNode.of(data, 0), Pruning.EXACT)
    candidates.restart(3000)
    assert candidates.search((3000, 3000), None, 0) == PAUSED
    assert 0 < candidates.tree.sizes.sum() < 3000
    with pytest.raises(Stopped):
        candidates.grow(3000, Limits(time_limit=0))
    candidates.grow(3000, Limits())
    assert sums(candidates, UPLINK)[0] == [u * (u + 1) // 2 for u in range(3001)]


def test_floors_are_the_least_that_the_levels_below_can_ask_for():
    candidates = three_levels(2, depth=4)
    floor = candidates.floor(JointConstraint([1, 10, 100, 1000], 5000))
    assert floor.joint_capacity == 5000
    assert floor.joint.tolist() == [0, 0, 10, 0, 1000, 0, 100, 101]
    assert by_depth(floor, UPLINK) == [[0, 0, 3], [0, 0, 3], [0, 3, 12], [0]]
    assert by_depth(floor, MEMORY) == [[0, 1, 3], [0, 2, 6], [0, 4, 8], [0]]
    assert by_depth(floor, -1) == [[0, 1, 11], [0, 1, 101], [0, 1, 101], [0]]


def by_depth(floor, constraint):
    bounds = zip(floor.start[:-1], floor.start[1:], strict=True)
    return [floor.least[first:last, constraint].tolist() for first, last in bounds]
