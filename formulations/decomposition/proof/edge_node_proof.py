"""EdgeNodeProof: tree of splits that proves a bound on the batches of one edge node."""

from __future__ import annotations

from dataclasses import dataclass
from heapq import heappop, heappush
from typing import TYPE_CHECKING

import numpy as np

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
from heuristics.latency_order import latency_order, levels
from heuristics.limits import Stopped

if TYPE_CHECKING:
    from collections.abc import Sequence

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

MOST_COUNTS = 5_000_000
"""Maximum number of counts in all cells of a tree: with many levels, fewer leaves."""

GUARD = 1e-9
"""Tolerance for rounding errors in the bound of a cell, relative or in requests."""


class EdgeNodeProof:
    """Requests of an edge node at rounded prices, and the trees that bound its batches.

    Parameters
    ----------
    data, nodes
        Coefficients, and the same sorted by edge node.
    prices
        Prices of the edge nodes' bands.
    requests
        Numerators of the prices of all requests, shape (I,).
    denominator
        Common denominator of all prices, Q.
    edge_node
        Index of the edge node.

    Attributes
    ----------
    paid
        Sum of the prices of the edge node's bands, a numerator.
    loosest
        Upper bound on all batches from the best single leaf, a numerator.
    """

    def __init__(
        self,
        data: Coefficients,
        nodes: EdgeNodes,
        prices: DualPrices,
        requests: Sequence[int],
        denominator: int,
        edge_node: int,
    ) -> None:
        j, place = edge_node, latency_order(data, edge_node)
        self._edge_node, self._denominator = j, denominator
        (memory, compute), level = levels(data.memory[j, place], data.compute[j, place])
        own = slice(nodes.first_level[j], nodes.first_level[j + 1])
        downlink = nodes.level_downlink[own].astype(np.int64)
        self._demand = np.stack([compute, memory, downlink])
        self._capacity = (int(data.memory_capacity[j]), int(data.downlink_capacity[j]))
        self._budget = data.compute_budget[j, place].tolist()
        self._bands = _rounded_bands(data, nodes, prices, denominator, j)
        bands = (int(data.uplink_capacity[j]), int(data.downlink_capacity[j]))
        self.paid = _product(self._bands, bands)
        self._profit = [
            denominator - requests[i] - _product(self._bands, demand)
            for i, *demand in zip(
                place.tolist(),
                data.uplink[j, place].tolist(),
                data.downlink[j, place].tolist(),
                strict=True,
            )
        ]
        self._largest_profit = max(map(abs, self._profit), default=0)
        fits = self._largest_profit < LARGEST_SUM
        self._words = np.array(self._profit if fits else [], dtype=np.int64)
        keys = [(k, -profit) for k, profit in zip(level.tolist(), self._profit, strict=True)]
        order = sorted(range(len(keys)), key=keys.__getitem__)
        self._pricing = Pricing(
            np.array([profit / denominator for profit in self._profit]),
            np.array(self._budget, dtype=np.float64),
            np.array(order, dtype=np.int64),
            np.searchsorted(level[order], np.arange(len(memory) + 1)).astype(np.int64),
            self._demand.astype(np.float64),
            np.array([0, *self._capacity], dtype=np.float64),
        )
        self.loosest = 0
        if self._profit:
            size = np.diff(self._pricing.begin)
            whole = Cell(1, len(self._profit), np.zeros_like(size), size)
            self._root = _Node(whole, bound(self._pricing, whole, -1.0, np.zeros(3)))
            self.loosest = self._value(self._root)

    def grow(self, target: int, limits: Limits) -> tuple[EdgeNodeTree, int]:
        """Return a tree that proves the target, or the best tree within the limits.

        Parameters
        ----------
        target
            Largest allowed value of the tree, a numerator.
        limits
            Limits of the run.

        Returns
        -------
        tree, value
            Tree, and its value: the largest value of its leaves, a numerator.
        """
        if not self._profit:
            return Multipliers(0, 0, 0, 0), 0
        nodes: list[_Node] = []
        waiting: list[tuple[float, int]] = []
        proved = 0

        def add(node: _Node) -> None:
            nonlocal proved
            value = self._value(node) if node.bounded.value <= self._wanted(target) else None
            if value is None or value > target:
                heappush(waiting, (-node.bounded.value, len(nodes)))
            else:
                proved = max(proved, value)
            nodes.append(node)

        add(_Node(self._root.cell, self._root.bounded))
        most = 2 * min(MOST_LEAVES, MOST_COUNTS // len(self._demand[0]))
        try:
            while waiting and len(nodes) < most:
                limits.check_time()
                node = nodes[heappop(waiting)[1]]
                halving = halve(self._pricing, node.cell, node.bounded, self._wanted(target))
                if halving.level == NOTHING:  # rounding: others need not be lower
                    proved = max(proved, self._value(node))
                    target = max(target, proved)
                    continue
                level = None if halving.level == RANK else halving.level
                node.split, node.lower = Split(self._edge_node, level, halving.at), len(nodes)
                lower, upper = halves(node.cell, halving.level, halving.at)
                add(_Node(lower, halving.lower))
                add(_Node(upper, halving.upper))
        except Stopped:
            pass
        for _, at in waiting:
            proved = max(proved, self._value(nodes[at]))
        return self._tree(nodes), proved

    def _wanted(self, target: int) -> float:
        """Return the largest bound of a cell that is at most the target despite rounding errors."""
        wanted = (target - self.paid) / self._denominator
        return wanted - GUARD * max(1.0, abs(wanted))

    def _value(self, node: _Node) -> int:
        """Return an upper bound on the batches of a cell, a numerator; 0 for an empty cell."""
        cell, y = node.cell, self._multipliers(node)
        if node.bounded.value == -np.inf:
            return 0
        paid = self.paid + _product(y, (self._budget[cell.first - 1], *self._capacity))
        largest = self._largest_profit + _product(y, self._demand.max(axis=1).tolist())
        where = (self._pricing.order, self._pricing.begin, cell.last, cell.least, cell.most)
        if largest * len(self._profit) < LARGEST_SUM:
            price = y[0] * self._demand[0] + y[1] * self._demand[1] + y[2] * self._demand[2]
            return paid + int(compiled_best_profits(self._words, price, *where))
        prices = [_product(y, demand) for demand in self._demand.T.tolist()]
        return paid + best_profits(self._profit, prices, *where)

    def _multipliers(self, node: _Node) -> tuple[int, ...]:
        """Return the numerators of compute, memory and level-based downlink."""
        return tuple(round(y * self._denominator) for y in node.bounded.multipliers.tolist())

    def _tree(self, nodes: list[_Node]) -> EdgeNodeTree:
        trees: list[EdgeNodeTree] = []
        for node in reversed(nodes):  # halves have larger indices than the whole
            if node.split is None:
                compute, memory, downlink = self._multipliers(node)
                uplink, relaxed = self._bands
                trees.append(Multipliers(uplink, relaxed + downlink, memory, compute))
            else:
                lower = len(nodes) - 1 - node.lower
                trees.append(Branch(node.split, trees[lower], trees[lower - 1]))
        return trees[-1]


@dataclass(slots=True)
class _Node:
    """Node of a tree of splits."""

    cell: Cell
    bounded: Bounded
    split: Split | None = None
    lower: int = 0
    """Index of the lower half; the upper half has the next index."""


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
