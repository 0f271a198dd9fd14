"""Dual ascent: whatever the prices, L is no less than the optimum; steps only make it better."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from formulations.decomposition.pricing.dual_ascent import DualAscent
from formulations.decomposition.pricing.edge_nodes import EdgeNodes
from heuristics.limits import Limits, Stopped
from tests.helpers.decomposition_problems import (
    CLOSE,
    any_problem,
    problem,
    seeds,
    some_prices,
)
from tests.helpers.dense import dense
from tests.helpers.oracles import optimum


@given(any_problem, seeds, st.booleans())
def test_no_prices_have_a_value_below_the_optimum(data, seed, exact):
    _, ascent = some_prices(data, seed)
    value, _, _ = ascent.evaluate(ascent.point, exact=exact)
    assert value >= optimum(data) - CLOSE


@given(any_problem, seeds)
def test_the_value_is_what_is_paid_and_what_the_best_batches_yield(data, seed):
    _, ascent = some_prices(data, seed)
    value, _, values = ascent.evaluate(ascent.point, exact=True)
    prices = ascent.prices()
    paid = sum(each.sum() for each in (prices.request, prices.uplink, prices.downlink))
    assert value == pytest.approx(paid + values.sum())


@given(any_problem, seeds, seeds, st.booleans())
def test_what_is_left_is_a_subgradient(data, seed, other_seed, exact):
    """L(q) >= L(p) + g (q - p). Where g is 0 since a price cannot bind, q keeps that of p.

    Prices of memory and level-based downlink change the screen's value alone.
    """
    _, ascent = some_prices(data, seed)
    _, other = some_prices(data, other_seed)
    value, left, _ = ascent.evaluate(ascent.point, exact=exact)
    if exact:
        left[-2 * data.num_edge_nodes :] = 0
    point = np.where(left == 0, ascent.point, other.point)
    elsewhere, _, _ = ascent.evaluate(point, exact=exact)
    assert elsewhere >= value + left @ (point - ascent.point) - CLOSE


def check_best_prices(ascent, values, data, *, exact):
    """Check that values fell, and that the best prices are kept, allowed and give a bound."""
    assert values == sorted(values, reverse=True)
    assert values[0] <= ascent.evaluate(np.zeros_like(ascent.point), exact=exact)[0] + CLOSE
    assert ascent.evaluate(ascent.point, exact=exact)[0] == pytest.approx(ascent.value)
    assert (ascent.point >= 0).all()
    assert (ascent.prices().request <= 1).all()
    assert ascent.value >= optimum(data) - CLOSE


@given(any_problem, st.booleans())
def test_climbing_keeps_the_best_prices_and_these_are_prices(data, exact):
    ascent = DualAscent(EdgeNodes.of(data), data.num_requests)
    values = []
    for _ in range(3):
        ascent.climb(0, Limits(), exact=exact, step=1.0, num_steps=15)
        values.append(ascent.value)
    check_best_prices(ascent, values, data, exact=exact)


def test_two_edge_nodes_that_want_one_request_learn_its_price():
    """L = pi + 2 max(0, 1 - pi) is least, 1, at pi = 1; at 0 it is 2."""
    data = problem(
        **{
            name: [[value]] * 2
            for name, value in (
                ("uplink", 1),
                ("downlink", 1),
                ("memory", 1),
                ("compute", 1),
                ("compute_budget", 1),
                ("eligible", 1),
            )
        },
        uplink_capacity=[1, 1],
        downlink_capacity=[1, 1],
        memory_capacity=[1, 1],
    )
    ascent = DualAscent(EdgeNodes.of(data), 1)
    assert ascent.evaluate(ascent.point, exact=True)[0] == pytest.approx(2)
    ascent.climb(1, Limits(), exact=True, step=1.0, num_steps=100)
    assert ascent.value < 2
    assert ascent.prices().request == pytest.approx(1, abs=0.05)


@given(any_problem, st.booleans())
def test_steps_of_fixed_lengths_keep_the_best_prices_too(data, exact):
    ascent = DualAscent(EdgeNodes.of(data), data.num_requests)
    values = []
    for _ in range(2):
        ascent.descend(0, Limits(), exact=exact, num_steps=15, first=0.1, last=0.01)
        values.append(ascent.value)
    check_best_prices(ascent, values, data, exact=exact)


def test_a_step_of_fixed_length_moves_a_price_by_itself():
    """Two edge nodes take the one request, so each step of 0.1 raises its price by 0.1 or less."""
    row = {name: [[1]] * 2 for name in ("uplink", "downlink", "memory", "compute", "eligible")}
    capacities = {f"{name}_capacity": [1, 1] for name in ("uplink", "downlink", "memory")}
    data = problem(**row, compute_budget=[[1]] * 2, **capacities)
    ascent = DualAscent(EdgeNodes.of(data), 1)
    ascent.descend(0, Limits(), exact=True, num_steps=2, first=0.1, last=0.1)
    assert ascent.prices().request == pytest.approx(0.03)
    ascent.descend(0, Limits(), exact=True, num_steps=100, first=0.1, last=0.01)
    assert ascent.prices().request == pytest.approx(1)
    assert ascent.value == pytest.approx(1)


def test_it_stops_when_the_bound_proves_the_incumbent():
    data = dense(40)
    ascent = DualAscent(EdgeNodes.of(data), data.num_requests)
    ascent.climb(40, Limits(), exact=True, step=1.0, num_steps=100)
    assert ascent.value < 41
    assert ascent.num_evaluations == 1


def test_the_clock_ends_it():
    data = dense(40)
    ascent = DualAscent(EdgeNodes.of(data), data.num_requests)
    with pytest.raises(Stopped):
        ascent.climb(0, Limits(time_limit=0), exact=True, step=1.0, num_steps=100)
    assert ascent.value == float("inf")
