r"""greedy-density: each edge node takes requests by profit over price-weighted demand, for P1.

The profit of a request is 1, so the requests of least weighted demand come first. A batch within
a deadline b, a budget of one of its requests, chooses among the requests whose budgets are at least
b, and its load may reach b: compute is then a capacity as uplink, downlink and memory are.
"""

from __future__ import annotations

from functools import cache, partial
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from heuristics.coefficients import RESOURCES
from heuristics.compiled import compiled
from heuristics.generalized_assignment import BatchFound, assign, edge_node_orders
from heuristics.limits import Limits, Stopped
from heuristics.nothing_eligible import zero_if_nothing_eligible
from heuristics.problem import Problem
from heuristics.result import EndedBy, Result, Status

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from heuristics.coefficients import BoolArray, Coefficients, IntArray

METHOD = "greedy-density"

MOST_THRESHOLDS = 64
"""Number of deadlines that are tried at a time."""

NUM_PASSES = 4
"""Number of passes with one deadline: one with equal prices, then with revised ones."""


def greedy_density(
    data: Coefficients,
    *,
    order: str = "given",
    seed: int = 0,
    time_limit: float | None = None,
    node_limit: int | None = None,
) -> Result:
    r"""Let each edge node in turn fill its batch with the requests of least weighted demand.

    Parameters
    ----------
    data
        Coefficients of all edge nodes.
    order, seed
        Order in which the edge nodes choose, and seed of the random order, see
        `heuristics.ot_gah.ot_gah`.
    time_limit
        Time limit [s]; a run stopped by it keeps the batches found.
    node_limit
        Accepted for a uniform interface; never reached, as a pass has no tree nodes.

    Returns
    -------
    Result
        The result of P1, feasible, without a bound.

    Raises
    ------
    InputError
        If the order has another value, or a limit is negative.

    Notes
    -----
    *Prices.* A pass sorts the requests by :math:`\sum_r \lambda_r a_{ri} / A_r` over uplink,
    downlink, memory and compute, with capacities :math:`A_r`, and adds each that fits. All prices
    are 1 in the first pass. In each later pass :math:`\lambda_r` is the mean of its last value and
    the share of :math:`A_r` that the last pass used, as in Toyoda's pseudo-utility, where scarce
    resources cost more. The best of the passes counts.

    *Deadlines.* All distinct budgets of an edge node are tried if there are at most 64. Otherwise
    64 of them at equal distances come first, then in turn 64 between the neighbours of the best.

    *Guarantee.* At least an eighth of the optimum where each edge node has at most 64 distinct
    budgets. Let O be a largest batch of an edge node, of k requests. Its demands are at most
    the capacities at its own deadline, so the four shares of its requests sum to at most 4, and
    the k least such sums do too. The k' = floor(k / 4) requests of least sum then have shares of
    at most 1 in total, so they fit together: the first pass serves at least k' requests, and at
    least one, so at least k / 7. With :math:`|S_j| \ge |O_j \setminus S| / 7` at each edge node in
    turn, the sum gives :math:`7 |S| \ge |O| - |S|`, as for OT-GAH. Alternatives change nothing, as
    an edge node takes its largest batch over all rows. With a single scarce resource a pass is
    exact.

    *Complexity.* O(n log n) for each of 4 passes and 64 to some 200 deadlines of an edge node with
    n eligible requests.

    References
    ----------
    Y. Toyoda, "A simplified algorithm for obtaining approximate solutions to zero-one programming
    problems", Management Science 21(12):1417-1427, 1975, doi:10.1287/mnsc.21.12.1417.

    Examples
    --------
    Memory for 6: the two requests of 3 come before the one of 6.

    >>> from heuristics.coefficients import Coefficients
    >>> ones = [[1, 1, 1]]
    >>> data = Coefficients(
    ...     uplink=ones, uplink_capacity=[9], downlink=ones, downlink_capacity=[9],
    ...     memory=[[6, 3, 3]], memory_capacity=[6], compute=ones, compute_budget=[[9, 9, 9]],
    ...     eligible=ones,
    ... )
    >>> greedy_density(data).schedule.batches
    ((1, 2),)
    """
    orders = edge_node_orders(data, order, seed)
    limits = Limits(time_limit=time_limit, node_limit=node_limit)
    nothing = zero_if_nothing_eligible(data, Problem.P1, METHOD, limits)
    if nothing is not None:
        return nothing
    found = assign(data, orders, partial(largest_by_density, data, limits))
    return Result(
        problem=Problem.P1,
        status=Status.NONE if found.schedule is None else Status.FEASIBLE,
        ended_by=found.ended_by,
        schedule=found.schedule,
        runtime_s=limits.runtime_s,
    )


class _Candidates(NamedTuple):
    """Requests of one edge node by falling budget."""

    demand: IntArray
    """Uplink, downlink, memory and compute, shape (n, 4)."""
    capacity: IntArray
    """Capacities of uplink, downlink and memory, shape (3,)."""


def largest_by_density(
    data: Coefficients, limits: Limits, edge_node: int, remaining: BoolArray
) -> BatchFound:
    """Find a large batch of one edge node among the requests that are left.

    Parameters
    ----------
    data
        Coefficients of all edge nodes.
    limits
        Limits of the run.
    edge_node
        Index of the edge node.
    remaining
        True for the requests that may be chosen, shape (I,).
    """
    pairs = data.pairs
    row = pairs.row(edge_node)
    place = row.start + np.flatnonzero(remaining[pairs.requests[row]])
    place = place[np.argsort(-pairs.compute_budget[place], kind="stable")]
    budget = pairs.compute_budget[place]
    demand = np.stack([getattr(pairs, name)[place] for name in (*RESOURCES, "compute")], axis=1)
    capacity = np.array([getattr(data, f"{name}_capacity")[edge_node] for name in RESOURCES])
    candidates = _Candidates(demand, capacity)
    # The last position of each distinct budget: F_b holds all requests up to it.
    depths = np.flatnonzero(np.diff(budget, append=-1)) + 1
    best = np.empty(0, dtype=np.int64)
    low, high = 0, len(depths) - 1
    ended_by = EndedBy.COMPLETED
    try:
        while low <= high:
            tried = np.unique(np.linspace(low, high, min(high - low + 1, MOST_THRESHOLDS)).round())
            sizes = []
            for at in tried.astype(np.int64):
                limits.check_time()
                depth = int(depths[at])
                batch = fill_by_density(candidates, depth, int(budget[depth - 1]), NUM_PASSES)
                sizes.append(len(batch))
                best = batch if len(batch) > len(best) else best
            if high - low < MOST_THRESHOLDS:
                break
            top = int(np.argmax(sizes))
            low = int(tried[max(top - 1, 0)]) + 1 if top else low
            high = int(tried[min(top + 1, len(tried) - 1)])
    except Stopped as stopped:
        ended_by = stopped.ended_by
    if ended_by is not EndedBy.COMPLETED and not len(best):
        return BatchFound(None, ended_by)
    return BatchFound(tuple(sorted(pairs.requests[place[best]].tolist())), ended_by)


@compiled
def fill_by_density(
    candidates: _Candidates, depth: int, budget: int, num_passes: int
) -> NDArray[np.int64]:
    """Fill a batch with the first requests by budget, those of least weighted demand first.

    Parameters
    ----------
    candidates
        Requests by falling budget.
    depth, budget
        Number of requests to choose among, and the largest load.
    num_passes
        Number of passes; the largest batch of all is returned, as positions.
    """
    room = np.empty(4, dtype=np.int64)
    room[:3] = candidates.capacity
    room[3] = budget
    price, weight = np.ones(4), np.empty(depth)
    best = np.empty(0, dtype=np.int64)
    for _ in range(num_passes):
        for at in range(depth):
            weight[at] = 0.0
            for resource in range(4):
                share = candidates.demand[at, resource] / max(room[resource], 1)
                weight[at] += price[resource] * share
        used = np.zeros(4, dtype=np.int64)
        chosen = np.empty(depth, dtype=np.int64)
        num_chosen = 0
        for at in np.argsort(weight, kind="mergesort"):
            is_fitting = True
            for resource in range(4):
                if used[resource] + candidates.demand[at, resource] > room[resource]:
                    is_fitting = False
            if is_fitting:
                for resource in range(4):
                    used[resource] += candidates.demand[at, resource]
                chosen[num_chosen] = at
                num_chosen += 1
        if num_chosen > best.size:
            best = chosen[:num_chosen].copy()
        for resource in range(4):
            price[resource] = (price[resource] + used[resource] / max(room[resource], 1)) / 2
    return best


@cache
def warm_up() -> None:
    """Compile the kernel, or load it from disk."""
    one = np.ones((1, 4), dtype=np.int64)
    fill_by_density(_Candidates(one, one[0, :3]), 1, 1, 1)
