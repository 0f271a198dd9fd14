r"""Dual ascent: prices whose bound on P1 falls step by step.

For any prices at least 0 the Lagrangian value

.. math:: L(\pi, \lambda, \mu) = \sum_i \pi_i + \sum_j (\lambda_j + \mu_j) + \sum_j V_j

is at least the optimum of P1: a schedule pays for each request and each band at most once. L is
convex, and the unused amounts of requests and bands form a subgradient: the price of a request
should rise if several best batches contain it, and fall if none does. The steps of a
:class:`~formulations.decomposition.pricing.descent.Descent` aim at the incumbent.

The price of a band is the price of its whole capacity, and a typical request needs a share s of it.
A change of the band's price by 1 / s changes the profit of one such request by 1, as a change of
its own price by 1 does. But the band changes about 1 / s requests at once, and a change by 1 of all
their prices has the length 1 / sqrt(s). The unit of a band's price is therefore a power of 1 / s
between 1/2 and 1: with 1 / s the bands of large problems dominate the requests, with the root they
move too slowly.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from formulations.decomposition.pricing.descent import Descent
from formulations.decomposition.pricing.nested_pairs import NestedPairs
from formulations.decomposition.pricing.nested_pricing import evaluate_nested
from formulations.decomposition.pricing.nested_search import BestCounts
from formulations.decomposition.pricing.prices import DualPrices
from formulations.decomposition.pricing.pricing import evaluate
from formulations.decomposition.pricing.sorted_pricing import (
    MOST_LEVELS,
    SortedPairs,
    evaluate_sorted,
    sort_pairs,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from formulations.decomposition.pricing.edge_nodes import EdgeNodes, FloatArray
    from heuristics.coefficients import IntArray
    from heuristics.limits import Limits

MARGIN = 0.01
"""Distance of L below incumbent + 1 at which to stop: some room makes the certificate short."""

GAIN = 1e-6
"""Least decrease of L that counts as an improvement."""

OFFSET = 0.3
"""Distance of Polyak's aim below the incumbent: an aim above the least value of L stalls."""

QUANTILE, POWER = 0.5, 0.75
"""Quantile of the shares that gives s, and power of 1 / s that is the unit of a band's price."""

SEARCH_NODES, NODES_A_REQUEST = 20_000, 20
"""Node limit of the pricing of an edge node: a constant, plus a number for each request."""


class DualAscent:
    """Prices and the bound that they prove, improved step by step.

    Parameters
    ----------
    nodes
        Edge nodes.
    num_requests
        Number of requests, I.
    sorts
        True to evaluate by a single sort of the requests where spectrum has no price, or without
        a sort where the pools of each class are nested.

    Attributes
    ----------
    nested
        Pairs by classes with nested pools; None without ``sorts``, or if pools are not nested.
    value
        Least L found; infinite before the first evaluation.
    point
        Prices of this value as one vector: pi, then lambda, mu and both nu of the edge nodes.
    num_evaluations
        Number of evaluations of L.
    """

    def __init__(self, nodes: EdgeNodes, num_requests: int, *, sorts: bool = False) -> None:
        self.nodes = nodes
        self.num_requests = num_requests
        self.value = float("inf")
        self.point = np.zeros(num_requests + 4 * nodes.num_edge_nodes)
        self.num_evaluations = 0
        self._scale = _scale(nodes, num_requests)
        self._is_free = self._scale == 0
        self._max_nodes = SEARCH_NODES + NODES_A_REQUEST * num_requests
        self._most = np.full(len(self.point), np.inf)
        self._most[:num_requests] = 1
        is_sortable = sorts and np.diff(nodes.first_level).max(initial=0) <= MOST_LEVELS
        self._sorted = SortedPairs.of(nodes, num_requests) if is_sortable else None
        self._priced = num_requests + 2 * nodes.num_edge_nodes
        self.nested = NestedPairs.of(nodes, num_requests) if sorts else None
        self._counts = BestCounts.none(nodes.num_edge_nodes, self.nested)

    def prices(self, point: FloatArray | None = None) -> DualPrices:
        """Return a point, by default the best, as prices."""
        point = self.point if point is None else point
        bands = point[self.num_requests :].reshape(4, -1)
        return DualPrices(point[: self.num_requests], *bands)

    def start(self, prices: DualPrices) -> None:
        """Set the starting point."""
        self.point = np.concatenate(prices)

    def insert(self, prices: DualPrices, edge_node: IntArray, request: IntArray) -> None:
        """Replace the prices of some edge nodes and requests; the value is not updated."""
        point = self.point.copy()
        point[request] = prices.request
        point[self.num_requests :].reshape(4, -1)[:, edge_node] = np.stack(prices[1:])
        self.point = point

    def evaluate(
        self, point: FloatArray, *, exact: bool, tolerance: float = 0.0
    ) -> tuple[float, FloatArray, FloatArray]:
        """Return L at a point, the unused amount of each priced resource, and V of each edge node.

        The unused amounts are a subgradient: negative if the demand exceeds the capacity. With a
        tolerance, V may be larger than the best batch by as much; they are still upper bounds.
        """
        left, value = np.empty(len(point)), np.empty(self.nodes.num_edge_nodes)
        served, used = left[: self.num_requests], left[self.num_requests :].reshape(4, -1)
        prices = self.prices(point)
        where, out = (self._max_nodes, served), (used, value)
        if (
            self.nested is not None
            and not prices.has_band_prices
            and self.nested.are_sorted(prices.request)
        ):
            nested = (self.nodes, prices, self.nested, self._counts)
            evaluate_nested(*nested, exact, tolerance, *where, *out)
        elif self._sorted is None or prices.has_band_prices:
            evaluate(self.nodes, prices, exact, *where, *out)
        else:
            gain = 1 - prices.request
            sort_pairs(self._sorted, np.argsort(prices.request, kind="stable"))
            pricing = (self.nodes, prices, self._sorted, gain)
            evaluate_sorted(*pricing, exact, tolerance, *where, *out)
        self.num_evaluations += 1
        np.subtract(1, left, out=left)
        left[self._is_free] = 0
        total = np.add.reduce(point[: self._priced]) + np.add.reduce(value)
        return float(total), left, value

    def _sorted_by_class(self, point: FloatArray) -> FloatArray:
        """Return a point of no larger L, whose prices fall in each class with nested pools."""
        if self.nested is None:
            return point
        prices = self.prices(point)
        if prices.has_band_prices:
            return point
        return np.concatenate([self.nested.sorted(prices.request), point[self.num_requests :]])

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
        gain: float = GAIN,
        tolerance: float = 0.0,
        bins: IntArray | None = None,
        watch: Callable[[], None] | None = None,
    ) -> None:
        """Take steps until the bound proves the incumbent, or the steps are too short.

        Parameters
        ----------
        incumbent
            Throughput of the best schedule known.
        limits
            Limits of the run.
        exact
            True to search for the best batches; False to take the screen's bounds.
        step
            Length of the first steps, as a fraction of Polyak's length.
        num_steps
            Maximum number of steps.
        patience
            Number of steps without improvement after which the descent returns to the best
            point with shorter steps.
        shortening
            Factor applied to the step length then.
        least_step
            Step length below which the ascent ends.
        gain
            Least decrease of L that counts as an improvement.
        tolerance
            Tolerance of the search for best batches, see :meth:`evaluate`.
        bins
            Bin of each request, shape (I,); the requests of a bin share a price. None for a price
            of each request.
        watch
            Function that is called after each better point.
        """
        shared = _SharedPrices(self.num_requests, bins, self._scale)
        best = shared.mean(self.point)
        descent = Descent(
            best,
            step=step,
            patience=patience,
            shortening=shortening,
            scale=shared.scale,
            most=shared.mean(self._most),
        )
        least = np.inf if bins is not None else self.value
        for _ in range(num_steps):
            limits.check_time()
            point = shared.spread(descent.point)
            if bins is None:
                point = descent.point = self._sorted_by_class(point)
            value, left, _ = self.evaluate(point, exact=exact, tolerance=tolerance)
            is_better = value < least - gain
            if is_better:
                least, best = value, descent.point
            if self._keep(value, point, watch) and value < incumbent + 1 - MARGIN:
                return
            if descent.returns(best, is_better=is_better):
                if descent.step < least_step:
                    return
            elif not descent.move(shared.total(left), value - incumbent + OFFSET):
                return

    def descend(
        self,
        incumbent: int,
        limits: Limits,
        *,
        exact: bool,
        num_steps: int,
        first: float,
        last: float,
        tolerance: float = 0.0,
        watch: Callable[[], None] | None = None,
    ) -> None:
        r"""Take steps of lengths that are fixed in advance and fall by a constant factor.

        Parameters
        ----------
        incumbent, limits, exact, tolerance, watch
            As in :meth:`climb`.
        num_steps
            Number of steps; fewer if the bound proves the incumbent.
        first, last
            Length of the first and of the last step: change of a request's price for each edge
            node too many or too few that takes it.

        Notes
        -----
        Polyak's length is a share of the distance from the incumbent, divided by the number of
        requests whose price should change. In a large problem it is too short for all prices at
        the start, and one bad step of one region shortens the steps of all others. A fixed length
        moves each price by itself, however many there are: a price that is too low rises from 0 to
        its value within 10 to 20 steps of 0.1. Steps whose lengths fall by a constant factor
        converge at a linear rate near a sharp minimum, if the first is long enough.

        References
        ----------
        J.-L. Goffin, "On convergence rates of subgradient optimization methods", Mathematical
        Programming 13:329-347, 1977, doi:10.1007/BF01584346.
        """
        descent = Descent(self.point, step=first, patience=1, shortening=1.0, **self._units)
        for number in range(num_steps):
            limits.check_time()
            point = descent.point = self._sorted_by_class(descent.point)
            value, left, _ = self.evaluate(point, exact=exact, tolerance=tolerance)
            if self._keep(value, point, watch) and value < incumbent + 1 - MARGIN:
                return
            share = number / max(num_steps - 1, 1)
            descent.move_by(left, first * (last / first) ** share)

    @property
    def _units(self) -> dict[str, FloatArray]:
        """Unit and upper limit of each price."""
        return {"scale": self._scale, "most": self._most}

    def _keep(self, value: float, point: FloatArray, watch: Callable[[], None] | None) -> bool:
        """Keep a point if its value is the least so far; return True if so."""
        if value >= self.value - GAIN:
            return False
        self.value, self.point = value, point
        if watch is not None:
            watch()
        return True


class _SharedPrices:
    """Prices of bins in place of prices of requests, followed by the prices of the bands.

    The unit of a bin's price is 1 / sqrt(n) for n requests: then the steps are those of the
    subgradient's projection on prices that are equal in each bin.
    """

    def __init__(self, num_requests: int, bins: IntArray | None, scale: FloatArray) -> None:
        self._num_requests, self._bins, self.scale = num_requests, bins, scale
        if bins is not None:
            self._size = np.bincount(bins).astype(np.float64)
            self.scale = np.concatenate([self._size**-0.5, scale[num_requests:]])

    def total(self, point: FloatArray) -> FloatArray:
        """Return the sum of a vector over each bin, with the bands unchanged."""
        if self._bins is None:
            return point
        sums = np.bincount(self._bins, point[: self._num_requests])
        return np.concatenate([sums, point[self._num_requests :]])

    def mean(self, point: FloatArray) -> FloatArray:
        """Return the mean of a vector over each bin, with the bands unchanged."""
        if self._bins is None:
            return point
        total = self.total(point)
        total[: len(self._size)] /= self._size
        return total

    def spread(self, point: FloatArray) -> FloatArray:
        """Return the prices of all requests, with the bands unchanged."""
        if self._bins is None:
            return point
        return np.concatenate([point[self._bins], point[len(self._size) :]])


def _scale(nodes: EdgeNodes, num_requests: int) -> FloatArray:
    """Return the unit of each price; 0 for a resource that cannot bind."""
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
