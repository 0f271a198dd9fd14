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

from typing import TYPE_CHECKING

import numpy as np

from heuristics.compiled import inner

if TYPE_CHECKING:
    from formulations.decomposition.columns.column_arrays import NodeColumns
    from formulations.decomposition.pricing.edge_nodes import FloatArray
    from heuristics.coefficients import IntArray


@inner
def sort_table(node: NodeColumns, table: int, price: FloatArray, up: int, down: int) -> None:
    """Sort the requests of each level by profit at a point, starting from the previous order."""
    num_requests = node.request.size
    profit = node.profit[table * num_requests : (table + 1) * num_requests]
    order = node.order[table * num_requests : (table + 1) * num_requests]
    uplink, downlink = node.grid[0, up], node.grid[1, down]
    for place in range(num_requests):
        profit[place] = (
            1.0
            - price[node.request[place]]
            - uplink * node.share[place, 0]
            - downlink * node.share[place, 1]
        )
    for k in range(node.low.size):
        for at in range(node.begin[k] + 1, node.begin[k + 1]):
            place, to = order[at], at
            gain = profit[place]
            while to > node.begin[k] and profit[order[to - 1]] < gain:
                order[to] = order[to - 1]
                to -= 1
            order[to] = place


@inner
def fill_row(node: NodeColumns, table: int, row: int) -> None:
    """Sum the largest profits in each level of F_d, for each count in use."""
    num_requests, width = node.request.size, node.offset[-1]
    profit = node.profit[table * num_requests : (table + 1) * num_requests]
    order = node.order[table * num_requests : (table + 1) * num_requests]
    at_row = (table * node.depths.size + row) * width
    total = node.total[at_row : at_row + width]
    depth = node.depths[row]
    for k in range(node.low.size):
        first = node.offset[k] - node.low[k]
        count, so_far = 0, 0.0
        if node.low[k] == 0:
            total[first] = 0.0
        for at in range(node.begin[k], node.begin[k + 1]):
            if first + count + 1 >= node.offset[k + 1]:
                break
            if order[at] < depth:
                count += 1
                so_far += profit[order[at]]
                if count >= node.low[k]:
                    total[first + count] = so_far


@inner
def find_table(node: NodeColumns, price: FloatArray, up: int, down: int) -> int:
    """Return the table of a point, sorted for this evaluation; -1 if no table is free."""
    point, num_requests = up * node.size[1] + down, node.request.size
    table = node.number[point]
    if table < 0:
        table = node.clock[0]
        if table == node.sorted_at.size:
            return -1
        node.clock[0] += 1
        node.number[point] = table
        near = max(table - 1, 0) * num_requests
        for place in range(num_requests):
            node.order[table * num_requests + place] = node.order[near + place]
    if node.sorted_at[table] < node.clock[1]:
        node.sorted_at[table] = node.clock[1]
        sort_table(node, table, price, up, down)
    return int(table)


@inner
def look_up(node: NodeColumns, price: FloatArray, column: int, up: int, down: int) -> float:
    """Return v of a column at a point of the grid; infinity if no table is free."""
    table = node.number[up * node.size[1] + down]
    if table < 0 or node.sorted_at[table] < node.clock[1]:
        table = find_table(node, price, up, down)
        if table < 0:
            return np.inf
    at_row = table * node.depths.size + node.row[column]
    if node.filled_at[at_row] < node.clock[1]:
        node.filled_at[at_row] = node.clock[1]
        fill_row(node, table, node.row[column])
    value = node.grid[0, up] + node.grid[1, down]
    num_levels = node.low.size
    first = at_row * node.offset[-1]
    for k in range(num_levels):
        at = node.offset[k] + node.counts[column * num_levels + k] - node.low[k]
        value += node.total[first + at]
    return float(value)


@inner
def settle(node: NodeColumns, price: FloatArray, column: int, here: float, enough: float) -> float:
    """Move a column from point to point while v falls, until v is at most ``enough``; return v.

    A call passes many arrays, so points outside the grid are not looked up.

    Parameters
    ----------
    node, price
        Columns of an edge node, and prices of the requests.
    column
        Index of the column, whose point is updated.
    here
        v at its point.
    enough
        Value at which the column need not be lowered further.
    """
    up, down = node.point[column, 0], node.point[column, 1]
    has_moved = True
    while has_moved and here > enough:
        has_moved = False
        for way in ((1, 0), (-1, 0), (0, 1), (0, -1)):
            while here > enough:
                to_up, to_down = up + way[0], down + way[1]
                if not (0 <= to_up < node.size[0] and 0 <= to_down < node.size[1]):
                    break
                there = look_up(node, price, column, to_up, to_down)
                if there >= here - 1e-9:
                    break
                here, up, down, has_moved = there, to_up, to_down, True
    node.point[column, 0], node.point[column, 1] = up, down
    return float(here)


@inner
def value_columns(
    node: NodeColumns, price: FloatArray, left: IntArray, rise: float, enough: float
) -> int:
    """Find the column of largest value, and lower the values of its competitors.

    The points of the columns, their values and ``seen`` are updated. So v of a column is now at
    most ``value + rise - seen``.

    Parameters
    ----------
    node
        Columns of an edge node.
    price
        Prices of the requests, pi, shape (I,).
    left
        Indices of the remaining columns.
    rise
        Sum of all price decreases since the first evaluation: an upper bound on the rise of v.
    enough
        Value at which a column need not be lowered further; neither if it is below the largest.

    Returns
    -------
    int
        Index of the column of largest value.
    """
    value, seen = node.value, node.seen
    node.clock[1] += 1
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
        here = look_up(node, price, column, node.point[column, 0], node.point[column, 1])
        if here > limit and node.number.size > 1:
            here = settle(node, price, column, here, limit)
        value[column], seen[column] = here, rise
        if value[column] > most:
            best, most = column, value[column]
    return int(best)


@inner
def take(
    node: NodeColumns, price: FloatArray, column: int, up: int, down: int
) -> tuple[FloatArray, FloatArray]:
    """Return a column's requests at a point, 0 or 1 by place, and its use of the bands."""
    num_requests, num_levels = node.request.size, node.low.size
    taken, used = np.zeros(num_requests), np.zeros(2)
    table = find_table(node, price, up, down)
    if table < 0:
        return taken, used
    depth, first = node.depths[node.row[column]], table * num_requests
    for k in range(num_levels):
        left = node.counts[column * num_levels + k]
        for at in range(node.begin[k], node.begin[k + 1]):
            if left == 0:
                break
            place = node.order[first + at]
            if place < depth:
                left -= 1
                taken[place] = 1.0
                used[0] += node.share[place, 0]
                used[1] += node.share[place, 1]
    return taken, used


@inner
def add_demand(node: NodeColumns, price: FloatArray, column: int, served: FloatArray) -> None:
    """Add the demand of a column, mixed from two points if that makes a band just full."""
    up, down = node.point[column, 0], node.point[column, 1]
    taken, used = take(node, price, column, up, down)
    for band in range(2):
        way = 1 if used[band] > 1 else -1
        to_up, to_down = (up + way, down) if band == 0 else (up, down + way)
        if not (0 <= to_up < node.size[0] and 0 <= to_down < node.size[1]):
            continue
        other, use = take(node, price, column, to_up, to_down)
        if (use[band] - 1) * (used[band] - 1) < 0:
            part = (use[band] - 1) / (use[band] - used[band])
            for place in range(taken.size):
                taken[place] = part * taken[place] + (1 - part) * other[place]
            break
    for place in range(taken.size):
        served[node.request[place]] += taken[place]
