"""Pricing: the best batch of an edge node is the best of all its batches."""

import numpy as np
import pytest
from hypothesis import given

from formulations.decomposition.pricing.edge_nodes import EdgeNodes
from formulations.decomposition.pricing.prices import DualPrices, profits
from formulations.decomposition.pricing.pricing import best_batch, best_of, evaluate
from formulations.decomposition.pricing.screen import screen
from tests.helpers.decomposition_problems import (
    CLOSE,
    any_problem,
    mask,
    priced_batches,
    problem,
    profits_of,
    seeds,
    some_prices,
    values_of,
)

ENDLESS = 10**9


def evaluated(nodes, prices, *, exact, max_nodes=ENDLESS):
    """Return V of each edge node, how often each request is served, and what is used."""
    served, used = np.empty(len(prices.request)), np.empty((4, nodes.num_edge_nodes))
    value = np.empty(nodes.num_edge_nodes)
    evaluate(nodes, prices, exact, max_nodes, served, used, value)
    return value, served, used


def test_two_of_three_requests_fit():
    """A price of 0.75 for the long request, 0.5 for the first, 0.25 for the second.

    All three are worth 0.25 + 0.5 + 0.75 and load 6 > 3. Without the first, whose budget is 3,
    the load of 5 is allowed: 1.0; the first two alone yield 1.25.
    """
    nodes = EdgeNodes.of(problem())
    prices = DualPrices(np.array([0.5, 0.25, 0.75]), *np.zeros((4, 1)))
    value, served, used = evaluated(nodes, prices, exact=True)
    assert value == pytest.approx([1.25])
    assert served.tolist() == [1, 1, 0]
    assert used[0] == pytest.approx([0.75])


@given(any_problem, seeds)
def test_the_best_batch_is_the_best_of_all_batches(data, seed):
    nodes, ascent = some_prices(data, seed)
    prices = ascent.prices()
    values, served, used = evaluated(nodes, prices, exact=True)
    times = np.zeros(data.num_requests)
    for j in range(data.num_edge_nodes):
        request = nodes.request[nodes.first[j] : nodes.first[j + 1]]
        best = values_of(data, nodes, prices, j)[1].max()
        places = best_of(nodes, prices, j, profits(nodes, prices, j), ENDLESS)
        batch = request[places]
        assert mask(batch) in priced_batches(data, nodes, j)
        assert profits_of(data, nodes, prices, j)[batch].sum() == pytest.approx(best, abs=CLOSE)
        assert values[j] == pytest.approx(best, abs=CLOSE)
        assert used[0, j] == pytest.approx(
            data.uplink[j, batch].sum() / max(data.uplink_capacity[j], 1)
        )
        times[batch] += 1
    assert (served == times).all()


@given(any_problem, seeds)
def test_the_screen_is_never_below_the_best_batch(data, seed):
    nodes, ascent = some_prices(data, seed)
    exact, _, _ = evaluated(nodes, ascent.prices(), exact=True)
    screened, _, _ = evaluated(nodes, ascent.prices(), exact=False)
    assert (screened >= exact - CLOSE).all()


@given(any_problem, seeds)
def test_a_search_that_gives_up_brackets_the_best_batch(data, seed):
    nodes, ascent = some_prices(data, seed)
    prices = ascent.prices()
    for j in range(data.num_edge_nodes):
        profit = profits(nodes, prices, j)
        if not profit.size:
            continue
        best = values_of(data, nodes, prices, j)[1].max()
        found = best_batch(nodes, prices, j, profit, screen(nodes, prices, j, profit), 1)
        assert found.value <= best + CLOSE
        assert found.upper >= best - CLOSE
        request = nodes.request[nodes.first[j] + found.places]
        assert mask(request) in priced_batches(data, nodes, j)
