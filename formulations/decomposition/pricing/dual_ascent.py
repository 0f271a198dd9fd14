r"""Dual ascent: prices whose bound on P1 falls step by step.

For any prices at least 0 the Lagrangian value

.. math:: L(\pi, \lambda, \mu) = \sum_i \pi_i + \sum_j (\lambda_j + \mu_j) + \sum_j V_j

is at least the optimum of P1: a schedule pays for each request and each band at most once. L is
convex, and what the best batches ask for is its subgradient: where a request is taken twice its
price should rise, where nobody takes it, fall. The steps of a descent aim at the incumbent.

A band's price is that of all of it, and a typical request asks for a share s: a change of 1 / s
does to each request what 1 does as its own price, but it does so to some 1 / s of them, and as
such a change of all these would be as long as a band's of 1 / sqrt(s). Steps measure by the power
between: with 1 / s the bands of large problems outweigh the requests, with its root they lag.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from formulations.decomposition.pricing.descent import Descent
from formulations.decomposition.pricing.prices import Prices
from formulations.decomposition.pricing.pricing import evaluate

if TYPE_CHECKING:
    from formulations.decomposition.pricing.edge_nodes import EdgeNodes, FloatArray
    from heuristics.limits import Limits

MARGIN = 0.01
"""How far below incumbent + 1 to stop: a bound with room to spare has a short certificate."""

GAIN = 1e-6
"""The least by which a bound counts as better."""

OFFSET = 0.3
"""Polyak's step aims so far below the incumbent: an aim above the least value stalls."""

QUANTILE, POWER = 0.5, 0.75
"""The typical request of a band, by its share of it, and the power of 1 / s that measures."""

SEARCH_NODES, NODES_A_REQUEST = 20_000, 20
"""After how many nodes the pricing of an edge node takes the screen's bound."""


class DualAscent:
    """Prices and the bound that they prove, to be made better.

    Parameters
    ----------
    nodes
        The edge nodes.
    num_requests
        I.

    Attributes
    ----------
    value
        The least L found; infinite before the first evaluation.
    point
        The prices behind it, as one vector: pi, then lambda, mu and nu of the edge nodes.
    num_evaluations
        How often L was evaluated.
    """

    def __init__(self, nodes: EdgeNodes, num_requests: int) -> None:
        self.nodes = nodes
        self.num_requests = num_requests
        self.value = float("inf")
        self.point = np.zeros(num_requests + 4 * nodes.num_edge_nodes)
        self.num_evaluations = 0
        self._scale = _scale(nodes, num_requests)
        self._max_nodes = SEARCH_NODES + NODES_A_REQUEST * num_requests
        self._most = np.full(len(self.point), np.inf)
        self._most[:num_requests] = 1
        self._priced = num_requests + 2 * nodes.num_edge_nodes

    def prices(self, point: FloatArray | None = None) -> Prices:
        """Return a point as prices, the best if none is given."""
        point = self.point if point is None else point
        bands = point[self.num_requests :].reshape(4, -1)
        return Prices(point[: self.num_requests], *bands)

    def start(self, prices: Prices) -> None:
        """Begin at prices."""
        self.point = np.concatenate(prices)

    def evaluate(self, point: FloatArray, *, exact: bool) -> tuple[float, FloatArray, FloatArray]:
        """Return L at a point, what is left of each priced thing, and V of each edge node.

        What is left is a subgradient: negative where more is asked for than there is.
        """
        num_edge_nodes = self.nodes.num_edge_nodes
        served, used = np.empty(self.num_requests), np.empty((4, num_edge_nodes))
        value = np.empty(num_edge_nodes)
        evaluate(self.nodes, self.prices(point), exact, self._max_nodes, served, used, value)
        self.num_evaluations += 1
        left = np.concatenate([1 - served, (1 - used).ravel()])
        left[self._scale == 0] = 0
        return float(point[: self._priced].sum() + value.sum()), left, value

    def climb(
        self,
        incumbent: int,
        limits: Limits,
        *,
        exact: bool,
        step: float,
        num_steps: int,
        patience: int = 10,
        shortening: float = 0.6,
        least_step: float = 1e-3,
    ) -> None:
        """Take steps until the bound proves the incumbent, or they have become too short.

        Parameters
        ----------
        incumbent
            Throughput of the best schedule known.
        limits
            When to stop.
        exact
            Whether to search for the best batches, or to take the screen's bounds.
        step
            Length of the first steps, as a part of Polyak's.
        num_steps
            The most to take.
        patience
            After how many in vain to go back to the best and shorten the steps.
        shortening
            What becomes of their length.
        least_step
            When to end.
        """
        descent = Descent(
            self.point,
            step=step,
            patience=patience,
            shortening=shortening,
            scale=self._scale,
            most=self._most,
        )
        for _ in range(num_steps):
            limits.check_time()
            value, left, _ = self.evaluate(descent.point, exact=exact)
            is_better = value < self.value - GAIN
            if is_better:
                self.value, self.point = value, descent.point
                if value < incumbent + 1 - MARGIN:
                    return
            if descent.returns(self.point, is_better=is_better):
                if descent.step < least_step:
                    return
            elif not descent.move(left, value - incumbent + OFFSET):
                return


def _scale(nodes: EdgeNodes, num_requests: int) -> FloatArray:
    """Return the unit of each price; 0 for one that cannot bind."""
    scale = np.zeros((4, nodes.num_edge_nodes))
    for j in range(nodes.num_edge_nodes):
        pairs = slice(nodes.first[j], nodes.first[j + 1])
        level = nodes.first_level[j] + nodes.level[pairs]
        shares = (
            nodes.uplink[pairs],
            nodes.downlink[pairs],
            nodes.level_memory[level] / max(nodes.memory_capacity[j], 1),
            nodes.level_downlink[level] / max(nodes.downlink_capacity[j], 1),
        )
        for resource, share in enumerate(shares):
            if share.sum() > 1:
                typical = max(float(np.quantile(share, QUANTILE)), 1 / len(share))
                scale[resource, j] = typical**-POWER
    return np.concatenate([np.ones(num_requests), scale.ravel()])
