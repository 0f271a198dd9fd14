"""Refinement: bounds of columns at spectrum prices of their own."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from formulations.decomposition.columns.columns import survivors
from formulations.decomposition.columns.refinement import Refinement
from formulations.decomposition.pricing.dual_ascent import DualAscent
from formulations.decomposition.pricing.edge_nodes import EdgeNodes
from heuristics.coefficients import Coefficients
from heuristics.limits import Limits
from tests.helpers.oracles import feasible_batches, optimum
from tests.helpers.strategies import coefficients, levelled

problems = st.one_of(
    coefficients(max_edge_nodes=2, max_requests=5), levelled(max_edge_nodes=2, max_requests=6)
)


def columns_at_random(data, seed, incumbent, *, alike=False):
    """Return edge nodes, prices drawn at random, and the columns that these leave.

    ``alike`` gives the bands of all edge nodes the same prices.
    """
    nodes, random = EdgeNodes.of(data), np.random.default_rng(seed)
    ascent = DualAscent(nodes, data.num_requests)
    bands = random.random((4, 1 if alike else data.num_edge_nodes))
    bands = np.repeat(
        bands * random.choice([0, 1, 4], (4, 1)), data.num_edge_nodes // bands.shape[1], 1
    )
    point = np.concatenate([random.random(data.num_requests), bands.ravel()])
    value, _, values = ascent.evaluate(point, exact=True)
    slack = max(value - (incumbent + 1), 0)
    columns = survivors(nodes, ascent.prices(point), values, slack, most=5000)
    return nodes, ascent.prices(point), columns


def counts_of(nodes, j, batch):
    """Return how many requests of each level a batch, a bit mask, has at an edge node."""
    pairs = slice(nodes.first[j], nodes.first[j + 1])
    taken = (int(batch) >> nodes.request[pairs]) & 1
    return tuple(
        np.bincount(
            nodes.level[pairs],
            weights=taken,
            minlength=nodes.first_level[j + 1] - nodes.first_level[j],
        ).astype(int)
    )


def combinations_of_size(data, nodes, size):
    """Yield the counts at all edge nodes of every schedule of a size, by brute force."""
    batches = [np.flatnonzero(feasible_batches(data, j)) for j in range(data.num_edge_nodes)]
    for chosen in product(*batches):
        union = np.bitwise_or.reduce(chosen)
        if sum(int(batch).bit_count() for batch in chosen) == size == int(union).bit_count():
            yield tuple(counts_of(nodes, j, batch) for j, batch in enumerate(chosen))


@given(problems, st.integers(0, 2**32 - 1), st.sampled_from([-np.inf, 0, np.inf]))
def test_no_batch_yields_more_than_its_column(data, seed, enough):
    nodes, prices, columns = columns_at_random(data, seed, incumbent=-50)
    refinement = Refinement(nodes, prices, columns, 0)
    price = np.random.default_rng(seed).random(data.num_requests) * 2
    refinement.evaluate(prices.request)
    refinement.evaluate(price, enough=[enough] * data.num_edge_nodes)
    for j, column in enumerate(columns):
        value = {
            tuple(counts): value
            for counts, value in zip(column.counts, refinement.values(j), strict=True)
        }
        for batch in np.flatnonzero(feasible_batches(data, j)):
            profit = sum(1 - price[i] for i in range(data.num_requests) if int(batch) >> i & 1)
            assert value[counts_of(nodes, j, batch)] >= profit - 1e-9


@given(problems, st.integers(0, 2**32 - 1), st.integers(1, 3))
def test_every_better_schedule_uses_columns_that_are_left(data, seed, more):
    best = optimum(data)
    incumbent = max(best - more, -1)
    nodes, prices, columns = columns_at_random(data, seed, incumbent)
    refinement = Refinement(nodes, prices, columns, incumbent)
    refinement.descend(Limits())
    left = [
        {tuple(counts) for counts in column.counts[which]}
        for column, which in zip(columns, refinement.left, strict=True)
    ]
    for size in range(incumbent + 1, best + 1):
        assert refinement.value >= size - 1e-6
        for combination in combinations_of_size(data, nodes, size):
            assert all(counts in some for counts, some in zip(combination, left, strict=True))


def three_requests_on_one_band():
    """Return shares 0.6, 0.6 and 0.4 of the uplink: two of the requests fit, not three."""
    return Coefficients(
        uplink=[[6, 6, 4]],
        uplink_capacity=[10],
        downlink=[[1, 1, 1]],
        downlink_capacity=[3],
        memory=[[1, 1, 1]],
        memory_capacity=[3],
        compute=[[1, 1, 1]],
        compute_budget=[[3, 3, 3]],
        eligible=[[1, 1, 1]],
    )


def test_a_column_that_asks_for_more_than_the_band_is_dropped():
    data = three_requests_on_one_band()
    nodes = EdgeNodes.of(data)
    ascent = DualAscent(nodes, 3)
    _, _, values = ascent.evaluate(ascent.point, exact=True)
    columns = survivors(nodes, ascent.prices(), values, 2.0, most=10)
    assert sorted(columns[0].size) == [1, 2, 3]
    refinement = Refinement(nodes, ascent.prices(), columns, 1)
    refinement.descend(Limits())
    # With two: lambda + 2 - lambda (0.6 + 0.4) = 2; with three: 3 - 0.6 lambda, as low as wanted.
    assert columns[0].size[refinement.left[0]].tolist() == [2]
    assert refinement.value == pytest.approx(2)
    refinement.incumbent = 2
    assert refinement.is_settled
