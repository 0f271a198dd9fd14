"""Baselines: one pass over the requests, each to the first edge node where it still fits.

The baselines differ only in the order of the requests. They have no bound and no guarantee. A
request fits an edge node if the pair is eligible and the batch with it keeps (12a)-(12d). Edge
nodes are tried in the order of the coefficients, and no request is moved later. O(N + I log I) for
N eligible pairs.

An edge node with alternatives first chooses the one under which it would serve most requests if it
were alone: the same pass is made at each of its rows with all requests, and the row that serves
most is used, the first among equals. Then the pass is made with the chosen rows.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from heuristics.coefficients import RESOURCES
from heuristics.limits import Limits, Stopped
from heuristics.nothing_eligible import zero_if_nothing_eligible
from heuristics.problem import Problem
from heuristics.result import EndedBy, Result, Status
from heuristics.schedule import Schedule

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from numpy.typing import NDArray

    from heuristics.coefficients import Coefficients


def greedy_by_output(
    data: Coefficients, *, time_limit: float | None = None, node_limit: int | None = None
) -> Result:
    """Serve the shortest output first.

    The coefficients contain the output length only as memory and compute. Requests are sorted by
    their least memory, then by their least compute, over the edge nodes where they are eligible.
    Ties go to the lower index.

    Parameters
    ----------
    data
        Coefficients of all edge nodes.
    time_limit
        Time limit [s]; a pass stopped by it keeps the requests placed so far.
    node_limit
        Accepted for a uniform interface; never reached, as a pass has no tree nodes.
    """

    def order_of(data: Coefficients) -> NDArray[np.intp]:
        return np.lexsort((_least(data, data.pairs.compute), _least(data, data.pairs.memory)))

    return _first_fit(data, order_of, "greedy-by-output", time_limit, node_limit)


def greedy_by_deadline(
    data: Coefficients, *, time_limit: float | None = None, node_limit: int | None = None
) -> Result:
    """Serve the earliest deadline first.

    The coefficients contain the deadline only as the compute budget. Edge nodes differ in speed,
    so budgets are divided by the largest budget of the edge node. Requests are sorted by their
    least quotient over the edge nodes where they are eligible. Ties go to the lower index.

    Parameters
    ----------
    data
        Coefficients of all edge nodes.
    time_limit
        Time limit [s]; a pass stopped by it keeps the requests placed so far.
    node_limit
        Accepted for a uniform interface; never reached, as a pass has no tree nodes.
    """

    def order_of(data: Coefficients) -> NDArray[np.intp]:
        budget = data.pairs.compute_budget
        largest = data.pairs.largest_of(budget, initial=1)
        return np.argsort(_least(data, budget / largest[data.pairs.edge_nodes()]), kind="stable")

    return _first_fit(data, order_of, "greedy-by-deadline", time_limit, node_limit)


def first_come_first_served(
    data: Coefficients, *, time_limit: float | None = None, node_limit: int | None = None
) -> Result:
    """Serve in order of arrival, which is that of the indices.

    Parameters
    ----------
    data
        Coefficients of all edge nodes.
    time_limit
        Time limit [s]; a pass stopped by it keeps the requests placed so far.
    node_limit
        Accepted for a uniform interface; never reached, as a pass has no tree nodes.
    """
    order = np.arange(data.num_requests)
    return _first_fit(data, lambda _: order, "first-come-first-served", time_limit, node_limit)


def random_order(
    data: Coefficients,
    *,
    seed: int = 0,
    time_limit: float | None = None,
    node_limit: int | None = None,
) -> Result:
    """Serve in an order drawn by the seed.

    Parameters
    ----------
    data
        Coefficients of all edge nodes.
    seed
        Seed of the random order.
    time_limit
        Time limit [s]; a pass stopped by it keeps the requests placed so far.
    node_limit
        Accepted for a uniform interface; never reached, as a pass has no tree nodes.
    """
    order = np.random.default_rng(seed).permutation(data.num_requests)
    return _first_fit(data, lambda _: order, "random-order", time_limit, node_limit)


def _least(data: Coefficients, value: NDArray[Any]) -> NDArray[np.float64]:
    """Return the least value of each request over its pairs, infinite without one, shape (I,)."""
    # Values stay below 2^53, so floats hold them exactly.
    least = np.full(data.num_requests, np.inf)
    np.minimum.at(least, data.pairs.requests, value)
    return least


def _first_fit(
    data: Coefficients,
    order_of: Callable[[Coefficients], NDArray[np.intp]],
    method: str,
    time_limit: float | None,
    node_limit: int | None,
) -> Result:
    limits = Limits(time_limit=time_limit, node_limit=node_limit)
    nothing = zero_if_nothing_eligible(data, Problem.P1, method, limits)
    if nothing is not None:
        return nothing
    rows: list[int] = []
    batches: list[_Batch] = []
    ended_by = EndedBy.COMPLETED
    try:
        rows = _chosen_rows(data, order_of, limits)
        used = data.of_rows(rows) if data.has_alternatives else data
        batches += (_Batch(used, j) for j in range(used.num_edge_nodes))
        _place(used, order_of(used), batches, limits)
    except Stopped as stopped:
        ended_by = stopped.ended_by
    except KeyboardInterrupt:
        ended_by = EndedBy.INTERRUPTED
    requests = dict(zip(rows, (batch.requests for batch in batches), strict=True))
    schedule = Schedule.of(requests.get(row, ()) for row in range(data.num_edge_nodes))
    # A completed pass has placed at least one request. A pass stopped at once has no schedule.
    return Result(
        problem=Problem.P1,
        status=Status.FEASIBLE if schedule.throughput else Status.NONE,
        ended_by=ended_by,
        schedule=schedule if schedule.throughput else None,
        runtime_s=limits.runtime_s,
    )


def _chosen_rows(
    data: Coefficients, order_of: Callable[[Coefficients], NDArray[np.intp]], limits: Limits
) -> list[int]:
    """Return the row of each edge node under which a pass at this row alone serves most."""
    return [
        rows[0]
        if len(rows) == 1
        else max(rows, key=lambda row: _num_served(data.at(row), order_of, limits))
        for rows in data.alternatives
    ]


def _num_served(
    row: Coefficients, order_of: Callable[[Coefficients], NDArray[np.intp]], limits: Limits
) -> int:
    """Return the number of requests that a pass at one row serves."""
    batch = _Batch(row, 0)
    _place(row, order_of(row), [batch], limits)
    return len(batch.requests)


def _place(
    data: Coefficients, order: NDArray[np.intp], batches: Sequence[_Batch], limits: Limits
) -> None:
    """Add each request to the batch of the first edge node where it fits."""
    places_of = _places_by_request(data)
    for request in order.tolist():
        limits.check_time()
        for edge_node, demand, budget in places_of(request):
            if batches[edge_node].fits(demand, budget):
                batches[edge_node].add(request, demand, budget)
                break


def _places_by_request(
    data: Coefficients,
) -> Callable[[int], Iterator[tuple[int, tuple[int, ...], int]]]:
    """Return a function from a request to its pairs: edge node, demands and budget of each."""
    pairs = data.pairs
    pointer, places = pairs.by_request(data.num_requests)
    start = pointer.tolist()
    edge_node = pairs.edge_nodes()[places].tolist()
    budget = pairs.compute_budget[places].tolist()
    names = (*RESOURCES, "compute")
    demand = list(zip(*(getattr(pairs, name)[places].tolist() for name in names), strict=True))

    def pairs_of(request: int) -> Iterator[tuple[int, tuple[int, ...], int]]:
        own = slice(start[request], start[request + 1])
        return zip(edge_node[own], demand[own], budget[own], strict=True)

    return pairs_of


class _Batch:
    """A batch that grows at one edge node, with what is left of its capacities."""

    def __init__(self, data: Coefficients, edge_node: int) -> None:
        self.requests: list[int] = []
        self._free = [int(getattr(data, f"{name}_capacity")[edge_node]) for name in RESOURCES]
        self._load = 0
        self._least_budget: float = math.inf

    def fits(self, demand: tuple[int, ...], budget: int) -> bool:
        """Return True if the batch with one more pair keeps every constraint."""
        uplink, downlink, memory = self._free
        return (
            demand[0] <= uplink
            and demand[1] <= downlink
            and demand[2] <= memory
            and self._load + demand[3] <= min(self._least_budget, budget)
        )

    def add(self, request: int, demand: tuple[int, ...], budget: int) -> None:
        """Take the request of a pair in."""
        self._load += demand[3]
        self._least_budget = min(self._least_budget, budget)
        self._free = [free - each for free, each in zip(self._free, demand[:3], strict=True)]
        self.requests.append(request)
