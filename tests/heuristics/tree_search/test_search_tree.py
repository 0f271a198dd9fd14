import pytest
from hypothesis import given
from hypothesis import strategies as st

from heuristics.tree_search.search_tree import EXHAUSTED, FOUND, NUM_VISITS, PAUSED, Pruning, walk
from tests.helpers.plain_tree import visits
from tests.helpers.trees import alike, picks, to_root, tree_of, walked, whole_walk

FIG_7 = (4, 4, 2)
FIG_7_LEAVES = [
    [4, 2],
    [4, 1, 1],
    [4, 0, 2],
    [3, 3],
    [3, 2, 1],
    [3, 1, 2],
    [2, 4],
    [2, 3, 1],
    [2, 2, 2],
    [1, 4, 1],
    [1, 3, 2],
    [0, 4, 2],
]


@pytest.mark.parametrize(
    ("pruning", "num_nodes"), [("none", 81), ("literal", 72), ("pseudocode", 56), ("exact", 40)]
)
def test_fig_7_without_a_feasible_leaf_has_81_72_56_and_40_nodes(pruning, num_nodes):
    """F = 4, 4, 2 and z = 6, by depth (root and first level are 1 + 5 under every rule).

    Second level: 3 + 4 + 5 + 5 + 5 = 22 children, of which the exact rule never reaches those
    below the first that leaves more than 2: 3 + 4 + 4 + 3 + 2 = 16.
    Third level: none 5 + 8 + 11 + 14 + 15 = 53; literal drops what comes after the first child
    that leaves more than 2, 44; pseudocode what comes after the first that leaves any, 28; and
    exact has two children (one complete, one pruned) of each of the 9 second-level nodes that
    leave 1 or 2, 18.
    """
    assert whole_walk(alike(FIG_7, pruning), 6) == (EXHAUSTED, (), num_nodes)


@pytest.mark.parametrize("pruning", Pruning)
def test_fig_7_has_its_twelve_leaves_in_depth_first_order(pruning):
    nodes = walked(alike(FIG_7, pruning), 6)
    assert [list(leaf) for leaf, left in nodes if left == 0] == FIG_7_LEAVES


@pytest.mark.parametrize("pruning", Pruning)
@pytest.mark.parametrize("leaf", range(12))
def test_fig_7_stops_at_each_leaf_if_it_is_the_first_feasible_one(pruning, leaf):
    """The picks of one leaf ask for nothing, every other pick for something, and nothing fits."""
    wanted = [*FIG_7_LEAVES[leaf], 0][:3]
    uplink = [
        [abs(u - pick) for u in range(size + 1)] for size, pick in zip(FIG_7, wanted, strict=True)
    ]
    outcome, found, _ = whole_walk(tree_of(uplink, pruning, most=0), 6)
    assert (outcome, list(found)) == (FOUND, FIG_7_LEAVES[leaf])


def test_a_node_that_leaves_more_than_the_levels_below_hold_ends_its_siblings_under_exact():
    """[3, 0] leaves 3 with 2 candidates below: the exact rule prunes it, the text's keeps it."""
    below = {
        pruning: [node for node, _ in walked(alike(FIG_7, pruning), 6) if node[:2] == (3, 0)]
        for pruning in ("exact", "literal")
    }
    assert below["exact"] == [(3, 0)]
    assert len(below["literal"]) > 1


@given(
    sizes=st.lists(st.integers(0, 4), min_size=1, max_size=4).filter(any),
    data=st.data(),
    pruning=st.sampled_from(list(Pruning)),
)
def test_nodes_are_visited_in_the_order_of_the_plain_recursion(sizes, data, pruning):
    cardinality = data.draw(st.integers(1, sum(sizes)))
    expected = list(visits(sizes, cardinality, pruning))
    assert list(walked(alike(sizes, pruning), cardinality)) == expected


@given(
    sizes=st.lists(st.integers(0, 4), min_size=1, max_size=4).filter(any),
    data=st.data(),
    pruning=st.sampled_from(list(Pruning)),
)
def test_a_walk_in_slices_is_the_same_walk(sizes, data, pruning):
    cardinality = data.draw(st.integers(1, sum(sizes)))
    most = data.draw(st.integers(-1, cardinality))
    tree = alike(sizes, pruning, most=most)
    whole = whole_walk(tree, cardinality)
    path, outcome = to_root(tree, cardinality), PAUSED
    while outcome == PAUSED:
        granted = data.draw(st.integers(1, 7))
        before = path.at[NUM_VISITS]
        outcome = walk(tree, path, None, granted)
        visited = path.at[NUM_VISITS] - before
        assert visited == granted if outcome == PAUSED else visited <= granted
    assert (outcome, picks(path), path.at[NUM_VISITS]) == whole


def test_no_visit_granted_changes_nothing():
    tree = alike(FIG_7, "exact")
    path = to_root(tree, 6)
    assert walk(tree, path, None, 0) == PAUSED
    assert (picks(path), path.at[NUM_VISITS]) == ((), 0)


def test_sums_of_62_bits_are_kept():
    """Two levels of 2^60 each, three of them of four: 3 * 2^60 fits, one less does not hold it."""
    uplink = [[0, 2**60, 2**61], [0, 2**60, 2**61]]
    for most, outcome in ((3 * 2**60, FOUND), (3 * 2**60 - 1, EXHAUSTED)):
        assert whole_walk(tree_of(uplink, "exact", most=most), 3)[0] == outcome
