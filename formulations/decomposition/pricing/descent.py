"""Descent: steps that bring down a convex function of prices, along deflected subgradients.

What is left of a priced thing is a subgradient: the price should fall where some is left, and
rise where more is asked for than there is. A direction remembers the one before. A step along it
has Polyak's length, the value's distance from an aim over the square of the direction, and is
shortened where nothing is gained.

References
----------
P. M. Camerini, L. Fratta, F. Maffioli, "On improving relaxation methods by modified gradient
techniques", Mathematical Programming Study 3:26-34, 1975, doi:10.1007/BFb0120697.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from heuristics.compiled import compiled

if TYPE_CHECKING:
    from formulations.decomposition.pricing.edge_nodes import FloatArray

MEMORY = 0.7
"""What a direction keeps of the one before."""


class Descent:
    """A point on its way down.

    Parameters
    ----------
    point
        Where to begin: prices of at least 0.
    step
        Length of the first steps, as a part of Polyak's.
    patience
        After how many steps in vain to go back to the best point and shorten them.
    shortening
        What becomes of their length.
    scale
        The unit of each price, 0 for one that stays; 1 each if not given.
    most
        The largest value of each price; any if not given.

    Attributes
    ----------
    point
        Where it is now. No step changes the arrays of earlier points.
    """

    def __init__(
        self,
        point: FloatArray,
        *,
        step: float,
        patience: int,
        shortening: float,
        scale: FloatArray | None = None,
        most: FloatArray | None = None,
    ) -> None:
        self.point = point
        self.step = step
        self._patience, self._num_vain, self._shortening = patience, 0, shortening
        self._scale = np.ones(len(point)) if scale is None else scale
        self._most = np.full(len(point), np.inf) if most is None else most
        self._direction = np.zeros(len(point))

    def returns(self, best: FloatArray, *, is_better: bool) -> bool:
        """Go back to the best point after so many in vain; say whether that is so."""
        self._num_vain = 0 if is_better else self._num_vain + 1
        if self._num_vain < self._patience:
            return False
        self.point, self._num_vain = best, 0
        self.step *= self._shortening
        self._direction[:] = 0
        return True

    def move(self, left: FloatArray, distance: float) -> bool:
        """Take a step; say whether there is a direction.

        Parameters
        ----------
        left
            What is left of each priced thing at the point.
        distance
            How far the value at the point lies above the aim.
        """
        length = self.step * distance
        self.point = self.point.copy()
        return _move(self.point, self._direction, left, self._scale, self._most, length)


@compiled
def _move(
    point: FloatArray,
    direction: FloatArray,
    left: FloatArray,
    scale: FloatArray,
    most: FloatArray,
    length: float,
) -> bool:
    """Turn the direction and move the prices that it can change: at 0 none falls."""
    square = 0.0
    for at in range(point.size):
        direction[at] = (1 - MEMORY) * left[at] * scale[at] + MEMORY * direction[at]
        if not _is_held(point[at], direction[at], most[at]):
            square += direction[at] ** 2
    if square == 0:
        return False
    for at in range(point.size):
        if not _is_held(point[at], direction[at], most[at]):
            moved = point[at] - length / square * direction[at] * scale[at]
            point[at] = min(max(moved, 0.0), most[at])
    return True


@compiled
def _is_held(price: float, direction: float, most: float) -> bool:
    return (price <= 0 and direction > 0) or (price >= most and direction < 0)
