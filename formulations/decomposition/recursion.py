r"""Recursion: columns in order of depth, one for each edge node, by dynamic programming.

Where the edge nodes agree about levels and about the order of deadlines, the requests that a
column may take are the first of that order, so many as its depth says. By Hall's theorem columns
make a schedule, spectrum aside, just if for every depth t and every class of requests those
columns that are no deeper than t ask for no more requests of the class than there are among the
first t. So columns are looked at in order of depth, and of those chosen so far it only matters

* how many edge nodes of each type have one, and
* how many requests of each class they ask for in all:

that is a *state*. It has the same completions whatever way led to it. So where the loss of *any*
way to it and the least that the other edge nodes must lose exceed what may be lost, it leads
nowhere; likewise where even the cheapest requests that it can have been served with cost too
much. Of the ways to a state the largest loss counts, then. Where only part of what may be lost is
allowed, to find a better schedule soon, it is the least instead.

Where edge nodes disagree, a column counts as deep as the last of its requests in an order that
they share, and levels with a request in common are one class. Some states are then reached that
make no schedule, but every schedule is found: what the recursion does not find does not exist.

Edge nodes whose columns another type has too take such a column first: they can do less with
the others' columns, so an exchange brings any schedule into that form.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from formulations.decomposition.count_vectors import offer
from formulations.decomposition.prices import profits
from formulations.decomposition.request_order import deadline_order, request_classes
from formulations.decomposition.states import (
    BLOCK,
    GUARD,
    MOST_COUNTERS,
    NUM_BUCKETS,
    NUM_KEYS,
    NUM_WAYS,
    STATE_BITS,
    Layout,
    Steps,
    Ways,
    advance,
)
from heuristics.compiled import compiled

if TYPE_CHECKING:
    from collections.abc import Sequence

    from formulations.decomposition.columns import Columns
    from formulations.decomposition.edge_nodes import EdgeNodes, FloatArray
    from formulations.decomposition.prices import Prices
    from heuristics.limits import Limits
    from heuristics.system_models.coefficients import BoolArray, IntArray


@compiled
def best_profits(
    profit: FloatArray, order: IntArray, begin: IntArray, counts: IntArray, depths: IntArray
) -> FloatArray:
    """Return the most that columns yield: of each level the best of F_d."""
    total = np.zeros(depths.size)
    for column in range(depths.size):
        for k in range(begin.size - 1):
            left = counts[column, k]
            for at in range(begin[k], begin[k + 1]):
                if left == 0:
                    break
                if order[at] < depths[column]:
                    total[column] += profit[order[at]]
                    left -= 1
    return total


def profit_of(
    nodes: EdgeNodes, prices: Prices, j: int, counts: IntArray, depths: IntArray
) -> FloatArray:
    """Return the most that columns yield at any prices."""
    profit = profits(nodes, prices, j)
    of = offer(nodes, prices, j, profit)
    return np.asarray(best_profits(profit, of.order, of.begin, counts, depths))


class Point(NamedTuple):
    """Prices and what they bound."""

    prices: Prices
    value: FloatArray
    """V of each edge node."""
    total: float
    """The Lagrangian value."""


def _losses(nodes: EdgeNodes, point: Point, j: int, columns: Columns) -> FloatArray:
    """Return what columns lose at other prices than their own."""
    profit = profit_of(nodes, point.prices, j, columns.counts, columns.depth)
    return np.asarray(np.maximum(point.value[j] - profit, 0))


def _affordable(
    nodes: EdgeNodes, points: Sequence[Point], columns: Sequence[Columns], incumbent: int
) -> list[Columns]:
    """Return the columns that could beat the incumbent at all prices."""
    kept = list(columns)
    for point in points[1:]:
        for j, each in enumerate(kept):
            slack = point.total - incumbent - 1 + GUARD
            kept[j] = each.take(_losses(nodes, point, j, each) <= slack)
    return kept


class Recursion:
    """The combinations of columns that could beat an incumbent.

    Parameters
    ----------
    nodes, prices
        The pricing problems and their prices.
    value, total
        V of each edge node, and the Lagrangian value.
    columns
        Of each edge node all that lose at most ``allowed``.
    allowed
        The most that columns may lose in all.
    incumbent
        Throughput that is to be beaten.

    Attributes
    ----------
    is_complete
        Whether all combinations were looked at: then those that lose at most what is allowed
        make no schedule of more than ``best`` requests.
    """

    def __init__(
        self,
        nodes: EdgeNodes,
        points: Sequence[Point],
        columns: Sequence[Columns],
        allowed: float,
        incumbent: int,
    ) -> None:
        prices = points[0].prices
        columns = _affordable(nodes, points, columns, incumbent)
        self._columns, self._allowed, self._incumbent = columns, allowed + GUARD, incumbent
        self._is_exact = allowed >= points[0].total - incumbent - 1
        self.is_complete = False
        order = deadline_order(nodes, len(prices.request))
        of_class = request_classes(nodes, order, len(prices.request))
        num_classes = int(of_class.max(initial=-1)) + 1
        bits = len(order).bit_length() + 1
        self._shift = np.arange(num_classes, dtype=np.int64) * bits
        offers = [
            _offers(nodes, j, each, order, of_class, self._shift) for j, each in enumerate(columns)
        ]
        losses = [
            np.stack([_losses(nodes, point, j, each) for point in points], axis=1)
            for j, each in enumerate(columns)
        ]
        self._types = _types(offers, losses)
        self._copies = np.array([len(alike) for alike in self._types], dtype=np.int64)
        num_used = int(np.prod(self._copies + 1))
        self.is_possible = (
            num_classes > 0
            and num_used <= MOST_COUNTERS
            and num_classes * bits + num_used.bit_length() <= STATE_BITS
            and all(len(each.profit) for each in columns)
        )
        if not self.is_possible:
            return
        rows = np.array(
            [
                (place, asked, len(columns[alike[0]].profit), number, at)
                for number, alike in enumerate(self._types)
                for at, (place, asked) in enumerate(zip(*offers[alike[0]], strict=True))
            ],
            dtype=[(name, "i8") for name in ("place", "asked", "size", "kind", "index")],
        )
        order_of_rows = np.lexsort([rows[name] for name in ("kind", "size", "asked", "place")])
        rows = rows[order_of_rows]
        loss = np.concatenate([losses[alike[0]] for alike in self._types])[order_of_rows]
        places = np.unique(rows["place"])
        exists = np.zeros((len(order) + 1, num_classes), dtype=np.int64)
        exists[1:] = np.cumsum(of_class[order][:, None] == np.arange(num_classes), axis=0)
        guards = int((np.int64(1) << (self._shift + bits - 1)).sum())
        room = (exists << self._shift).sum(axis=1) | guards
        self._steps = Steps(
            rows["kind"].copy(),
            rows["index"].copy(),
            loss,
            rows["asked"].copy(),
            room[rows["place"]],
            np.searchsorted(places, rows["place"]),
            _rest(rows["kind"], loss, len(self._types)),
            _first([offers[alike[0]] for alike in self._types], rows),
        )
        self._layout = Layout(
            self._copies,
            np.concatenate([[1], np.cumprod(self._copies + 1)[:-1]]).astype(np.int64),
            np.array([[each.value[alike[0]] for each in points] for alike in self._types]),
            self._shift,
            np.stack(
                [
                    _cheapest(each.prices.request[order], of_class[order], places, num_classes)
                    for each in points
                ],
                axis=3,
            ),
            guards,
            (1 << (bits - 1)) - 1,
            np.array([each.total for each in points]),
        )
        self._ways = _empty_ways(num_used, len(points))

    @property
    def best(self) -> int:
        """Requests of the best combination, or the incumbent."""
        return (
            max(self._incumbent, int(self._ways.best[0])) if self.is_possible else self._incumbent
        )

    def run(self, limits: Limits, *, until: int, most_looks: int) -> None:
        """Look at the combinations until one has so many requests."""
        if not self.is_possible:
            return
        for x in range(len(self._steps.kind)):
            limits.check_time()
            if (
                not advance(
                    self._steps,
                    self._layout,
                    self._ways,
                    x,
                    self._allowed,
                    self._incumbent,
                    self._is_exact,
                )
                or self._ways.number[2] > most_looks
                or self._ways.best[0] >= until
            ):
                return
        self.is_complete = True

    def chosen(self) -> list[Columns] | None:
        """Return the one column of each edge node in the best combination; None without one."""
        size, step, way = self._ways.best
        if size == 0:
            return None
        free = [list(alike) for alike in self._types]
        chosen = list(self._columns)
        while step >= 0:
            j = free[self._steps.kind[step]].pop()
            chosen[j] = chosen[j].take(np.array([self._steps.number[step]]))
            step, way = self._ways.column[way], self._ways.before[way]
        return chosen


def _empty_ways(num_used: int, num_prices: int) -> Ways:
    """Return the one way that there is at first."""
    most = NUM_WAYS
    ways = Ways(
        np.empty(most, dtype=np.int64),
        np.empty((most, num_prices)),
        np.empty(most, dtype=np.int64),
        np.empty(most, dtype=np.int64),
        np.full((num_used, NUM_BUCKETS), -1, dtype=np.int64),
        np.zeros((num_used, NUM_BUCKETS), dtype=np.int64),
        np.full(most // BLOCK, -1, dtype=np.int64),
        np.zeros(NUM_KEYS, dtype=np.int64),
        np.empty(NUM_KEYS, dtype=np.int64),
        np.zeros(3, dtype=np.int64),
        np.zeros(3, dtype=np.int64),
    )
    ways.state[0], ways.loss[0], ways.before[0], ways.column[0] = 0, 0.0, -1, -1
    ways.head[0, 0], ways.filled[0, 0], ways.number[0] = 0, 1, 1
    return ways


def _offers(
    nodes: EdgeNodes, j: int, columns: Columns, order: IntArray, of_class: IntArray, shift: IntArray
) -> tuple[IntArray, IntArray]:
    """Return of each column its depth in the order, and its requests by class, packed."""
    pairs = slice(nodes.first[j], nodes.first[j + 1])
    request, level = nodes.request[pairs], nodes.level[pairs]
    place = np.zeros(len(of_class), dtype=np.int64)
    place[order] = np.arange(1, len(order) + 1)
    furthest = np.concatenate([[0], np.maximum.accumulate(place[request])]).astype(np.int64)
    of_level = np.zeros(columns.counts.shape[1], dtype=np.int64)
    of_level[level] = of_class[request]
    asked = (columns.counts << shift[of_level]).sum(axis=1)
    return furthest[columns.depth], asked


def _types(
    offers: Sequence[tuple[IntArray, IntArray]], losses: Sequence[FloatArray]
) -> list[list[int]]:
    """Return the edge nodes by what their columns ask for and lose."""
    types: dict[tuple[bytes, ...], list[int]] = {}
    for j, ((place, asked), loss) in enumerate(zip(offers, losses, strict=True)):
        types.setdefault((place.tobytes(), asked.tobytes(), loss.tobytes()), []).append(j)
    return list(types.values())


def _rest(kind: IntArray, loss: FloatArray, num_types: int) -> FloatArray:
    """Return the least that each type loses from each column on."""
    rest = np.full((len(kind), num_types, loss.shape[1]), np.inf)
    rest[np.arange(len(kind)), kind] = loss
    return np.asarray(np.minimum.accumulate(rest[::-1], axis=0)[::-1])


def _first(offers: Sequence[tuple[IntArray, IntArray]], rows: np.ndarray) -> BoolArray:
    """Return which types must be served before a column is taken by its own."""
    sets = [set(zip(place.tolist(), asked.tolist(), strict=True)) for place, asked in offers]
    first = np.zeros((len(rows), len(sets)), dtype=bool)
    keys = list(zip(rows["place"].tolist(), rows["asked"].tolist(), strict=True))
    for kind, mine in enumerate(sets):
        own = np.flatnonzero(rows["kind"] == kind)
        for other, theirs in enumerate(sets):
            is_before = (len(theirs), other) < (len(mine), kind)
            if other != kind and is_before and theirs <= mine:
                first[own, other] = [keys[at] in theirs for at in own]
    return first


def _cheapest(
    price: FloatArray, of_class: IntArray, places: IntArray, num_classes: int
) -> FloatArray:
    """Return what the cheapest requests of each class come to, up to each depth."""
    most = int(np.bincount(of_class, minlength=num_classes).max())
    cheapest = np.full((len(places), num_classes, most + 1), np.inf)
    for at, place in enumerate(places):
        for k in range(num_classes):
            those = np.sort(price[:place][of_class[:place] == k])
            cheapest[at, k, : len(those) + 1] = np.concatenate([[0], np.cumsum(those)])
    return cheapest
