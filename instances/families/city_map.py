"""City map: places of edge nodes and users, in districts of cells."""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from instances.families.drawing import Stream

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    FloatArray = NDArray[np.float64]
    IntArray = NDArray[np.int64]

DISTRICT_GAP_M = 20_000.0
"""Distance between two districts [m]: the signal of a macro cell has faded far below noise."""


class _Part(IntEnum):
    """Parts of the map, each from its own stream of random numbers."""

    KIND = 0
    SITE = 1
    HOT_SPOT = 2
    CHOICE = 3
    PLACE = 4

    def generator(self, seed: int) -> np.random.Generator:
        return Stream.POSITION.generator(seed, int(self))


class Sites(NamedTuple):
    """Sites of the J edge nodes, one in each cell of a grid of squares.

    Parameters
    ----------
    kind
        Index of the kind of each edge node, shape (J,).
    district
        Index of the district of each cell, shape (J,).
    corner_m
        South-west corner of each cell, shape (J, 2) [m].
    position_m
        Position of each edge node, shape (J, 2) [m].
    """

    kind: IntArray
    district: IntArray
    corner_m: FloatArray
    position_m: FloatArray


class Users(NamedTuple):
    """District and position of the user of each request, shapes (I,) and (I, 2) [m]."""

    district: IntArray
    position_m: FloatArray


class Clusters(NamedTuple):
    """Thomas process of the users: some lie around hot spots, the others anywhere.

    Parameters
    ----------
    share
        Probability that a user belongs to a hot spot.
    per_cell
        Mean number of hot spots of a cell.
    radius_m
        Standard deviation of a user's distance from the hot spot, east and north alike [m].
    """

    share: float
    per_cell: float
    radius_m: float


def draw_sites(
    num_edge_nodes: int, shares: Sequence[float], *, districts: int, cell_m: float, seed: int
) -> Sites:
    """Draw the kind of each edge node and its place in its cell.

    Parameters
    ----------
    num_edge_nodes
        J, the number of cells.
    shares
        Share of each kind, to be divided by their sum. Their counts are exact up to rounding.
    districts
        Number of districts, squares of cells of the same size up to rounding.
    cell_m
        Length of the sides of a cell [m].
    seed
        Seed of all streams.
    """
    counts = _counts(num_edge_nodes, shares)
    kind = np.repeat(np.arange(len(counts)), counts)
    sizes = _counts(num_edge_nodes, [1.0] * districts)
    district = np.repeat(np.arange(districts), sizes)
    cell = np.concatenate([np.arange(size) for size in sizes.tolist()])
    columns = int(np.ceil(np.sqrt(sizes.max())))
    west = district * (columns * cell_m + DISTRICT_GAP_M)
    corner = np.stack([west + cell % columns * cell_m, cell // columns * cell_m], axis=1)
    inside = _Part.SITE.generator(seed).random((num_edge_nodes, 2))
    return Sites(
        kind=_Part.KIND.generator(seed).permutation(kind),
        district=district,
        corner_m=corner,
        position_m=corner + cell_m * inside,
    )


def draw_users(
    sites: Sites, clusters: Clusters, num_requests: int, *, cell_m: float, seed: int
) -> Users:
    """Draw the place of each request's user.

    Parameters
    ----------
    sites
        Cells of the city.
    clusters
        Parameters of the hot spots.
    num_requests
        I, the number of requests.
    cell_m
        Length of the sides of a cell [m].
    seed
        Seed of all streams.
    """
    num_cells = len(sites.district)
    rng = _Part.HOT_SPOT.generator(seed)
    num_spots = max(1, round(clusters.per_cell * num_cells))
    spot_cell = rng.integers(num_cells, size=num_spots)
    spot = sites.corner_m[spot_cell] + cell_m * rng.random((num_spots, 2))
    rng = _Part.CHOICE.generator(seed)
    is_clustered = rng.random(num_requests) < clusters.share
    own_spot = rng.integers(num_spots, size=num_requests)
    cell = np.where(is_clustered, spot_cell[own_spot], rng.integers(num_cells, size=num_requests))
    rng = _Part.PLACE.generator(seed)
    around = spot[own_spot] + clusters.radius_m * rng.standard_normal((num_requests, 2))
    anywhere = sites.corner_m[cell] + cell_m * rng.random((num_requests, 2))
    return Users(sites.district[cell], np.where(is_clustered[:, None], around, anywhere))


def _counts(total: int, shares: Sequence[float]) -> IntArray:
    """Split a number by shares: rounded down, and one more for the largest remainders."""
    exact = total * np.array(shares) / np.sum(shares)
    counts: IntArray = np.floor(exact).astype(np.int64)
    largest = np.argsort(counts - exact, kind="stable")[: total - int(counts.sum())]
    counts[largest] += 1
    return counts
