"""EdgeNodeProof: tree of splits that proves a bound on the batches of one edge node."""

from __future__ import annotations

from dataclasses import dataclass
from heapq import heappop, heappush
from typing import TYPE_CHECKING, Any

import numpy as np

from formulations.decomposition.pricing.edge_nodes import latency_pairs
from formulations.decomposition.proof.cells import (
    NOTHING,
    RANK,
    Cell,
    Pricing,
    bound,
    halve,
    halves,
)
from heuristics.certificate import Branch, Multipliers, Split
from heuristics.compiled import compiled
from heuristics.limits import Stopped

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from formulations.decomposition.pricing.edge_nodes import EdgeNodes
    from formulations.decomposition.pricing.prices import DualPrices
    from formulations.decomposition.proof.cells import Bounded
    from heuristics.certificate import EdgeNodeTree
    from heuristics.coefficients import Coefficients, IntArray
    from heuristics.limits import Limits

LARGEST_SUM = 1 << 62
"""Sums below this value are computed in machine words, larger sums in Python integers."""

MOST_LEAVES = 20_000
"""Maximum number of leaves of a tree."""

NODE_S = 6e-6
"""Time for writing a node of a tree into a certificate [s]."""

MOST_COUNTS = 5_000_000
"""Maximum number of counts in all cells of a tree: with many levels, fewer leaves."""

GUARD = 1e-9
"""Tolerance for rounding errors in the bound of a cell, relative or in requests."""


class EdgeNodeProof:
    """Requests of an edge node at rounded prices, and the tree that bounds its batches.

    The tree starts as a single leaf. It grows at each call of :meth:`grow` and is never lost.

    Parameters
    ----------
    data, nodes
        Coefficients, and the same sorted by edge node.
    prices
        Prices of the edge nodes' bands.
    requests
        Numerators of the prices of all requests, shape (I,), integers of any size.
    denominator
        Common denominator of all prices, Q.
    edge_node
        Index of the edge node.

    Attributes
    ----------
    paid
        Sum of the prices of the edge node's bands, a numerator.
    """

    def __init__(
        self,
        data: Coefficients,
        nodes: EdgeNodes,
        prices: DualPrices,
        requests: NDArray[Any],
        denominator: int,
        edge_node: int,
    ) -> None:
        j, self._edge_node, self._denominator = edge_node, edge_node, denominator
        pair, own = latency_pairs(data, j), slice(nodes.first_level[j], nodes.first_level[j + 1])
        demands = (nodes.level_compute[own], nodes.level_memory[own], nodes.level_downlink[own])
        self._demand = np.stack(demands).astype(np.int64)
        self._most_demand = self._demand.max(axis=1, initial=0).tolist()
        self._capacity = (int(data.memory_capacity[j]), int(data.downlink_capacity[j]))
        self._budget = data.pairs.compute_budget[pair]
        self._bands = _rounded_bands(data, nodes, prices, denominator, j)
        bands = (int(data.uplink_capacity[j]), int(data.downlink_capacity[j]))
        self.paid = _product(self._bands, bands)
        self._profit = _profits(data, requests, pair, self._bands, denominator)
        self._largest_profit = int(np.abs(self._profit).max(initial=0))
        self._words = self._profit.astype(np.int64 if self._largest_profit < LARGEST_SUM else "O")
        self._pricing = self._float_pricing(nodes)
        self._nodes: list[_Node] = []
        if len(pair):
            size = np.diff(self._pricing.begin)
            whole = Cell(1, len(pair), np.zeros_like(size), size)
            self._nodes.append(_Node(whole, bound(self._pricing, whole, -1.0, np.zeros(3))))

    def _float_pricing(self, nodes: EdgeNodes) -> Pricing:
        """Return the requests by level and then by decreasing profit, in floating point."""
        level = nodes.level[nodes.first[self._edge_node] : nodes.first[self._edge_node + 1]]
        if self._words.dtype == np.int64:
            order = np.lexsort([-self._words, level])
        else:
            keys = [(k, -gain) for k, gain in zip(level.tolist(), self._profit, strict=True)]
            order = np.array(sorted(range(len(keys)), key=keys.__getitem__), dtype=np.int64)
        return Pricing(
            np.asarray(self._profit / self._denominator, dtype=np.float64),
            self._budget.astype(np.float64),
            order,
            np.searchsorted(level[order], np.arange(self._demand.shape[1] + 1)).astype(np.int64),
            self._demand.astype(np.float64),
            np.array([0, *self._capacity], dtype=np.float64),
        )

    @property
    def num_nodes(self) -> int:
        """Number of nodes of the tree."""
        return len(self._nodes)

    @property
    def value(self) -> int:
        """Upper bound on all batches that the tree proves, a numerator."""
        leaves = (node for node in self._nodes if node.split is None)
        return max((self._value(leaf) for leaf in leaves), default=0)

    def value_within(self, capacities: tuple[int, int]) -> int:
        """Return the value of the tree where capacities are smaller, a numerator.

        Parameters
        ----------
        capacities
            Capacities of memory and level-based downlink, at most those of the edge node.
        """
        if capacities == self._capacity:
            return self.value
        spare = [own - other for own, other in zip(self._capacity, capacities, strict=True)]
        leaves = (node for node in self._nodes if node.split is None)
        return max((self._value(leaf) - self._paid_for(leaf, spare) for leaf in leaves), default=0)

    def _paid_for(self, leaf: _Node, spare: Sequence[int]) -> int:
        """Return what a leaf pays for an amount of memory and level-based downlink."""
        return 0 if leaf.bounded.value == -np.inf else _product(self._multipliers(leaf)[1:], spare)

    def cut_back(self, num_nodes: int) -> None:
        """Cut the tree back to its first nodes, as it was when it had so many."""
        del self._nodes[num_nodes:]
        for node in self._nodes:
            if node.lower >= num_nodes:
                node.split, node.lower = None, 0

    def grow(
        self, target: int, limits: Limits, *, num_copies: int = 1, most_nodes: int | None = None
    ) -> None:
        """Grow the tree until its value is at most the target, or a limit is reached.

        Parameters
        ----------
        target
            Largest allowed value of the tree, a numerator.
        limits
            Limits of the run. Time for writing the new nodes is left.
        num_copies
            Number of edge nodes for which the tree will be written.
        most_nodes
            Maximum number of nodes; None for no limit but that of all trees.
        """
        node_s, num_before = NODE_S * num_copies, len(self._nodes)
        nodes, wanted = self._nodes, self._wanted(target)
        waiting: list[tuple[float, int]] = []

        def look(at: int) -> None:
            node = nodes[at]
            if node.bounded.value > wanted or self._value(node) > target:
                heappush(waiting, (-node.bounded.value, at))

        for at in range(len(nodes)):
            if nodes[at].split is None:
                look(at)
        most = 2 * min(MOST_LEAVES, MOST_COUNTS // max(self._demand.shape[1], 1))
        most = most if most_nodes is None else min(most, most_nodes)
        try:
            while waiting and len(nodes) < most:
                limits.check_time()
                if (limits.left_s or np.inf) < node_s * (len(nodes) - num_before):
                    break
                node = nodes[heappop(waiting)[1]]
                halving = halve(self._pricing, node.cell, node.bounded, wanted)
                if halving.level == NOTHING:  # rounding: others need not be lower
                    target = max(target, self._value(node))
                    wanted = self._wanted(target)
                    continue
                level = None if halving.level == RANK else halving.level
                node.split, node.lower = Split(self._edge_node, level, halving.at), len(nodes)
                lower, upper = halves(node.cell, halving.level, halving.at)
                nodes += [_Node(lower, halving.lower), _Node(upper, halving.upper)]
                look(len(nodes) - 2)
                look(len(nodes) - 1)
        except Stopped:
            pass

    def _wanted(self, target: int) -> float:
        """Return the largest bound of a cell that is at most the target despite rounding errors."""
        wanted = (target - self.paid) / self._denominator
        return wanted - GUARD * max(1.0, abs(wanted))

    def _value(self, node: _Node) -> int:
        """Return an upper bound on the batches of a cell, a numerator; 0 for an empty cell."""
        if node.value is None:
            node.value = self._count(node)
        return node.value

    def _count(self, node: _Node) -> int:
        if node.bounded.value == -np.inf:
            return 0
        cell, y = node.cell, self._multipliers(node)
        (memory, downlink), most = self._capacity, self._most_demand
        budget = int(self._budget[cell.first - 1])
        paid = self.paid + y[0] * budget + y[1] * memory + y[2] * downlink
        largest = self._largest_profit + y[0] * most[0] + y[1] * most[1] + y[2] * most[2]
        where = (self._pricing.order, self._pricing.begin, cell.last, cell.least, cell.most)
        if largest * len(self._profit) < LARGEST_SUM:
            price = y[0] * self._demand[0]
            if y[1] or y[2]:
                price = price + y[1] * self._demand[1] + y[2] * self._demand[2]
            return paid + int(compiled_best_profits(self._words, price, *where))
        prices = [_product(y, demand) for demand in self._demand.T.tolist()]
        return paid + best_profits(self._profit.tolist(), prices, *where)

    def _multipliers(self, node: _Node) -> tuple[int, int, int]:
        """Return the numerators of compute, memory and level-based downlink."""
        if node.multipliers is None:
            q, (compute, memory, downlink) = self._denominator, node.bounded.multipliers.tolist()
            node.multipliers = round(compute * q), round(memory * q), round(downlink * q)
        return node.multipliers

    def tree(self, edge_node: int) -> EdgeNodeTree:
        """Return the tree with the multipliers of its leaves, as a tree of an alike edge node."""
        nodes = self._nodes
        if not nodes:
            return Multipliers(0, 0, 0, 0)
        trees: list[EdgeNodeTree] = []
        for node in reversed(nodes):  # halves have larger indices than the whole
            if node.split is None:
                compute, memory, downlink = self._multipliers(node)
                uplink, relaxed = self._bands
                trees.append(Multipliers(uplink, relaxed + downlink, memory, compute))
            else:
                lower = len(nodes) - 1 - node.lower
                split = node.split._replace(edge_node=edge_node)
                trees.append(Branch(split, trees[lower], trees[lower - 1]))
        return trees[-1]


@dataclass(slots=True)
class _Node:
    """Node of a tree of splits."""

    cell: Cell
    bounded: Bounded
    split: Split | None = None
    lower: int = 0
    """Index of the lower half; the upper half has the next index."""
    value: int | None = None
    """Upper bound on the batches of the cell, a numerator; None before it is counted."""
    multipliers: tuple[int, int, int] | None = None
    """Numerators of compute, memory and level-based downlink; None before they are rounded."""


def proof_key(
    data: Coefficients, nodes: EdgeNodes, prices: DualPrices, denominator: int, j: int
) -> tuple[object, ...]:
    """Return a key that is equal for edge nodes that differ in their capacities at most.

    Capacities are those of memory and of level-based downlink; those of priced bands are compared.
    """
    own, levels = (slice(first[j], first[j + 1]) for first in (nodes.first, nodes.first_level))
    bands = _rounded_bands(data, nodes, prices, denominator, j)
    shares: tuple[object, ...] = ()
    if any(bands):
        shares = int(data.uplink_capacity[j]), nodes.uplink[own].tobytes()
        shares += (nodes.downlink[own].tobytes(),)
    arrays = nodes.request[own], nodes.budget[own], nodes.level[own]
    demands = nodes.level_compute[levels], nodes.level_memory[levels], nodes.level_downlink[levels]
    return *(each.tobytes() for each in (*arrays, *demands)), *bands, *shares


def _rounded_bands(
    data: Coefficients, nodes: EdgeNodes, prices: DualPrices, denominator: int, j: int
) -> tuple[int, int]:
    """Return the numerators of the prices of uplink and relaxed downlink, per unit."""
    uplink = float(prices.uplink[j]) * denominator / max(int(data.uplink_capacity[j]), 1)
    downlink = float(prices.downlink[j]) * denominator / max(int(data.downlink_capacity[j]), 1)
    has_requests = nodes.first[j] < nodes.first[j + 1]
    return (
        max(round(uplink), 0) if has_requests else 0,
        max(round(downlink), 0) if nodes.relaxes_downlink[j] else 0,
    )


def _profits(
    data: Coefficients,
    requests: NDArray[Any],
    pair: IntArray,
    bands: tuple[int, int],
    denominator: int,
) -> NDArray[Any]:
    """Return Q - pi_i - y.a_i of the pairs, in words if all sums fit, else in Python integers."""
    pairs = data.pairs
    amounts: list[NDArray[Any]] = [
        requests[pairs.requests[pair]],
        pairs.uplink[pair],
        pairs.downlink[pair],
    ]
    largest = [int(amount.max(initial=0)) for amount in amounts]
    if denominator + _product((1, *bands), largest) >= LARGEST_SUM:
        amounts = [amount.astype("O") for amount in amounts]
    price, uplink, downlink = amounts
    profit: NDArray[Any] = denominator - price - bands[0] * uplink - bands[1] * downlink
    return profit


def _product(left: Sequence[int], right: Sequence[int]) -> int:
    return sum(a * b for a, b in zip(left, right, strict=True))


def best_profits(
    profit: Sequence[int] | IntArray,
    price: Sequence[int] | IntArray,
    order: IntArray,
    begin: IntArray,
    last: int,
    least: IntArray,
    most: IntArray,
) -> int:
    """Return the largest total profit of counts of F_d2, each less the price of its level."""
    total = 0
    for k in range(len(price)):
        count = 0
        for at in range(begin[k], begin[k + 1]):
            place = order[at]
            if place >= last:
                continue
            gain = profit[place] - price[k]
            if count == most[k] or (count >= least[k] and gain <= 0):
                break
            total += gain
            count += 1
    return total


compiled_best_profits = compiled(best_profits)
