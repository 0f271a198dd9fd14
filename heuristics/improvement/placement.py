"""Placement: batches of eligible pairs to which requests are added and from which they leave.

The kernels check (12a) to (12d) and the alternatives in integers, and read the eligible pairs
alone: memory follows the number of pairs, so the batches work at any size.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from heuristics.coefficients import RESOURCES
from heuristics.compiled import compiled, inner
from heuristics.schedule import Schedule

if TYPE_CHECKING:
    from heuristics.coefficients import Coefficients, IntArray

NOWHERE = -1
"""Pair of a request that is not served."""

COMPUTE = 3
"""Position of compute in a demand, after uplink, downlink and memory."""

NO_LIMIT = 1 << 62
"""Least budget of an empty batch."""


class PairTable(NamedTuple):
    """The N eligible pairs, by edge node and by request, with capacities and alternatives."""

    row_pointer: IntArray
    """First pair of each edge node, and N at the end, shape (J + 1,)."""
    edge_node: IntArray
    """Edge node of each pair, shape (N,)."""
    request: IntArray
    """Request of each pair, shape (N,)."""
    demand: IntArray
    """Uplink, downlink, memory and compute of each pair, shape (N, 4)."""
    budget: IntArray
    """Compute budget of each pair, shape (N,)."""
    request_pointer: IntArray
    """Start of each request's pairs in ``request_pair``, and N at the end, shape (I + 1,)."""
    request_pair: IntArray
    """Pairs of all requests in turn, shape (N,)."""
    capacity: IntArray
    """Capacities of uplink, downlink and memory, shape (J, 3)."""
    group: IntArray
    """Physical edge node of each row, shape (J,)."""

    @classmethod
    def of(cls, data: Coefficients) -> PairTable:
        """Return the table of a problem, in O(N log N)."""
        pairs = data.pairs
        request_pointer, request_pair = pairs.by_request(data.num_requests)
        group = np.empty(data.num_edge_nodes, dtype=np.int64)
        for number, rows in enumerate(data.alternatives):
            group[list(rows)] = number
        return cls(
            row_pointer=pairs.row_pointer,
            edge_node=pairs.edge_nodes(),
            request=pairs.requests,
            demand=np.stack([getattr(pairs, name) for name in (*RESOURCES, "compute")], axis=1),
            budget=pairs.compute_budget,
            request_pointer=request_pointer,
            request_pair=request_pair.astype(np.int64),
            capacity=np.stack([getattr(data, f"{name}_capacity") for name in RESOURCES], axis=1),
            group=group,
        )


class Batches(NamedTuple):
    """The batches of all edge nodes."""

    load: IntArray
    """Sums of the four demands of each batch, shape (J, 4)."""
    least: IntArray
    """Two least budgets of each batch, shape (J, 2)."""
    size: IntArray
    """Number of requests of each batch, shape (J,)."""
    group_size: IntArray
    """Number of requests of each physical edge node, shape (G,)."""
    member: IntArray
    """Pairs of each batch from its edge node's first pair on, in any order, shape (N,)."""
    position: IntArray
    """Position in ``member`` of each pair in a batch, shape (N,)."""
    place: IntArray
    """Pair by which each request is served, or NOWHERE, shape (I,)."""

    @classmethod
    def empty(cls, table: PairTable) -> Batches:
        """Return batches without requests."""
        num_edge_nodes, num_pairs = len(table.group), len(table.request)
        return cls(
            load=np.zeros((num_edge_nodes, 4), dtype=np.int64),
            least=np.full((num_edge_nodes, 2), NO_LIMIT),
            size=np.zeros(num_edge_nodes, dtype=np.int64),
            group_size=np.zeros(int(table.group.max()) + 1, dtype=np.int64),
            member=np.zeros(num_pairs, dtype=np.int64),
            position=np.zeros(num_pairs, dtype=np.int64),
            place=np.full(len(table.request_pointer) - 1, NOWHERE),
        )


class Placement:
    """Batches that start empty, or from a feasible schedule.

    Parameters
    ----------
    data
        Coefficients of all edge nodes.
    start
        Feasible schedule; None for empty batches.
    table
        Table of the same problem, if it is at hand.
    """

    def __init__(
        self, data: Coefficients, start: Schedule | None = None, table: PairTable | None = None
    ) -> None:
        self.table = PairTable.of(data) if table is None else table
        self.batches = Batches.empty(self.table)
        if start is not None:
            for edge_node, batch in enumerate(start.batches):
                self.add(data.pairs.places(edge_node, batch))

    @property
    def throughput(self) -> int:
        """Number of requests served."""
        return int(self.batches.size.sum())

    @property
    def schedule(self) -> Schedule:
        """Current schedule."""
        first, size, member = self.table.row_pointer, self.batches.size, self.batches.member
        request = self.table.request
        return Schedule.of(
            request[member[first[j] : first[j] + size[j]]].tolist() for j in range(len(size))
        )

    def add(self, pairs: IntArray) -> None:
        """Serve the requests of pairs in turn, each if it is free and fits.

        Parameters
        ----------
        pairs
            Places of pairs in the order in which they are tried; those below 0 are skipped.
        """
        add(self.table, self.batches, pairs)


@inner
def fits(table: PairTable, batches: Batches, pair: int, instead: int) -> bool:
    """Return True if a batch can admit a pair's request and release a member, none for NOWHERE.

    The request itself may be in another batch: only the batch of the pair is examined.
    """
    edge_node = table.edge_node[pair]
    if batches.group_size[table.group[edge_node]] != batches.size[edge_node]:
        return False
    limit = batches.least[edge_node, 0]
    compute = batches.load[edge_node, COMPUTE] + table.demand[pair, COMPUTE]
    if instead != NOWHERE:
        compute -= table.demand[instead, COMPUTE]
        if table.budget[instead] == limit:
            limit = batches.least[edge_node, 1]
    if compute > table.budget[pair] or compute > limit:
        return False
    for resource in range(COMPUTE):
        total = batches.load[edge_node, resource] + table.demand[pair, resource]
        if instead != NOWHERE:
            total -= table.demand[instead, resource]
        if total > table.capacity[edge_node, resource]:
            return False
    return True


@compiled
def join(table: PairTable, batches: Batches, pair: int) -> None:
    """Put the free request of a pair into the batch of its edge node."""
    edge_node, budget = table.edge_node[pair], table.budget[pair]
    size = batches.size[edge_node]
    batches.member[table.row_pointer[edge_node] + size] = pair
    batches.position[pair] = size
    batches.size[edge_node] = size + 1
    batches.group_size[table.group[edge_node]] += 1
    batches.place[table.request[pair]] = pair
    for demand in range(4):
        batches.load[edge_node, demand] += table.demand[pair, demand]
    if budget < batches.least[edge_node, 0]:
        batches.least[edge_node, 1] = batches.least[edge_node, 0]
        batches.least[edge_node, 0] = budget
    elif budget < batches.least[edge_node, 1]:
        batches.least[edge_node, 1] = budget


@compiled
def leave(table: PairTable, batches: Batches, pair: int) -> None:
    """Take the request of a pair out of its batch."""
    edge_node, budget = table.edge_node[pair], table.budget[pair]
    first, size = table.row_pointer[edge_node], batches.size[edge_node] - 1
    last, position = batches.member[first + size], batches.position[pair]
    batches.member[first + position] = last
    batches.position[last] = position
    batches.size[edge_node] = size
    batches.group_size[table.group[edge_node]] -= 1
    batches.place[table.request[pair]] = NOWHERE
    for demand in range(4):
        batches.load[edge_node, demand] -= table.demand[pair, demand]
    if budget <= batches.least[edge_node, 1]:
        least = next_least = NO_LIMIT
        for at in range(first, first + size):
            other = table.budget[batches.member[at]]
            if other < least:
                least, next_least = other, least
            elif other < next_least:
                next_least = other
        batches.least[edge_node, 0] = least
        batches.least[edge_node, 1] = next_least


@compiled
def add(table: PairTable, batches: Batches, pairs: IntArray) -> None:
    """Serve the requests of pairs in turn, each if it is free and fits."""
    for pair in pairs:
        is_free = pair >= 0 and batches.place[table.request[pair]] == NOWHERE
        if is_free and fits(table, batches, pair, NOWHERE):
            join(table, batches, pair)
