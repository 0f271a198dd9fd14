"""Amounts: large integers, shortened so that their sums fit in 64 bits."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

BITS = 40
"""Bits kept of the largest allowed sum. Dropping the lower bits can only admit more sums."""


def shortened(
    amounts: Sequence[Sequence[int]], room: int
) -> tuple[list[npt.NDArray[np.int64]], int]:
    """Return amounts and their largest allowed sum, both small enough for sums in 64 bits.

    A sum within the room stays within it, since each amount is rounded down.
    """
    shift = max(0, room.bit_length() - BITS)
    return [
        np.array([min(amount, room + 1) >> shift for amount in own], dtype=np.int64)
        for own in amounts
    ], room >> shift
