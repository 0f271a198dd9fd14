"""Search trees for tests, given by what the u cheapest of each level ask of the uplink."""

import numpy as np

from heuristics.tree_search.search_tree import (
    DEPTH,
    NUM_CONSTRAINTS,
    NUM_VISITS,
    PAUSED,
    UPLINK,
    Path,
    Pruning,
    Tree,
    set_reach,
    walk,
)


def tree_of(uplink, pruning, *, most):
    """A tree whose leaves are feasible where the uplink of their picks is at most `most`.

    `uplink` holds for each level what its u cheapest ask for, u = 0, 1, ...
    """
    rows = [[0], *uplink]
    start = np.cumsum([0, *map(len, rows)])
    tree = Tree(
        sizes=np.array([len(level) - 1 for level in rows]),
        start=start[:-1].copy(),
        members=np.zeros(start[-1], dtype=np.int64),
        demand=np.zeros((start[-1], NUM_CONSTRAINTS), dtype=np.int64),
        capacity=np.zeros(NUM_CONSTRAINTS, dtype=np.int64),
        reach=np.zeros(len(rows), dtype=np.int64),
    )
    tree.demand[:, UPLINK] = np.concatenate(rows)
    tree.capacity[UPLINK] = most
    set_reach(tree, Pruning(pruning).rule)
    return tree


def alike(sizes, pruning, *, uplink=1, most=-1):
    """A tree of candidates who all ask for the same; by default nothing fits."""
    return tree_of([[uplink * u for u in range(size + 1)] for size in sizes], pruning, most=most)


def to_root(tree, cardinality):
    """The path to the root of the tree for z requests."""
    size = len(tree.sizes)
    path = Path(
        pick=np.zeros(size, dtype=np.int64),
        left=np.zeros(size, dtype=np.int64),
        above=np.zeros((size, NUM_CONSTRAINTS), dtype=np.int64),
        at=np.zeros(3, dtype=np.int64),
    )
    path.left[0] = cardinality
    return path


def picks(path):
    """What is picked of each level down to the node that the path ends at."""
    return tuple(path.pick[1 : path.at[DEPTH] + 1].tolist())


def whole_walk(tree, cardinality):
    """Walk to the end; return how it ended, the picks there, and the number of nodes."""
    path = to_root(tree, cardinality)
    outcome = walk(tree, path, None, 10**6)
    return outcome, picks(path), path.at[NUM_VISITS]


def walked(tree, cardinality):
    """Yield (picks, z' left) before each visit, one visit at a time."""
    path, outcome = to_root(tree, cardinality), PAUSED
    while outcome == PAUSED:
        depth, before = path.at[DEPTH], path.at[NUM_VISITS]
        yield picks(path), path.left[depth] - path.pick[depth]
        outcome = walk(tree, path, None, 1)
        assert path.at[NUM_VISITS] == before + 1
