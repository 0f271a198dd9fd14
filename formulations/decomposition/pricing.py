r"""Pricing: the best batch of an edge node, where requests and spectrum have prices.

At prices :math:`\pi_i` of the requests, :math:`\lambda_j` of an edge node's uplink and
:math:`\mu_j` of its downlink, where that is not constant in levels, a request yields the profit

.. math:: p_i = 1 - \pi_i - \lambda_j u_{ij} / U_j - \mu_j d_{ij} / D_j.

V_j is the largest profit of a batch within memory, level-based downlink and deadlines.

*Screen.* A batch whose last request in latency order is the d-th lies in F_d, the first d, and
has a load of at most b_d. Its fractional knapsack bounds it: take what yields most per compute,
the last in part. All d take one pass, since F_d grows while b_d falls: the next request goes on a
heap, and the worst leave it for good as far as the budget asks for it. Multipliers :math:`\nu` of
memory and level-based downlink, any at least 0, make the bound better where these bind.

*Search.* In a level all requests weigh the same, so for given counts :math:`c_k` the best of F_d
are taken: profit :math:`P_k(c_k)`, concave. With :math:`\theta`, the profit per compute of the
last request in the fractional knapsack of d, the reduced profit
:math:`q_k(c) = P_k(c) - (\theta w_k + \nu a_k) c` has a largest value at some count; another
count loses :math:`R_k(c) \ge 0`, convex. Whatever the counts,

.. math:: \sum_k P_k(c_k) = B_d - \sum_k R_k(c_k) - \theta (b_d - load) - \nu (A - usage)

with :math:`B_d = \theta b_d + \nu A + \sum_k \max q_k`. So counts that lose more than B_d minus
what is wanted are cut: each level has a window around its best count, and the windows are walked
outward, depth first. The last level takes the largest count that fits.

The same search lists *all* count vectors that yield at least a given profit: the columns.
"""

from __future__ import annotations

from heapq import heappop, heappush
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from heuristics.compiled import compiled

if TYPE_CHECKING:
    from formulations.decomposition.edge_nodes import EdgeNodes, FloatArray
    from heuristics.system_models.coefficients import IntArray

GUARD = 1e-9
"""More than floating point can take off a profit."""


class Prices(NamedTuple):
    """Prices of requests and of the edge nodes' resources, each of its whole capacity."""

    request: FloatArray
    """pi, shape (I,), 0..1."""
    uplink: FloatArray
    """lambda, shape (J,)."""
    downlink: FloatArray
    """mu, shape (J,); 0 where downlink is constant in levels."""
    memory: FloatArray
    """nu of memory, shape (J,): makes the screen better, the exact value does not depend on it."""
    level_downlink: FloatArray
    """nu of level-based downlink, shape (J,)."""


@compiled
def profits(nodes: EdgeNodes, prices: Prices, j: int) -> FloatArray:
    """Return the profit of each request at an edge node, in latency order."""
    profit = np.empty(nodes.first[j + 1] - nodes.first[j])
    for place in range(profit.size):
        pair = nodes.first[j] + place
        profit[place] = (
            1.0
            - prices.request[nodes.request[pair]]
            - prices.uplink[j] * nodes.uplink[pair]
            - prices.downlink[j] * nodes.downlink[pair]
        )
    return profit


@compiled
def level_prices(nodes: EdgeNodes, prices: Prices, j: int) -> FloatArray:
    """Return what nu takes of each request of a level, shape (levels of j,)."""
    first = nodes.first_level[j]
    price = np.empty(nodes.first_level[j + 1] - first)
    for k in range(price.size):
        price[k] = prices.memory[j] * nodes.level_memory[first + k] / max(
            nodes.memory_capacity[j], 1.0
        ) + prices.level_downlink[j] * nodes.level_downlink[first + k] / max(
            nodes.downlink_capacity[j], 1.0
        )
    return price


@compiled
def screen(
    nodes: EdgeNodes, prices: Prices, j: int, profit: FloatArray
) -> tuple[FloatArray, FloatArray, IntArray, FloatArray]:
    """Bound the profit of the batches of each d by fractional knapsacks.

    Returns
    -------
    bound, theta
        For each d the bound, and the profit per compute of the last request in the knapsack.
    last, part
        Its place, -1 where the knapsack is not full, and how much of it is taken.
    """
    first, first_level = nodes.first[j], nodes.first_level[j]
    price = level_prices(nodes, prices, j)
    constant = prices.memory[j] + prices.level_downlink[j]
    n = profit.size
    bound, theta = np.empty(n), np.zeros(n)
    last, part = np.full(n, -1), np.ones(n)
    heap = [(0.0, 0) for _ in range(0)]
    total = load = 0.0
    for place in range(n):
        k = nodes.level[first + place]
        reduced, weight = profit[place] - price[k], nodes.level_compute[first_level + k]
        if reduced > 0:
            heappush(heap, (reduced / weight if weight > 0 else np.inf, place))
            total += reduced
            load += weight
        limit = nodes.budget[first + place]
        while load > limit:
            worst = heap[0][1]
            k = nodes.level[first + worst]
            weight = nodes.level_compute[first_level + k]
            if load - weight < limit:
                break
            heappop(heap)
            total -= profit[worst] - price[k]
            load -= weight
        bound[place] = total + constant
        if load > limit:
            ratio, worst = heap[0]
            bound[place] -= ratio * (load - limit)
            theta[place], last[place] = ratio, worst
            part[place] = (
                1 - (load - limit) / nodes.level_compute[first_level + nodes.level[first + worst]]
            )
    return bound, theta, last, part


@compiled
def by_level(nodes: EdgeNodes, j: int, profit: FloatArray) -> tuple[IntArray, IntArray]:
    """Return the places by level, in each by profit descending, and where each level begins."""
    first = nodes.first[j]
    num_levels = nodes.first_level[j + 1] - nodes.first_level[j]
    begin = np.zeros(num_levels + 1, dtype=np.int64)
    for place in range(profit.size):
        begin[nodes.level[first + place] + 1] += 1
    begin = np.cumsum(begin)
    filled = begin.copy()
    order = np.empty(profit.size, dtype=np.int64)
    for place in np.argsort(-profit, kind="mergesort"):
        k = nodes.level[first + place]
        order[filled[k]] = place
        filled[k] += 1
    return order, begin


@compiled
def search(
    nodes: EdgeNodes,
    j: int,
    depth: int,
    box: IntArray,
    profit: FloatArray,
    order: IntArray,
    begin: IntArray,
    price: FloatArray,
    constant: float,
    theta: float,
    least_load: float,
    wanted: float,
    every: bool,
    max_nodes: int,
    found: IntArray,
    values: FloatArray,
    num_found: int,
) -> tuple[float, int, int]:
    """Search the count vectors of F_d whose profit is at least what is wanted.

    Parameters
    ----------
    nodes, j, depth
        The edge node, and d.
    box
        Least and largest count of each level, shape (2, levels of j).
    profit, order, begin
        Profits in latency order, and the places by level as :func:`by_level` gives them.
    price, constant
        nu a_k of each level, and nu A.
    theta
        Profit per compute of the last request in the fractional knapsack.
    least_load
        Only loads above it are listed: the others belong to a larger d.
    wanted
        The least profit of interest; rises with what is found unless every vector is wanted.
    every
        Whether to list all vectors, or to find the best.
    max_nodes
        After how many nodes to give up.
    found, values, num_found
        Buffers of count vectors and their profits, and how many they hold already.

    Returns
    -------
    best
        The largest profit found, minus infinity if there is none.
    num_found, num_nodes
        How many the buffers hold; nodes visited, above ``max_nodes`` if it gave up, which also
        holds where the buffers are full.
    """
    first_level = nodes.first_level[j]
    num_levels = begin.size - 1
    limit = nodes.budget[nodes.first[j] + depth - 1]
    # P_k(c) for the requests of F_d, level after level, each with its own 0.
    prefix = np.zeros(profit.size + num_levels)
    start = np.zeros(num_levels + 1, dtype=np.int64)
    centre = np.zeros(num_levels, dtype=np.int64)
    low, high = centre.copy(), centre.copy()
    top = np.zeros(num_levels)
    base = theta * limit + constant
    for k in range(num_levels):
        count = 0
        slope = theta * nodes.level_compute[first_level + k] + price[k]
        for at in range(begin[k], begin[k + 1]):
            place = order[at]
            if place < depth and count < box[1, k] and (every or profit[place] > 0):
                prefix[start[k] + count + 1] = prefix[start[k] + count] + profit[place]
                count += 1
                if profit[place] > slope:
                    centre[k] = count
        start[k + 1] = start[k] + count + 1
        if count < box[0, k]:
            if every or box[0, k] > begin[k + 1] - begin[k]:
                return -np.inf, num_found, 0
            # Counts forced up take requests without profit too.
            count = 0
            for at in range(begin[k], begin[k + 1]):
                place = order[at]
                if place < depth and count < box[0, k]:
                    prefix[start[k] + count + 1] = prefix[start[k] + count] + profit[place]
                    count += 1
            if count < box[0, k]:
                return -np.inf, num_found, 0
            start[k + 1] = start[k] + count + 1
        centre[k] = max(centre[k], box[0, k])
        low[k], high[k] = box[0, k], count
        top[k] = prefix[start[k] + centre[k]] - slope * centre[k]
        base += top[k]
    room = base - wanted + GUARD
    if room < 0:
        return -np.inf, num_found, 0
    # Windows: counts that lose no more than there is room for.
    size = np.zeros(num_levels, dtype=np.int64)
    for k in range(num_levels):
        slope = theta * nodes.level_compute[first_level + k] + price[k]
        c = centre[k]
        while c > low[k] and top[k] - (prefix[start[k] + c - 1] - slope * (c - 1)) <= room:
            c -= 1
        c, low[k] = centre[k], c
        while c < high[k] and top[k] - (prefix[start[k] + c + 1] - slope * (c + 1)) <= room:
            c += 1
        high[k] = c
        size[k] = high[k] - low[k]
    # Levels without a choice are settled; the widest comes last.
    active = np.argsort(size, kind="mergesort")
    num_settled = 0
    count = centre.copy()
    load = memory = downlink = value = 0.0
    while num_settled < num_levels and size[active[num_settled]] == 0:
        k = active[num_settled]
        load += nodes.level_compute[first_level + k] * count[k]
        memory += nodes.level_memory[first_level + k] * count[k]
        downlink += nodes.level_downlink[first_level + k] * count[k]
        value += prefix[start[k] + count[k]]
        num_settled += 1
    active = active[num_settled:]
    num_active = active.size
    # The least that the levels after each one ask for.
    rest = np.zeros((num_active + 1, 3))
    for at in range(num_active - 1, -1, -1):
        k = active[at]
        rest[at, 0] = rest[at + 1, 0] + nodes.level_compute[first_level + k] * low[k]
        rest[at, 1] = rest[at + 1, 1] + nodes.level_memory[first_level + k] * low[k]
        rest[at, 2] = rest[at + 1, 2] + nodes.level_downlink[first_level + k] * low[k]
    memory_capacity, downlink_capacity = nodes.memory_capacity[j], nodes.downlink_capacity[j]
    best, num_nodes = -np.inf, 0
    if (
        load + rest[0, 0] > limit
        or memory + rest[0, 1] > memory_capacity
        or downlink + rest[0, 2] > downlink_capacity
    ):
        return best, num_found, num_nodes
    if num_active == 0:
        num_nodes = 1
        if (
            least_load < load <= limit
            and memory <= memory_capacity
            and downlink <= downlink_capacity
            and value >= wanted - GUARD
        ):
            if num_found == values.size:
                return value, num_found, max_nodes + 1
            found[num_found, :num_levels] = count
            values[num_found] = value
            return value, num_found + 1, num_nodes
        return best, num_found, num_nodes
    # Depth first; at each depth counts are tried outward from the best.
    below, above = np.zeros(num_active, np.int64), np.zeros(num_active, np.int64)
    at_load, at_memory = np.zeros(num_active + 1), np.zeros(num_active + 1)
    at_downlink, at_value, at_loss = at_load.copy(), at_load.copy(), at_load.copy()
    at_load[0], at_memory[0], at_downlink[0], at_value[0] = load, memory, downlink, value
    at = 0
    below[0], above[0] = centre[active[0]], centre[active[0]] + 1
    while at >= 0:
        k = active[at]
        weight = nodes.level_compute[first_level + k]
        slope = theta * weight + price[k]
        if at == num_active - 1:
            c = high[k]
            free = limit - at_load[at]
            if weight > 0 and weight * c > free:
                c = int(free // weight)
            unit = nodes.level_memory[first_level + k]
            if unit > 0 and unit * c > memory_capacity - at_memory[at]:
                c = int((memory_capacity - at_memory[at]) // unit)
            unit = nodes.level_downlink[first_level + k]
            if unit > 0 and unit * c > downlink_capacity - at_downlink[at]:
                c = int((downlink_capacity - at_downlink[at]) // unit)
            if free >= 0:
                while c >= low[k]:
                    num_nodes += 1
                    if at_load[at] + weight * c <= least_load:
                        break
                    value = at_value[at] + prefix[start[k] + c]
                    if value >= wanted - GUARD and (every or value > best):
                        if every:
                            if num_found == values.size:
                                return best, num_found, max_nodes + 1
                        else:
                            num_found = 0
                            wanted = value
                        count[k] = c
                        found[num_found, :num_levels] = count
                        values[num_found] = value
                        num_found += 1
                        best = max(best, value)
                    if not every:
                        break
                    loss = top[k] - (prefix[start[k] + c] - slope * c)
                    if c < centre[k] and at_loss[at] + loss > base - wanted + GUARD:
                        break
                    c -= 1
            at -= 1
            continue
        down = up = np.inf
        if below[at] >= low[k]:
            down = top[k] - (prefix[start[k] + below[at]] - slope * below[at])
        if above[at] <= high[k]:
            up = top[k] - (prefix[start[k] + above[at]] - slope * above[at])
        loss = min(down, up)
        if at_loss[at] + loss > base - wanted + GUARD:
            at -= 1
            continue
        if down <= up:
            c = below[at]
            below[at] -= 1
        else:
            c = above[at]
            above[at] += 1
        num_nodes += 1
        if num_nodes > max_nodes:
            return best, num_found, num_nodes
        load = at_load[at] + weight * c
        memory = at_memory[at] + nodes.level_memory[first_level + k] * c
        downlink = at_downlink[at] + nodes.level_downlink[first_level + k] * c
        if (
            load + rest[at + 1, 0] > limit
            or memory + rest[at + 1, 1] > memory_capacity
            or downlink + rest[at + 1, 2] > downlink_capacity
        ):
            continue
        count[k] = c
        at_load[at + 1], at_memory[at + 1], at_downlink[at + 1] = load, memory, downlink
        at_value[at + 1] = at_value[at] + prefix[start[k] + c]
        at_loss[at + 1] = at_loss[at] + loss
        at += 1
        k = active[at]
        below[at], above[at] = centre[k], centre[k] + 1
    return best, num_found, num_nodes


@compiled
def whole_box(nodes: EdgeNodes, j: int) -> IntArray:
    """Return the box that allows every count, shape (2, levels of j)."""
    box = np.zeros((2, nodes.first_level[j + 1] - nodes.first_level[j]), dtype=np.int64)
    box[1] = nodes.first[j + 1] - nodes.first[j]
    return box


@compiled
def take_fraction(
    nodes: EdgeNodes,
    prices: Prices,
    j: int,
    profit: FloatArray,
    depth: int,
    last: int,
    part: float,
    theta: float,
    served: FloatArray,
    used: FloatArray,
) -> None:
    """Add up what the fractional knapsack of F_d takes of requests and resources."""
    first, first_level = nodes.first[j], nodes.first_level[j]
    price = level_prices(nodes, prices, j)
    for place in range(depth):
        pair, k = first + place, nodes.level[first + place]
        weight = nodes.level_compute[first_level + k]
        reduced = profit[place] - price[k]
        if reduced <= 0:
            continue
        amount = 1.0
        if last >= 0 and weight > 0:
            ratio = reduced / weight
            if place == last:
                amount = part
            elif ratio < theta or (ratio == theta and place < last):
                continue
        served[nodes.request[pair]] += amount
        used[0, j] += amount * nodes.uplink[pair]
        used[1, j] += amount * nodes.downlink[pair]
        used[2, j] += (
            amount * nodes.level_memory[first_level + k] / max(nodes.memory_capacity[j], 1.0)
        )
        used[3, j] += (
            amount * nodes.level_downlink[first_level + k] / max(nodes.downlink_capacity[j], 1.0)
        )


@compiled
def best_batch(
    nodes: EdgeNodes,
    prices: Prices,
    j: int,
    profit: FloatArray,
    bound: FloatArray,
    theta: FloatArray,
    max_nodes: int,
    places: IntArray,
) -> tuple[float, float, int, int]:
    """Find the batch of largest profit.

    Parameters
    ----------
    places
        Filled with the places of the batch.

    Returns
    -------
    value, upper, num_places, num_nodes
        The profit of the batch; a bound, above it only where the search gave up; the size of the
        batch; nodes visited.
    """
    order, begin = by_level(nodes, j, profit)
    price = level_prices(nodes, prices, j)
    constant = prices.memory[j] + prices.level_downlink[j]
    box = whole_box(nodes, j)
    found, values = np.empty((1, begin.size - 1), dtype=np.int64), np.empty(1)
    best, upper, depth, num_nodes = 0.0, 0.0, 0, 0
    counts = np.zeros(begin.size - 1, dtype=np.int64)
    for at in np.argsort(-bound, kind="mergesort"):
        if bound[at] <= best + GUARD:
            break
        value, num_found, visited = search(
            nodes,
            j,
            at + 1,
            box,
            profit,
            order,
            begin,
            price,
            constant,
            theta[at],
            -1.0,
            best + GUARD,
            False,
            max_nodes - num_nodes,
            found,
            values,
            0,
        )
        num_nodes += visited
        if num_found and value > best:
            best, depth = value, at + 1
            counts[:] = found[0]
        if num_nodes > max_nodes:
            upper = bound[at]
            break
    num_places = 0
    for k in range(begin.size - 1):
        left = counts[k]
        for at in range(begin[k], begin[k + 1]):
            if left > 0 and order[at] < depth:
                places[num_places] = order[at]
                num_places += 1
                left -= 1
    return best, max(best, upper), num_places, num_nodes


@compiled
def evaluate(
    nodes: EdgeNodes,
    prices: Prices,
    exact: bool,
    max_nodes: int,
    served: FloatArray,
    used: FloatArray,
    value: FloatArray,
) -> int:
    """Price every edge node.

    Parameters
    ----------
    exact
        Whether to search for the best batches; else the screen's bounds are taken.
    max_nodes
        After how many nodes an edge node's search gives up, and takes the screen's bound.
    served, used, value
        Filled with how often each request is taken, shape (I,), with the shares of uplink,
        downlink, memory and level-based downlink that are used, shape (4, J), and with V_j.

    Returns
    -------
    int
        Nodes visited.
    """
    served[:] = 0
    used[:] = 0
    num_nodes = 0
    nothing = np.zeros(served.size)
    for j in range(value.size):
        profit = profits(nodes, prices, j)
        value[j] = 0.0
        if profit.size == 0:
            continue
        bound, theta, last, part = screen(nodes, prices, j, profit)
        at = np.argmax(bound)
        if not exact:
            value[j] = bound[at]
            take_fraction(
                nodes, prices, j, profit, at + 1, last[at], part[at], theta[at], served, used
            )
            continue
        take_fraction(
            nodes, prices, j, profit, at + 1, last[at], part[at], theta[at], nothing, used
        )
        used[0, j] = used[1, j] = 0
        places = np.empty(profit.size, dtype=np.int64)
        _, value[j], num_places, visited = best_batch(
            nodes, prices, j, profit, bound, theta, max_nodes, places
        )
        num_nodes += visited
        for place in places[:num_places]:
            pair = nodes.first[j] + place
            served[nodes.request[pair]] += 1
            used[0, j] += nodes.uplink[pair]
            used[1, j] += nodes.downlink[pair]
    return num_nodes


@compiled
def list_columns(
    nodes: EdgeNodes,
    prices: Prices,
    j: int,
    wanted: float,
    max_nodes: int,
    found: IntArray,
    values: FloatArray,
    depths: IntArray,
) -> int:
    """List the count vectors whose profit is at least what is wanted, each at its largest d.

    Returns
    -------
    int
        How many there are; -1 if the search gave up or the buffers are full.
    """
    profit = profits(nodes, prices, j)
    bound, theta, _, _ = screen(nodes, prices, j, profit)
    order, begin = by_level(nodes, j, profit)
    price = level_prices(nodes, prices, j)
    constant = prices.memory[j] + prices.level_downlink[j]
    box = whole_box(nodes, j)
    num_found = num_nodes = 0
    for place in range(profit.size):
        limit = nodes.budget[nodes.first[j] + place]
        is_last = place == profit.size - 1
        least_load = -1.0 if is_last else nodes.budget[nodes.first[j] + place + 1]
        if least_load == limit or bound[place] < wanted - GUARD:
            continue
        before = num_found
        _, num_found, visited = search(
            nodes,
            j,
            place + 1,
            box,
            profit,
            order,
            begin,
            price,
            constant,
            theta[place],
            least_load,
            wanted,
            True,
            max_nodes - num_nodes,
            found,
            values,
            num_found,
        )
        num_nodes += visited
        depths[before:num_found] = place + 1
        if num_nodes > max_nodes:
            return -1
    return num_found


@compiled
def reach(
    nodes: EdgeNodes,
    prices: Prices,
    j: int,
    counts: IntArray,
    values: FloatArray,
    depths: IntArray,
) -> tuple[FloatArray, FloatArray]:
    """Return the most that columns yield with each request taken, and with each left.

    Returns
    -------
    taken, left
        By place in latency order; minus infinity where no column allows it.
    """
    profit = profits(nodes, prices, j)
    order, begin = by_level(nodes, j, profit)
    taken, left = np.full(profit.size, -np.inf), np.full(profit.size, -np.inf)
    for column in range(values.size):
        for k in range(begin.size - 1):
            count, num = counts[column, k], 0
            least = after = -np.inf
            for at in range(begin[k], begin[k + 1]):
                place = order[at]
                if place >= depths[column]:
                    continue
                num += 1
                if num == count:
                    least = profit[place]
                elif num == count + 1:
                    after = profit[place]
                    break
            num = 0
            for at in range(begin[k], begin[k + 1]):
                place = order[at]
                if place >= depths[column]:
                    left[place] = max(left[place], values[column])
                    continue
                num += 1
                if num <= count:
                    taken[place] = max(taken[place], values[column])
                    left[place] = max(left[place], values[column] - profit[place] + after)
                else:
                    left[place] = max(left[place], values[column])
                    if count > 0:
                        taken[place] = max(taken[place], values[column] - least + profit[place])
    return taken, left


@compiled
def best_of(
    nodes: EdgeNodes, prices: Prices, j: int, profit: FloatArray, max_nodes: int
) -> IntArray:
    """Return the places of a batch of largest profit, the best found if the search gave up."""
    places = np.empty(profit.size, dtype=np.int64)
    if profit.size == 0:
        return places
    bound, theta, _, _ = screen(nodes, prices, j, profit)
    _, _, num_places, _ = best_batch(nodes, prices, j, profit, bound, theta, max_nodes, places)
    return places[:num_places]
