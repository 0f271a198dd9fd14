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

from formulations.decomposition.columns.packing import Packing
from formulations.decomposition.columns.states import (
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

    from formulations.decomposition.columns.columns import Columns
    from formulations.decomposition.columns.master import MasterProblem
    from formulations.decomposition.columns.packing import Offers
    from formulations.decomposition.pricing.edge_nodes import FloatArray
    from heuristics.coefficients import BoolArray, IntArray
    from heuristics.limits import Limits


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
        self._columns, self._incumbent = columns, problem.target - 1
        self.is_complete = self.is_possible = False
        packing = Packing.of(problem.nodes, len(problem.prices.request))
        has_fields = 0 < packing.num_classes * packing.bits <= STATE_BITS
        if has_fields and all(map(_number, columns)):
            self._lay_out(problem, packing, allowed)

    def _lay_out(self, problem: MasterProblem, packing: Packing, allowed: float) -> None:
        """Bring the columns of each type in order of depth, if their states are short enough."""
        prices = problem.prices
        has_spectrum_prices = bool(prices.uplink.any() or prices.downlink.any())
        self._can_exchange = allowed >= problem.slack and not has_spectrum_prices
        offers = [packing.offers(problem.nodes, j, own) for j, own in enumerate(self._columns)]
        places = np.unique(np.concatenate([own.place for own in offers]))
        cheapest = packing.cheapest(prices.request, places)
        profits = [own.profit for own in self._columns]
        value = problem.value
        if self._can_exchange:
            profits = [packing.cheapest_profits(cheapest, places, own) for own in offers]
            value = np.array([max(v, own.max()) for v, own in zip(value, profits, strict=True)])
        raised = float((value - problem.value).sum())
        losses = [np.maximum(v - own, 0) for v, own in zip(value, profits, strict=True)]
        self._allowed = allowed + raised + GUARD
        self._types = _types(offers, losses, value)
        copies = np.array([len(alike) for alike in self._types], dtype=np.int64)
        num_used = int(np.prod(copies + 1))
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
        self._layout = Layout(
            copies,
            np.concatenate([[1], np.cumprod(copies + 1)[:-1]]).astype(np.int64),
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


def _asks(offers: Offers) -> set[tuple[int, int]]:
    """Return what columns ask for, and how deep: several may ask for the same."""
    return set(zip(offers.place.tolist(), offers.asked.tolist(), strict=True))


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
