from heuristics.candidates import Candidates
from heuristics.edge_node import EdgeNode
from heuristics.joint_test import JointConstraint
from heuristics.search_tree import Pruning
from tests.heuristics.problems import one_edge_node


def three_levels():
    """Latency order 0, 1, 2, 3 with outputs 4, 1, 4, 2 and uplinks 9, 5, 3, 0."""
    data = one_edge_node([4, 1, 4, 2], [9, 8, 7, 6], uplink=[9, 5, 3, 0], uplink_capacity=20)
    return Candidates(EdgeNode.of(data, 0))


def test_the_first_d_requests_are_grouped_by_length_and_empty_levels_stay():
    candidates = three_levels()
    candidates.grow(2)
    tree = candidates.tree(2, Pruning.EXACT, None)
    assert tree.sizes == [0, 1, 0, 1]
    uplink, downlink, memory, compute, joint = tree.demand
    assert uplink == [[0], [0, 5], [0], [0, 9]]
    assert downlink == memory == compute == [[0], [0, 1], [0], [0, 4]]
    assert joint == [[0], [0, 0], [0], [0, 0]]
    assert tree.capacity[0] == 20
    assert tree.capacity[3] == 8  # The budget of the second request.
    assert tree.reach == [2, 1, 1, 0]
    assert tree.floor == ()


def test_the_cheapest_uplinks_of_a_level_come_first():
    candidates = three_levels()
    candidates.grow(2)
    candidates.grow(4)
    tree = candidates.tree(3, Pruning.EXACT, None)
    assert tree.sizes == [0, 1, 1, 2]
    assert tree.demand[0][3] == [0, 3, 12]
    assert candidates.recover((0, 1, 1)) == (3, 2)


def test_floors_are_the_least_that_the_levels_below_can_ask_for():
    candidates = three_levels()
    candidates.grow(4)
    joint = JointConstraint([1, 10, 100, 1000], 5000)
    tree = candidates.tree(2, Pruning.EXACT, joint)
    assert tree.capacity[-1] == 5000
    uplink, _, memory, _, floor_of_joint = tree.floor
    assert uplink == [[0, 0, 3], [0, 0, 3], [0, 3, 12], [0]]
    assert memory == [[0, 1, 3], [0, 2, 6], [0, 4, 8], [0]]
    assert floor_of_joint == [[0, 1, 11], [0, 1, 101], [0, 1, 101], [0]]
