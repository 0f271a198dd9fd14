from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.checks.replay import combinations
from analysis.checks.replay.column_choice import ColumnChoice
from analysis.checks.replay.columns import Column
from analysis.checks.replay.combinations import PRICES, answers, joined
from heuristics.judges.verifier import RankedRequests
from heuristics.result import Status
from tests.helpers.examples import problem
from tests.helpers.strategies import columns_of_edge_nodes


def choice(columns, slack, throughput, data=None):
    data = data or problem(eligible=[[0, 0, 0], [1, 1, 1]])
    ranked = [RankedRequests.of(data, j) for j in range(data.num_edge_nodes)]
    return ColumnChoice(ranked=ranked, columns=columns, slack=slack, throughput=throughput)


@given(
    columns=columns_of_edge_nodes(),
    slack=st.integers(0, 12),
    throughput=st.integers(0, 12),
)
def test_joined_are_all_that_lose_no_more_and_bring_enough(columns, slack, throughput):
    expected = {
        at
        for at in product(*(range(len(own)) for own in columns))
        if sum(columns[j][c].loss for j, c in enumerate(at)) <= slack
        and sum(columns[j][c].size for j, c in enumerate(at)) >= throughput
    }
    found = [tuple(at) for at in joined(choice(columns, slack, throughput)).at.tolist()]
    assert len(found) == len({*found})
    assert {*found} == expected


def test_too_many_are_not_joined(monkeypatch):
    """Three columns at each of two edge nodes: nine."""
    columns = [[Column((1,), 3, 0)] * 3] * 2
    assert len(joined(choice(columns, 0, 2)).at) == 9
    monkeypatch.setattr(combinations, "LARGEST_NUMBER", 8)
    assert joined(choice(columns, 0, 2)) is None


@pytest.fixture
def asked(monkeypatch):
    """Return what solvers were asked; they say nothing."""
    asked = []
    monkeypatch.setattr(combinations, "decide", lambda each: asked.append(each) or ())
    return asked


def test_prices_of_one_combination_rule_out_others(asked):
    """Of three requests, two and two are one too many, whatever the ranks, and two and one not."""
    two, also_two, one = Column((2,), 3, 0), Column((2,), 2, 1), Column((1,), 3, 2)
    columns = [[two, also_two], [two, also_two, one]]
    said = list(answers(choice(columns, 3, 3, problem())))
    assert said == [(PRICES, Status.INFEASIBLE, None)]
    assert [each.columns for each in asked] == [[[two], [one]], [[also_two], [one]]]


@pytest.mark.parametrize("limit", ["MOST_ALONE", "MOST_PRICES"])
def test_after_some_alone_the_others_are_put_to_solvers_together(asked, monkeypatch, limit):
    """Combinations of (1) and (1) are all possible; the first is asked alone, three together."""
    monkeypatch.setattr(combinations, limit, 1)
    columns = [
        [Column((1,), 3, loss) for loss in (0, 1)],
        [Column((1,), 3, loss) for loss in (0, 2, 4)],
    ]
    list(answers(choice(columns, 3, 2, problem())))
    assert [each.columns for each in asked] == [
        [columns[0][:1], columns[1][:1]],
        [columns[0], columns[1][:2]],
    ]
