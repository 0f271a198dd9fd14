r"""Sorted requests: the eligible requests of one edge node, sorted for the exact search.

Throughout the exact search, :math:`F_d` is the set of the d requests of largest budget, ties by
cheaper uplink, then by preference, then by lower index: the latency order. A *level* is a class
of requests with identical memory, compute and downlink. Where the downlink is constant inside
each class of identical memory and compute, those classes are the levels, :math:`N_1..N_N`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from heuristics.compiled import compiled
from heuristics.latency_order import cheapest_places, levels

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from heuristics.coefficients import BoolArray, Coefficients, IntArray
    from heuristics.problem import Problem


class SortedRequests(NamedTuple):
    r"""The eligible requests of one edge node: n of them, in N levels.

    One more level without requests follows the others, so that there are always two.
    """

    indices: IntArray
    """Index of each request in the coefficients, in latency order, shape (n,)."""
    budget: IntArray
    """Maximum compute of a batch with the request, in latency order, shape (n,)."""
    uplink: IntArray
    """Uplink in latency order, shape (n,); 0 where the problem does not limit the spectrum."""
    level: IntArray
    """Level in latency order, shape (n,)."""
    group_end: IntArray
    """Last d of each group of requests with equal budget, ascending."""
    level_start: IntArray
    """Where each level starts in the two fields below, shape (N + 2,)."""
    cheapest: IntArray
    """Place of each request in latency order: level by level, cheaper uplink first, ties by
    preference, then by lower index, shape (n,)."""
    cheapest_uplink: IntArray
    """Uplink of the same, shape (n,)."""
    demand: IntArray
    """Downlink, memory and compute of one request of each level, shape (3, N + 1)."""
    capacity: IntArray
    """Capacities of uplink, downlink and memory, shape (3,)."""

    @property
    def num_requests(self) -> int:
        r""":math:`n = |\tilde I|`."""
        return self.indices.size

    @property
    def num_levels(self) -> int:
        """N."""
        return self.level_start.size - 2

    @classmethod
    def of(
        cls,
        data: Coefficients,
        edge_node: int,
        problem: Problem,
        *,
        remaining: BoolArray | None = None,
        preference: IntArray | None = None,
    ) -> SortedRequests:
        """Sort the eligible requests of one edge node.

        Parameters
        ----------
        data
            The coefficients of all edge nodes.
        edge_node
            Index of the edge node.
        problem
            Problem to solve. Without spectrum, uplink and downlink count as 0, but a cheaper
            uplink still comes first.
        remaining
            True for the requests that may be chosen, shape (I,); None for all.
        preference
            Key that breaks ties of uplinks before the index, smaller first, shape (I,).

        Notes
        -----
        O(n log n).
        """
        pairs = data.pairs
        place_of = cheapest_places(data, edge_node, remaining=remaining, preference=preference)
        budget = pairs.compute_budget[place_of]
        latency_order = np.argsort(-budget, kind="stable")
        place = np.empty_like(latency_order)
        place[latency_order] = np.arange(place_of.size)
        uplink = pairs.uplink[place_of]
        output = np.stack(
            [each[place_of] for each in (pairs.downlink, pairs.memory, pairs.compute)]
        )
        shared = ("uplink", "downlink", "memory")
        capacity = np.array([getattr(data, f"{name}_capacity")[edge_node] for name in shared])
        if not problem.limits_spectrum:
            uplink[:] = output[0] = capacity[:2] = 0
        demand, level = _levels(output)
        by_level = np.argsort(level.astype(np.min_scalar_type(demand.shape[1])), kind="stable")
        sizes = np.bincount(level, minlength=demand.shape[1])
        budget = budget[latency_order]
        return cls(
            indices=pairs.requests[place_of[latency_order]],
            budget=budget,
            uplink=uplink[latency_order],
            level=level[latency_order],
            group_end=np.flatnonzero(np.diff(budget, append=-1)) + 1,
            level_start=np.concatenate([[0], np.cumsum(sizes)]),
            cheapest=place[by_level],
            cheapest_uplink=uplink[by_level],
            demand=demand,
            capacity=capacity,
        )

    def weigh(self, multipliers: NDArray[np.float64]) -> NDArray[np.float64]:
        r"""Return :math:`w_i = y \cdot a_i` of each request, in latency order, shape (n,)."""
        weight: NDArray[np.float64] = multipliers[0] * self.uplink
        return weight + (multipliers[1:] @ self.demand)[self.level]


def _levels(output: IntArray) -> tuple[IntArray, IntArray]:
    """Return the levels by memory, compute, downlink, then one of 0, and the level of each request.

    A hash table leaves one column of each level to be sorted, which for 10^5 requests takes a
    fifth of the time of sorting them all.
    """
    num_requests = output.shape[1]
    slots = np.full(2 << num_requests.bit_length(), -1)
    first, found = np.empty(num_requests, dtype=np.int64), np.empty(num_requests, dtype=np.int64)
    num_levels = classify(output, slots, first, found)
    downlink, memory, compute = output[:, first[:num_levels]]
    (memory, compute, downlink), rank = levels(memory, compute, downlink)
    return np.pad(np.stack([downlink, memory, compute]), ((0, 0), (0, 1))), rank[found]


@compiled
def classify(output: IntArray, slots: IntArray, first: IntArray, found: IntArray) -> int:
    """Count distinct columns, numbering them as they appear, by a hash table with linear probing.

    Parameters
    ----------
    output
        The columns, shape (3, n).
    slots
        The table, filled with -1; its size is a power of two of at least 2 n.
    first
        Receives the first place of each class.
    found
        Receives the class of each column.
    """
    mask = slots.size - 1
    num_classes = 0
    for i in range(output.shape[1]):
        a, b, c = output[0, i], output[1, i], output[2, i]
        mixed = ((a * 0x1E3779B97F4A7C15 + b) * 0x1E3779B97F4A7C15 + c) * 0x1E3779B97F4A7C15
        slot = (mixed ^ (mixed >> 32)) & mask
        while slots[slot] >= 0:
            j = first[slots[slot]]
            if output[0, j] == a and output[1, j] == b and output[2, j] == c:
                break
            slot = (slot + 1) & mask
        if slots[slot] < 0:
            slots[slot] = num_classes
            first[num_classes] = i
            num_classes += 1
        found[i] = slots[slot]
    return num_classes


@compiled
def gather(requests: SortedRequests, depth: int, uplink_sum: IntArray, size: IntArray) -> None:
    r"""Collect :math:`F_d` by levels, each from its cheapest request to its dearest. O(n).

    Parameters
    ----------
    requests
        The requests of the edge node.
    depth
        d.
    uplink_sum
        Receives the uplink of the c cheapest of level k at ``level_start[k] + k + c``, shape
        (n + N + 2,).
    size
        Receives the number of requests of each level, shape (N + 1,).
    """
    for k in range(size.size):
        start = requests.level_start[k]
        end = start + k
        total = 0
        uplink_sum[end] = 0
        for j in range(start, requests.level_start[k + 1]):
            if requests.cheapest[j] < depth:
                total += requests.cheapest_uplink[j]
                end += 1
                uplink_sum[end] = total
        size[k] = end - start - k


@compiled
def pick(requests: SortedRequests, depth: int, counts: IntArray, places: IntArray) -> None:
    r"""Collect the places of the cheapest requests of each level of :math:`F_d`. O(n).

    ``counts`` has the number of requests of each level.
    """
    chosen = 0
    for k in range(counts.size):
        left = counts[k]
        for j in range(requests.level_start[k], requests.level_start[k + 1]):
            if left == 0:
                break
            if requests.cheapest[j] < depth:
                places[chosen] = requests.cheapest[j]
                chosen += 1
                left -= 1


@compiled
def fill(requests: SortedRequests, order: IntArray, budget: int, places: IntArray) -> int:
    """Take requests in an order, each if it still fits, and return their number.

    Parameters
    ----------
    requests
        The requests of the edge node.
    order
        Places in latency order.
    budget
        Maximum compute of the batch.
    places
        Receives the places of the requests taken.
    """
    chosen = 0
    uplink, downlink, memory = requests.capacity
    for i in order:
        k = requests.level[i]
        if (
            requests.uplink[i] <= uplink
            and requests.demand[0, k] <= downlink
            and requests.demand[1, k] <= memory
            and requests.demand[2, k] <= budget
        ):
            uplink -= requests.uplink[i]
            downlink -= requests.demand[0, k]
            memory -= requests.demand[1, k]
            budget -= requests.demand[2, k]
            places[chosen] = i
            chosen += 1
    return chosen
