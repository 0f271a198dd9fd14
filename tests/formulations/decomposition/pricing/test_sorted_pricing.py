"""Sorted pricing: the same values as the pricing of each edge node by itself."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from formulations.decomposition.pricing.bins import Bins
from formulations.decomposition.pricing.dual_ascent import DualAscent
from formulations.decomposition.pricing.edge_nodes import EdgeNodes
from heuristics.limits import Limits
from tests.helpers.decomposition_problems import (
    CLOSE,
    any_problem,
    part_of_a_family,
    seeds,
    some_prices,
)
from tests.helpers.dense import dense
from tests.helpers.oracles import optimum


def without_spectrum(data, seed):
    """Return an ascent that sorts once, and a random point where spectrum has no price."""
    nodes, drawn = some_prices(data, seed)
    point = drawn.point.copy()
    bands = point[data.num_requests :].reshape(4, -1)
    bands[:2] = 0
    return DualAscent(nodes, data.num_requests, sorts=True), drawn, point


@given(any_problem, seeds, st.booleans())
def test_the_value_is_that_of_each_edge_node_by_itself(data, seed, exact):
    ascent, alone, point = without_spectrum(data, seed)
    value, left, values = ascent.evaluate(point, exact=exact)
    same, _, expected = alone.evaluate(point, exact=exact)
    assert value == pytest.approx(same, abs=CLOSE)
    assert values == pytest.approx(expected, abs=CLOSE)
    # A subgradient of the convex function L lies below it at every other point.
    other = np.clip(point + np.random.default_rng(seed).normal(0, 0.2, len(point)), 0, 1)
    other[data.num_requests :] = point[data.num_requests :]
    at_other, _, _ = alone.evaluate(other, exact=exact)
    assert at_other >= value + left @ (other - point) - CLOSE


@given(any_problem, seeds, st.floats(0, 1))
def test_a_tolerance_gives_an_upper_bound_within_the_tolerance(data, seed, tolerance):
    ascent, alone, point = without_spectrum(data, seed)
    _, _, best = alone.evaluate(point, exact=True)
    for _ in range(2):  # the second evaluation starts at the best d of the first
        _, _, values = ascent.evaluate(point, exact=True, tolerance=tolerance)
        assert (values >= best - CLOSE).all()
        assert (values <= best + tolerance + CLOSE).all()


@settings(max_examples=15)
@given(st.integers(0, 10**6), st.integers(1, 5))
def test_prices_of_bins_prove_valid_bounds(seed, size):
    data = part_of_a_family(seed, most_requests=12)
    nodes = EdgeNodes.of(data)
    bins = Bins(nodes, data.num_requests).of_size(size)
    assert np.bincount(bins).max() <= size
    ascent = DualAscent(nodes, data.num_requests, sorts=True)
    ascent.climb(0, Limits(), exact=False, step=1.0, num_steps=20, bins=bins)
    prices = ascent.prices().request
    assert all(np.ptp(prices[bins == each]) <= CLOSE for each in range(bins.max() + 1))
    assert ascent.value >= optimum(data) - CLOSE
    before = ascent.value
    ascent.climb(0, Limits(), exact=True, step=0.3, num_steps=20)
    assert before >= ascent.value >= optimum(data) - CLOSE


def test_requests_of_a_bin_are_alike_and_neighbours():
    """One level and all edge nodes: bins of 4 by deadline."""
    data = dense(40)
    bins = Bins(EdgeNodes.of(data), 40).of_size(4)
    for each in range(bins.max() + 1):
        inside = np.flatnonzero(bins == each)
        assert len({int(data.compute[0, i]) for i in inside}) == 1
