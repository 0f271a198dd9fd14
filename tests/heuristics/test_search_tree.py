import pytest
from hypothesis import given
from hypothesis import strategies as st

from heuristics.search_tree import EXHAUSTED, FOUND, PAUSED, Path, Pruning, Tree, walk
from tests.heuristics.plain_tree import visits

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


def tree_of(sizes, pruning, *, uplink=1, most=-1, floor=()):
    """A tree whose leaves are feasible where `uplink` a request fits; by default nowhere."""
    nothing = [[0], *([0] * (size + 1) for size in sizes)]
    demand = [[0], *([uplink * u for u in range(size + 1)] for size in sizes)]
    return Tree(
        sizes=[0, *sizes],
        demand=(demand, nothing, nothing, nothing, nothing),
        capacity=(most, 0, 0, 0, 0),
        reach=Pruning(pruning).reach([0, *sizes]),
        floor=floor,
    )


def walked(tree, cardinality):
    """Yield (picks, z' left) before each visit, one visit at a time."""
    path, depth, outcome = Path.to_root(tree, cardinality), 0, PAUSED
    while outcome == PAUSED:
        yield tuple(path.pick[1 : depth + 1]), path.left[depth] - path.pick[depth]
        outcome, depth, num_visits = walk(tree, path, depth, 1)
        assert num_visits == 1


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
    tree = tree_of(FIG_7, pruning)
    outcome, depth, visited = walk(tree, Path.to_root(tree, 6), 0, 1000)
    assert (outcome, depth, visited) == (EXHAUSTED, 0, num_nodes)


@pytest.mark.parametrize("pruning", Pruning)
def test_fig_7_has_its_twelve_leaves_in_depth_first_order(pruning):
    nodes = walked(tree_of(FIG_7, pruning), 6)
    assert [list(picks) for picks, left in nodes if left == 0] == FIG_7_LEAVES


@pytest.mark.parametrize("pruning", Pruning)
@pytest.mark.parametrize("leaf", range(12))
def test_fig_7_stops_at_each_leaf_if_it_is_the_first_feasible_one(pruning, leaf):
    """The picks of one leaf ask for nothing, every other pick for something, and nothing fits."""
    picks = [*FIG_7_LEAVES[leaf], 0][:3]
    demand = [
        [abs(u - pick) for u in range(size + 1)] for size, pick in zip(FIG_7, picks, strict=True)
    ]
    tree = tree_of(FIG_7, pruning, most=0)
    tree = tree._replace(demand=([[0], *demand], *tree.demand[1:]))
    path = Path.to_root(tree, 6)
    outcome, depth, _ = walk(tree, path, 0, 1000)
    assert outcome == FOUND
    assert path.counts(depth) == tuple(picks)


def test_a_node_that_leaves_more_than_the_levels_below_hold_ends_its_siblings_under_exact():
    """[3, 0] leaves 3 with 2 candidates below: the exact rule prunes it, the text's keeps it."""
    below = {
        pruning: [picks for picks, _ in walked(tree_of(FIG_7, pruning), 6) if picks[:2] == (3, 0)]
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
    assert list(walked(tree_of(sizes, pruning), cardinality)) == expected


@given(
    sizes=st.lists(st.integers(0, 4), min_size=1, max_size=4).filter(any),
    data=st.data(),
    pruning=st.sampled_from(list(Pruning)),
)
def test_a_walk_in_slices_is_the_same_walk(sizes, data, pruning):
    cardinality = data.draw(st.integers(1, sum(sizes)))
    most = data.draw(st.integers(-1, cardinality))
    tree = tree_of(sizes, pruning, most=most)
    whole = Path.to_root(tree, cardinality)
    outcome, depth, num_nodes = walk(tree, whole, 0, 10**6)
    path, total, sliced = Path.to_root(tree, cardinality), 0, (PAUSED, 0, 0)
    while sliced[0] == PAUSED:
        sliced = walk(tree, path, sliced[1], data.draw(st.integers(1, 7)))
        total += sliced[2]
    assert (sliced[:2], total) == ((outcome, depth), num_nodes)
    assert outcome == EXHAUSTED or path.counts(depth) == whole.counts(depth)


def test_no_visit_granted_changes_nothing():
    tree = tree_of(FIG_7, "exact")
    assert walk(tree, Path.to_root(tree, 6), 0, 0) == (PAUSED, 0, 0)
