"""The screen: fractional knapsacks, against their definition and against all batches."""

import numpy as np
import pytest
from hypothesis import given

from formulations.decomposition.pricing.edge_nodes import EdgeNodes
from formulations.decomposition.pricing.prices import DualPrices, profits
from formulations.decomposition.pricing.screen import screen, take_fraction
from tests.helpers.decomposition_problems import (
    CLOSE,
    any_problem,
    chosen,
    problem,
    seeds,
    some_prices,
    values_of,
)


def free(data):
    """Return the edge nodes, and prices of nought."""
    return EdgeNodes.of(data), DualPrices(
        np.zeros(data.num_requests), *np.zeros((4, data.num_edge_nodes))
    )


def test_the_last_request_of_a_knapsack_is_taken_in_part():
    """Weights 1, 4, 1 in latency order, budgets 4, 4, 3, profits of 1.

    d = 1: one request. d = 2: 1 and three quarters of the second. d = 3: the first and the third,
    and a quarter of the second, at 1/4 for each unit of compute.
    """
    nodes, prices = free(problem(compute_budget=[[3, 4, 4]]))
    knapsacks = screen(nodes, prices, 0, profits(nodes, prices, 0))
    assert knapsacks.bound == pytest.approx([1, 1.75, 2.25])
    assert knapsacks.theta == pytest.approx([0, 0.25, 0.25])
    assert knapsacks.last.tolist() == [-1, 1, 1]
    assert knapsacks.part == pytest.approx([1, 0.75, 0.25])


def fractional(profit, weight, budget):
    """Return the value of a fractional knapsack by its definition."""
    order = sorted(
        np.flatnonzero(profit > 0), key=lambda i: -profit[i] / weight[i] if weight[i] else -np.inf
    )
    total = 0.0
    for i in order:
        part = min(1.0, budget / weight[i]) if weight[i] else 1.0
        total += part * profit[i]
        budget -= part * weight[i]
    return total


@given(any_problem, seeds)
def test_each_bound_is_a_fractional_knapsack_and_no_batch_exceeds_it(data, seed):
    nodes, ascent = some_prices(data, seed)
    prices = ascent.prices()
    without_nu = prices._replace(memory=0 * prices.memory, level_downlink=0 * prices.memory)
    for j in range(data.num_edge_nodes):
        request = nodes.request[nodes.first[j] : nodes.first[j + 1]]
        profit = profits(nodes, prices, j)
        bounds = screen(nodes, prices, j, profit).bound
        relaxed = screen(nodes, without_nu, j, profit).bound
        batches, values = values_of(data, nodes, prices, j)
        loads = chosen(data)[batches] @ data.compute[j]
        for place in range(len(request)):
            budget = data.compute_budget[j, request[place]]
            weight = data.compute[j, request[: place + 1]]
            expected = fractional(profit[: place + 1], weight, float(budget))
            assert relaxed[place] == pytest.approx(expected)
            outside = sum(1 << int(each) for each in request[place + 1 :])
            inside = values[(batches & outside == 0) & (loads <= budget)]
            assert inside.max(initial=0) <= bounds[place] + CLOSE


@given(any_problem, seeds)
def test_a_bound_is_what_its_knapsack_takes_and_the_prices_of_what_it_leaves(data, seed):
    """Weak duality, as an equation: B_d = sum p_i x_i + sum nu (1 - used)."""
    nodes, ascent = some_prices(data, seed)
    prices = ascent.prices()
    for j in range(data.num_edge_nodes):
        profit = profits(nodes, prices, j)
        knapsacks = screen(nodes, prices, j, profit)
        request = nodes.request[nodes.first[j] : nodes.first[j + 1]]
        for depth in range(1, len(request) + 1):
            served, used = np.zeros(data.num_requests), np.zeros((4, data.num_edge_nodes))
            take_fraction(nodes, prices, j, profit, knapsacks, depth, served, used)
            memory, downlink = 1 - used[2, j], 1 - used[3, j]
            left = prices.memory[j] * memory + prices.level_downlink[j] * downlink
            total = profit @ served[request] + left
            assert total == pytest.approx(knapsacks.bound[depth - 1])
            assert served @ data.uplink[j] / max(data.uplink_capacity[j], 1) == pytest.approx(
                used[0, j]
            )
