"""LinearModel: feasible, infeasible, stopped."""

import numpy as np
import pytest

from formulations.decomposition.columns import linear_model
from formulations.decomposition.columns.linear_model import LinearModel
from formulations.solvers import highs
from heuristics.limits import Limits, Stopped
from heuristics.result import EndedBy


def three_of_five(total, *, is_integer=True):
    """Return a model of five columns of 2, 3, 4, 5 and 6, of which three are to make a total."""
    model = LinearModel()
    columns = model.add_columns(5, is_integer=is_integer)
    model.add_row((columns, np.ones(5)), lower=3, upper=3)
    model.add_row((columns[:2], [2, 3]), (columns[2:], [4, 5, 6]), lower=total, upper=total)
    return model


def solve(model, *, limits=None, time_limit=None):
    return model.solve(limits or Limits(), time_limit=time_limit, seed=0)


@pytest.mark.parametrize("total", [9, 12, 15])
def test_a_solution_keeps_every_row(total):
    answer = solve(three_of_five(total))
    assert not answer.is_infeasible
    assert answer.values.sum() == pytest.approx(3)
    assert answer.values @ [2, 3, 4, 5, 6] == pytest.approx(total)
    assert np.abs(answer.values - np.rint(answer.values)).max() < 1e-6


@pytest.mark.parametrize("total", [8, 16, 11.5])
def test_what_no_integers_solve_is_infeasible(total):
    answer = solve(three_of_five(total))
    assert answer.is_infeasible
    assert answer.values is None


def test_columns_that_are_not_integer_may_be_split():
    answer = solve(three_of_five(11.5, is_integer=False))
    assert answer.values @ [2, 3, 4, 5, 6] == pytest.approx(11.5)


def test_bounds_of_columns_hold():
    model = LinearModel()
    columns = model.add_columns(2, lower=[1, 0], upper=[2, 3], is_integer=True)
    model.add_row((columns, [1, 1]), lower=5)
    assert solve(model).values == pytest.approx([2, 3])
    model.add_row((columns, [1, 1]), lower=6)
    assert solve(model).is_infeasible


def market_split(num_columns=40, num_rows=5):
    """Return a market split problem, which no branch and bound decides in a moment."""
    random = np.random.default_rng(0)
    model = LinearModel()
    columns = model.add_columns(num_columns, is_integer=True)
    for _ in range(num_rows):
        demand = random.integers(0, 100, num_columns)
        model.add_row((columns, demand), lower=demand.sum() // 2, upper=demand.sum() // 2)
    return model


@pytest.mark.parametrize("limits", [{"time_limit": 0.05}, {"node_limit": 1}])
def test_a_run_that_ended_early_is_not_infeasible(limits):
    limits = Limits(**limits)
    answer = solve(market_split(), limits=limits)
    assert not answer.is_infeasible
    assert answer.values is None
    assert limits.num_nodes == answer.num_nodes


def test_nodes_are_counted_in_the_limits():
    limits = Limits()
    first = solve(market_split(16, 2), limits=limits)
    assert limits.num_nodes == first.num_nodes
    second = solve(market_split(16, 2), limits=limits)
    assert limits.num_nodes == first.num_nodes + second.num_nodes


def test_an_interrupt_ends_the_whole_search(monkeypatch):
    def interrupted(run, interrupt, **_):
        interrupt()
        run()
        return True

    monkeypatch.setattr(highs, "run_interruptibly", interrupted)
    with pytest.raises(Stopped) as stopped:
        solve(market_split())
    assert stopped.value.ended_by is EndedBy.INTERRUPTED


def test_a_punctual_solve_gives_a_late_run_up(monkeypatch):
    limits = Limits(time_limit=0.5)
    monkeypatch.setattr(linear_model, "PATIENCE_S", -0.5)
    answer = market_split().solve(limits, time_limit=None, seed=0, is_punctual=True)
    assert not answer.is_infeasible
    assert answer.values is None
    assert limits.num_nodes == 0
