r"""Recursion: dynamic program over the columns of all edge nodes in order of depth.

If the edge nodes have the same levels and the same order of deadlines, a column of depth t may
take the first t requests of that order. By Hall's theorem, columns make a schedule, apart from
spectrum, if and only if for every depth t and every class of requests, the columns of depth at most
t need no more requests of the class than exist among the first t. So columns are added in order of
depth, and only two properties of the columns chosen so far matter:

* the number of edge nodes of each type that have a column, and
* the total number of requests of each class that the columns need.

These numbers are a *state*. All ways to a state have the same completions. A way is discarded if
its loss plus the least loss of the other edge nodes exceeds the allowed loss, and also if even the
cheapest requests of its counts cost too much. Of all ways to a state the way of least loss is kept.

If the edge nodes differ, the depth of a column is the place of the last of its requests in an order
that all edge nodes share, and levels with a request in common form one class. The recursion then
also reaches states that make no schedule, but it still finds every schedule: if it finds none, none
exists.

A target can be refuted with a stronger test if all spectrum prices are 0. Let the profit of a
column be computed with the cheapest requests of each class down to its depth, regardless of
eligibility, and let V_j be the largest such profit of its edge node, and L be the value with these
V_j. By Hall's theorem, each combination of columns that passes the test above can be assigned
distinct requests, and these cost at least as much. So its loss is at most L minus its size. If
*any* way to a state has a larger loss than a schedule of the target's size may have, no way to this
state leads to the target; the largest loss of all ways to a state is kept.

A state then also has a loss of its own. Let it need m requests of a class. Filled in order of
depth, its columns use exactly the first m requests of the class, and later columns use other ones.
The profit of a later column counts the cheapest requests down to its depth. These cost at most as
much as the requests that the column uses, and each costs at most p, the highest price in the
profits of all later columns. So later columns pay at most :math:`\sum_{i > m} \min(\pi_i, p)`, and
the loss of the state and its completion is at least

.. math:: \sum_j V_j - n + \sum_{i \le m} \pi_i + \sum_{i > m} (\pi_i - p)^+

with the sums over i for every class, j for the edge nodes that have a column, and n the number of
requests in the state. The losses of later columns add to it. The m cheapest
requests of each class instead of the first m would give a much weaker test.

In addition, if the columns of one type are also columns of another type, such a column is first
given to the edge nodes of the former: every combination can be exchanged into this form without
changing its loss.
"""

from __future__ import annotations

from itertools import accumulate
from operator import mul
from typing import TYPE_CHECKING

import numpy as np

from formulations.decomposition.columns.packing import Packing
from formulations.decomposition.columns.states import (
    BLOCK,
    GUARD,
    MOST_COUNTERS,
    NUM_BUCKETS,
    NUM_KEYS,
    NUM_WAYS,
    STATE_BITS,
    Shared,
    Steps,
    Ways,
    advance,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from formulations.decomposition.columns.columns import Columns
    from formulations.decomposition.columns.master import MasterProblem
    from formulations.decomposition.columns.packing import Offers
    from formulations.decomposition.pricing.edge_nodes import FloatArray
    from heuristics.coefficients import BoolArray, IntArray
    from heuristics.limits import Limits

MOST_PRICES = 20_000_000
"""Maximum number of prices of the cheapest requests, by depth, class and count."""


class Recursion:
    """Combinations of columns that could exceed the incumbent.

    Parameters
    ----------
    problem
        The question, and the prices that define losses.
    columns
        All columns of each edge node that lose at most ``allowed``.
    allowed
        Maximum total loss of a combination.

    Attributes
    ----------
    is_possible
        True if the states are few enough and fit one machine word.
    is_complete
        True if all combinations were examined: then no schedule whose loss is at most
        ``allowed`` has more than ``best`` requests.
    """

    def __init__(self, problem: MasterProblem, columns: Sequence[Columns], allowed: float) -> None:
        self._columns, self._incumbent = columns, problem.target - 1
        self.is_complete = self.is_possible = False
        packing = Packing.of(problem.nodes, len(problem.prices.request))
        has_fields = 0 < packing.num_classes * packing.bits <= STATE_BITS
        if has_fields and all(map(_number, columns)):
            self._lay_out(problem, packing, allowed)

    def _lay_out(self, problem: MasterProblem, packing: Packing, allowed: float) -> None:
        """Sort the columns of all types by depth, if their states fit one machine word."""
        prices = problem.prices
        has_spectrum_prices = bool(prices.uplink.any() or prices.downlink.any())
        self._can_exchange = allowed >= problem.slack and not has_spectrum_prices
        offers = [packing.offers(problem.nodes, j, own) for j, own in enumerate(self._columns)]
        places = np.unique(np.concatenate([own.place for own in offers]))
        if len(places) * packing.num_prices > MOST_PRICES:
            return
        cheapest = packing.cheapest(prices.request, places)
        profits = [own.profit for own in self._columns]
        value = problem.value
        if self._can_exchange:
            profits = [packing.cheapest_profits(cheapest, places, own) for own in offers]
            value = np.array([max(v, own.max()) for v, own in zip(value, profits, strict=True)])
            cheapest = packing.charges(prices.request, cheapest, places, offers)
        raised = float((value - problem.value).sum())
        losses = [np.maximum(v - own, 0) for v, own in zip(value, profits, strict=True)]
        self._allowed = allowed + raised + GUARD
        self._types = _types(offers, losses, value)
        copies = [len(alike) for alike in self._types]
        stride = [1, *accumulate((number + 1 for number in copies), mul)]  # may exceed a word
        num_used = stride.pop()
        num_bits = packing.num_classes * packing.bits + num_used.bit_length()
        self.is_possible = num_used <= MOST_COUNTERS and num_bits <= STATE_BITS
        if not self.is_possible:
            return
        first = [alike[0] for alike in self._types]
        self._steps = _steps(
            packing,
            places,
            [offers[j] for j in first],
            [losses[j] for j in first],
            can_exchange=self._can_exchange,
        )
        self._shared = Shared(
            np.array(copies, dtype=np.int64),
            np.array(stride, dtype=np.int64),
            value[first],
            packing.shift,
            cheapest,
            packing.guards,
            packing.field,
            problem.slack + problem.target + raised,
        )
        self._ways = _empty_ways(num_used)

    @property
    def best(self) -> int:
        """Number of requests of the best combination, or of the incumbent."""
        return (
            max(self._incumbent, int(self._ways.best[0])) if self.is_possible else self._incumbent
        )

    def run(self, limits: Limits, *, until: int, most_looks: int) -> None:
        """Examine up to ``most_looks`` ways, until a combination has ``until`` requests."""
        if not self.is_possible:
            return
        for x in range(len(self._steps.kind)):
            limits.check_time()
            if (
                not advance(
                    self._steps,
                    self._shared,
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
        """Return the single column of each edge node in the best combination; None without one."""
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
    """Return ways that hold the empty way only."""
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


def _number(columns: Columns) -> int:
    return len(columns.profit)


def _steps(
    packing: Packing,
    places: IntArray,
    offers: Sequence[Offers],
    losses: Sequence[FloatArray],
    *,
    can_exchange: bool,
) -> Steps:
    """Return the columns of all types in order of depth."""
    asks = [_asks(own) for own in offers]
    rows = np.array(
        [
            (place, asked, len(asks[kind]), kind, at)
            for kind, own in enumerate(offers)
            for at, (place, asked) in enumerate(zip(*own, strict=True))
        ],
        dtype=[(name, "i8") for name in ("place", "asked", "size", "kind", "index")],
    )
    order = np.lexsort([rows[name] for name in ("kind", "size", "asked", "place")])
    rows, loss = rows[order], np.concatenate(losses)[order]
    none = np.zeros((len(rows), len(asks)), dtype=bool)
    return Steps(
        rows["kind"].copy(),
        rows["index"].copy(),
        loss,
        rows["asked"].copy(),
        packing.room(rows["place"]),
        np.searchsorted(places, rows["place"]),
        _rest(rows["kind"], loss, len(asks)),
        _first(asks, rows) if can_exchange else none,
    )


def _types(
    offers: Sequence[Offers], losses: Sequence[FloatArray], value: FloatArray
) -> list[list[int]]:
    """Return the types: edge nodes with equal V and with equal demands and losses of columns."""
    types: dict[tuple[bytes, ...], list[int]] = {}
    for j, ((place, asked), loss) in enumerate(zip(offers, losses, strict=True)):
        key = (value[j].tobytes(), place.tobytes(), asked.tobytes(), loss.tobytes())
        types.setdefault(key, []).append(j)
    return list(types.values())


def _rest(kind: IntArray, loss: FloatArray, num_types: int) -> FloatArray:
    """Return the least loss of each type from each column on."""
    rest = np.full((len(kind), num_types), np.inf)
    rest[np.arange(len(kind)), kind] = loss
    return np.ascontiguousarray(np.minimum.accumulate(rest[::-1], axis=0)[::-1])


def _asks(offers: Offers) -> set[tuple[int, int]]:
    """Return the distinct pairs of depth and demand of the columns."""
    return set(zip(offers.place.tolist(), offers.asked.tolist(), strict=True))


def _first(asks: Sequence[set[tuple[int, int]]], rows: np.ndarray) -> BoolArray:
    """Return for each column the types whose edge nodes must have a column before."""
    first = np.zeros((len(rows), len(asks)), dtype=bool)
    keys = list(zip(rows["place"].tolist(), rows["asked"].tolist(), strict=True))
    for kind, mine in enumerate(asks):
        own = np.flatnonzero(rows["kind"] == kind)
        for other, theirs in enumerate(asks):
            is_before = (len(theirs), other) < (len(mine), kind)
            if other != kind and is_before and theirs <= mine:
                first[own, other] = [keys[at] in theirs for at in own]
    return first
