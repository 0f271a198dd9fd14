"""Descent: steps that minimise a convex function of prices along deflected subgradients.

The unused amounts of the priced resources form a subgradient: a price should fall if some of its
resource is unused, and rise if the demand exceeds the capacity. Each direction is a mixture of the
subgradient and the previous direction. A step has Polyak's length, the distance of the value from
an aim divided by the squared norm of the direction, times a factor that is reduced after steps
without improvement. Or the lengths of the steps are fixed in advance, which needs no aim.

References
----------
P. M. Camerini, L. Fratta, F. Maffioli, "On improving relaxation methods by modified gradient
techniques", Mathematical Programming Study 3:26-34, 1975, doi:10.1007/BFb0120697.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from heuristics.compiled import compiled, inner

if TYPE_CHECKING:
    from formulations.decomposition.pricing.edge_nodes import FloatArray

MEMORY = 0.7
"""Weight of the previous direction in a new one."""


class Descent:
    """A point that descends step by step.

    Parameters
    ----------
    point
        Starting point: prices of at least 0.
    step
        Length of the first steps, as a fraction of Polyak's length.
    patience
        Number of steps without improvement after which the descent returns to the best point
        with shorter steps.
    shortening
        Factor applied to the step length then.
    scale
        Unit of each price, 0 for a price that stays fixed; 1 for all prices if None.
    most
        Upper limit of each price; none if None.

    Attributes
    ----------
    point
        Current point. No step changes the arrays of earlier points.
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
        """Return to the best point after ``patience`` steps without improvement; True if so."""
        self._num_vain = 0 if is_better else self._num_vain + 1
        if self._num_vain < self._patience:
            return False
        self.point, self._num_vain = best, 0
        self.step *= self._shortening
        self._direction[:] = 0
        return True

    def move(self, left: FloatArray, distance: float) -> bool:
        """Take a step of Polyak's length; return False if no price can move.

        Parameters
        ----------
        left
            Unused amount of each priced resource at the point: the subgradient.
        distance
            Value at the point minus the aim.
        """
        length = self.step * distance
        self.point = self.point.copy()
        return take_step(self.point, self._direction, left, self._scale, self._most, length)

    def move_by(self, left: FloatArray, length: float) -> None:
        """Take a step of a given length.

        Parameters
        ----------
        left
            Unused amount of each priced resource at the point: the subgradient.
        length
            Change of a price, in its unit, for an unused amount of 1 in its unit.
        """
        self.point = self.point.copy()
        _move_by(self.point, self._direction, left, self._scale, self._most, length)


@compiled
def take_step(
    point: FloatArray,
    direction: FloatArray,
    left: FloatArray,
    scale: FloatArray,
    most: FloatArray,
    length: float,
) -> bool:
    """Update the direction and move all prices that are not held at a limit."""
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
def _move_by(
    point: FloatArray,
    direction: FloatArray,
    left: FloatArray,
    scale: FloatArray,
    most: FloatArray,
    length: float,
) -> None:
    """Update the direction, and move all prices by a multiple of it within their limits."""
    for at in range(point.size):
        direction[at] = (1 - MEMORY) * left[at] * scale[at] + MEMORY * direction[at]
        moved = point[at] - length * direction[at] * scale[at]
        point[at] = min(max(moved, 0.0), most[at])


@inner
def _is_held(price: float, direction: float, most: float) -> bool:
    return (price <= 0 and direction > 0) or (price >= most and direction < 0)
