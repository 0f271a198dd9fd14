"""The ways to run one edge node: a partition of the rows."""

import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from heuristics.alternatives import checked_groups, groups_among
from heuristics.coefficients import FIELDS, Coefficients
from heuristics.errors import InputError
from tests.helpers.alternatives import compressed, grouped, partitions
from tests.helpers.examples import problem

ROWS = 4


@pytest.mark.parametrize(
    ("groups", "message"),
    [
        ("0123", "alternatives: must be a list of lists of rows, found '0123'"),
        ([0, 1, 2, 3], "alternatives[0]: must be a list of rows, found 0"),
        (
            [[0, 1], [[2], 3]],
            "alternatives[1][0]: must be the index of a row, an integer of 0..3, ",
        ),
        ([[0, True], [2, 3]], "alternatives[0][1]: must be the index of a row, an integer of 0..3"),
        ([[0, 1.0], [2, 3]], "alternatives[0][1]: must be the index of a row, an integer of 0..3"),
        ([[0, 1, 2, 4], [3]], "alternatives[0][3]: must be the index of a row, an integer of 0..3"),
        ([[0, 1, -1], [2, 3]], "alternatives[0][2]: must be the index of a row, an integer of 0.."),
        ([[0, 1], [], [2, 3]], "alternatives[1]: must hold at least one row, found []"),
        ([[0, 1], [2, 3, 1]], "alternatives[1][2]: must be in one list only, but is also at alter"),
        (
            [[0, 1], [3]],
            "alternatives: must hold each row of 0..3 once, but row 2 is missing, foun",
        ),
        ([], "alternatives: must hold each row of 0..3 once, but row 0 is missing, found []"),
    ],
)
def test_refuses_what_is_no_partition(groups, message):
    with pytest.raises(InputError) as caught:
        checked_groups(groups, ROWS)
    assert str(caught.value).startswith(message)
    assert "\n" not in str(caught.value)


def test_takes_the_groups_in_any_order():
    assert checked_groups([[3], [2, 0, 1]], ROWS) == ((0, 1, 2), (3,))
    assert checked_groups(np.array([[3, 1], [2, 0]]), ROWS) == ((0, 2), (1, 3))


@given(st.data())
def test_rows_keep_the_groups_among_them(data):
    groups = data.draw(partitions(6))
    rows = data.draw(st.lists(st.integers(0, 5), min_size=1, unique=True))
    kept = groups_among(checked_groups(groups, 6), rows)
    together = {frozenset(group) for group in kept or [(row,) for row in range(len(rows))]}
    for one in range(len(rows)):
        for other in range(len(rows)):
            was = any(rows[one] in group and rows[other] in group for group in groups)
            assert was == any(one in group and other in group for group in together)


def test_single_rows_are_no_alternatives():
    plain, single = problem(), problem(alternatives=[[1], [0]])
    assert not single.has_alternatives
    assert single.alternatives == ((0,), (1,))
    assert single.digest() == plain.digest()
    assert pickle.loads(pickle.dumps(single)).digest() == plain.digest()


@pytest.mark.parametrize("made", [lambda data: data, compressed])
def test_groups_change_the_digest_and_survive_every_copy(made):
    plain, data = made(problem()), made(problem(alternatives=[[1, 0]]))
    assert data.has_alternatives
    assert data.digest() != plain.digest()
    for other in (data.copy(), data.take([2, 0, 1]), pickle.loads(pickle.dumps(data))):
        assert other.alternatives == ((0, 1),)
    assert data.copy().digest() == data.digest()
    assert data.of_rows([1, 0]).alternatives == ((0, 1),)
    assert data.at(1).alternatives == ((0,),)
    assert data.at(1).digest() == plain.at(1).digest()


def test_different_groups_have_different_digests():
    four = problem().of_rows([0, 1, 0, 1])
    partitions = ([[0, 1], [2, 3]], [[0, 2], [1, 3]], [[0, 1, 2, 3]], [[0, 1], [2], [3]], None)
    digests = {grouped(four, groups).digest() for groups in partitions}
    assert len(digests) == len(partitions)


def test_the_constructor_names_the_rule_that_groups_break():
    with pytest.raises(ValueError, match="must be in one list only"):
        Coefficients(
            **{name: getattr(problem(), name) for name in FIELDS}, alternatives=[[0, 1], [1]]
        )
