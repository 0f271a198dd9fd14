"""Certificates of problems whose edge nodes can be run in several ways."""

import random
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heuristics.certificate import Branch, Choice, Prices, Split
from heuristics.errors import InputError
from heuristics.judges import verifier
from heuristics.judges.verifier import verify
from tests.helpers.alternatives import grouped, with_alternatives
from tests.helpers.certificates import ZERO, RandomTree, changed, mutated, plain
from tests.helpers.examples import problem
from tests.helpers.oracles import optimum

LEAF = Prices((0, 0, 0), (ZERO, ZERO))


def two_ways(**fields):
    """Two ways to run one edge node, for three requests."""
    return grouped(problem(**fields), [[0, 1]])


def cells(data, tree):
    return list(verifier.cells(data, changed(plain(data), tree=tree)))


def test_a_group_counts_its_largest_row_alone():
    """Two rows could serve all 3, at prices of 1/2 each: 3/2 and twice 3/2, or once."""
    prices = [1, 1, 1]
    (apart,) = verifier.cells(problem(), plain(problem(), prices=prices, denominator=2))
    (together,) = verifier.cells(two_ways(), plain(two_ways(), prices=prices, denominator=2))
    assert (apart.value, together.value) == (3 + 3 + 3, 3 + 3)


def test_rows_that_are_not_allowed_do_not_count():
    """Row 0 may serve request 0 alone, row 1 all: 1 up to row 0, and 3 later."""
    data = two_ways(eligible=[[1, 0, 0], [1, 1, 1]])
    lower, upper = cells(data, Branch(Choice(0, 0), LEAF, LEAF))
    assert (lower.groups, lower.value) == (((0,),), 1)
    assert (upper.groups, upper.value) == (((1,),), 3)


def test_a_positive_least_count_is_that_of_the_row_in_use():
    tree = Branch(Split(1, 0, 0), LEAF, LEAF)
    lower, upper = cells(two_ways(eligible=[[1, 1, 1], [1, 1, 0]]), tree)
    assert (lower.groups, lower.value) == (((0, 1),), 3)
    assert (upper.groups, upper.value) == (((1,),), 2)


def test_two_rows_with_positive_least_counts_leave_no_schedule():
    tree = Branch(Split(0, 0, 0), LEAF, Branch(Split(1, 0, 0), LEAF, LEAF))
    assert [cell.value for cell in cells(two_ways(), tree)] == [3, 3, None]


def test_a_positive_least_count_of_an_excluded_row_leaves_no_schedule():
    tree = Branch(Choice(0, 0), Branch(Split(1, 0, 0), LEAF, LEAF), LEAF)
    assert [cell.value for cell in cells(two_ways(), tree)] == [3, None, 3]


@pytest.mark.parametrize(
    ("choice", "message"),
    [
        (Choice(1, 0), "tree.split.group: must be 0, found 1"),
        (Choice(0, 1), "tree.split.at: must be 0, found 1"),
        (Choice(0, -1), "tree.split.at: must be 0, found -1"),
        (Choice(True, 0), "tree.split.group: must be 0, found true"),
        (Choice(0, None), "tree.split.at: must be 0, found "),
    ],
)
def test_refuses_a_split_of_rows_that_does_not_cut(choice, message):
    with pytest.raises(InputError) as caught:
        cells(two_ways(), Branch(choice, LEAF, LEAF))
    assert str(caught.value).startswith(message)


@pytest.mark.parametrize("above", [Choice(0, 0), Split(0, 0, 0)])
def test_refuses_to_cut_the_rows_that_a_split_above_left_alone(above):
    tree = Branch(above, LEAF, Branch(Choice(0, 0), LEAF, LEAF))
    with pytest.raises(InputError, match=r"^tree.upper.split.at: must cut a range of at least two"):
        cells(two_ways(), tree)


def test_refuses_a_split_of_rows_in_the_tree_of_one_row():
    tree = Prices((0, 0, 0), (Branch(Choice(0, 0), ZERO, ZERO), ZERO))
    with pytest.raises(InputError, match=r"^tree.edge_nodes\[0\].split: must be a split, found"):
        cells(two_ways(), tree)


@given(
    data=with_alternatives(),
    rng=st.randoms(use_true_random=False),
    denominator=st.sampled_from([1, 7, 60, 2**20]),
)
def test_no_certificate_proves_less_than_the_optimum(data, rng, denominator):
    assert verify(data, RandomTree(data, rng, denominator).certificate(4)) >= optimum(data)


def test_random_certificates_prove_the_optimum_of_some_problems_only():
    """The control of the theorem above."""
    rng = random.Random(3)
    data = two_ways(memory=[[2, 2, 3]] * 2, memory_capacity=[4, 4], eligible=[[1, 1, 1], [1, 0, 0]])
    bounds = Counter(verify(data, RandomTree(data, rng, 60).certificate(1)) for _ in range(300))
    assert min(bounds) == optimum(data) == 2
    assert len(bounds) == 2


def test_no_change_to_a_certificate_proves_a_bound_below_the_optimum():
    """600 changes, up to three at a time, and groups of another problem among them."""
    rng = random.Random(5)
    rows = problem(
        **{name: [row[0], row[1], row[0]] for name, row in WORLD.items()},
        uplink_capacity=[3, 3, 3],
        downlink_capacity=[9, 9, 9],
        memory_capacity=[7, 5, 6],
    )
    problems = [grouped(rows, groups) for groups in ([[0, 1], [2]], [[0, 1, 2]], [[0], [1, 2]])]
    seen = Counter()
    for turn in range(600):
        data = problems[turn % 3]
        certificate = RandomTree(data, rng, rng.choice([1, 60])).certificate(3)
        tree = certificate.tree
        for _ in range(rng.randint(1, 3)):
            tree = mutated(tree, rng)
        fields = {"tree": tree}
        if turn % 50 == 0:  # a certificate of other groups
            fields["digest"] = problems[turn % 3 - 1].digest()
        try:
            bound = verify(data, changed(certificate, **fields))
        except InputError:
            seen["refused"] += 1
        else:
            assert "digest" not in fields
            assert bound >= optimum(data)
            seen["proved"] += 1
    assert min(seen["refused"], seen["proved"]) >= 60


WORLD = {
    "uplink": [[1, 1, 1], [1, 2, 1]],
    "downlink": [[1, 1, 1], [1, 1, 1]],
    "memory": [[3, 3, 2], [3, 2, 3]],
    "compute": [[1, 2, 1], [2, 1, 1]],
    "compute_budget": [[5, 2, 3], [6, 4, 8]],
    "eligible": [[1, 1, 1], [1, 1, 0]],
}
