r"""Gain sums: sums of the largest gains of a level, shared by the leaves of an edge node's tree.

The *gain* of request i at prices y_U and y_D of a unit of uplink and downlink is

.. math:: g_i = Q - \pi_i - y_U u_i - y_D d_i.

*Claim.* Let :math:`s_k(d, c)` be the sum of the c largest gains of level k among the first d
requests. At multipliers y of all four resources, the largest sum of
:math:`Q - \pi_i - y \cdot a_i` over c requests of the level among the first d is
:math:`s_k(d, c) - c \, (y_M m_k + y_C w_k)`.

*Proof.* All requests of a level have the same memory :math:`m_k` and the same compute
:math:`w_k`. So each term is the gain less one constant of the level, and the c largest terms belong
to the requests with the c largest gains.

The sums therefore depend on y_U, y_D, the level and d alone. Leaves that differ in the prices of
memory and compute, or in the allowed counts, share them. The gains are sorted once for each pair of
prices: the requests among the first d are a part of the sorted list, in the same order.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from heuristics.judges.verifier import Leaf, RankedRequests

LARGEST_WORD = 1 << 60
"""Limit on the numbers of a search in machine words: sums of four of them do not overflow."""

MOST_NUMBERS = 1 << 22
"""Largest number of sums that are kept at a time, about 32 MB."""


@dataclass(frozen=True, kw_only=True, eq=False)
class EdgeNodeArrays:
    """Eligible requests of an edge node as arrays, n of them in K levels.

    Parameters
    ----------
    own
        Eligible requests of the edge node.
    surplus
        Q - pi_i of the requests by rank, shape (n,).
    demands
        Demands for uplink, downlink, memory and compute by rank, shape (n, 4).
    places
        Ranks of the requests of each level from 0, ascending, K arrays.
    """

    own: RankedRequests
    surplus: NDArray[Any]
    demands: NDArray[Any]
    places: Sequence[NDArray[np.int64]]

    @classmethod
    def of(
        cls, own: RankedRequests, surplus: Sequence[int], leaves: Sequence[Leaf], slack: int
    ) -> EdgeNodeArrays:
        """Return the arrays for a search of leaves: of machine words if none of its sums overflows.

        The largest sums are those of all surplus, of all demands or capacities at the largest
        multipliers, and of the losses up to the slack. Larger numbers are Python integers.
        """
        number_type = np.int64 if _largest_sum(own, surplus, leaves, slack) < LARGEST_WORD else "O"
        return cls(
            own=own,
            surplus=np.array(surplus, dtype=number_type),
            demands=np.array(own.demands, dtype=number_type).reshape(-1, 4),
            places=[np.array(level, dtype=np.int64) for level in own.levels],
        )

    @property
    def number_type(self) -> np.dtype[Any]:
        """Type of all sums: machine words, or Python integers."""
        return self.surplus.dtype

    @cached_property
    def level_demands(self) -> NDArray[Any]:
        """Demands of the first request of each level, shape (K, 4)."""
        return self.demands[[own[0] for own in self.places]]

    def least_spectrum(self, level: int, last: int) -> tuple[int, int]:
        """Return the smallest uplink and downlink of a level among the first ``last`` requests."""
        num = int(np.searchsorted(self.places[level], last))
        uplink, downlink = self._least_spectrum[level][num - 1] if num else (0, 0)
        return int(uplink), int(downlink)

    @cached_property
    def _least_spectrum(self) -> list[NDArray[Any]]:
        return [np.minimum.accumulate(self.demands[own, :2], axis=0) for own in self.places]


def _largest_sum(
    own: RankedRequests, surplus: Sequence[int], leaves: Sequence[Leaf], slack: int
) -> int:
    capacities = (*own.capacities, max(own.budgets, default=0))
    amounts = [
        len(own.demands) * max((each[resource] for each in own.demands), default=0) + capacity
        for resource, capacity in enumerate(capacities)
    ]
    prices = [
        max((leaf.multipliers[resource] for leaf in leaves), default=0)
        for resource in range(len(amounts))
    ]
    values = sum(price * amount for price, amount in zip(prices, amounts, strict=True))
    return max(slack + sum(map(abs, surplus)) + values, *amounts)


class GainSums:
    """Sums of the largest gains of each level at prices of spectrum.

    Parameters
    ----------
    arrays
        Eligible requests of the edge node.
    uplink, downlink
        Prices y_U and y_D of a unit of uplink and of downlink.
    """

    def __init__(self, arrays: EdgeNodeArrays, uplink: int, downlink: int) -> None:
        self._gains = (
            arrays.surplus - arrays.demands[:, 0] * uplink - arrays.demands[:, 1] * downlink
        )
        self._sorted = [own[np.argsort(-self._gains[own], kind="stable")] for own in arrays.places]
        self._sums: dict[tuple[int, int], NDArray[Any]] = {}
        self._num_numbers = 0

    def of(self, level: int, last: int) -> NDArray[Any]:
        """Return the sums of the 0, 1, 2, ... largest gains of a level among the first ``last``."""
        sums = self._sums.get((level, last))
        if sums is None:
            places = self._sorted[level]
            gains = self._gains[places[places < last]]
            sums = np.concatenate([np.zeros(1, dtype=gains.dtype), np.cumsum(gains)])
            if self._num_numbers + len(sums) > MOST_NUMBERS:
                self._sums.clear()
                self._num_numbers = 0
            self._sums[level, last] = sums
            self._num_numbers += len(sums)
        return sums
