r"""Recursion: columns in order of depth, one for each edge node, by dynamic programming.

Where the edge nodes agree about levels and about the order of deadlines, the requests that a
column may take are the first of that order, so many as its depth says. By Hall's theorem columns
make a schedule, spectrum aside, just if for every depth t and every class of requests those
columns that are no deeper than t ask for no more requests of the class than there are among the
first t. So columns are looked at in order of depth, and of those chosen so far it only matters

* how many edge nodes of each type have one, and
* how many requests of each class they ask for in all:

that is a *state*. It has the same completions whatever way led to it. A way to it leads nowhere
if its loss and the least that the other edge nodes must lose exceed what may be lost; likewise
where even the cheapest requests that it can have been served with cost too much. Of the ways to a
state that which loses least is kept.

Where edge nodes disagree, a column counts as deep as the last of its requests in an order that
they share, and levels with a request in common are one class. Some states are then reached that
make no schedule, but every schedule is found: what the recursion does not find does not exist.

To refute a target, more is said where no spectrum has a price. Let a column make of its requests
what any edge node could, the cheapest of each class down to its depth, and V_j be the most of any
of its columns then. Now each combination that passes the test above is as good as a schedule: it
is assigned requests of their own that cost at least as much, so it loses no more than L less its
size, L with the new V_j. So if *any* way to a state loses too much, none leads to the target, and
the largest loss counts. Moreover edge nodes whose columns another type has too take such a column
first: an exchange brings any combination into that form, and its loss stays the same.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

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

if TYPE_CHECKING:
    from collections.abc import Sequence

    from formulations.decomposition.columns import Columns
    from formulations.decomposition.edge_nodes import EdgeNodes, FloatArray
    from formulations.decomposition.master import MasterProblem
    from heuristics.limits import Limits
    from heuristics.system_models.coefficients import BoolArray, IntArray


class Recursion:
    """The combinations of columns that could beat an incumbent.

    Parameters
    ----------
    problem
        The question, and the prices at which columns lose.
    columns
        Of each edge node all that lose at most ``allowed``.
    allowed
        The most that columns may lose in all.

    Attributes
    ----------
    is_possible
        Whether states are few and short enough.
    is_complete
        Whether all combinations were looked at: then those that lose at most what is allowed
        make no schedule of more than ``best`` requests.
    """

    def __init__(self, problem: MasterProblem, columns: Sequence[Columns], allowed: float) -> None:
        nodes, prices, value = problem.nodes, problem.prices, problem.value
        self._columns, self._incumbent = columns, problem.target - 1
        has_spectrum_prices = bool(prices.uplink.any() or prices.downlink.any())
        self._can_exchange = allowed >= problem.slack and not has_spectrum_prices
        self.is_complete = False
        order = deadline_order(nodes, len(prices.request))
        of_class = request_classes(nodes, order, len(prices.request))
        num_classes = int(of_class.max(initial=-1)) + 1
        bits = len(order).bit_length() + 1
        self.is_possible = 0 < num_classes * bits <= STATE_BITS and all(map(_number, columns))
        if not self.is_possible:
            return
        shift = np.arange(num_classes, dtype=np.int64) * bits
        offers = [_offers(nodes, j, each, order, of_class, shift) for j, each in enumerate(columns)]
        places = np.unique(np.concatenate([place for place, _ in offers]))
        cheapest = _cheapest(prices.request[order], of_class[order], places, num_classes)
        profits = [each.profit for each in columns]
        if self._can_exchange:
            field = (1 << bits) - 1
            profits = [
                _shared_profits(cheapest, np.searchsorted(places, place), asked, shift, field)
                for place, asked in offers
            ]
            raised = np.array([max(v, own.max()) for v, own in zip(value, profits, strict=True)])
            allowed += float((raised - value).sum())
            value = raised
        total = problem.slack + problem.target + float((value - problem.value).sum())
        losses = [np.maximum(v - own, 0) for v, own in zip(value, profits, strict=True)]
        self._allowed = allowed + GUARD
        self._types = _types(offers, losses, value)
        copies = np.array([len(alike) for alike in self._types], dtype=np.int64)
        num_used = int(np.prod(copies + 1))
        self.is_possible = (
            num_used <= MOST_COUNTERS and num_classes * bits + num_used.bit_length() <= STATE_BITS
        )
        if not self.is_possible:
            return
        asks = [_asks(offers[alike[0]]) for alike in self._types]
        sizes = [len(own) for own in asks]
        rows = np.array(
            [
                (place, asked, sizes[number], number, at)
                for number, alike in enumerate(self._types)
                for at, (place, asked) in enumerate(zip(*offers[alike[0]], strict=True))
            ],
            dtype=[(name, "i8") for name in ("place", "asked", "size", "kind", "index")],
        )
        order_of_rows = np.lexsort([rows[name] for name in ("kind", "size", "asked", "place")])
        rows = rows[order_of_rows]
        loss = np.concatenate([losses[alike[0]] for alike in self._types])[order_of_rows]
        exists = np.zeros((len(order) + 1, num_classes), dtype=np.int64)
        exists[1:] = np.cumsum(of_class[order][:, None] == np.arange(num_classes), axis=0)
        guards = int((np.int64(1) << (shift + bits - 1)).sum())
        room = (exists << shift).sum(axis=1) | guards
        self._steps = Steps(
            rows["kind"].copy(),
            rows["index"].copy(),
            loss,
            rows["asked"].copy(),
            room[rows["place"]],
            np.searchsorted(places, rows["place"]),
            _rest(rows["kind"], loss, len(self._types)),
            _first(asks, rows)
            if self._can_exchange
            else np.zeros((len(rows), len(self._types)), dtype=bool),
        )
        self._layout = Layout(
            copies,
            np.concatenate([[1], np.cumprod(copies + 1)[:-1]]).astype(np.int64),
            np.array([value[alike[0]] for alike in self._types]),
            shift,
            cheapest,
            guards,
            (1 << (bits - 1)) - 1,
            total,
        )
        self._ways = _empty_ways(num_used)

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
                    self._can_exchange,
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


def _empty_ways(num_used: int) -> Ways:
    """Return the one way that there is at first."""
    most = NUM_WAYS
    ways = Ways(
        np.empty(most, dtype=np.int64),
        np.empty(most),
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


def _number(columns: Columns) -> int:
    return len(columns.profit)


def _shared_profits(
    cheapest: FloatArray, place: IntArray, asked: IntArray, shift: IntArray, field: int
) -> FloatArray:
    """Return the most that any edge node could make of what columns ask for, spectrum aside."""
    profit = np.zeros(len(place))
    for k in range(len(shift)):
        count = (asked >> shift[k]) & field
        profit += count - cheapest[place, k, count]
    return profit


def _types(
    offers: Sequence[tuple[IntArray, IntArray]], losses: Sequence[FloatArray], value: FloatArray
) -> list[list[int]]:
    """Return the edge nodes by their V and by what their columns ask for and lose."""
    types: dict[tuple[bytes, ...], list[int]] = {}
    for j, ((place, asked), loss) in enumerate(zip(offers, losses, strict=True)):
        key = (value[j].tobytes(), place.tobytes(), asked.tobytes(), loss.tobytes())
        types.setdefault(key, []).append(j)
    return list(types.values())


def _rest(kind: IntArray, loss: FloatArray, num_types: int) -> FloatArray:
    """Return the least that each type loses from each column on."""
    rest = np.full((len(kind), num_types), np.inf)
    rest[np.arange(len(kind)), kind] = loss
    return np.ascontiguousarray(np.minimum.accumulate(rest[::-1], axis=0)[::-1])


def _asks(offers: tuple[IntArray, IntArray]) -> set[tuple[int, int]]:
    """Return what columns ask for, and how deep: several may ask for the same."""
    place, asked = offers
    return set(zip(place.tolist(), asked.tolist(), strict=True))


def _first(asks: Sequence[set[tuple[int, int]]], rows: np.ndarray) -> BoolArray:
    """Return which types must be served before a column is taken by its own."""
    first = np.zeros((len(rows), len(asks)), dtype=bool)
    keys = list(zip(rows["place"].tolist(), rows["asked"].tolist(), strict=True))
    for kind, mine in enumerate(asks):
        own = np.flatnonzero(rows["kind"] == kind)
        for other, theirs in enumerate(asks):
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
