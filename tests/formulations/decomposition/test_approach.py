"""The approach: prices bound from above, schedules from below, and the two come close."""

from hypothesis import given

from formulations.decomposition.approach import Approach
from formulations.evaluation import broken_rows
from heuristics.limits import Limits
from heuristics.problem import Problem
from heuristics.schedule import Schedule
from tests.helpers.decomposition_problems import any_problem, problem, seeds
from tests.helpers.oracles import optimum


def test_it_begins_with_nothing_and_what_can_be_served_at_all():
    approach = Approach(problem(eligible=[[1, 1, 0]]), Limits())
    assert (approach.incumbent, approach.bound) == (Schedule.empty(1), 2)
    assert not approach.is_closed
    assert [each[1:] for each in approach.trajectory] == [(0, 2)]


def test_only_better_schedules_are_taken():
    approach = Approach(problem(), Limits())
    assert approach.offer(Schedule.of([[0]]))
    assert not approach.offer(Schedule.of([[1]]))
    assert not approach.offer(None)
    assert approach.incumbent == Schedule.of([[0]])


@given(any_problem, seeds)
def test_prices_and_schedules_enclose_the_optimum(data, seed):
    approach = Approach(data, Limits(), seed=seed)
    approach.approach()
    best = optimum(data)
    assert approach.incumbent.throughput <= best <= approach.bound == approach.price_bound
    assert list(broken_rows(data, approach.incumbent, Problem.P1, None)) == []
    assert all(each.objective <= best <= each.bound for each in approach.trajectory)
