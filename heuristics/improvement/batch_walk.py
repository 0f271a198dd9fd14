r"""BatchWalk: a random walk through the feasible schedules of P1, and the moves it is made of.

A step draws a request and an edge node, and makes the move that this table assigns to them, if
the new schedule is feasible:

========================= ================================================== ==========
the request is            move                                               throughput
========================= ================================================== ==========
free, and fits            `insert` it                                        + 1
free, and does not fit    `replace` a member of the batch by it; the member  0 or + 1
                          moves to where it fits, if anywhere (ejection)
elsewhere, and fits       `relocate` it                                      0
elsewhere, does not fit   `swap` it for a member of the batch                0
in this batch             `remove` it, with a small probability              - 1
========================= ================================================== ==========

A feasible move that keeps the throughput is always made. The moves shift slack from edge node to
edge node and between uplink, downlink, memory and deadlines, until one more request fits. Removals
let the walk leave schedules without a feasible move, and let two requests replace one.

The kernels check the four constraints in integers, so every schedule of the walk is feasible.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from heuristics.coefficients import RESOURCES
from heuristics.compiled import compiled, inner
from heuristics.schedule import Schedule

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from heuristics.coefficients import BoolArray, Coefficients, IntArray

NOBODY = -1
"""Stands for no request or no edge node."""

COMPUTE, BUDGET = 3, 4
"""Positions in `WalkCoefficients.ask`, after uplink, downlink and memory."""

TIGHTEST, NEXT_TIGHTEST = 4, 5
"""Positions of the two least budgets in `WalkState.load`, after the sums of the four demands."""

NO_LIMIT = 1 << 62
"""Least budget of an empty batch."""


class WalkCoefficients(NamedTuple):
    """Demands and budgets of the requests, and capacities of the edge nodes."""

    ask: IntArray
    """Uplink, downlink, memory, compute and budget, shape (J, I, 5). The budget of a pair that is
    not eligible is -1, which no batch keeps."""
    capacity: IntArray
    """Capacities of uplink, downlink and memory, shape (J, 3)."""

    @classmethod
    def of(cls, data: Coefficients) -> WalkCoefficients:
        """Return the coefficients, those of a pair side by side."""
        demands = [getattr(data, name) for name in (*RESOURCES, "compute")]
        budget = np.where(data.eligible, data.compute_budget, -1)
        capacities = [getattr(data, f"{name}_capacity") for name in RESOURCES]
        return cls(np.stack([*demands, budget], axis=-1), np.stack(capacities, axis=-1))


class WalkState(NamedTuple):
    """Current batches of a walk, and the best schedule so far."""

    load: IntArray
    """Sums of the four demands and the two least budgets of each batch, shape (J, 6)."""
    size: IntArray
    """Number of requests of each batch, shape (J,)."""
    member: IntArray
    """The requests of each batch, in any order, shape (J, I)."""
    where: IntArray
    """Edge node of each request, or NOBODY, and its place in the batch, shape (I, 2)."""
    best: IntArray
    """Edge node of each request in the best schedule, or NOBODY, shape (I,)."""
    throughput: IntArray
    """Throughput of the current batches and of the best schedule, shape (2,)."""

    @classmethod
    def empty(cls, num_edge_nodes: int, num_requests: int) -> WalkState:
        """Return batches without requests."""
        load = np.zeros((num_edge_nodes, 6), dtype=np.int64)
        load[:, TIGHTEST:] = NO_LIMIT
        return cls(
            load=load,
            size=np.zeros(num_edge_nodes, dtype=np.int64),
            member=np.zeros((num_edge_nodes, num_requests), dtype=np.int64),
            where=np.full((num_requests, 2), NOBODY),
            best=np.full(num_requests, NOBODY),
            throughput=np.zeros(2, dtype=np.int64),
        )


class BatchWalk:
    """A walk through the feasible schedules, which remembers the best.

    Parameters
    ----------
    data
        Coefficients of all edge nodes.
    start
        A feasible schedule to start from.
    """

    def __init__(self, data: Coefficients, start: Schedule) -> None:
        self._terms = WalkCoefficients.of(data)
        self._batches = WalkState.empty(data.num_edge_nodes, data.num_requests)
        self.num_edge_nodes, self.num_requests = data.num_edge_nodes, data.num_requests
        for edge_node, batch in enumerate(start.batches):
            self.fill(edge_node, np.array(batch, dtype=np.int64))

    @property
    def objective(self) -> int:
        """Throughput of the best schedule."""
        return int(self._batches.throughput[1])

    @property
    def best(self) -> Schedule:
        """The best schedule; the first one among equals."""
        best = self._batches.best
        return Schedule.of(np.flatnonzero(best == j) for j in range(self.num_edge_nodes))

    @property
    def free(self) -> BoolArray:
        """True for the requests in no batch, shape (I,)."""
        free: BoolArray = self._batches.where[:, 0] == NOBODY
        return free

    def clear(self) -> None:
        """Take every request out of its batch."""
        for request in np.flatnonzero(~self.free).tolist():
            leave(self._terms, self._batches, request)

    def fill(self, edge_node: int, requests: IntArray, limit: int = NO_LIMIT) -> None:
        """Add free requests to a batch in turn, each if it fits.

        Parameters
        ----------
        edge_node
            Index of the edge node.
        requests
            Indices of the requests, in the order in which they are tried.
        limit
            Maximum compute of the batch.
        """
        fill(self._terms, self._batches, edge_node, requests, limit)

    def wander(self, draws: NDArray[np.float64], removal: float, enough: int) -> None:
        """Take random steps.

        Parameters
        ----------
        draws
            Random numbers of [0, 1) that decide each step, shape (steps, 3).
        removal
            Probability that a removal is made where the draws suggest it.
        enough
            Throughput at which to stop.
        """
        wander(self._terms, self._batches, draws, removal, enough)


@inner
def fits(
    terms: WalkCoefficients, batches: WalkState, request: int, edge_node: int, instead: int
) -> bool:
    """Return True if a batch can admit a request and release a member, none for NOBODY."""
    ask, load = terms.ask, batches.load
    budget = ask[edge_node, request, BUDGET]
    limit = load[edge_node, TIGHTEST]
    compute = load[edge_node, COMPUTE] + ask[edge_node, request, COMPUTE]
    if instead != NOBODY:
        compute -= ask[edge_node, instead, COMPUTE]
        if ask[edge_node, instead, BUDGET] == limit:
            limit = load[edge_node, NEXT_TIGHTEST]
    if compute > budget or compute > limit:
        return False
    for resource in range(COMPUTE):
        total = load[edge_node, resource] + ask[edge_node, request, resource]
        if instead != NOBODY:
            total -= ask[edge_node, instead, resource]
        if total > terms.capacity[edge_node, resource]:
            return False
    return True


@inner
def join(terms: WalkCoefficients, batches: WalkState, request: int, edge_node: int) -> None:
    """Put a free request into a batch, and keep the batches if they are the best so far."""
    ask, load, throughput = terms.ask, batches.load, batches.throughput
    size = batches.size[edge_node]
    batches.where[request, 0] = edge_node
    batches.where[request, 1] = size
    batches.member[edge_node, size] = request
    batches.size[edge_node] = size + 1
    for demand in range(BUDGET):
        load[edge_node, demand] += ask[edge_node, request, demand]
    budget = ask[edge_node, request, BUDGET]
    if budget < load[edge_node, TIGHTEST]:
        load[edge_node, NEXT_TIGHTEST] = load[edge_node, TIGHTEST]
        load[edge_node, TIGHTEST] = budget
    elif budget < load[edge_node, NEXT_TIGHTEST]:
        load[edge_node, NEXT_TIGHTEST] = budget
    throughput[0] += 1
    if throughput[0] > throughput[1]:
        throughput[1] = throughput[0]
        for each in range(batches.best.size):
            batches.best[each] = batches.where[each, 0]


@compiled
def leave(terms: WalkCoefficients, batches: WalkState, request: int) -> None:
    """Take a request out of its batch."""
    ask, load, member, where = terms.ask, batches.load, batches.member, batches.where
    edge_node, place = where[request, 0], where[request, 1]
    size = batches.size[edge_node] - 1
    last = member[edge_node, size]
    member[edge_node, place] = last
    where[last, 1] = place
    where[request, 0] = NOBODY
    batches.size[edge_node] = size
    for demand in range(BUDGET):
        load[edge_node, demand] -= ask[edge_node, request, demand]
    if ask[edge_node, request, BUDGET] <= load[edge_node, NEXT_TIGHTEST]:
        least = next_least = NO_LIMIT
        for position in range(size):
            budget = ask[edge_node, member[edge_node, position], BUDGET]
            if budget < least:
                least, next_least = budget, least
            elif budget < next_least:
                next_least = budget
        load[edge_node, TIGHTEST] = least
        load[edge_node, NEXT_TIGHTEST] = next_least
    batches.throughput[0] -= 1


@compiled
def fill(
    terms: WalkCoefficients, batches: WalkState, edge_node: int, requests: IntArray, limit: int
) -> None:
    """Add free requests to a batch in turn, each if it fits within a limit on the compute."""
    for request in requests:
        compute = batches.load[edge_node, COMPUTE] + terms.ask[edge_node, request, COMPUTE]
        if compute <= limit and fits(terms, batches, request, edge_node, NOBODY):
            join(terms, batches, request, edge_node)


@inner
def relocate(terms: WalkCoefficients, batches: WalkState, request: int, edge_node: int) -> None:
    """Move a request to a batch that it fits: slack here becomes slack there."""
    leave(terms, batches, request)
    join(terms, batches, request, edge_node)


@inner
def replace(
    terms: WalkCoefficients, batches: WalkState, request: int, edge_node: int, member: int
) -> None:
    """Replace a member by a free request, and move the member to the first batch that it fits.

    A member with a tight budget or a long output makes way for a request that leaves more to the
    others. If the member fits another batch, the throughput grows by one.
    """
    leave(terms, batches, member)
    join(terms, batches, request, edge_node)
    for other in range(batches.size.size):
        if other != edge_node and fits(terms, batches, member, other, NOBODY):
            join(terms, batches, member, other)
            return


@inner
def swap(
    terms: WalkCoefficients, batches: WalkState, request: int, edge_node: int, member: int
) -> None:
    """Exchange a request of another batch and a member of this one."""
    other = batches.where[request, 0]
    leave(terms, batches, request)
    leave(terms, batches, member)
    join(terms, batches, request, edge_node)
    join(terms, batches, member, other)


@compiled
def wander(
    terms: WalkCoefficients,
    batches: WalkState,
    draws: NDArray[np.float64],
    removal: float,
    enough: int,
) -> None:
    """Take a step for each row of random numbers; stop once the best throughput is enough."""
    num_edge_nodes, num_requests = batches.member.shape
    for step in range(draws.shape[0]):
        if batches.throughput[1] >= enough:
            return
        request = int(draws[step, 0] * num_requests)
        edge_node = int(draws[step, 1] * num_edge_nodes)
        now = batches.where[request, 0]
        if now == edge_node:
            if draws[step, 2] < removal:
                leave(terms, batches, request)
        elif terms.ask[edge_node, request, BUDGET] < 0:
            continue
        elif fits(terms, batches, request, edge_node, NOBODY):
            if now == NOBODY:
                join(terms, batches, request, edge_node)
            else:
                relocate(terms, batches, request, edge_node)
        elif batches.size[edge_node] > 0:
            place = int(draws[step, 2] * batches.size[edge_node])
            member = batches.member[edge_node, place]
            if fits(terms, batches, request, edge_node, member):
                if now == NOBODY:
                    replace(terms, batches, request, edge_node, member)
                elif fits(terms, batches, member, now, request):
                    swap(terms, batches, request, edge_node, member)
