"""Layout: columns of all edge nodes as the steps of a dynamic program over their depths."""

from __future__ import annotations

from itertools import accumulate
from operator import mul
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from formulations.decomposition.columns.packing import Packing
from formulations.decomposition.columns.states import GUARD, STATE_BITS, Shared, Steps

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from formulations.decomposition.columns.columns import Columns
    from formulations.decomposition.columns.master import MasterProblem
    from formulations.decomposition.columns.packing import Offers
    from formulations.decomposition.pricing.edge_nodes import FloatArray
    from heuristics.coefficients import BoolArray, IntArray

MOST_PRICES = 20_000_000
"""Maximum number of prices of the requests that columns need, by depth, class and count."""

COUNTER_BITS = 62
"""Maximum number of bits of the number of a combination of edge nodes that have a column."""


class Layout(NamedTuple):
    """The columns in order of depth, and the data that all steps share."""

    steps: Steps
    """Columns of all types of edge nodes, in order of depth."""
    shared: Shared
    """Data shared by all steps."""
    types: list[list[int]]
    """Edge nodes of each type."""
    allowed: float
    """Maximum total loss of a combination, with the rise of V by the cheapest requests."""
    num_used: int
    """Number of combinations of edge nodes that have a column."""
    num_bits: int
    """Number of bits of the counts of all classes."""

    @classmethod
    def of(
        cls, problem: MasterProblem, columns: Sequence[Columns], allowed: float, *, charges: bool
    ) -> Layout | None:
        """Sort the columns of all types by depth.

        Parameters
        ----------
        problem
            The question, and the prices that define losses.
        columns
            Columns of each edge node.
        allowed
            Maximum total loss of a combination.
        charges
            True for losses with the cheapest requests that exist and for the charges of states,
            see :mod:`recursion`.

        Returns
        -------
        Layout or None
            None if an edge node has no column, if the counts of all classes exceed a machine word,
            or if there are too many prices.
        """
        packing = Packing.of(problem.nodes, len(problem.prices.request))
        num_bits = packing.num_classes * packing.bits
        if not 0 < num_bits <= STATE_BITS or not all(len(own.profit) for own in columns):
            return None
        offers = [packing.offers(problem.nodes, j, own) for j, own in enumerate(columns)]
        places = np.unique(np.concatenate([own.place for own in offers]))
        if len(places) * packing.num_prices > MOST_PRICES:
            return None
        prices = packing.cheapest(problem.prices.request, places)
        profits, value = [own.profit for own in columns], problem.value
        if charges:
            profits = [packing.cheapest_profits(prices, places, own) for own in offers]
            value = np.array([max(v, own.max()) for v, own in zip(value, profits, strict=True)])
            prices = packing.charges(problem.prices.request, prices, places, offers)
        raised = float((value - problem.value).sum())
        losses = [np.maximum(v - own, 0) for v, own in zip(value, profits, strict=True)]
        types = _types(offers, losses, value)
        copies = [len(alike) for alike in types]
        stride = [1, *accumulate((number + 1 for number in copies), mul)]  # may exceed a word
        num_used = stride.pop()
        if num_used.bit_length() > COUNTER_BITS:
            return None
        first = [alike[0] for alike in types]
        steps = _steps(
            packing,
            places,
            [offers[j] for j in first],
            [losses[j] for j in first],
            can_exchange=charges,
        )
        shared = Shared(
            np.array(copies, dtype=np.int64),
            np.array(stride, dtype=np.int64),
            value[first],
            packing.shift,
            prices,
            packing.guards,
            packing.field,
            problem.slack + problem.target + raised,
        )
        return cls(steps, shared, types, allowed + raised + GUARD, num_used, num_bits)

    def chosen(self, columns: Sequence[Columns], steps: Iterable[int]) -> dict[int, Columns]:
        """Return the single columns that some steps choose, by edge node."""
        free = [list(alike) for alike in self.types]
        own = {}
        for step in steps:
            j = free[self.steps.kind[step]].pop()
            own[j] = columns[j].take(np.array([self.steps.number[step]]))
        return own


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
