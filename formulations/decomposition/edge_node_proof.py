"""EdgeNodeProof: a tree of splits that proves how much a batch of one edge node can yield."""

from __future__ import annotations

from dataclasses import dataclass
from heapq import heappop, heappush
from typing import TYPE_CHECKING

import numpy as np

from formulations.decomposition.cells import NOTHING, RANK, Cell, Pricing, bound, halve, halves
from formulations.decomposition.edge_nodes import latency_order, levels
from heuristics.certificate import Branch, Multipliers, Split
from heuristics.compiled import compiled
from heuristics.limits import Stopped

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from formulations.decomposition.cells import Bounded
    from formulations.decomposition.edge_nodes import EdgeNodes
    from formulations.decomposition.pricing import Prices
    from heuristics.certificate import EdgeNodeTree
    from heuristics.limits import Limits
    from heuristics.system_models.coefficients import Coefficients, IntArray

LARGEST_SUM = 1 << 62
"""Sums that stay below are counted in machine words, others in integers of any size."""

MOST_LEAVES = 20_000
"""Of a tree."""

MOST_COUNTS = 20_000_000
"""Counts that the cells of a tree may hold together: where levels are many, leaves are fewer."""

GUARD = 1e-9
"""More than floating point takes off the bound of a cell."""


EMPTY = -(1 << 63)
"""In place of a profit, that of a cell without batches."""


@dataclass(slots=True, kw_only=True)
class _Node:
    """A node of a tree."""

    cell: Cell
    bounded: Bounded
    split: Split | None = None
    lower: int = -1
    """Position of the lower half; the upper one is next to it."""

    def multipliers(self, denominator: int) -> tuple[int, int, int]:
        """Return the numerators of compute, memory and level-based downlink."""
        compute, memory, downlink = self.bounded.multipliers.tolist()
        return (
            round(compute * denominator),
            round(memory * denominator),
            round(downlink * denominator),
        )


class EdgeNodeProof:
    """The requests of an edge node at rounded prices, and the trees that bound its batches.

    Parameters
    ----------
    data, nodes
        The problem.
    prices
        Of the edge nodes.
    requests
        Numerators of the prices of all requests, shape (I,).
    denominator
        Q.
    edge_node
        Index of the edge node.

    Attributes
    ----------
    paid
        Numerator of what the prices of its bands come to.
    whole
        The cell of all batches, and its bound.
    """

    def __init__(
        self,
        data: Coefficients,
        nodes: EdgeNodes,
        prices: Prices,
        requests: Sequence[int],
        denominator: int,
        edge_node: int,
    ) -> None:
        j, place = edge_node, latency_order(data, edge_node)
        table, level = levels(data, j, place)
        own = slice(nodes.first_level[j], nodes.first_level[j + 1])
        level_downlink = nodes.level_downlink[own].astype(np.int64)
        self._edge_node, self._denominator = j, denominator
        self._demand = np.stack([table[:, 1], table[:, 0], level_downlink])
        self._capacity = (int(data.memory_capacity[j]), int(data.downlink_capacity[j]))
        self._largest_demand = [int(each.max(initial=0)) for each in self._demand]
        self._budget = data.compute_budget[j, place]
        self._bands = tuple(
            round(float(price) * denominator / max(int(capacity), 1)) if is_priced else 0
            for price, capacity, is_priced in (
                (prices.uplink[j], data.uplink_capacity[j], len(place) > 0),
                (prices.downlink[j], data.downlink_capacity[j], nodes.relaxes_downlink[j]),
            )
        )
        uplink, downlink = self._bands
        self.paid = uplink * int(data.uplink_capacity[j]) + downlink * int(
            data.downlink_capacity[j]
        )
        profit = [
            denominator - requests[i] - uplink * u - downlink * d
            for i, u, d in zip(
                place.tolist(),
                data.uplink[j, place].tolist(),
                data.downlink[j, place].tolist(),
                strict=True,
            )
        ]
        # By level, in each by profit descending.
        keys = [(k, -each) for k, each in zip(level.tolist(), profit, strict=True)]
        order = sorted(range(len(keys)), key=keys.__getitem__)
        self._profit = profit
        self._largest = max(map(abs, profit), default=0)
        self._words = np.array(
            profit if self._largest < LARGEST_SUM else [0] * len(profit), dtype=np.int64
        )
        self._pricing = Pricing(
            np.array([each / denominator for each in profit]),
            self._budget.astype(np.float64),
            np.array(order, dtype=np.int64),
            np.searchsorted(level[order], np.arange(len(table) + 1)).astype(np.int64),
            self._demand.astype(np.float64),
            np.array([0, *self._capacity], dtype=np.float64),
        )

    def grow(self, target: int, limits: Limits) -> tuple[EdgeNodeTree, int]:
        """Return a tree that proves the target, or what it proves when it must end.

        Parameters
        ----------
        target
            A numerator.
        limits
            When to end.

        Returns
        -------
        tree, value
            The value of the tree: the largest of its leaves, a numerator.
        """
        if not self._profit:
            return Multipliers(0, 0, 0, 0), 0
        target = max(target, 0)
        nodes: list[_Node] = []
        waiting: list[tuple[float, int]] = []
        proved = 0

        def add(cell: Cell, bounded: Bounded) -> None:
            nonlocal proved
            node = _Node(cell=cell, bounded=bounded)
            value = self._value(node) if bounded.value <= self._wanted(target) else target + 1
            if value <= target:
                proved = max(proved, value)
            else:
                heappush(waiting, (-bounded.value, len(nodes)))
            nodes.append(node)

        add(self.whole, self.root(self._wanted(target)))
        most = 2 * min(MOST_LEAVES, MOST_COUNTS // self._demand.size)
        try:
            while waiting and len(nodes) < most:
                limits.check_time()
                node = nodes[heappop(waiting)[1]]
                halving = halve(self._pricing, node.cell, node.bounded, self._wanted(target))
                if halving.level == NOTHING:  # rounding; no other leaf need be lower
                    proved = max(proved, self._value(node))
                    target = max(target, proved)
                    continue
                level = None if halving.level == RANK else halving.level
                node.split, node.lower = Split(self._edge_node, level, halving.at), len(nodes)
                lower, upper = halves(node.cell, halving.level, halving.at)
                add(lower, halving.lower)
                add(upper, halving.upper)
        except Stopped:
            pass
        for _, at in waiting:
            proved = max(proved, self._value(nodes[at]))
        return self._tree(nodes), proved

    @property
    def whole(self) -> Cell:
        """The cell of all batches."""
        size = np.diff(self._pricing.begin)
        return Cell(1, len(self._profit), np.zeros_like(size), size)

    def root(self, wanted: float) -> Bounded:
        """Bound all batches, no lower than wanted."""
        return bound(self._pricing, self.whole, wanted, np.zeros(3))

    def _wanted(self, target: int) -> float:
        """Return the largest bound of a cell that surely is no more than the target."""
        wanted = (target - self.paid) / self._denominator
        return float(wanted - GUARD * (1 + abs(wanted) / 1e3))

    def _value(self, node: _Node) -> int:
        """Return what no batch of a cell exceeds, a numerator; below 0 if it is empty."""
        cell, y = node.cell, node.multipliers(self._denominator)
        capacity = (int(self._budget[cell.first - 1]), *self._capacity)
        paid = self.paid + sum(price * most for price, most in zip(y, capacity, strict=True))
        largest = self._largest + sum(
            price * most for price, most in zip(y, self._largest_demand, strict=True)
        )
        count: Callable[..., int] = best_profits
        profit: Sequence[int] | IntArray = self._profit
        price: Sequence[int] | IntArray
        if largest * len(self._profit) < LARGEST_SUM:
            count, profit = compiled_best_profits, self._words
            price = y[0] * self._demand[0] + y[1] * self._demand[1] + y[2] * self._demand[2]
        else:
            price = [
                sum(a * b for a, b in zip(y, demand, strict=True))
                for demand in self._demand.T.tolist()
            ]
        pricing = self._pricing
        best = count(profit, price, pricing.order, pricing.begin, cell.last, cell.least, cell.most)
        return -1 if best == EMPTY else paid + int(best)

    def _tree(self, nodes: list[_Node]) -> EdgeNodeTree:
        trees: list[EdgeNodeTree] = []
        for node in reversed(nodes):  # children come after their parent
            if node.split is None:
                compute, memory, downlink = node.multipliers(self._denominator)
                uplink, relaxed = self._bands
                trees.append(Multipliers(uplink, relaxed + downlink, memory, compute))
            else:
                lower = len(nodes) - 1 - node.lower
                trees.append(Branch(node.split, trees[lower], trees[lower - 1]))
        return trees[-1]


def best_profits(
    profit: Sequence[int],
    price: Sequence[int],
    order: IntArray,
    begin: IntArray,
    last: int,
    least: IntArray,
    most: IntArray,
) -> int:
    """Return what the best of F_d2 yield at the prices of their levels; ``EMPTY`` if too few."""
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
        if count < least[k]:
            return EMPTY
    return total


compiled_best_profits = compiled(best_profits)
