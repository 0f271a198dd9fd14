"""The remainder: all that prices leave open as one MILP, against brute force."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from formulations.decomposition.columns.master import MasterProblem
from formulations.decomposition.columns.remainder import Remainder, left_open
from formulations.evaluation import broken_rows
from heuristics.limits import Limits
from heuristics.problem import Problem
from tests.helpers.decomposition_problems import (
    CLOSE,
    any_problem,
    chosen,
    seeds,
    some_prices,
    values_of,
)
from tests.helpers.oracles import optimum


@given(any_problem, seeds, st.floats(0, 2))
def test_what_it_closes_no_batch_within_the_slack_does(data, seed, slack):
    nodes, ascent = some_prices(data, seed)
    prices = ascent.prices()
    _, _, values = ascent.evaluate(ascent.point, exact=True)
    for j in range(data.num_edge_nodes):
        can = left_open(nodes, prices, j, float(values[j]), slack)
        batches, profits = values_of(data, nodes, prices, j)
        pairs = slice(nodes.first[j], nodes.first[j + 1])
        inside = batches[profits >= values[j] - slack + CLOSE]
        has = chosen(data)[inside][:, nodes.request[pairs]] == 1
        assert (has.any(axis=0) <= can.may).all()
        assert (can.must <= has.all(axis=0)).all() or not len(inside)
        loads = chosen(data)[inside] @ data.compute[j]
        budget = nodes.budget[pairs]
        for taken, load in zip(has, loads, strict=True):
            last = np.flatnonzero(taken).max(initial=-1) + 1
            assert any(
                last <= depth and load <= budget[depth - 1] for depth in can.depths
            ) or not len(budget)


@given(any_problem, seeds, st.integers(0, 2))
def test_it_is_infeasible_where_nothing_exists_and_finds_a_schedule_elsewhere(data, seed, more):
    best = optimum(data)
    nodes, ascent = some_prices(data, seed)
    value, _, values = ascent.evaluate(ascent.point, exact=True)
    target = max(1, best - 1 + more)
    question = MasterProblem(data, nodes, ascent.prices(), values, max(value - target, 0), target)
    found = Remainder(question).solve(Limits(), seed=0)
    if target > best:
        assert found.schedule is None
        assert found.is_refuted
    else:
        assert found.schedule.throughput >= target
        assert list(broken_rows(data, found.schedule, Problem.P1, None)) == []
