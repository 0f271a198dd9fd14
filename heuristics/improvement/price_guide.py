"""Price guide: profits of pairs that tell states of equal throughput apart.

At good prices the batches of good schedules have almost the largest profits that any batch has. So
the potential of a cell that serves n requests is the sum of the n largest profits among the pairs
whose budget covers the load. Counts of a larger potential leave more requests of a high price
free, which other edge nodes can serve. The potential depends on counts and load alone. It guides
the annealing, and proves nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from heuristics.compiled import inner
from heuristics.improvement.matching_state import reach_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from heuristics.coefficients import IntArray
    from heuristics.improvement.matching_cells import MatchingCells
    from heuristics.improvement.matching_state import MatchingState
    from heuristics.schedule import Schedule

    FloatArray = NDArray[np.float64]

_WEIGHT = 1.5
"""Value of a unit of potential [requests]. In cities 1 to 3 are equally good."""


class PricedStart(NamedTuple):
    """A feasible schedule, and profits that guide its improvement."""

    schedule: Schedule
    """The schedule."""
    profit: FloatArray | None
    """Profit of each pair of the problem, in the order of ``data.pairs``, shape (N,), or None."""


class PriceGuide(NamedTuple):
    """Pairs of each cell by falling profit, and the potentials of the current counts."""

    weight: float
    """Value of a unit of potential [requests]; 0 without prices, when all arrays are empty."""
    place: IntArray
    """Places of the pairs in their cell, by falling profit, shape (N,)."""
    profit: FloatArray
    """Profits of these pairs, shape (N,)."""
    potential: FloatArray
    """Potential of each cell, shape (C,)."""

    @classmethod
    def of(cls, cells: MatchingCells, profit: FloatArray | None) -> PriceGuide:
        """Return the guide at the profits of all pairs in the order of ``data.pairs``, (N,)."""
        if profit is None:
            return cls(0.0, np.zeros(0, dtype=np.int64), np.zeros(0), np.zeros(0))
        own = profit[cells.pair]
        order = np.lexsort((-own, cells.cell))
        place = order - cells.pair_pointer[cells.cell]
        return cls(_WEIGHT, place, own[order], np.zeros(cells.row.size))


@inner
def potential(cells: MatchingCells, guide: PriceGuide, cell: int, count: int, reach: int) -> float:
    """Return the sum of the largest profits of ``count`` pairs among the first ``reach``."""
    total = 0.0
    for at in range(cells.pair_pointer[cell], cells.pair_pointer[cell + 1]):
        if count <= 0:
            break
        if guide.place[at] < reach:
            total += guide.profit[at]
            count -= 1
    return total


@inner
def planned_gain(cells: MatchingCells, state: MatchingState, guide: PriceGuide, j: int) -> float:
    """Return the increase of the weighted potential of an edge node by its plan."""
    gain = 0.0
    if guide.weight > 0:
        for cell in range(cells.row_pointer[j], cells.row_pointer[j + 1]):
            reach = reach_of(cells, state, j, cell)
            gain += potential(cells, guide, cell, state.plan[cell], reach) - guide.potential[cell]
    return guide.weight * gain


@inner
def set_potential(cells: MatchingCells, state: MatchingState, guide: PriceGuide, j: int) -> None:
    """Set the potentials of an edge node to its counts."""
    if guide.weight > 0:
        for cell in range(cells.row_pointer[j], cells.row_pointer[j + 1]):
            count, reach = state.counts[cell], state.reach[cell]
            guide.potential[cell] = potential(cells, guide, cell, count, reach)
