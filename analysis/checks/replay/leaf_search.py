"""Leaf search: the count vectors of one leaf whose loss is at most its room."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from analysis.checks.replay.limits import TooManyColumnsError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from analysis.checks.replay.gain_sums import EdgeNodeArrays, GainSums
    from heuristics.judges.verifier import Leaf

    IntArray = NDArray[np.int64]

BLOCK = 1 << 18
"""Number of pairs of a state and a count that are compared at a time."""


class CountVectors(NamedTuple):
    """Count vectors of a leaf with the same last rank, N of them."""

    counts: IntArray
    """Number of requests of each level, shape (N, K)."""
    last: int
    """Largest rank that a request of their batches can have without breaking a deadline."""
    value: NDArray[Any]
    """Upper bound on the value of their batches after subtracting the prices, shape (N,)."""


class _Part(NamedTuple):
    """A level inside a leaf with W allowed counts, or all levels with one allowed count."""

    levels: IntArray
    """Indices of the levels, shape (P,)."""
    counts: IntArray
    """Allowed counts by loss, shape (W, P)."""
    loss: NDArray[Any]
    """Loss of each row of counts against the best counts, ascending, shape (W,)."""
    demand: NDArray[Any]
    """Smallest demand of each row of counts for each resource, shape (W, 4).

    Demands for memory and compute are exact, since they are equal inside a level.
    """


class _States(NamedTuple):
    """Counts of the first parts of a search, S of them."""

    loss: NDArray[Any]
    """Sum of the losses, shape (S,)."""
    demand: NDArray[Any]
    """Smallest demand for each resource, shape (S, 4)."""


@dataclass(frozen=True, kw_only=True, eq=False)
class LeafSearch:
    """The search of one leaf.

    Parameters
    ----------
    arrays
        Eligible requests of the edge node.
    leaf
        The leaf; its value is not None.
    sums
        Sums of the largest gains at the leaf's prices of uplink and downlink.
    room
        Largest allowed loss against the value of the leaf.
    most
        Largest number of count vectors, complete or not.
    """

    arrays: EdgeNodeArrays
    leaf: Leaf
    sums: GainSums
    room: int
    most: int

    def found(self) -> Iterator[CountVectors]:
        """Yield the count vectors whose loss may be at most the room, by their last rank.

        Count vectors without a batch are left out: those whose load exceeds every budget of the
        leaf, or that have more requests of a level than exist up to their last rank.

        Raises
        ------
        TooManyColumnsError
            If there are more than ``most``.
        """
        own, number_type, (batches, y, _) = self.arrays.own, self.arrays.number_type, self.leaf
        counts = self._counts()
        load = counts.astype(number_type) @ self.arrays.level_demands[:, 3]
        budgets = np.array(own.budgets[batches.first - 1 : batches.last], dtype=number_type)
        # Budgets fall with the rank.
        last = batches.first - 1 + np.searchsorted(-budgets, -load, side="right")
        spectrum = y.uplink * own.capacities[0] + y.downlink * own.capacities[1]
        for rank in np.unique(last[last >= batches.first]).tolist():
            alike = counts[last == rank]
            value = np.full(len(alike), spectrum, dtype=number_type)
            exists = np.ones(len(alike), dtype=np.bool_)
            for level, count in enumerate(alike.T):
                sums = self.sums.of(level, rank)
                exists &= count < len(sums)
                value += sums[np.minimum(count, len(sums) - 1)]
            yield CountVectors(alike[exists], rank, value[exists])

    def _counts(self) -> IntArray:
        """Return the count vectors whose loss may be at most the room, shape (N, K)."""
        parts, number_type = self._parts(), self.arrays.number_type
        states = _States(np.zeros(1, dtype=number_type), np.zeros((1, 4), dtype=number_type))
        steps = []
        for part, least, most in zip(parts, *_to_come(parts), strict=True):
            before, chosen = self._fitting(states, part, least, most)
            states = _States(
                states.loss[before] + part.loss[chosen],
                states.demand[before] + part.demand[chosen],
            )
            steps.append((before, chosen))
        at = np.arange(len(states.loss))
        counts = np.empty((len(at), len(self.arrays.places)), dtype=np.int64)
        for part, (before, chosen) in zip(reversed(parts), reversed(steps), strict=True):
            counts[:, part.levels] = part.counts[chosen[at]]
            at = before[at]
        return counts

    def _parts(self) -> list[_Part]:
        """Return each level with the counts whose own loss is at most the room, fewest first."""
        batches, y, _ = self.leaf
        parts = []
        for level, demand in enumerate(self.arrays.level_demands):
            sums = self.sums.of(level, batches.last)
            least, largest = batches.counts.get(level, (0, len(sums) - 1))
            counts = np.arange(least, min(largest, len(sums) - 1) + 1)
            price = y.memory * demand[2] + y.compute * demand[3]
            value = sums[counts] - counts.astype(sums.dtype) * price
            loss = value.max() - value
            order = np.argsort(loss, kind="stable")
            order = order[: np.searchsorted(loss[order], self.room, side="right")]
            spectrum = self.arrays.least_spectrum(level, batches.last)
            of_one = np.array([*spectrum, *demand[2:]], dtype=sums.dtype)
            kept = counts[order, np.newaxis]
            parts.append(
                _Part(np.array([level]), kept, loss[order], kept.astype(sums.dtype) * of_one)
            )
        return _without_choice(parts)

    def _fitting(
        self, states: _States, part: _Part, least: NDArray[Any], most: NDArray[Any]
    ) -> tuple[IntArray, IntArray]:
        """Return each pair of a state and a row of counts within the room and the capacities.

        ``least`` and ``most`` are the smallest and largest demands of the remaining parts.
        """
        own, (batches, y, _) = self.arrays.own, self.leaf
        capacity = np.array(
            [*own.capacities, own.budgets[batches.first - 1]], dtype=self.arrays.number_type
        )
        found: list[tuple[IntArray, IntArray]] = []
        num = 0
        size = max(1, BLOCK // max(1, len(part.loss)))
        for start in range(0, max(1, len(states.loss)), size):
            block = slice(start, start + size)
            loss = states.loss[block, np.newaxis] + part.loss
            before, chosen = np.nonzero(loss <= self.room)
            demand = states.demand[block][before] + part.demand[chosen]
            # Memory and budget that stay free in any case are paid for without use.
            free = np.maximum(capacity - demand - most, 0)
            paid = loss[before, chosen] + y.memory * free[:, 2] + y.compute * free[:, 3]
            fits = ((demand + least <= capacity).all(axis=1)) & (paid <= self.room)
            found.append((before[fits] + start, chosen[fits]))
            num += len(found[-1][0])
            if num > self.most:
                raise TooManyColumnsError(f"more than {self.most} columns survive")
        before, chosen = (np.concatenate(each) for each in zip(*found, strict=True))
        return before, chosen


def _without_choice(parts: Sequence[_Part]) -> list[_Part]:
    """Return the parts with one allowed row of counts as one part, then the others, small first."""
    single = [part for part in parts if len(part.loss) == 1]
    others = [part for part in parts if len(part.loss) > 1]
    if len(single) > 1:
        single = [
            _Part(
                np.concatenate([part.levels for part in single]),
                np.concatenate([part.counts for part in single], axis=1),
                np.sum([part.loss for part in single], axis=0),
                np.sum([part.demand for part in single], axis=0),
            )
        ]
    return single + sorted(others, key=lambda part: len(part.loss))


def _to_come(parts: Sequence[_Part]) -> tuple[list[NDArray[Any]], list[NDArray[Any]]]:
    """Return the smallest and the largest demands of all parts after each part."""
    least, most = ([np.zeros_like(parts[-1].demand[0])] for _ in range(2))
    for part in reversed(parts[1:]):
        least.append(least[-1] + part.demand.min(axis=0))
        most.append(most[-1] + part.demand.max(axis=0))
    return least[::-1], most[::-1]
