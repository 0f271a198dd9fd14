"""Amounts: integers of any size, shortened so that their sums fit in 64 bits."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

BITS = 40
"""Of what amounts may add up to; the bits below are dropped, and so is what they could refuse."""


def shortened(
    amounts: Sequence[Sequence[int]], room: int
) -> tuple[list[npt.NDArray[np.int64]], int]:
    """Return amounts and what they may add up to, small enough for sums in 64 bits.

    What is within the room stays within it, as each is rounded down.
    """
    shift = max(0, room.bit_length() - BITS)
    return [
        np.array([min(amount, room + 1) >> shift for amount in own], dtype=np.int64)
        for own in amounts
    ], room >> shift
