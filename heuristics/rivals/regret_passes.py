"""Regret passes: schedules of the `regret` rule under many deadlines, and shifts of requests."""

from __future__ import annotations

from functools import cache
from itertools import cycle, islice, product
from typing import TYPE_CHECKING

import numpy as np

from heuristics.coefficients import Coefficients
from heuristics.compiled import compiled, inner
from heuristics.improvement.placement import (
    COMPUTE,
    NOWHERE,
    Batches,
    PairTable,
    Placement,
    fits,
    join,
    leave,
)
from heuristics.limits import Limits, Stopped
from heuristics.rivals.greedy_density import warm_up as warm_up_density

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    from numpy.typing import NDArray

    from heuristics.coefficients import BoolArray, IntArray
    from heuristics.schedule import Schedule

    FloatArray = NDArray[np.float64]

SCARCITY = 4
"""Power of the used share of a capacity that gives its price: only resources that bind cost."""

NUM_DEADLINES = 24
"""Number of deadlines that are tried for all edge nodes together, as quantiles of budgets."""

SCALES = (1.0, 2.0, 4.0)
"""Values of kappa: competing edge nodes leave each other less than the cheapest requests."""

STEPS = (1 / 8, -1 / 8, 1 / 24, -1 / 24, 1 / 96, -1 / 96)
"""Changes of the quantile of one edge node that are tried after that."""

MOST_MOVES = 200
"""Maximum number of such changes."""

PART = 8
"""Regrets are computed anew after each eighth of the requests that still fit somewhere."""

MOST_LIGHT = 64
"""Number of free requests that may take the place of a shifted one."""

SLICE = 256
"""Number of requests whose shifts are tried between two checks of the clock."""


class Passes:
    """Passes over the requests of a problem without alternatives."""

    def __init__(self, data: Coefficients, limits: Limits) -> None:
        self._data, self._limits = data, limits
        self._table = PairTable.of(data)
        self._room = np.maximum(self._table.capacity, 1)
        pairs = data.pairs
        self._budgets = [
            np.unique(pairs.compute_budget[pairs.row(j)]) for j in range(data.num_edge_nodes)
        ]
        self._weight = np.ones(pairs.num_pairs)
        self._best: Placement | None = None
        self._used: IntArray | None = None
        self._tried: set[tuple[bytes, float]] = set()

    def run(self) -> Iterator[Schedule | None]:
        """Yield the schedule of each pass, then those of better and better shifts."""
        num_edge_nodes = self._data.num_edge_nodes
        best, quantiles, scale = -1, np.zeros(num_edge_nodes), SCALES[0]
        for level, each in product(np.linspace(0, 1, NUM_DEADLINES, endpoint=False), SCALES):
            made = yield from self._pass(np.full(num_edge_nodes, level), each)
            if made > best:
                best, quantiles, scale = made, np.full(num_edge_nodes, level), each
        num_vain = 0
        for j, step in islice(cycle(product(range(num_edge_nodes), STEPS)), MOST_MOVES):
            moved = quantiles.copy()
            moved[j] = min(max(moved[j] + step, 0), 1 - 1e-9)
            made = yield from self._pass(moved, scale)
            num_vain = 0 if made > best else num_vain + 1
            if made > best:
                best, quantiles = made, moved
            if num_vain == num_edge_nodes * len(STEPS):
                break
        yield from self._shift()

    def _pass(self, quantiles: FloatArray, scale: float) -> Generator[Schedule | None, None, int]:
        """Yield the schedule of one pass; return its throughput, -1 if it was made before."""
        deadline = np.array(
            [
                budgets[int(at * len(budgets))] if len(budgets) else 0
                for budgets, at in zip(self._budgets, quantiles, strict=True)
            ],
            dtype=np.int64,
        )
        if (key := (deadline.tobytes(), scale)) in self._tried:
            return -1
        self._tried.add(key)
        table = self._table
        is_allowed = table.budget >= deadline[table.edge_node]
        weight = self._priced(deadline, is_allowed)
        profit = 1 - weight / np.maximum(self._last(deadline, is_allowed, weight), 1e-12) / scale
        placed = Placement(self._data, table=table)
        pair = np.empty(self._data.num_requests, dtype=np.int64)
        score = np.empty(self._data.num_requests)
        try:
            while True:
                self._limits.check_time()
                num_left = rank(table, placed.batches, profit, is_allowed, pair, score)
                if num_left == 0:
                    break
                order = np.argsort(-score, kind="stable")[:num_left]
                serve(table, placed.batches, pair, order, max(1, num_left // PART))
            placed.add(np.argsort(weight, kind="stable"))
            self._used = placed.batches.load
        except Stopped:
            yield placed.schedule
            raise
        if self._best is None or placed.throughput > self._best.throughput:
            self._best, self._weight = placed, weight
            yield placed.schedule
        return placed.throughput

    def _priced(self, deadline: IntArray, is_allowed: BoolArray) -> FloatArray:
        """Return the price-weighted share of the capacities that each pair needs, shape (N,)."""
        table, num_edge_nodes = self._table, self._data.num_edge_nodes
        room = np.concatenate([self._room, np.maximum(deadline, 1)[:, None]], axis=1)
        share = table.demand / room[table.edge_node]
        total = np.stack(
            [
                np.bincount(table.edge_node, share[:, resource] * is_allowed, num_edge_nodes)
                for resource in range(COMPUTE + 1)
            ],
            axis=1,
        )
        price = np.where(total > 1, total, 0)
        if self._used is not None:
            price = (self._used / room) ** SCARCITY
        price[~price.any(axis=1)] = 1
        weight: FloatArray = (share * price[table.edge_node]).sum(axis=1)
        return weight

    def _last(self, deadline: IntArray, is_allowed: BoolArray, weight: FloatArray) -> FloatArray:
        """Return the price of the last request that fits each pair's edge node alone, (N,)."""
        table = self._table
        last = np.zeros(self._data.num_edge_nodes)
        order = np.argsort(weight, kind="stable")
        alone(table, order, is_allowed, deadline, weight, last)
        last[last == 0] = weight.max(initial=0)
        return last[table.edge_node]

    def _shift(self) -> Iterator[Schedule | None]:
        """Shift requests until a whole round of them brings nothing."""
        best = self._best
        if best is None:
            return
        table = self._table
        light = np.lexsort((self._weight, table.edge_node))
        before = -1
        while best.throughput > before:
            before = best.throughput
            for first in range(0, self._data.num_requests, SLICE):
                gained = shift(table, best.batches, light, first, SLICE)
                yield best.schedule if gained else None


@compiled
def alone(
    table: PairTable,
    order: IntArray,
    is_allowed: BoolArray,
    deadline: IntArray,
    weight: FloatArray,
    last: FloatArray,
) -> None:
    """Fill each edge node in the given order as if it were alone; set its last weight in turn."""
    load = np.zeros((last.size, COMPUTE + 1), dtype=np.int64)
    for pair in order:
        edge_node = table.edge_node[pair]
        if not is_allowed[pair]:
            continue
        is_fitting = load[edge_node, COMPUTE] + table.demand[pair, COMPUTE] <= deadline[edge_node]
        for resource in range(COMPUTE):
            total = load[edge_node, resource] + table.demand[pair, resource]
            is_fitting = is_fitting and total <= table.capacity[edge_node, resource]
        if is_fitting:
            load[edge_node] += table.demand[pair]
            last[edge_node] = weight[pair]


@compiled
def rank(
    table: PairTable,
    batches: Batches,
    profit: FloatArray,
    is_allowed: BoolArray,
    best: IntArray,
    score: FloatArray,
) -> int:
    """Set the best pair and the score of each free request; return how many fit somewhere.

    Requests with a profit are scored by their regret, of at least 0. The others come after them by
    their profit, less 1, and requests that fit nowhere have the score minus infinity.
    """
    num_left = 0
    for request in range(best.size):
        best[request], score[request] = NOWHERE, -np.inf
        if batches.place[request] != NOWHERE:
            continue
        first = second = -np.inf
        for at in range(table.request_pointer[request], table.request_pointer[request + 1]):
            pair = table.request_pair[at]
            if is_allowed[pair] and fits(table, batches, pair, NOWHERE):
                if profit[pair] > first:
                    best[request] = pair
                    first, second = profit[pair], first
                elif profit[pair] > second:
                    second = profit[pair]
        if best[request] != NOWHERE:
            num_left += 1
            score[request] = first - max(second, 0.0) if first > 0 else first - 1
    return num_left


@compiled
def serve(
    table: PairTable, batches: Batches, pair: IntArray, order: IntArray, num_served: int
) -> None:
    """Serve a number of requests in order, each at its best pair if it still fits there."""
    for request in order:
        if num_served == 0:
            return
        if fits(table, batches, pair[request], NOWHERE):
            join(table, batches, pair[request])
            num_served -= 1


@compiled
def shift(
    table: PairTable, batches: Batches, light: IntArray, first: int, num_requests: int
) -> int:
    """Shift served requests to other edge nodes for free requests; return the number gained."""
    num_gained = 0
    for request in range(first, min(first + num_requests, batches.place.size)):
        old = batches.place[request]
        if old == NOWHERE:
            continue
        for at in range(table.request_pointer[request], table.request_pointer[request + 1]):
            new = table.request_pair[at]
            if new == old or not fits(table, batches, new, NOWHERE):
                continue
            heir = _heir(table, batches, light, old)
            if heir != NOWHERE:
                leave(table, batches, old)
                join(table, batches, new)
                join(table, batches, heir)
                num_gained += 1
                break
    return num_gained


@inner
def _heir(table: PairTable, batches: Batches, light: IntArray, old: int) -> int:
    """Return the lightest pair of a free request that fits in place of a member, or NOWHERE."""
    edge_node, num_tried = table.edge_node[old], 0
    for at in range(table.row_pointer[edge_node], table.row_pointer[edge_node + 1]):
        pair = light[at]
        if batches.place[table.request[pair]] == NOWHERE:
            if fits(table, batches, pair, old):
                return int(pair)
            num_tried += 1
            if num_tried == MOST_LIGHT:
                break
    return NOWHERE


@cache
def warm_up() -> None:
    """Compile the kernels, or load them from disk."""
    warm_up_density()
    ones = np.ones((2, 3), dtype=np.int64)
    data = Coefficients(
        uplink=ones,
        uplink_capacity=[1, 1],
        downlink=ones,
        downlink_capacity=[1, 1],
        memory=ones,
        memory_capacity=[1, 1],
        compute=ones,
        compute_budget=ones,
        eligible=[[1, 1, 0], [1, 0, 1]],
    )
    for _ in Passes(data, Limits()).run():
        pass
    placed = Placement(data)
    placed.add(np.arange(len(placed.table.request)))
    leave(placed.table, placed.batches, int(placed.batches.place[0]))
