r"""Lattice: the exact search where many levels have a choice and several resources have a price.

Counts that fit lose :math:`\sum_k R_k(u_k) + \sum_r y_r s_r \le G`, with s_r >= 0 the slack of
resource r (see `single_node_walk`). That is a body that is thin in one direction for each resource
with a price, and a walk level by level meets far more partial counts than counts in the body. So
the counts of sum z, which are a lattice, are written in a basis that is short in the metric of the
body, found by the algorithm of Lenstra, Lenstra and Lovasz; then few partial sums lead nowhere.

*The metric.* Let level k have its window within :math:`c_k \pm h_k`, and e_k be the largest of
:math:`((u - c_k) / h_k)^2 - R_k(u) / G` over the window. With m priced resources and
:math:`\tau_r = y_r s_r / G`,

.. math:: \sum_k ((u_k - c_k) / h_k)^2 + 2 \sum_r (\tau_r - 1/4)^2 \le 1 + m / 8 + \sum_k e_k

for all counts of the body: the left side is at most :math:`\sum_k e_k` plus a convex function of
:math:`(\sum_k R_k / G, \tau) \ge 0` of sum at most 1, which is largest at a corner, where it is
:math:`1 + m / 8` at most. The points of the lattice in this ellipsoid are enumerated depth first,
nearest first (Schnorr and Euchner), and each is judged in integers.

References
----------
A. K. Lenstra, H. W. Lenstra, L. Lovasz, "Factoring polynomials with rational coefficients", 1982,
doi 10.1007/BF01457454; C. P. Schnorr, M. Euchner, "Lattice basis reduction", 1994,
doi 10.1007/BF01581144.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from heuristics.compiled import compiled

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from heuristics.single_node_question import Question
    from heuristics.single_node_windows import Windows
    from heuristics.system_models.coefficients import IntArray

    FloatArray = NDArray[np.float64]

FOUND, EXHAUSTED, PAUSED = range(3)
"""How an enumeration ends, as a walk does."""

MOST_LEVELS = 32
"""Levels with a choice up to which a basis is reduced: the effort grows with their fourth power."""

_LEAST_LOSS = 1e-6
_WIDEST = 1 << 12
_SAFE_SUM = 2.0**61
_MOST_SWAPS = 20_000


class Lattice(NamedTuple):
    """The counts of sum z as a lattice of dimension D, and where its enumeration stands."""

    level: IntArray
    """The levels with a choice, shape (D + 1,)."""
    origin: IntArray
    """Counts of theirs with the right sum, shape (D + 1,)."""
    basis: IntArray
    """What each basis vector adds to them, shape (D, D + 1)."""
    triangle: FloatArray
    """The basis in the metric, orthogonalised: lower triangular factors, shape (D, D)."""
    length: FloatArray
    """Squared lengths of the orthogonalised vectors, shape (D,)."""
    target: FloatArray
    """The middle of the ellipsoid in these, shape (D,)."""
    radius: FloatArray
    """What the square of the distance may reach, without what no point can avoid, shape (1,)."""
    point: IntArray
    """Coordinates of the point, shape (D,)."""
    step: IntArray
    """To the next coordinate, shape (D,)."""
    centre: FloatArray
    """Where each coordinate would be best, given those above, shape (D,)."""
    distance: FloatArray
    """Squared distance of the coordinates from this one on, shape (D + 1,)."""
    spare: IntArray
    """What the levels without a choice leave of each capacity, shape (4,)."""
    counts: IntArray
    """The count of every level, shape (N + 1,)."""
    depth: IntArray
    """Coordinate to go on at, shape (1,)."""

    @classmethod
    def begin(
        cls, question: Question, windows: Windows, multipliers: FloatArray, loss: float
    ) -> Lattice:
        """Return the lattice of the counts of sum z in these windows, in a reduced basis."""
        level = np.flatnonzero(windows.high > windows.low)
        size = level.size - 1
        lattice = cls(
            level=level,
            origin=windows.best[level],
            basis=np.eye(size, size + 1, dtype=np.int64),
            triangle=np.zeros((size, size)),
            length=np.zeros(size),
            target=np.zeros(size),
            radius=np.zeros(1),
            point=np.zeros(size, dtype=np.int64),
            step=np.zeros(size, dtype=np.int64),
            centre=np.zeros(size),
            distance=np.zeros(size + 1),
            spare=np.zeros(4, dtype=np.int64),
            counts=windows.low.copy(),
            depth=np.zeros(1, dtype=np.int64),
        )
        lattice.basis[:, -1] = -1
        lay_origin(question, windows, lattice)
        build(question, windows, multipliers, max(loss, _LEAST_LOSS), lattice)
        return lattice


@compiled
def axis(
    question: Question, windows: Windows, y0: float, loss: float, k: int
) -> tuple[float, float, float]:
    """Return c_k, h_k and e_k of a level, around its best count or the middle of its window."""
    base, low, high, best = question.base[k], windows.low[k], windows.high[k], windows.best[k]
    middle, half = (low + high) / 2.0, (high - low) / 2.0
    side = float(max(high - best, best - low))
    of_middle, of_best = 1.0, 1.0
    if high - low < _WIDEST:
        of_middle, of_best = 0.0, 0.0
        for count in range(low, high + 1):
            uplink = question.uplink_sum[base + count] - question.uplink_sum[base]
            share = (windows.peak[k] - (count * windows.net[k] - y0 * uplink)) / loss
            of_middle = max(of_middle, ((count - middle) / half) ** 2 - share)
            of_best = max(of_best, ((count - best) / side) ** 2 - share)
    # An excess adds to the radius in all directions, so it counts for more than a width.
    if half * (1.0 + of_middle) ** 3 < side * (1.0 + of_best) ** 3:
        return middle, half, of_middle
    return float(best), side, of_best


@compiled
def lay_origin(question: Question, windows: Windows, lattice: Lattice) -> None:
    """Take counts of sum z, within the windows if there are such, for the origin."""
    left = question.cardinality
    lattice.spare[:] = question.capacity
    for k in range(windows.low.size):
        count, base = windows.low[k], question.base[k]
        left -= count
        if windows.high[k] == count:
            lattice.spare[0] -= question.uplink_sum[base + count] - question.uplink_sum[base]
            for resource in range(3):
                lattice.spare[resource + 1] -= count * question.demand[resource, k]
    for i in range(lattice.level.size):
        k = lattice.level[i]
        more = max(0, min(left, windows.high[k] - windows.low[k]))
        lattice.origin[i] = windows.low[k] + more
        left -= more
    if left != 0:
        lattice.radius[0] = -1.0  # The windows hold no counts of sum z.
    else:
        lattice.radius[0] = 1.0


@compiled
def build(
    question: Question, windows: Windows, multipliers: FloatArray, loss: float, lattice: Lattice
) -> None:
    """Set up the metric, reduce the basis and put the origin near the middle of the ellipsoid.

    Inner products of vectors of at most 35 numbers are computed to 2^-46 of the product of their
    lengths, so that 2^-36 of the square of the offset, added to the radius, covers them all.
    """
    level, origin, length = lattice.level, lattice.origin, lattice.length
    size = level.size
    scale = np.sqrt(2.0) / loss
    column = np.zeros((size, size + 3))
    middle = np.zeros(size)
    for i in range(size):
        k = level[i]
        middle[i], half, excess = axis(question, windows, multipliers[0], loss, k)
        column[i, i] = 1.0 / half
        lattice.radius[0] += excess * (lattice.radius[0] > 0.0)
        for resource in range(3):
            price = multipliers[resource + 1] * scale
            column[i, size + resource] = -price * question.demand[resource, k]
    for resource in range(3):
        if multipliers[resource + 1] > 0.0 and lattice.radius[0] > 0.0:
            lattice.radius[0] += 0.125
    vectors = column[:-1] - column[-1]
    star = np.zeros_like(vectors)
    reduce_basis(vectors, lattice.basis, star, lattice.triangle, length)
    offset = np.zeros(size + 3)
    for attempt in range(2):
        for i in range(size):
            offset[i] = (origin[i] - middle[i]) * column[i, i]
        for resource in range(3):
            slack = lattice.spare[resource + 1]
            for i in range(size):
                slack -= origin[i] * question.demand[resource, level[i]]
            price = multipliers[resource + 1]
            if price > 0.0:
                offset[size + resource] = price * slack * scale - 0.25 * np.sqrt(2.0)
        for i in range(size - 1):
            lattice.target[i] = -(offset * star[i]).sum() / length[i]
        if attempt == 0:
            moved = origin.copy()
            point = nearest(lattice)
            for i in range(size - 1):
                moved += point[i] * lattice.basis[i]
            safe = True
            for resource in range(3):
                total = 0.0
                for i in range(size):
                    total += abs(float(moved[i])) * question.demand[resource, level[i]]
                safe &= total < _SAFE_SUM
            if not safe:
                break
            origin[:] = moved
    square = (offset * offset).sum()
    within = (lattice.target * lattice.target * length).sum()
    lattice.radius[0] += within - square + 2.0**-36 * (1.0 + square) 
    depth = size - 2
    lattice.depth[0] = depth
    lattice.centre[depth] = lattice.target[depth]
    lattice.point[depth] = np.int64(np.rint(lattice.target[depth]))


@compiled
def nearest(lattice: Lattice) -> IntArray:
    """Return a point near the target: Babai's nearest plane."""
    point = np.zeros_like(lattice.point)
    for i in range(point.size - 1, -1, -1):
        here = lattice.target[i]
        for j in range(i + 1, point.size):
            here -= lattice.triangle[j, i] * point[j]
        point[i] = np.int64(np.rint(here))
    return point


@compiled
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


@compiled
def reduce_basis(
    vectors: FloatArray,
    basis: IntArray,
    star: FloatArray,
    triangle: FloatArray,
    length: FloatArray,
) -> None:
    """Reduce a basis (Lenstra, Lenstra, Lovasz). Whatever it ends at is a basis of the lattice."""
    size = length.size
    orthogonalise(vectors, 0, star, triangle, length)
    i = 1
    for _ in range(_MOST_SWAPS):
        if i >= size:
            break
        orthogonalise(vectors, i, star, triangle, length)
        for j in range(i - 1, -1, -1):
            times = np.rint(triangle[i, j])
            if times != 0.0:
                vectors[i] -= times * vectors[j]
                basis[i] -= np.int64(times) * basis[j]
                triangle[i, :j] -= times * triangle[j, :j]
        orthogonalise(vectors, i, star, triangle, length)
        if length[i] >= (0.99 - triangle[i, i - 1] ** 2) * length[i - 1]:
            i += 1
            continue
        swap = vectors[i].copy()
        vectors[i] = vectors[i - 1]
        vectors[i - 1] = swap
        swapped = basis[i].copy()
        basis[i] = basis[i - 1]
        basis[i - 1] = swapped
        orthogonalise(vectors, i - 1, star, triangle, length)
        i = max(i - 1, 1)
    for row in range(size):
        orthogonalise(vectors, row, star, triangle, length)


@compiled
def fits(question: Question, windows: Windows, lattice: Lattice) -> bool:
    """Judge the counts of a point, in integers."""
    level, counts = lattice.level, lattice.counts
    for i in range(level.size):
        count = lattice.origin[i]
        for j in range(lattice.point.size):
            count += lattice.point[j] * lattice.basis[j, i]
        k = level[i]
        if not windows.low[k] <= count <= windows.high[k]:
            return False
        counts[k] = count
    uplink = 0
    for k in level:
        base = question.base[k]
        uplink += question.uplink_sum[base + counts[k]] - question.uplink_sum[base]
    if uplink > lattice.spare[0]:
        return False
    for resource in range(3):
        use = 0
        for k in level:
            use += counts[k] * question.demand[resource, k]
        if use > lattice.spare[resource + 1]:
            return False
    return True


@compiled
def enumerate_on(
    question: Question, windows: Windows, lattice: Lattice, max_visits: int
) -> tuple[int, int]:
    """Enumerate on for some visits.

    Parameters
    ----------
    question, windows
        What the counts must fit.
    lattice
        Where to go on; changed in place.
    max_visits
        After so many visits the enumeration pauses.

    Returns
    -------
    outcome
        FOUND: ``lattice.counts`` fit. EXHAUSTED: no counts do. PAUSED: there is more to visit.
    visits
        Number of points, whole or in part, that were looked at.
    """
    point, step, centre, distance = lattice.point, lattice.step, lattice.centre, lattice.distance
    triangle, length, radius = lattice.triangle, lattice.length, lattice.radius[0]
    size = point.size
    depth = lattice.depth[0]
    for visit in range(max_visits):
        here = distance[depth + 1] + length[depth] * (point[depth] - centre[depth]) ** 2
        if here <= radius and depth > 0:
            distance[depth] = here
            depth -= 1
            best = lattice.target[depth]
            for j in range(depth + 1, size):
                best -= triangle[j, depth] * point[j]
            centre[depth] = best
            point[depth] = np.int64(np.rint(best))
            step[depth] = 0
            continue
        if here <= radius:
            if fits(question, windows, lattice):
                return FOUND, visit + 1
        else:
            depth += 1
            if depth == size:
                return EXHAUSTED, visit + 1
        # The next nearest to the centre lies on its other side.
        if step[depth] == 0:
            step[depth] = 1 if centre[depth] >= point[depth] else -1
        else:
            step[depth] = -step[depth] - (1 if step[depth] > 0 else -1)
        point[depth] += step[depth]
    lattice.depth[0] = depth
    return PAUSED, max_visits
