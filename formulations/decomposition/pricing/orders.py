"""Orders: a stable sort for kernels, quick for a few dozen places."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from heuristics.compiled import inner

if TYPE_CHECKING:
    from formulations.decomposition.pricing.edge_nodes import FloatArray
    from heuristics.coefficients import IntArray

RUN = 16
"""Length of the runs that are sorted by insertion and then merged."""


@inner
def sort_decreasing(places: IntArray, first: int, last: int, value: FloatArray) -> None:
    """Sort ``places[first:last]`` by decreasing value; equal values keep their order.

    It takes O(n log n). numba's own sort takes longer to compile than the kernels around it.
    """
    for begin in range(first, last, RUN):
        for at in range(begin + 1, min(begin + RUN, last)):
            place, to = places[at], at
            while to > begin and value[places[to - 1]] < value[place]:
                places[to] = places[to - 1]
                to -= 1
            places[to] = place
    width = RUN
    if last - first <= width:
        return
    spare = np.empty(last - first, dtype=np.int64)
    while width < last - first:
        for begin in range(first, last - width, 2 * width):
            end = min(begin + 2 * width, last)
            for at in range(width):
                spare[at] = places[begin + at]
            left, right, to = 0, begin + width, begin
            while left < width and right < end:
                if value[places[right]] > value[spare[left]]:
                    places[to] = places[right]
                    right += 1
                else:
                    places[to] = spare[left]
                    left += 1
                to += 1
            while left < width:
                places[to] = spare[left]
                left += 1
                to += 1
        width *= 2
