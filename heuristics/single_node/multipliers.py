r"""Multipliers: the Lagrangian bound on one problem, and the y that makes it least.

If counts u_k <= room_k of sum z fit, and :math:`use(u)` is what they ask for, any y >= 0 gives

.. math:: L(y) = y \cdot cap + \sum_k \max_{c \le room_k} (c - y \cdot use_k(c)) \ge z,

since :math:`z \le \sum_k u_k + y \cdot (cap - use(u))`. L is convex and piecewise
linear in at most four variables; :math:`cap - use` of a maximiser is a subgradient. The cheapest
uplinks have convex sums, so a maximiser is one binary search a level.

*Rounding.* With eps = 2^-53 and no y used that is worse than y = 0, all terms of L are at most the
number n of requests, each is computed to a relative error of 8 eps, and so is each addition: the
error of a sum over N levels stays below 8 eps (n + 1)(N + 16), the *guard*. A problem is refuted
only if L is below z by more than the guard.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from heuristics.compiled import compiled, inner

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from heuristics.single_node.count_problem import CountProblem

    FloatArray = NDArray[np.float64]

SMALLEST_TOLERANCE = 1e-5
RELATIVE_TOLERANCE = 0.1


class Ellipsoid(NamedTuple):
    """Ellipsoid that contains the best multipliers, each times its capacity."""

    centre: FloatArray
    """Shape (4,)."""
    shape: FloatArray
    """Symmetric and positive, shape (4, 4)."""
    scale: FloatArray
    """Capacities by which the centre is divided, 0 for resources that cannot bind, shape (4,)."""
    multipliers: FloatArray
    """y of the least L so far, shape (4,)."""
    value: FloatArray
    """The least L so far and a lower bound on L, shape (2,)."""

    @classmethod
    def empty(cls) -> Ellipsoid:
        """Return an ellipsoid for `begin`."""
        return cls(np.zeros(4), np.zeros((4, 4)), np.zeros(4), np.zeros(4), np.zeros(2))


@inner
def lagrangian(problem: CountProblem, multipliers: FloatArray, use: FloatArray) -> float:
    """Return L(y), and store the demand of a maximiser in ``use``, shape (4,). O(N log n)."""
    total = 0.0
    use[:] = 0.0
    y0, y1, y2, y3 = multipliers
    demand = problem.demand
    for k in range(problem.room.size):
        net = 1.0 - (y1 * demand[0, k] + y2 * demand[1, k] + y3 * demand[2, k])
        if net < 0.0:
            continue
        base = problem.base[k]
        low, high = base, base + problem.room[k]
        while low < high:
            middle = (low + high) // 2
            if y0 * (problem.uplink_sum[middle + 1] - problem.uplink_sum[middle]) <= net:
                low = middle + 1
            else:
                high = middle
        count = low - base
        uplink = problem.uplink_sum[low] - problem.uplink_sum[base]
        total += count * net - y0 * uplink
        use[0] += uplink
        for resource in range(3):
            use[resource + 1] += float(count * demand[resource, k])
    for resource in range(4):
        total += multipliers[resource] * problem.capacity[resource]
    return total


@compiled
def begin(problem: CountProblem, ellipsoid: Ellipsoid) -> None:
    """Set the first ellipsoid, with the better of y = 0 and its own y as record.

    With x_r = y_r cap_r, L is at least sum x, so that the best y lies in the simplex of x >= 0
    with sum x <= L(record), and a ball around it is a first ellipsoid.
    """
    centre, shape, scale, multipliers, value = ellipsoid
    use = np.zeros(4)
    num_binding = 0
    for resource in range(4):
        most = 0
        for k in range(problem.room.size):
            room = problem.room[k]
            if resource == 0:
                base = problem.base[k]
                most += problem.uplink_sum[base + room] - problem.uplink_sum[base]
            else:
                most += room * problem.demand[resource - 1, k]
        binds = most > problem.capacity[resource]
        scale[resource] = max(problem.capacity[resource], 1) if binds else 0.0
        multipliers[resource] *= binds
        num_binding += binds
    for resource in range(4):  # The ellipsoid needs two dimensions.
        if num_binding < 2 and scale[resource] == 0.0:
            scale[resource] = max(problem.capacity[resource], 1)
            num_binding += 1
    everyone = float(problem.room.sum())
    value[0] = lagrangian(problem, multipliers, use)
    if value[0] >= everyone:
        value[0] = everyone
        multipliers[:] = 0.0
    value[1] = 0.0
    shape[:] = 0.0
    for resource in range(4):
        binds = scale[resource] > 0.0
        centre[resource] = value[0] / num_binding if binds else 0.0
        shape[resource, resource] = value[0] ** 2 * (1.0 - 1.0 / num_binding) if binds else 0.0


@compiled
def descend(
    problem: CountProblem, ellipsoid: Ellipsoid, guard: float, hasty: bool, iterations: int
) -> bool:
    """Shrink the ellipsoid by deep cuts until its record is accurate enough.

    Parameters
    ----------
    problem
        Count problem that L bounds.
    ellipsoid
        State of the descent, changed in place.
    guard
        Rounding error of L: an L below z by more than the guard refutes the problem.
    hasty
        True to stop at the first L that refutes the problem.
    iterations
        Maximum number of iterations before the descent pauses.

    Returns
    -------
    bool
        True if the descent has terminated.

    Notes
    -----
    The tolerance is a tenth of the distance between L and z: few iterations suffice where L is
    far from z, and L is computed more exactly where it is close.
    """
    target = problem.cardinality - guard
    centre, shape, scale, multipliers, value = ellipsoid
    dimensions = 0
    for resource in range(4):
        dimensions += scale[resource] > 0.0
    y, use, cut, along = np.zeros(4), np.zeros(4), np.zeros(4), np.zeros(4)
    for _ in range(iterations):
        worst = 0
        for resource in range(1, 4):
            worst = resource if centre[resource] < centre[worst] else worst
        outside = centre.sum() - value[0]
        cut[:] = 0.0
        is_point = False
        if centre[worst] < 0.0:
            cut[worst], depth = -1.0, -centre[worst]
        elif outside > 0.0:
            for resource in range(4):
                cut[resource] = 1.0 if scale[resource] > 0.0 else 0.0
            depth = outside
        else:
            is_point = True
            for resource in range(4):
                y[resource] = centre[resource] / max(scale[resource], 1.0)
            here = lagrangian(problem, y, use)
            if here < value[0]:
                value[0] = here
                for resource in range(4):
                    multipliers[resource] = y[resource]
            depth = here - value[0]
            for resource in range(4):
                if scale[resource] > 0.0:
                    cut[resource] = (problem.capacity[resource] - use[resource]) / scale[resource]
        along[:] = 0.0
        square = 0.0
        for i in range(4):
            for j in range(4):
                along[i] += shape[i, j] * cut[j]
            square += along[i] * cut[i]
        if square <= 0.0:
            return True
        length = np.sqrt(square)
        if is_point:
            value[1] = max(value[1], here - length)
        gap = abs(value[0] - target)
        if value[0] - value[1] <= max(SMALLEST_TOLERANCE, RELATIVE_TOLERANCE * gap) or (
            hasty and value[0] < target
        ):
            return True
        alpha = depth / length
        if alpha >= 1.0:
            return True
        step = (1.0 + dimensions * alpha) / (dimensions + 1.0)
        grow = dimensions**2 * (1.0 - alpha**2) / (dimensions**2 - 1.0)
        sigma = 2.0 * step / (1.0 + alpha)
        for i in range(4):
            centre[i] -= step * along[i] / length
        for i in range(4):
            for j in range(4):
                shape[i, j] = grow * (shape[i, j] - sigma * along[i] * along[j] / square)
    return False
