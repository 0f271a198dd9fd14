"""Randomness: a small generator of random numbers for compiled kernels."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from heuristics.compiled import inner

if TYPE_CHECKING:
    from numpy.typing import NDArray

    UintArray = NDArray[np.uint64]

_A, _B, _C, _SHIFT = np.uint64(13), np.uint64(7), np.uint64(17), np.uint64(11)


def seeded(seed: int) -> UintArray:
    """Return the state of a generator, shape (1,)."""
    return np.random.SeedSequence(seed).generate_state(1, np.uint64) | np.uint64(1)


@inner
def uniform(state: UintArray) -> float:
    """Return a random number of [0, 1), and advance the state.

    References
    ----------
    G. Marsaglia, "Xorshift RNGs", Journal of Statistical Software 8(14):1-6, 2003,
    doi:10.18637/jss.v008.i14.
    """
    x = state[0]
    x ^= x << _A
    x ^= x >> _B
    x ^= x << _C
    state[0] = x
    return float(x >> _SHIFT) * 2.0**-53


@inner
def below(state: UintArray, limit: int) -> int:
    """Return a random integer of 0 to limit - 1."""
    return int(uniform(state) * limit)
