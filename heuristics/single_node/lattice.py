r"""Lattice: the exact search where many levels have a choice and several resources have a price.

*Why it is here.* A run on the benchmark "twelve levels" with 12,500 requests takes 37,000 to
191,000 steps for seeds 0 to 3. By the walk alone each takes more than 16.8 million, the limit of a
run; with 1,000 requests the walk takes 4 to 11 times the steps (`test_hard.py`).

Counts that fit have :math:`\sum_k R_k(u_k) + y \cdot s = G` with slacks s >= 0 (see
`count_windows`). They lie in a body that is thin in one direction for each resource with a
price, and a walk level by level meets far more partial counts than the body contains. The counts
of sum z are a lattice. The algorithm of Lenstra, Lenstra and Lovasz finds a basis of it that is
short in the metric of the body, and in this basis few partial sums end without a point.

*The metric.* Let the window of level k lie within :math:`c_k \pm h_k`, and e_k be the largest of
:math:`((u - c_k) / h_k)^2 - R_k(u) / G` over it, at least 0. With m priced resources among
downlink, memory and compute and :math:`\tau_r = y_r s_r / G`,

.. math:: \sum_k ((u_k - c_k) / h_k)^2 + 2 \sum_r (\tau_r - 1/4)^2 \le 1 + m / 8 + \sum_k e_k

for all counts of the body: the left side is at most :math:`\sum_k e_k` plus a convex function of
:math:`(\sum_k R_k / G, \tau) \ge 0` of sum at most 1, so largest at a corner, where it is
:math:`1 + m / 8` or less. The points of the lattice in this ellipsoid are enumerated depth first,
nearest first (Schnorr and Euchner), except that points on a line along the first basis vector are
settled together, in integers.

*Rounding.* The guard covers R_k as computed. Vectors come from exact integers, right to 2^-46 of
their length. In a reduced basis of dimension D <= 23 no point has a coordinate times the length of
its vector above :math:`(9/2)^{D/2} < 2^{25}` times its own length (Babai), so its distance is
right to 2^-16 of it; the radius is widened by 2^-10.

References
----------
Lenstra, Lenstra, Lovasz, "Factoring polynomials with rational coefficients", 1982,
doi:10.1007/BF01457454; Babai, "On Lovasz' lattice reduction and the nearest lattice point
problem", 1986, doi:10.1007/BF02579403; Schnorr, Euchner, "Lattice basis reduction", 1994,
doi:10.1007/BF01581144.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from heuristics.compiled import compiled, inner
from heuristics.single_node.walk import EXHAUSTED, FOUND, PAUSED

if TYPE_CHECKING:
    from heuristics.coefficients import IntArray
    from heuristics.single_node.count_problem import CountProblem
    from heuristics.single_node.count_windows import CountWindows, FloatArray

MOST_LEVELS = 24
"""Maximum number of levels with a choice for which a basis is reduced."""

_LEAST_LOSS = 1e-6
_WIDEST_WINDOW = 1 << 12
_MOST_ROUNDS = 10_000
_SAFE_SUM = 2.0**61
_FAR = 1 << 62


class Lattice(NamedTuple):
    """The counts of sum z of the K levels with a choice, and the state of their enumeration.

    Its dimension is D = K - 1. A last coordinate, 1 in the origin and 0 in the basis, stands for
    the capacities that the levels without a choice leave.
    """

    level: IntArray
    """The levels with a choice, shape (K,)."""
    use: IntArray
    """Downlink, memory, compute of each level, then minus the capacities left, (3, K + 1)."""
    uplink: IntArray
    """The uplink left, shape (1,)."""
    origin: IntArray
    """Counts of sum z, near the middle of the ellipsoid, shape (K + 1,)."""
    basis: IntArray
    """Shape (D, K + 1)."""
    triangle: FloatArray
    """Coefficient of each basis vector along each earlier orthogonalised vector, shape (D, D)."""
    length: FloatArray
    """Squared lengths of the orthogonalised vectors, shape (D,)."""
    target: FloatArray
    """The middle of the ellipsoid, seen from the origin, in these, shape (D,)."""
    radius: FloatArray
    """The square of the radius of the ellipsoid, cut by the lattice's hyperplane, shape (1,)."""
    point: IntArray
    """Coordinates of the point, shape (D,)."""
    step: IntArray
    """The last step of each coordinate, shape (D,)."""
    centre: FloatArray
    """Best value of each coordinate, given the later ones, shape (D,)."""
    distance: FloatArray
    """Squared distance in the coordinates from this one on, shape (D + 1,)."""
    counts: IntArray
    """The count of every level, shape (N + 1,)."""
    depth: IntArray
    """Coordinate at which the enumeration continues, shape (1,)."""

    @classmethod
    def begin(
        cls, problem: CountProblem, windows: CountWindows, multipliers: FloatArray, loss: float
    ) -> Lattice | None:
        """Return the lattice in a reduced basis, or None if numbers exceed 62 bits.

        The windows must hold counts of sum z.
        """
        level = np.flatnonzero(windows.high > windows.low)
        size = level.size - 1
        use = np.pad(problem.demand[:, level], ((0, 0), (0, 1)))
        lattice = cls(
            level=level,
            use=use,
            uplink=np.zeros(1, dtype=np.int64),
            origin=np.append(windows.low[level], 1),
            basis=np.eye(size, size + 2, dtype=np.int64),
            triangle=np.zeros((size, size)),
            length=np.zeros(size),
            target=np.zeros(size),
            radius=np.zeros(1),
            point=np.zeros(size, dtype=np.int64),
            step=np.zeros(size, dtype=np.int64),
            centre=np.zeros(size),
            distance=np.zeros(size + 1),
            counts=windows.low.copy(),
            depth=np.zeros(1, dtype=np.int64),
        )
        lattice.basis[:, size] = -1
        lay_origin(problem, windows, lattice)
        is_built = build(problem, windows, multipliers, max(loss, _LEAST_LOSS), lattice)
        return lattice if is_built else None


@compiled
def lay_origin(problem: CountProblem, windows: CountWindows, lattice: Lattice) -> None:
    """Take counts of sum z within the windows, and the other levels off the capacities."""
    size = lattice.level.size
    left = problem.cardinality - windows.low.sum()
    lattice.uplink[0] = problem.capacity[0]
    lattice.use[:, size] = -problem.capacity[1:]
    for k in range(windows.low.size):
        count, base = windows.low[k], problem.base[k]
        if windows.high[k] == count:
            lattice.uplink[0] -= problem.uplink_sum[base + count] - problem.uplink_sum[base]
            lattice.use[:, size] += count * problem.demand[:, k]
    for i in range(size):
        k = lattice.level[i]
        more = min(left, windows.high[k] - windows.low[k])
        lattice.origin[i] += more
        left -= more


@inner
def axis(
    problem: CountProblem, windows: CountWindows, y0: float, loss: float, k: int
) -> tuple[float, float, float]:
    """Return c_k, h_k and e_k of a level, around its best count or the middle of its window."""
    base, low, high, best = problem.base[k], windows.low[k], windows.high[k], windows.best[k]
    middle, half = (low + high) / 2.0, (high - low) / 2.0
    side = float(max(high - best, best - low))
    of_middle, of_best = 1.0, 1.0
    if high - low < _WIDEST_WINDOW:
        of_middle, of_best = 0.0, 0.0
        for count in range(low, high + 1):
            uplink = problem.uplink_sum[base + count] - problem.uplink_sum[base]
            share = (windows.peak[k] - (count * windows.net[k] - y0 * uplink)) / loss
            of_middle = max(of_middle, ((count - middle) / half) ** 2 - share)
            of_best = max(of_best, ((count - best) / side) ** 2 - share)
    # An excess adds to the radius in all directions, so it counts for more than a width.
    if half * (1.0 + of_middle) ** 3 < side * (1.0 + of_best) ** 3:
        return middle, half, of_middle
    return float(best), side, of_best


@compiled
def build(
    problem: CountProblem,
    windows: CountWindows,
    multipliers: FloatArray,
    loss: float,
    lattice: Lattice,
) -> bool:
    """Reduce the basis, and move the origin near the middle of the ellipsoid."""
    size = lattice.level.size
    per_count, middle = np.zeros(size + 1), np.zeros(size + 4)
    per_use = np.sqrt(2.0) / loss * multipliers[1:]
    radius = 1.0
    for i in range(size):
        centre, half, excess = axis(problem, windows, multipliers[0], loss, lattice.level[i])
        per_count[i] = 1.0 / half
        middle[i] = centre / half
        radius += excess
    for resource in range(3):
        if multipliers[resource + 1] > 0.0:
            middle[size + 1 + resource] = np.sqrt(2.0) / 4.0
            radius += 0.125
    star = np.zeros((size - 1, size + 4))
    if not reduce_basis(lattice, per_count, per_use, star):
        return False
    target = lattice.target
    for _ in range(2):  # From the first origin the middle is known roughly, if it is far away.
        offset = middle - embed(lattice.origin, lattice.use, per_count, per_use)
        for i in range(size - 2, -1, -1):
            target[i] = (offset * star[i]).sum() / lattice.length[i]
        move_origin(lattice)
        if not is_safe(lattice.origin, lattice.use):
            return False
    offset = middle - embed(lattice.origin, lattice.use, per_count, per_use)
    for i in range(size - 1):
        target[i] = (offset * star[i]).sum() / lattice.length[i]
    beyond = (offset * offset).sum() - (target * target * lattice.length).sum()
    lattice.radius[0] = (radius - beyond) + 2.0**-10 * (radius + abs(beyond))
    lattice.depth[0] = size - 2
    lattice.centre[size - 2] = target[size - 2]
    lattice.point[size - 2] = np.int64(np.rint(target[size - 2]))
    return True


@inner
def embed(
    counts: IntArray, use: IntArray, per_count: FloatArray, per_use: FloatArray
) -> FloatArray:
    """Take counts and the slacks that they leave into the metric."""
    size = counts.size
    vector = np.empty(size + 3)
    vector[:size] = counts * per_count
    for resource in range(3):
        vector[size + resource] = -(counts * use[resource]).sum() * per_use[resource]
    return vector


@inner
def is_safe(counts: IntArray, use: IntArray) -> bool:
    """Return True if the demand of these counts fits 62 bits."""
    for resource in range(3):
        if (np.abs(counts.astype(np.float64)) * np.abs(use[resource])).sum() > _SAFE_SUM:
            return False
    return True


@inner
def move_origin(lattice: Lattice) -> None:
    """Move the origin to a point near the target: Babai's nearest plane."""
    point = np.zeros_like(lattice.point)
    for i in range(point.size - 1, -1, -1):
        here = lattice.target[i]
        for j in range(i + 1, point.size):
            here -= lattice.triangle[j, i] * point[j]
        point[i] = np.int64(np.rint(here))
        lattice.origin[:] += point[i] * lattice.basis[i]


@inner
def reduce_basis(
    lattice: Lattice, per_count: FloatArray, per_use: FloatArray, star: FloatArray
) -> bool:
    """Reduce the basis (Lenstra, Lenstra, Lovasz); return True if the reduction converged."""
    basis, triangle, length = lattice.basis, lattice.triangle, lattice.length
    vectors = np.zeros_like(star)
    for i in range(length.size):
        vectors[i] = embed(basis[i], lattice.use, per_count, per_use)
    i = 0
    for _ in range(_MOST_ROUNDS):
        if i == length.size:
            break
        orthogonalise(vectors, i, star, triangle, length)
        for j in range(i - 1, -1, -1):
            times = np.rint(triangle[i, j])
            basis[i] -= np.int64(times) * basis[j]
            triangle[i, :j] -= times * triangle[j, :j]
        vectors[i] = embed(basis[i], lattice.use, per_count, per_use)
        orthogonalise(vectors, i, star, triangle, length)
        if i == 0 or length[i] >= (0.99 - triangle[i, i - 1] ** 2) * length[i - 1]:
            i += 1
        else:
            longer, vector = basis[i].copy(), vectors[i].copy()
            basis[i], vectors[i] = basis[i - 1], vectors[i - 1]
            basis[i - 1], vectors[i - 1] = longer, vector
            i -= 1
    is_done = i == length.size
    for row in basis:
        is_done = is_done and is_safe(row, lattice.use)
    return is_done


@inner
def orthogonalise(
    vectors: FloatArray, i: int, star: FloatArray, triangle: FloatArray, length: FloatArray
) -> None:
    """Split a vector along the orthogonalised ones before it, twice for the sake of floats."""
    star[i] = vectors[i]
    triangle[i] = 0.0
    for _ in range(2):
        for j in range(i):
            factor = (star[i] * star[j]).sum() / length[j]
            triangle[i, j] += factor
            star[i] -= factor * star[j]
    length[i] = (star[i] * star[i]).sum()


@inner
def settle_line(problem: CountProblem, windows: CountWindows, lattice: Lattice) -> bool:
    """Find a point that fits on a line along the first basis vector, in integers.

    Windows, downlink, memory and compute are linear along the line and leave an interval; the
    uplink is convex along it, so one binary search finds its minimum. O(K log n).
    """
    size = lattice.level.size
    counts, along = lattice.origin.copy(), lattice.basis[0]
    for j in range(1, lattice.point.size):
        counts += lattice.point[j] * lattice.basis[j]
    first, last = -_FAR, _FAR
    for i in range(size):
        k = lattice.level[i]
        less, more = windows.low[k] - counts[i], windows.high[k] - counts[i]
        if along[i] > 0:
            first, last = max(first, -(-less // along[i])), min(last, more // along[i])
        elif along[i] < 0:
            first, last = max(first, -(more // -along[i])), min(last, -less // -along[i])
        elif less > 0 or more < 0:
            return False
    if first > last:
        return False
    counts += first * along
    low, high = 0, last - first
    for resource in range(3):
        excess = (counts * lattice.use[resource]).sum()
        step = (along * lattice.use[resource]).sum()
        if step > 0:
            high = min(high, -excess // step)
        elif step < 0:
            low = max(low, -(-excess // -step))
        elif excess > 0:
            return False
    if low > high:
        return False
    while low < high:
        middle = (low + high) // 2
        here = uplink_of(problem, lattice, counts, middle)
        if uplink_of(problem, lattice, counts, middle + 1) < here:
            low = middle + 1
        else:
            high = middle
    for i in range(size):
        lattice.counts[lattice.level[i]] = counts[i] + low * along[i]
    return bool(uplink_of(problem, lattice, counts, low) <= lattice.uplink[0])


@inner
def uplink_of(problem: CountProblem, lattice: Lattice, counts: IntArray, times: int) -> int:
    """Return the uplink of counts to which the first basis vector is added so many times."""
    uplink = 0
    for i in range(lattice.level.size):
        base = problem.base[lattice.level[i]]
        count = counts[i] + times * lattice.basis[0, i]
        uplink += problem.uplink_sum[base + count] - problem.uplink_sum[base]
    return uplink


@compiled
def enumerate_on(
    problem: CountProblem, windows: CountWindows, lattice: Lattice, max_visits: int
) -> tuple[int, int]:
    """Continue the enumeration for a number of lines, changing the lattice in place.

    Return the outcome and the number of lines visited, as `walk_on` does.
    """
    point, step, centre, distance = lattice.point, lattice.step, lattice.centre, lattice.distance
    triangle, target, length = lattice.triangle, lattice.target, lattice.length
    radius = lattice.radius[0]
    size = point.size
    depth = lattice.depth[0]
    for visit in range(max_visits):
        here = distance[depth + 1] + length[depth] * (point[depth] - centre[depth]) ** 2
        if here > radius:
            depth += 1
            if depth == size:
                return EXHAUSTED, visit + 1
        elif depth > 1:
            distance[depth] = here
            depth -= 1
            centre[depth] = target[depth]
            for j in range(depth + 1, size):
                centre[depth] -= triangle[j, depth] * point[j]
            point[depth] = np.int64(np.rint(centre[depth]))
            step[depth] = 0
            continue
        elif settle_line(problem, windows, lattice):
            return FOUND, visit + 1
        # The next nearest to the centre lies on its other side.
        if step[depth] == 0:
            step[depth] = 1 if centre[depth] >= point[depth] else -1
        else:
            step[depth] = -step[depth] - (1 if step[depth] > 0 else -1)
        point[depth] += step[depth]
    lattice.depth[0] = depth
    return PAUSED, max_visits
