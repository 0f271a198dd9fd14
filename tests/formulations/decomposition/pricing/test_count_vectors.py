"""The search of count vectors: all that yield enough, or the best, against all batches."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from formulations.decomposition.pricing.count_vectors import Aim, Found, offer, search
from formulations.decomposition.pricing.edge_nodes import EdgeNodes
from formulations.decomposition.pricing.prices import DualPrices, profits
from tests.helpers.decomposition_problems import (
    CLOSE,
    any_problem,
    chosen,
    counts_of,
    problem,
    seeds,
    some_prices,
    values_of,
)

ENDLESS = 10**9


def best_of_counts(data, nodes, prices, j, depth):
    """Return the count vectors of the batches of F_d, with the largest profit of each."""
    pairs = slice(nodes.first[j], nodes.first[j + 1])
    request, budget = nodes.request[pairs], nodes.budget[pairs][depth - 1]
    outside = sum(1 << int(each) for each in request[depth:])
    batches, values = values_of(data, nodes, prices, j)
    loads = chosen(data)[batches] @ data.compute[j]
    best = {}
    for batch, value, load in zip(batches, values, loads, strict=True):
        if batch & outside == 0 and load <= budget:
            counts = counts_of(nodes, j, batch)
            best[counts] = max(best.get(counts, -np.inf), value)
    return best


def buffers(size, num_levels):
    return Found(np.zeros((size, num_levels), dtype=np.int64), np.zeros(size))


@given(any_problem, seeds, st.floats(0, 2), st.floats(-1, 2))
def test_every_vector_that_yields_what_is_wanted_is_listed_once(data, seed, theta, wanted):
    nodes, ascent = some_prices(data, seed)
    prices = ascent.prices()
    for j in range(data.num_edge_nodes):
        of = offer(nodes, prices, j, profits(nodes, prices, j))
        for depth in range(1, of.profit.size + 1):
            found = buffers(2**data.num_requests, of.price.size)
            num, _ = search(of, depth, theta, Aim(True, wanted, -1, ENDLESS), found, 0)
            listed = dict(
                zip(map(tuple, found.counts[:num].tolist()), found.profit[:num], strict=True)
            )
            assert len(listed) == num
            expected = best_of_counts(data, nodes, prices, j, depth)
            for counts, value in listed.items():
                assert value == pytest.approx(expected[counts])
                assert value >= wanted
            assert {counts for counts, value in expected.items() if value > wanted + CLOSE} <= set(
                listed
            )


@given(any_problem, seeds, st.floats(0, 2))
def test_the_best_vector_is_found_with_any_theta(data, seed, theta):
    nodes, ascent = some_prices(data, seed)
    prices = ascent.prices()
    for j in range(data.num_edge_nodes):
        of = offer(nodes, prices, j, profits(nodes, prices, j))
        for depth in range(1, of.profit.size + 1):
            found = buffers(1, of.price.size)
            num, _ = search(of, depth, theta, Aim(False, 0.0, -1, ENDLESS), found, 0)
            best = max(best_of_counts(data, nodes, prices, j, depth).values())
            assert (found.profit[0] if num else 0.0) == pytest.approx(best, abs=CLOSE)


def three_requests(**changes):
    """Return what is offered of three requests that cost nothing."""
    data = problem(**changes)
    nodes = EdgeNodes.of(data)
    prices = DualPrices(np.zeros(3), *np.zeros((4, 1)))
    return offer(nodes, prices, 0, profits(nodes, prices, 0))


def test_loads_that_belong_to_a_larger_d_are_left_out():
    """Levels of compute 1 and 4: above a load of 3 and up to 6 lie (0, 1), (1, 1) and (2, 1).

    The third request of the latency order has a budget of 3: with d = 3 only (0, 0) to (2, 0).
    """
    found = buffers(10, 2)
    of = three_requests(compute_budget=[[6, 6, 6]])
    num, _ = search(of, 3, 0.0, Aim(True, -1.0, 3, ENDLESS), found, 0)
    assert sorted(found.counts[:num].tolist()) == [[0, 1], [1, 1], [2, 1]]
    num, _ = search(three_requests(), 3, 0.0, Aim(True, -1.0, -1, ENDLESS), found, 0)
    assert sorted(found.counts[:num].tolist()) == [[0, 0], [1, 0], [2, 0]]


def test_counts_without_a_choice_keep_the_capacities_too():
    """Both requests are worth having and share a downlink of 1: the last level demands none."""
    of = three_requests(downlink=[[1, 1, 0]], downlink_capacity=[1])
    found = buffers(1, 2)
    search(of, 2, 0.0, Aim(False, 1.5, -1, ENDLESS), found, 0)
    assert found.counts[0].tolist() == [1, 1]
    num, _ = search(of, 2, 0.0, Aim(False, 2.0, -1, ENDLESS), found, 0)
    assert num == 0


def test_full_buffers_and_a_limit_of_nodes_are_told():
    of = three_requests(compute_budget=[[6, 6, 6]])
    num, num_nodes = search(of, 3, 0.0, Aim(True, -1.0, -1, ENDLESS), buffers(2, 2), 0)
    assert (num, num_nodes) == (2, ENDLESS + 1)
    _, num_nodes = search(of, 3, 0.0, Aim(True, -1.0, -1, 1), buffers(10, 2), 0)
    assert num_nodes > 1
