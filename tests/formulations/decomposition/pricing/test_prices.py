"""Prices: the profits that they leave."""

import numpy as np
import pytest
from hypothesis import given

from formulations.decomposition.pricing.edge_nodes import EdgeNodes
from formulations.decomposition.pricing.prices import DualPrices, level_prices, profits
from tests.helpers.decomposition_problems import (
    any_problem,
    problem,
    profits_of,
    seeds,
    some_prices,
)


def test_a_profit_is_what_a_request_and_its_share_of_a_band_leave_of_one():
    """pi = (0, 0.1, 0.5), lambda = 0.4, U = 4: 1 - 0.1, 1 - 0.1 - 0.2, 1 - 0.5 - 0.3.

    nu of memory 0.8 of 8: 0.2 for a demand of 2, 0.3 for one of 3; nu of downlink 2 of 4.
    """
    nodes = EdgeNodes.of(problem())
    bands = ([0.4], [0.0], [0.8], [2.0])
    prices = DualPrices(np.array([0, 0.1, 0.5]), *map(np.array, bands))
    assert profits(nodes, prices, 0)[[2, 0, 1]] == pytest.approx([0.9, 0.7, 0.2])
    assert level_prices(nodes, prices, 0) == pytest.approx([0.2 + 0.5, 0.3 + 1.0])


@given(any_problem, seeds)
def test_profits_are_those_of_the_data(data, seed):
    nodes, ascent = some_prices(data, seed)
    for j in range(data.num_edge_nodes):
        expected = profits_of(data, nodes, ascent.prices(), j)
        request = nodes.request[nodes.first[j] : nodes.first[j + 1]]
        assert profits(nodes, ascent.prices(), j) == pytest.approx(expected[request])
