r"""Subgradient prices: Lagrange multipliers of requests and resources by a subgradient method.

Relax in P1 that a request is served once, at a price :math:`\pi_i \ge 0`, and the uplink,
downlink and memory of each edge node, at prices :math:`\lambda_{rj} \ge 0` of the whole. At edge
node j a request then yields the profit
:math:`p_{ij} = 1 - \pi_i - \sum_r \lambda_{rj} a_{rij} / A_{rj}`, where it asks for a of the
capacity A, and for any prices

.. math:: L(\pi, \lambda) = \sum_i \pi_i + \sum_{rj} \lambda_{rj} + \sum_j V_j

is at least the optimum of P1, if :math:`V_j` is at least the profit of any batch of edge node j
that keeps its deadlines.

*A bound on* :math:`V_j`. A batch whose last request in latency order is the d-th chooses from the
first d within the d-th budget. Its profit is at most that of the fractional knapsack: the requests
of largest profit per compute, the last of them in part. One pass solves it for all d: the next
request is put on a heap, and the requests of least profit per compute are removed until the load
keeps the budget but for a part of one. The budget falls with d, so a removed request never returns.
"""

from __future__ import annotations

from heapq import heappop, heappush
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from heuristics.coefficients import RESOURCES
from heuristics.compiled import compiled, inner
from heuristics.latency_order import latency_order

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from heuristics.coefficients import BoolArray, Coefficients, IntArray
    from heuristics.limits import Limits

    FloatArray = NDArray[np.float64]

_SLICE = 1 << 17
"""Pairs of an edge node and a request between two checks of the clock, about 20 ms."""

_FIRST_STEP, _LAST_STEP = 0.3, 1e-3
"""Lengths of the first and of the last steps, as parts of Polyak's."""

_SHORTENING, _PATIENCE = 0.6, 5
"""Factor that shortens the steps, and number of steps without a lower bound before it applies."""

_MEMORY = 0.7
"""Weight of the previous direction in the next one."""

_ROUNDING = 1e-6
"""Upper limit of the rounding error of the bound."""


class Market(NamedTuple):
    """The eligible requests of each edge node, in latency order, padded to a matrix."""

    num_requests: IntArray
    """Shape (J,)."""
    request: IntArray
    """Index of each request, shape (J, I)."""
    compute: FloatArray
    """Shape (J, I)."""
    budget: FloatArray
    """Shape (J, I)."""
    share: FloatArray
    """Demand for uplink, downlink and memory over the capacity, shape (J, I, 3)."""

    @classmethod
    def of(cls, data: Coefficients) -> Market:
        """Return the market of all edge nodes."""
        order = np.stack(
            [
                np.concatenate([latency_order(data, j), np.flatnonzero(~data.eligible[j])])
                for j in range(data.num_edge_nodes)
            ]
        )

        def sort(matrix: IntArray | FloatArray) -> FloatArray:
            return np.take_along_axis(matrix, order, axis=1).astype(np.float64)

        def share(resource: str) -> FloatArray:
            capacity = getattr(data, f"{resource}_capacity")[:, None]
            return sort(getattr(data, resource) / np.maximum(capacity, 1))

        return cls(
            num_requests=data.eligible.sum(axis=1),
            request=order,
            compute=sort(data.compute),
            budget=sort(data.compute_budget),
            share=np.stack([share(resource) for resource in RESOURCES], axis=-1),
        )


class SubgradientPrices:
    """Prices improved step by step, and the least bound so far.

    A step follows a subgradient of L: the price rises where the edge nodes' fractional batches
    demand more than the supply, and falls where they demand less. Each direction is deflected by
    the previous one. The length is Polyak's, shortened after steps without a lower bound.

    Parameters
    ----------
    data
        Coefficients of all edge nodes, of at least one request.

    Notes
    -----
    O(J I log I) a step.

    References
    ----------
    M. L. Fisher, "The Lagrangian relaxation method for solving integer programming problems",
    Management Science 27(1):1-18, 1981, doi:10.1287/mnsc.27.1.1.
    """

    def __init__(self, data: Coefficients) -> None:
        self._market = Market.of(data)
        self._num_served = int(data.eligible.any(axis=0).sum())
        # Prices of requests come first, then those of uplink, downlink and memory by edge node.
        self._price = np.zeros(data.num_requests + len(RESOURCES) * data.num_edge_nodes)
        self._best, self._value = self._price.copy(), float("inf")
        self._direction = np.zeros_like(self._price)
        self._step, self._num_vain = _FIRST_STEP, 0

    @property
    def bound(self) -> int:
        """Upper bound on the throughput; not proven, as it is computed in floating point."""
        return int(min(self._value + _ROUNDING, self._num_served))

    def improve(self, objective: int, limits: Limits) -> None:
        """Take a step, unless steps have become shorter than the last step length.

        Parameters
        ----------
        objective
            Throughput of the best known schedule, the target value in Polyak's step length.
        limits
            Limits of the run.
        """
        if self._step < _LAST_STEP:
            return
        value, demand = self._evaluate(limits)
        if value < self._value - _ROUNDING:
            self._best, self._value, self._num_vain = self._price.copy(), value, 0
        else:
            self._num_vain += 1
        if self._num_vain == _PATIENCE:
            self._step, self._num_vain = self._step * _SHORTENING, 0
            self._price = self._best.copy()
            self._direction[:] = 0
            return
        direction = demand - 1
        if self._direction.any():
            direction = (1 - _MEMORY) * direction + _MEMORY * self._direction
        direction[(self._price == 0) & (direction < 0)] = 0
        square = direction @ direction
        if square > 0:
            length = self._step * max(value - objective, 0) / square
            self._price = np.maximum(self._price + length * direction, 0)
        self._direction = direction

    def _evaluate(self, limits: Limits) -> tuple[float, FloatArray]:
        """Return L, and the demand of its batches for each priced constraint, supply 1."""
        value, demand = float(self._price.sum()), np.zeros_like(self._price)
        num_edge_nodes, num_requests = self._market.request.shape
        several = max(_SLICE // num_requests, 1)
        for first in range(0, num_edge_nodes, several):
            limits.check_time()
            last = min(first + several, num_edge_nodes)
            value += evaluate(self._market, self._price, demand, first, last)
        return value, demand

    def ranking(self, edge_node: int, among: BoolArray, noise: FloatArray) -> tuple[IntArray, int]:
        """Return the requests that an edge node should try at these prices, the best first.

        Parameters
        ----------
        edge_node
            Index of the edge node.
        among
            True for the requests that may be chosen, shape (I,).
        noise
            Number added to the profit of each request, shape (I,).

        Returns
        -------
        requests
            The first d in latency order for the best d, by profit minus the price of compute.
        limit
            Budget of the d-th request, a limit on the compute of the batch.
        """
        place, key, limit = rank(self._market, self._best, edge_node, among, noise)
        best_first = place[np.argsort(key, kind="stable")]
        return self._market.request[edge_node, best_first], limit


@inner
def profits(market: Market, price: FloatArray, edge_node: int) -> FloatArray:
    """Return the profit of each request at an edge node, in latency order."""
    of_edge_node = market.request.shape[1] + 3 * edge_node
    profit = np.empty(market.num_requests[edge_node])
    for place in range(profit.size):
        profit[place] = 1 - price[market.request[edge_node, place]]
        for resource in range(3):
            share = market.share[edge_node, place, resource]
            profit[place] -= price[of_edge_node + resource] * share
    return profit


@inner
def worth(profit: FloatArray, compute: FloatArray) -> FloatArray:
    """Return the profit per compute; infinite for a request without compute."""
    ratio = np.full(profit.size, np.inf)
    for place in range(profit.size):
        if compute[place] > 0:
            ratio[place] = profit[place] / compute[place]
    return ratio


@inner
def scan(
    profit: FloatArray, compute: FloatArray, budget: FloatArray, ratio: FloatArray
) -> tuple[float, int, int, float]:
    """Bound the profit of the batches of each d, and return the largest bound and its batch.

    Returns
    -------
    bound
        Largest bound over all d.
    depth
        Least d with this bound; 0 if no request has a profit.
    last
        Place of the request of least profit per compute in the batch; -1 for an empty batch.
    excess
        Compute of that request beyond the budget.
    """
    heap = [(0.0, 0) for _ in range(0)]
    total = load = 0.0
    best, depth, last, part = 0.0, 0, -1, 0.0
    for place in range(profit.size):
        if profit[place] > 0:
            heappush(heap, (ratio[place], place))
            total += profit[place]
            load += compute[place]
        while load > budget[place] and load - compute[heap[0][1]] >= budget[place]:
            _, worst = heappop(heap)
            total -= profit[worst]
            load -= compute[worst]
        bound, excess = total, max(load - budget[place], 0.0)
        if excess > 0:
            bound -= ratio[heap[0][1]] * excess
        if bound > best:
            best, depth, last, part = bound, place + 1, heap[0][1], excess
    return best, depth, last, part


@compiled
def evaluate(market: Market, price: FloatArray, demand: FloatArray, first: int, last: int) -> float:
    """Return the sum of V over edge nodes, and add the demand of their batches to ``demand``."""
    value = 0.0
    num_requests = market.request.shape[1]
    for edge_node in range(first, last):
        profit = profits(market, price, edge_node)
        compute = market.compute[edge_node, : profit.size]
        ratio = worth(profit, compute)
        bound, depth, least, excess = scan(profit, compute, market.budget[edge_node], ratio)
        value += bound
        of_edge_node = num_requests + 3 * edge_node
        for place in range(depth):
            is_better = ratio[place] > ratio[least] or (
                ratio[place] == ratio[least] and place >= least
            )
            if profit[place] > 0 and is_better:
                part = 1 - excess / compute[place] if place == least and excess > 0 else 1.0
                demand[market.request[edge_node, place]] += part
                for resource in range(3):
                    share = market.share[edge_node, place, resource]
                    demand[of_edge_node + resource] += part * share
    return value


@compiled
def rank(
    market: Market, price: FloatArray, edge_node: int, among: BoolArray, noise: FloatArray
) -> tuple[IntArray, FloatArray, int]:
    """Return the requests to try by their places, a key of each, and the limit on compute.

    The best request has the least key; see `SubgradientPrices.ranking`.
    """
    profit = profits(market, price, edge_node)
    place = np.empty(profit.size, dtype=np.int64)
    num = 0
    for each in range(profit.size):
        request = market.request[edge_node, each]
        if among[request]:
            # Serving a request without profit is still better than serving none.
            profit[num] = max(profit[each], 1e-9) + noise[request]
            place[num] = each
            num += 1
    place, profit = place[:num], profit[:num]
    compute, budget = market.compute[edge_node][place], market.budget[edge_node][place]
    ratio = worth(profit, compute)
    _, depth, last, excess = scan(profit, compute, budget, ratio)
    price_of_compute = ratio[last] if excess > 0 else 0.0
    limit = int(budget[depth - 1]) if depth > 0 else 0
    return place[:depth], price_of_compute * compute[:depth] - profit[:depth], limit
