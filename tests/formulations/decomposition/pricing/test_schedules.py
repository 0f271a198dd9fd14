"""Schedules made of prices are feasible, whatever the prices."""

import numpy as np
from hypothesis import given

from formulations.decomposition.pricing.dual_ascent import DualAscent
from formulations.decomposition.pricing.edge_nodes import EdgeNodes
from formulations.decomposition.pricing.schedules import RECIPES, Scheduler
from formulations.evaluation import broken_rows
from heuristics.limits import Limits
from heuristics.problem import Problem
from tests.helpers.decomposition_problems import any_problem, problem, seeds, some_prices
from tests.helpers.dense import dense
from tests.helpers.oracles import optimum


@given(any_problem, seeds)
def test_every_schedule_is_feasible(data, seed):
    nodes, ascent = some_prices(data, seed)
    scheduler = Scheduler(data, nodes, seed)
    best = optimum(data)
    for _ in RECIPES:
        schedule = scheduler.make(ascent.prices(), Limits())
        assert list(broken_rows(data, schedule, Problem.P1, None)) == []
        assert schedule.throughput <= best


def at_no_prices(data, seed=0):
    nodes = EdgeNodes.of(data)
    scheduler = Scheduler(data, nodes, seed)
    prices = DualAscent(nodes, data.num_requests).prices()
    return [scheduler.make(prices, Limits()) for _ in RECIPES]


def test_a_band_that_breaks_is_priced_until_it_fits():
    """Any two requests load 3 at most, but only the first two have uplinks of 1 + 2 <= 3.

    The price of the band that leaves out the third, whose uplink is 3, lets the others in.
    """
    data = problem(uplink_capacity=[3], compute=[[1, 1, 1]], compute_budget=[[3, 3, 3]])
    assert {schedule.batches for schedule in at_no_prices(data)} == {((0, 1),)}


def test_the_same_seed_makes_the_same_schedules():
    data = dense(40)
    first, second, other = (at_no_prices(data, seed) for seed in (3, 3, 4))
    assert first == second
    assert first != other


def test_prices_of_requests_count():
    """One place for two requests alike: the one that costs less gets it."""
    data = problem(
        uplink=[[1, 1]],
        downlink=[[1, 1]],
        memory=[[2, 2]],
        memory_capacity=[2],
        compute=[[1, 1]],
        compute_budget=[[3, 3]],
        eligible=[[1, 1]],
    )
    nodes = EdgeNodes.of(data)
    prices = DualAscent(nodes, 2).prices()
    for dear in (0, 1):
        costly = prices._replace(request=np.eye(2)[dear] / 2)
        schedule = Scheduler(data, nodes, 0).make(costly, Limits())
        assert schedule.batches == ((1 - dear,),)
