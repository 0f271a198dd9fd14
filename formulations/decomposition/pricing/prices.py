r"""Prices of requests and resources, and the profits of requests at these prices.

At prices :math:`\pi_i` of the requests, :math:`\lambda_j` of an edge node's uplink and
:math:`\mu_j` of its downlink, if it is not constant in levels, a request has the profit

.. math:: p_i = 1 - \pi_i - \lambda_j u_{ij} / U_j - \mu_j d_{ij} / D_j.

Multipliers :math:`\nu` of memory and of level-based downlink reduce the profit of all requests of a
level by the same amount. They only tighten bounds: the profit of a batch does not depend on them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from formulations.decomposition.pricing.edge_nodes import latency_pairs
from heuristics.compiled import compiled

if TYPE_CHECKING:
    from formulations.decomposition.pricing.edge_nodes import EdgeNodes, FloatArray
    from heuristics.coefficients import Coefficients, IntArray


class DualPrices(NamedTuple):
    """Prices of requests and of the edge nodes' resources, each for the whole capacity."""

    request: FloatArray
    """pi, shape (I,), 0..1."""
    uplink: FloatArray
    """lambda, shape (J,)."""
    downlink: FloatArray
    """mu, shape (J,); 0 where downlink is constant in levels."""
    memory: FloatArray
    """nu of memory, shape (J,): it tightens the screen; the exact value does not depend on it."""
    level_downlink: FloatArray
    """nu of level-based downlink, shape (J,)."""

    @property
    def has_band_prices(self) -> bool:
        """True if an uplink or downlink band has a price above 0."""
        return bool(self.uplink.any() or self.downlink.any())

    def equals(self, other: DualPrices) -> bool:
        """Return True if all prices are the same."""
        return all(map(np.array_equal, self, other))

    def part(self, edge_node: IntArray, request: IntArray) -> DualPrices:
        """Return the prices restricted to some edge nodes and requests."""
        return DualPrices(self.request[request], *(price[edge_node] for price in self[1:]))


@compiled
def profits(nodes: EdgeNodes, prices: DualPrices, j: int) -> FloatArray:
    """Return the profit of each request at an edge node, in latency order."""
    profit = np.empty(nodes.first[j + 1] - nodes.first[j])
    for place in range(profit.size):
        pair = nodes.first[j] + place
        profit[place] = (
            1.0
            - prices.request[nodes.request[pair]]
            - prices.uplink[j] * nodes.uplink[pair]
            - prices.downlink[j] * nodes.downlink[pair]
        )
    return profit


def pair_profits(data: Coefficients, nodes: EdgeNodes, prices: DualPrices) -> FloatArray:
    """Return the profit of each pair, in the order of ``data.pairs``, shape (N,)."""
    row = np.repeat(np.arange(nodes.num_edge_nodes), np.diff(nodes.first))
    bands = prices.uplink[row] * nodes.uplink + prices.downlink[row] * nodes.downlink
    pairs = [latency_pairs(data, j) for j in range(nodes.num_edge_nodes)]
    profit = np.empty(row.size)
    profit[np.concatenate(pairs)] = 1 - prices.request[nodes.request] - bands
    return profit


@compiled
def level_prices(nodes: EdgeNodes, prices: DualPrices, j: int) -> FloatArray:
    """Return the reduction of profit by nu for a request of each level, shape (levels of j,)."""
    first = nodes.first_level[j]
    of_memory = prices.memory[j] / max(nodes.memory_capacity[j], 1)
    of_downlink = prices.level_downlink[j] / max(nodes.downlink_capacity[j], 1)
    price = np.empty(nodes.first_level[j + 1] - first)
    for k in range(price.size):
        price[k] = (
            of_memory * nodes.level_memory[first + k]
            + of_downlink * nodes.level_downlink[first + k]
        )
    return price
