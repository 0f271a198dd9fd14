r"""Column prices: bound v on the profit of each column, at its own spectrum prices.

*Evaluation.* Columns choose their spectrum prices from one grid, finer near 0; every choice makes
v an upper bound. For each point of the grid the requests are sorted once, and for each point and d
the largest profits are summed once; then the value of a column takes K additions. Each column keeps
its point from step to step, and columns that compete for the maximum try the neighbouring points.
Between two steps v rises by at most the sum of all price decreases, so a column is skipped if it
cannot have reached the maximum since its last evaluation. The sorted orders are kept too, and
updated by insertion sort, since they hardly change from step to step.

*Direction.* The demand of the best column is a mixture of the requests that it takes at its point
and at the neighbouring point on the other side of the capacity of a band, such that the band is
just full.
"""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from heuristics.compiled import compiled

if TYPE_CHECKING:
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


class ColumnArrays(NamedTuple):
    """Columns and requests of one edge node as arrays for the kernels."""

    request: IntArray
    """Index of each eligible request, in latency order, shape (n,)."""
    level: IntArray
    """Level of each request, shape (n,)."""
    share: FloatArray
    """Shares of uplink and downlink that each request needs, shape (n, 2)."""
    begin: IntArray
    """Position of the first request of each level in an order by level, shape (K + 1,)."""
    counts: IntArray
    """Count of each column and level, shape (C, K)."""
    row: IntArray
    """Index of each column's d in ``depths``, shape (C,)."""
    depths: IntArray
    """Distinct values of d, ascending, shape (D,)."""
    low: IntArray
    """Least count of each level, shape (K,)."""
    offset: IntArray
    """Position of the first count of each level in a row of a table, shape (K + 1,)."""
    grid: FloatArray
    """Prices of each band, ascending from 0, shape (2, GRID)."""
    size: IntArray
    """Number of prices in use, shape (2,): 1 for a band that cannot bind."""

    @classmethod
    def of(cls, nodes: EdgeNodes, prices: DualPrices, j: int, columns: Columns) -> ColumnArrays:
        """Make the arrays for the columns of one edge node."""
        counts = columns.counts
        pairs = slice(nodes.first[j], nodes.first[j + 1])
        level, num_levels = nodes.level[pairs], counts.shape[1]
        share = np.stack([nodes.uplink[pairs], nodes.downlink[pairs]], axis=1)
        depths, row = np.unique(columns.depth, return_inverse=True)
        low = counts.min(axis=0) if len(counts) else np.zeros(num_levels, dtype=np.int64)
        high = counts.max(axis=0) if len(counts) else low
        grid, size = _grid(share, (prices.uplink[j], prices.downlink[j]))
        return cls(
            nodes.request[pairs],
            level,
            share,
            np.concatenate([[0], np.cumsum(np.bincount(level, minlength=num_levels))]),
            counts,
            row.reshape(-1),
            depths,
            low,
            np.concatenate([[0], np.cumsum(high - low + 1)]),
            grid,
            size,
        )

    def nearest(self, uplink: float, downlink: float) -> IntArray:
        """Return for each column the grid point nearest to the prices, shape (C, 2)."""
        distance = np.abs(self.grid - np.array([[uplink], [downlink]]))
        distance[np.arange(GRID) >= self.size[:, None]] = np.inf
        return np.tile(distance.argmin(axis=1), (len(self.row), 1))


class Tables(NamedTuple):
    """Sums of the largest profits at points of the grid: T tables, one for each point in use."""

    number: IntArray
    """Table of each grid point; -1 without a table."""
    clock: IntArray
    """Number of tables in use, and number of the current evaluation, shape (2,)."""
    order: IntArray
    """Places sorted by level and then by decreasing profit, shape (T, n)."""
    profit: FloatArray
    """Profit of each request by place, shape (T, n)."""
    sorted_at: IntArray
    """Number of the last evaluation for which a table was sorted, shape (T,)."""
    total: FloatArray
    """Sum of the largest profits, by d, level and count, shape (T, D, counts)."""
    filled_at: IntArray
    """Number of the last evaluation for which a row was filled, shape (T, D)."""

    @classmethod
    def of(cls, layout: ColumnArrays) -> Tables:
        """Return empty tables for one edge node."""
        num_tables = min(MAX_TABLES, prod(layout.size.tolist()))
        num_requests, num_depths = len(layout.request), len(layout.depths)
        return cls(
            np.full(tuple(layout.size), -1),
            np.zeros(2, dtype=np.int64),
            np.tile(np.argsort(layout.level, kind="stable"), (num_tables, 1)),
            np.empty((num_tables, num_requests)),
            np.zeros(num_tables, dtype=np.int64),
            np.empty((num_tables, num_depths, int(layout.offset[-1]))),
            np.zeros((num_tables, num_depths), dtype=np.int64),
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


@compiled
def sort_table(
    layout: ColumnArrays, tables: Tables, table: int, price: FloatArray, up: int, down: int
) -> None:
    """Sort the requests of each level by profit at a point, starting from the previous order."""
    profit, order = tables.profit[table], tables.order[table]
    uplink, downlink = layout.grid[0, up], layout.grid[1, down]
    for place in range(profit.size):
        profit[place] = (
            1.0
            - price[layout.request[place]]
            - uplink * layout.share[place, 0]
            - downlink * layout.share[place, 1]
        )
    for k in range(layout.low.size):
        for at in range(layout.begin[k] + 1, layout.begin[k + 1]):
            place, to = order[at], at
            while to > layout.begin[k] and profit[order[to - 1]] < profit[place]:
                order[to] = order[to - 1]
                to -= 1
            order[to] = place


@compiled
def fill_row(layout: ColumnArrays, tables: Tables, table: int, row: int) -> None:
    """Sum the largest profits in each level of F_d, for each count in use."""
    profit, order, total = tables.profit[table], tables.order[table], tables.total[table, row]
    depth = layout.depths[row]
    for k in range(layout.low.size):
        first = layout.offset[k] - layout.low[k]
        count, so_far = 0, 0.0
        if layout.low[k] == 0:
            total[first] = 0.0
        for at in range(layout.begin[k], layout.begin[k + 1]):
            if first + count + 1 >= layout.offset[k + 1]:
                break
            if order[at] < depth:
                count += 1
                so_far += profit[order[at]]
                if count >= layout.low[k]:
                    total[first + count] = so_far


@compiled
def find_table(layout: ColumnArrays, tables: Tables, price: FloatArray, up: int, down: int) -> int:
    """Return the table of a point, sorted for this evaluation; -1 if no table is free."""
    table = tables.number[up, down]
    if table < 0:
        table = tables.clock[0]
        if table == tables.sorted_at.size:
            return -1
        tables.clock[0] += 1
        tables.number[up, down] = table
        tables.order[table] = tables.order[max(table - 1, 0)]
    if tables.sorted_at[table] < tables.clock[1]:
        tables.sorted_at[table] = tables.clock[1]
        sort_table(layout, tables, table, price, up, down)
    return int(table)


@compiled
def look_up(
    layout: ColumnArrays, tables: Tables, price: FloatArray, column: int, up: int, down: int
) -> float:
    """Return v of a column at a point; infinity outside the grid or if no table is free."""
    if not (0 <= up < layout.size[0] and 0 <= down < layout.size[1]):
        return np.inf
    table = find_table(layout, tables, price, up, down)
    if table < 0:
        return np.inf
    row = layout.row[column]
    if tables.filled_at[table, row] < tables.clock[1]:
        tables.filled_at[table, row] = tables.clock[1]
        fill_row(layout, tables, table, row)
    value = layout.grid[0, up] + layout.grid[1, down]
    for k in range(layout.low.size):
        at = layout.offset[k] + layout.counts[column, k] - layout.low[k]
        value += tables.total[table, row, at]
    return float(value)


@compiled
def settle(
    layout: ColumnArrays,
    tables: Tables,
    price: FloatArray,
    column: int,
    enough: float,
    point: IntArray,
) -> float:
    """Move a column from point to point while v falls, until v is at most ``enough``; return v."""
    up, down = point
    here = look_up(layout, tables, price, column, up, down)
    has_moved = True
    while has_moved and here > enough:
        has_moved = False
        for way in ((1, 0), (-1, 0), (0, 1), (0, -1)):
            while here > enough:
                there = look_up(layout, tables, price, column, up + way[0], down + way[1])
                if there >= here - 1e-9:
                    break
                here, up, down, has_moved = there, up + way[0], down + way[1], True
    point[0], point[1] = up, down
    return float(here)


@compiled
def value_columns(
    layout: ColumnArrays,
    tables: Tables,
    price: FloatArray,
    left: IntArray,
    rise: float,
    enough: float,
    point: IntArray,
    value: FloatArray,
    seen: FloatArray,
) -> int:
    """Find the column of largest value, and lower the values of its competitors.

    Parameters
    ----------
    price
        Prices of the requests, pi, shape (I,).
    left
        Indices of the remaining columns.
    rise
        Sum of all price decreases since the first evaluation: an upper bound on the rise of v.
    enough
        Value at which a column need not be lowered further; neither if it is below the largest.
    point, value, seen
        Grid point of each column, shape (C, 2), v at its last evaluation, and ``rise`` at that
        time; all are updated. So v is now at most ``value + rise - seen``.

    Returns
    -------
    int
        Index of the column of largest value.
    """
    tables.clock[1] += 1
    best, most = left[0], -np.inf
    for column in left:
        if value[column] - seen[column] > value[best] - seen[best]:
            best = column
    first = best
    for at in range(-1, left.size):
        column = first if at < 0 else left[at]
        limit = min(most, enough)
        if (at >= 0 and column == first) or value[column] + rise - seen[column] <= limit:
            continue
        value[column] = settle(layout, tables, price, column, limit, point[column])
        seen[column] = rise
        if value[column] > most:
            best, most = column, value[column]
    return int(best)


@compiled
def take(
    layout: ColumnArrays, tables: Tables, price: FloatArray, column: int, up: int, down: int
) -> tuple[FloatArray, FloatArray]:
    """Return a column's requests at a point, 0 or 1 by place, and its use of the bands."""
    taken, used = np.zeros(layout.request.size), np.zeros(2)
    table = find_table(layout, tables, price, up, down)
    if table < 0:
        return taken, used
    depth = layout.depths[layout.row[column]]
    for k in range(layout.low.size):
        count = 0
        for place in tables.order[table, layout.begin[k] : layout.begin[k + 1]]:
            if count < layout.counts[column, k] and place < depth:
                count += 1
                taken[place] = 1.0
                used += layout.share[place]
    return taken, used


@compiled
def add_demand(
    layout: ColumnArrays,
    tables: Tables,
    price: FloatArray,
    column: int,
    point: IntArray,
    served: FloatArray,
) -> None:
    """Add the demand of a column, mixed from two points if that makes a band just full."""
    up, down = point
    taken, used = take(layout, tables, price, column, up, down)
    for band in range(2):
        way = 1 if used[band] > 1 else -1
        to_up, to_down = (up + way, down) if band == 0 else (up, down + way)
        if not (0 <= to_up < layout.size[0] and 0 <= to_down < layout.size[1]):
            continue
        other, use = take(layout, tables, price, column, to_up, to_down)
        if (use[band] - 1) * (used[band] - 1) < 0:
            part = (use[band] - 1) / (use[band] - used[band])
            taken = part * taken + (1 - part) * other
            break
    for place in range(taken.size):
        served[layout.request[place]] += taken[place]
