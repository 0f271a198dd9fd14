"""Columns: the count vectors that lose no more than the slack, against all batches."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from formulations.decomposition.columns.columns import survivors
from formulations.decomposition.pricing.dual_ascent import DualAscent
from formulations.decomposition.pricing.edge_nodes import EdgeNodes
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
from tests.helpers.oracles import feasible_batches
from tests.helpers.strategies import coefficients, levelled

slacks = st.floats(0, 3)
MOST = 10_000


@given(any_problem, seeds, slacks)
def test_the_columns_are_the_counts_of_the_batches_that_lose_no_more(data, seed, slack):
    """Each once, with the most that a batch of these counts yields and its largest d."""
    nodes, ascent = some_prices(data, seed)
    prices = ascent.prices()
    _, _, values = ascent.evaluate(ascent.point, exact=True)
    listed = survivors(nodes, prices, values, slack, most=MOST)
    for j, columns in enumerate(listed):
        batches, profits = values_of(data, nodes, prices, j)
        loads = chosen(data)[batches] @ data.compute[j]
        best, load_of = {}, {}
        for batch, profit, load in zip(batches, profits, loads, strict=True):
            counts = counts_of(nodes, j, batch)
            best[counts] = max(best.get(counts, -np.inf), profit)
            load_of[counts] = load
        found = list(map(tuple, columns.counts.tolist()))
        assert len(set(found)) == len(found)
        budget = nodes.budget[nodes.first[j] : nodes.first[j + 1]]
        for counts, depth, profit in zip(found, columns.depth, columns.profit, strict=True):
            assert profit == pytest.approx(best[counts])
            assert profit >= values[j] - slack - CLOSE
            assert depth == (budget >= load_of[counts]).sum()
        wanted = values[j] - slack + CLOSE
        assert {counts for counts, profit in best.items() if profit > wanted} <= set(found)


@given(
    st.one_of(coefficients(max_edge_nodes=2, max_requests=5), levelled(max_edge_nodes=2)),
    seeds,
    st.integers(0, 4),
)
def test_every_schedule_of_a_size_uses_columns_that_are_listed(data, seed, size):
    nodes, ascent = some_prices(data, seed)
    value, _, values = ascent.evaluate(ascent.point, exact=True)
    listed = survivors(nodes, ascent.prices(), values, value - size, most=MOST)
    found = [set(map(tuple, columns.counts.tolist())) for columns in listed]
    batches = [np.flatnonzero(feasible_batches(data, j)) for j in range(data.num_edge_nodes)]
    for schedule in product(*batches):
        union = int(np.bitwise_or.reduce(schedule)).bit_count()
        if union == size == sum(int(batch).bit_count() for batch in schedule):
            for j, batch in enumerate(schedule):
                assert counts_of(nodes, j, batch) in found[j]


def free():
    """Return edge nodes and prices of nought where two requests have one level, one its own."""
    data = problem(compute_budget=[[6, 6, 6]])
    nodes = EdgeNodes.of(data)
    return nodes, DualAscent(nodes, 3).prices()


def test_all_counts_that_fit_are_listed_where_the_slack_is_wide():
    """Compute 1, 1, 4 of 6, memory 2, 2, 3 of 8: all six vectors of counts."""
    nodes, prices = free()
    (columns,) = survivors(nodes, prices, np.array([3.0]), 3.0, most=MOST)
    assert sorted(columns.counts.tolist()) == [[0, 0], [0, 1], [1, 0], [1, 1], [2, 0], [2, 1]]
    (columns,) = survivors(nodes, prices, np.array([3.0]), 0.5, most=MOST)
    assert columns.counts.tolist() == [[2, 1]]
    assert columns.size.tolist() == [3]


def test_too_many_columns_are_none():
    nodes, prices = free()
    assert survivors(nodes, prices, np.array([3.0]), 3.0, most=5) is None
