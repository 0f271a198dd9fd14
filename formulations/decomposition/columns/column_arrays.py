"""ColumnArrays: columns and requests of all edge nodes in flat arrays, for kernels.

A kernel gets the arrays of one edge node as views, by :func:`of_node`. Flat arrays make one kernel
serve any number of edge nodes.
"""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from heuristics.compiled import inner

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from formulations.decomposition.columns.columns import Columns
    from formulations.decomposition.pricing.edge_nodes import EdgeNodes, FloatArray
    from formulations.decomposition.pricing.prices import DualPrices
    from heuristics.coefficients import IntArray

GRID, GROWTH = 64, 1.05
"""Number of grid points for each band, and growth factor of their distances."""

QUANTILE = 0.25
"""Quantile of the shares: at the last price of the grid, a request of this share has no profit."""

REACH = 4.0
"""Least ratio of the last price of a grid to the initial price."""

MAX_TABLES = 256
"""Maximum number of grid points in use at one edge node."""


class NodeColumns(NamedTuple):
    """Columns of one edge node with n requests, K levels, C columns, D depths and T tables.

    A table belongs to a point of the grid that is in use. It holds, for each d in use, the sums of
    the largest profits of each level for each count in use, W numbers.
    """

    request: IntArray
    """Index of each eligible request, in latency order, shape (n,)."""
    share: FloatArray
    """Shares of uplink and downlink that each request needs, shape (n, 2)."""
    begin: IntArray
    """Position of the first request of each level in an order by level, shape (K + 1,)."""
    low: IntArray
    """Least count of each level, shape (K,)."""
    offset: IntArray
    """Position of the first count of each level in a row of a table, shape (K + 1,)."""
    depths: IntArray
    """Distinct values of d, ascending, shape (D,)."""
    row: IntArray
    """Index of each column's d in ``depths``, shape (C,)."""
    counts: IntArray
    """Count of each column and level, shape (C * K,)."""
    grid: FloatArray
    """Prices of each band, ascending from 0, shape (2, GRID)."""
    size: IntArray
    """Number of prices in use of each band, shape (2,): 1 for a band that cannot bind."""
    number: IntArray
    """Table of each grid point, shape (product of the sizes,); -1 without a table."""
    clock: IntArray
    """Number of tables in use, and number of the current evaluation, shape (2,)."""
    sorted_at: IntArray
    """Number of the last evaluation for which a table was sorted, shape (T,)."""
    order: IntArray
    """Places sorted by level and then by decreasing profit, shape (T * n,)."""
    profit: FloatArray
    """Profit of each request by place, shape (T * n,)."""
    filled_at: IntArray
    """Number of the last evaluation for which a row was filled, shape (T * D,)."""
    total: FloatArray
    """Sum of the largest profits, by table, d, level and count, shape (T * D * W,)."""
    point: IntArray
    """Grid point of each column, shape (C, 2)."""
    value: FloatArray
    """v of each column at its last evaluation, shape (C,)."""
    seen: FloatArray
    """Sum of all price decreases at that time, shape (C,)."""
    weight: FloatArray
    """Number of times each column was the best, shape (C,)."""


class ColumnArrays(NamedTuple):
    """The arrays of all edge nodes, one after the other, and where those of each begin."""

    flat: NodeColumns
    """Arrays of all edge nodes."""
    first: IntArray
    """Position of each edge node's part in each array of ``flat``, shape (arrays, J + 1)."""

    @classmethod
    def of(cls, nodes: EdgeNodes, prices: DualPrices, columns: Sequence[Columns]) -> ColumnArrays:
        """Make the arrays for the columns of all edge nodes."""
        parts = [_edge_node(nodes, prices, j, each) for j, each in enumerate(columns)]
        lengths = [[len(array) for array in part] for part in parts]
        first = np.zeros((len(NodeColumns._fields), len(parts) + 1), dtype=np.int64)
        first[:, 1:] = np.cumsum(np.array(lengths).T, axis=1)
        arrays: Any = map(np.concatenate, zip(*parts, strict=True))
        return cls(NodeColumns(*map(np.ascontiguousarray, arrays)), first)

    def split(self, name: str) -> list[NDArray[Any]]:
        """Return views of each edge node's part of an array."""
        first = self.first[NodeColumns._fields.index(name)]
        return np.split(getattr(self.flat, name), first[1:-1])


def _edge_node(nodes: EdgeNodes, prices: DualPrices, j: int, columns: Columns) -> NodeColumns:
    counts = columns.counts
    pairs = slice(nodes.first[j], nodes.first[j + 1])
    level, num_levels, num_columns = nodes.level[pairs], counts.shape[1], len(counts)
    share = np.stack([nodes.uplink[pairs], nodes.downlink[pairs]], axis=1)
    depths, row = np.unique(columns.depth, return_inverse=True)
    low = counts.min(axis=0) if num_columns else np.zeros(num_levels, dtype=np.int64)
    high = counts.max(axis=0) if num_columns else low
    grid, size = _grid(share, (prices.uplink[j], prices.downlink[j]))
    offset = np.concatenate([[0], np.cumsum(high - low + 1)])
    num_points = prod(size.tolist())
    num_tables = min(MAX_TABLES, num_points)
    of_level = np.bincount(level, minlength=num_levels)
    distance = np.abs(grid - np.array([[prices.uplink[j]], [prices.downlink[j]]]))
    distance[np.arange(GRID) >= size[:, None]] = np.inf
    return NodeColumns(
        request=nodes.request[pairs],
        share=share,
        begin=np.concatenate([[0], np.cumsum(of_level)]),
        low=low,
        offset=offset,
        depths=depths,
        row=row.reshape(-1),
        counts=counts.ravel(),
        grid=grid,
        size=size,
        number=np.full(num_points, -1),
        clock=np.zeros(2, dtype=np.int64),
        sorted_at=np.zeros(num_tables, dtype=np.int64),
        order=np.tile(np.argsort(level, kind="stable"), num_tables),
        profit=np.empty(num_tables * len(level)),
        filled_at=np.zeros(num_tables * len(depths), dtype=np.int64),
        total=np.empty(num_tables * len(depths) * int(offset[-1])),
        point=np.tile(distance.argmin(axis=1), (num_columns, 1)),
        value=np.full(num_columns, np.inf),
        seen=np.zeros(num_columns),
        weight=np.zeros(num_columns),
    )


def _grid(share: FloatArray, start: tuple[float, float]) -> tuple[FloatArray, IntArray]:
    grid, size = np.zeros((2, GRID)), np.ones(2, dtype=np.int64)
    distances = GROWTH ** np.arange(GRID) - 1
    for band in range(2):
        if share[:, band].sum() > 1:
            size[band] = GRID
            typical = max(float(np.quantile(share[:, band], QUANTILE)), 1 / len(share))
            grid[band] = distances / distances[-1] * max(1 / typical, REACH * start[band])
    return grid, size


@inner
def of_node(columns: ColumnArrays, j: int) -> NodeColumns:
    """Return views of the arrays of one edge node."""
    flat, first, after = columns.flat, columns.first[:, j], columns.first[:, j + 1]
    return NodeColumns(
        flat.request[first[0] : after[0]],
        flat.share[first[1] : after[1]],
        flat.begin[first[2] : after[2]],
        flat.low[first[3] : after[3]],
        flat.offset[first[4] : after[4]],
        flat.depths[first[5] : after[5]],
        flat.row[first[6] : after[6]],
        flat.counts[first[7] : after[7]],
        flat.grid[first[8] : after[8]],
        flat.size[first[9] : after[9]],
        flat.number[first[10] : after[10]],
        flat.clock[first[11] : after[11]],
        flat.sorted_at[first[12] : after[12]],
        flat.order[first[13] : after[13]],
        flat.profit[first[14] : after[14]],
        flat.filled_at[first[15] : after[15]],
        flat.total[first[16] : after[16]],
        flat.point[first[17] : after[17]],
        flat.value[first[18] : after[18]],
        flat.seen[first[19] : after[19]],
        flat.weight[first[20] : after[20]],
    )
