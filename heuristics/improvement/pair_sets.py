"""Pair sets: sets of pairs as bits, with the pairs of a cell in words of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from heuristics.compiled import inner

if TYPE_CHECKING:
    from heuristics.improvement.randomness import UintArray

_ONE, _ALL = np.uint64(1), np.uint64(2**64 - 1)


@inner
def insert(words: UintArray, first_word: int, place: int) -> None:
    """Add the pair at a place of a cell."""
    words[first_word + (place >> 6)] |= _ONE << np.uint64(place & 63)


@inner
def discard(words: UintArray, first_word: int, place: int) -> None:
    """Remove the pair at a place of a cell."""
    words[first_word + (place >> 6)] &= ~(_ONE << np.uint64(place & 63))


@inner
def highest_bit(word: np.uint64) -> int:
    """Return the position of the highest bit of a word that is not 0."""
    position = 0
    for width in (32, 16, 8, 4, 2, 1):
        shifted = word >> np.uint64(width)
        if shifted != 0:
            word = shifted
            position += width
    return position


@inner
def last_below(words: UintArray, first_word: int, end: int) -> int:
    """Return the largest place below ``end`` in the set, or -1."""
    index = (end - 1) >> 6
    if end <= 0:
        return -1
    word = words[first_word + index] & (_ALL >> np.uint64(63 - ((end - 1) & 63)))
    while word == 0:
        index -= 1
        if index < 0:
            return -1
        word = words[first_word + index]
    return (index << 6) + highest_bit(word)
