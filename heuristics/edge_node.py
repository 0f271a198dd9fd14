"""EdgeNode: one edge node as the algorithms of Section IV see it, in latency order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from heuristics.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from heuristics.system_models.coefficients import BoolArray, Coefficients, IntArray


class Level(NamedTuple):
    r"""Requests of one output length :math:`N_k`: equal memory and compute at the edge node."""

    memory: int
    compute: int


@dataclass(frozen=True, kw_only=True)
class EdgeNode:
    r"""The requests an edge node may serve, :math:`\tilde I`, sorted as line 2 of Algorithm 1 asks.

    Largest budget first, ties by cheaper uplink, then by lower index. All tuples but ``levels``
    have one entry a request, in this order; units are those of `Coefficients`.

    Parameters
    ----------
    requests
        Index of each request in the coefficients.
    budget
        :math:`\tilde\tau_i`: the most compute that a batch with this request may ask for.
    uplink, downlink, memory, compute
        What each request asks for.
    uplink_capacity, downlink_capacity, memory_capacity
        What the edge node has.
    levels
        The levels of these requests, by memory, then compute, ascending.
    level
        Index of each request's level.
    cheapness
        Rank of each request by the larger of its shares of uplink and downlink, then by uplink,
        then by index: 0 is the cheapest. Inside a level of constant downlink that is the order
        of the uplinks.
    """

    requests: tuple[int, ...]
    budget: tuple[int, ...]
    uplink: tuple[int, ...]
    downlink: tuple[int, ...]
    memory: tuple[int, ...]
    compute: tuple[int, ...]
    uplink_capacity: int
    downlink_capacity: int
    memory_capacity: int
    levels: tuple[Level, ...]
    level: tuple[int, ...]
    cheapness: tuple[int, ...]

    @classmethod
    def of(
        cls,
        data: Coefficients,
        edge_node: int,
        *,
        remaining: BoolArray | None = None,
        preference: IntArray | None = None,
    ) -> EdgeNode:
        """Return the view of one edge node.

        Parameters
        ----------
        data
            The coefficients of all edge nodes.
        edge_node
            Index of the edge node.
        remaining
            Which requests are left, shape (I,); None means all.
        preference
            Breaks ties before the index does, smaller first, shape (I,).
        """
        among = data.eligible[edge_node]
        if remaining is not None:
            among = among & remaining
        tie = np.arange(data.num_requests) if preference is None else preference
        # lexsort is stable: what is left of a tie keeps the order of the indices.
        latency_order = np.lexsort((tie, data.uplink[edge_node], -data.compute_budget[edge_node]))
        order = latency_order[among[latency_order]]

        def row(matrix: IntArray) -> tuple[int, ...]:
            return tuple(matrix[edge_node, order].tolist())

        uplink, downlink = row(data.uplink), row(data.downlink)
        memory, compute = row(data.memory), row(data.compute)
        capacities = int(data.uplink_capacity[edge_node]), int(data.downlink_capacity[edge_node])
        output = [Level(*pair) for pair in zip(memory, compute, strict=True)]
        levels = tuple(sorted(set(output)))
        index = {level: k for k, level in enumerate(levels)}
        return cls(
            requests=tuple(order.tolist()),
            budget=row(data.compute_budget),
            uplink=uplink,
            downlink=downlink,
            memory=memory,
            compute=compute,
            uplink_capacity=capacities[0],
            downlink_capacity=capacities[1],
            memory_capacity=int(data.memory_capacity[edge_node]),
            levels=levels,
            level=tuple(index[level] for level in output),
            cheapness=_cheapness(uplink, downlink, capacities, tie[order].tolist(), order.tolist()),
        )

    @property
    def num_requests(self) -> int:
        r""":math:`|\tilde I|`, the number of requests the edge node may serve."""
        return len(self.requests)

    @property
    def downlink_follows_levels(self) -> bool:
        """Whether the downlink is constant inside each level: what OT's proof rests on.

        The worst-channel reading gives it. Then the cheapest uplinks of a level are as good as
        any other choice of as many requests from it.
        """
        return len(set(zip(self.level, self.downlink, strict=True))) == len(self.levels)

    @property
    def memory_and_compute_agree(self) -> bool:
        """Whether one order sorts both memory and compute: what Algorithm 1's proof rests on.

        It is so where both follow from the output length.
        """
        compute = [level.compute for level in self.levels]
        return compute == sorted(compute)


def the_only_edge_node(data: Coefficients, method: str) -> EdgeNode:
    """Return the view of the one edge node of a single-node problem.

    Raises
    ------
    InputError
        If there are more.
    """
    if data.num_edge_nodes != 1:
        raise InputError(
            f"{method} solves one edge node; pick one of them",
            field="coefficients",
            found=data.num_edge_nodes,
        )
    return EdgeNode.of(data, 0)


def _cheapness(
    uplink: Sequence[int],
    downlink: Sequence[int],
    capacities: tuple[int, int],
    *ties: Sequence[int],
) -> tuple[int, ...]:
    # Shares are compared as integers, each times both capacities. Where a capacity is 0 so is
    # the demand of whoever fits, and any positive capacity gives the share 0.
    per_downlink, per_uplink = (max(capacity, 1) for capacity in capacities)
    keys = [
        (max(up * per_uplink, down * per_downlink), up, *tie)
        for up, down, *tie in zip(uplink, downlink, *ties, strict=True)
    ]
    rank = [0] * len(keys)
    for position, request in enumerate(sorted(range(len(keys)), key=keys.__getitem__)):
        rank[request] = position
    return tuple(rank)
