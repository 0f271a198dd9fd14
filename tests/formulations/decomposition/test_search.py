"""The search: bound and incumbent enclose the optimum at each step, and meet."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from formulations.decomposition import search as module
from formulations.decomposition.search import Search
from formulations.evaluation import broken_rows
from heuristics.limits import Limits, Stopped
from heuristics.problem import Problem
from heuristics.schedule import Schedule
from tests.helpers.decomposition_problems import any_problem, problem, seeds
from tests.helpers.dense import dense
from tests.helpers.oracles import optimum


def check(data, search, best):
    """Check that bound and incumbent enclose the optimum, and did so at all times."""
    assert search.incumbent.throughput <= best <= search.bound
    assert best <= search.price_bound
    assert list(broken_rows(data, search.incumbent, Problem.P1, None)) == []
    assert all(each.objective <= best <= each.bound for each in search.trajectory)


@given(any_problem, seeds)
def test_bound_and_incumbent_meet(data, seed):
    search = Search(data, Limits(), seed=seed)
    search.finish()
    check(data, search, optimum(data))
    assert search.is_closed


@given(any_problem, seeds)
def test_they_meet_without_columns_too(data, seed):
    best = optimum(data)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "MOST_COLUMNS", 0)
        search = Search(data, Limits(), seed=seed)
        while not search.is_closed and search.advance():
            check(data, search, best)
    assert search.bound == search.incumbent.throughput == best


@given(any_problem, seeds, st.booleans())
def test_a_question_moves_the_bound_or_the_incumbent_and_neither_too_far(data, seed, climbs):
    """Without schedules on the way, and at prices of nought or at better ones."""
    best = optimum(data)
    search = Search(data, Limits(), seed=seed)
    if climbs:
        search.ascent.climb(0, Limits(), exact=True, step=1.0, num_steps=20)
    while not search.is_closed:
        before = search.bound, search.incumbent.throughput
        assert search.advance()
        assert (search.bound, search.incumbent.throughput) != before
        check(data, search, best)


@given(any_problem, seeds)
def test_columns_that_lose_little_make_feasible_schedules(data, seed):
    best = optimum(data)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "FEW_NODES", 0)
        search = Search(data, Limits(), seed=seed)
        search.ascent.climb(0, Limits(), exact=True, step=1.0, num_steps=20)
        while search.improve(module.FEW_LOOKS):
            check(data, search, best)


def test_another_method_is_asked_once_where_columns_are_too_many(monkeypatch):
    """The band alone keeps the third request out, and has no price yet: L = 3."""
    data, asked = problem(compute_budget=[[6, 6, 6]]), []

    def ask(left_s):
        asked.append(left_s)
        return Schedule.of([[0, 1]])

    monkeypatch.setattr(module, "MOST_COLUMNS", 0)
    search = Search(data, Limits(time_limit=60), ask=ask)
    assert search.advance()
    assert search.incumbent.throughput == 2
    while not search.is_closed and search.advance():
        pass
    assert len(asked) == 1
    assert 0 < asked[0] <= 60


def test_the_clock_ends_it_and_what_it_knows_stays():
    search = Search(dense(40), Limits(time_limit=0))
    with pytest.raises(Stopped):
        search.finish()
    assert search.bound == 40
    assert search.incumbent == Schedule.empty(3)
