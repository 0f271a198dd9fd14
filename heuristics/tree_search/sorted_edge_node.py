"""SortedEdgeNode: one edge node as the algorithms of Section IV see it, in latency order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from heuristics.alternatives import refuse_several_edge_nodes
from heuristics.latency_order import cheapest_places, levels
from heuristics.pairs import AMOUNTS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from heuristics.coefficients import BoolArray, Coefficients, IntArray


class Level(NamedTuple):
    r"""Requests of one output length :math:`N_k`: equal memory and compute at the edge node."""

    memory: int
    compute: int


@dataclass(frozen=True, kw_only=True)
class SortedEdgeNode:
    r"""The requests an edge node may serve, :math:`\tilde I`, sorted as line 2 of Algorithm 1 asks.

    Largest budget first, ties by cheaper uplink, then by lower index. All tuples but ``levels``
    have one entry a request, in this order; units are those of `Coefficients`.

    Parameters
    ----------
    requests
        Index of each request in the coefficients.
    budget
        :math:`\tilde\tau_i`: maximum compute of a batch with this request.
    uplink, downlink, memory, compute
        Demands of each request.
    uplink_capacity, downlink_capacity, memory_capacity
        Capacities of the edge node.
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
    ) -> SortedEdgeNode:
        """Return the view of one edge node.

        Parameters
        ----------
        data
            The coefficients of all edge nodes.
        edge_node
            Index of the edge node.
        remaining
            True for the requests that may be chosen, shape (I,); None for all.
        preference
            Key that breaks ties before the index does, smaller first, shape (I,).
        """
        pairs = data.pairs
        place = cheapest_places(data, edge_node, remaining=remaining, preference=preference)
        place = place[np.argsort(-pairs.compute_budget[place], kind="stable")]
        order = pairs.requests[place]
        tie = order if preference is None else preference[order]
        column = {name: getattr(pairs, name)[place] for name in AMOUNTS}
        uplink_capacity = int(data.uplink_capacity[edge_node])
        downlink_capacity = int(data.downlink_capacity[edge_node])
        table, level = levels(column["memory"], column["compute"])
        # Shares are compared as integers, each times both capacities. Where a capacity is 0, every
        # eligible demand is 0, and any positive capacity gives the share 0.
        shares = (
            _products(column["uplink"], max(downlink_capacity, 1)),
            _products(column["downlink"], max(uplink_capacity, 1)),
        )
        return cls(
            requests=tuple(order.tolist()),
            budget=tuple(column["compute_budget"].tolist()),
            uplink=tuple(column["uplink"].tolist()),
            downlink=tuple(column["downlink"].tolist()),
            memory=tuple(column["memory"].tolist()),
            compute=tuple(column["compute"].tolist()),
            uplink_capacity=uplink_capacity,
            downlink_capacity=downlink_capacity,
            memory_capacity=int(data.memory_capacity[edge_node]),
            levels=tuple(Level(*pair) for pair in table.T.tolist()),
            level=tuple(level.tolist()),
            cheapness=_cheapness(np.maximum(*shares), column["uplink"], tie, order),
        )

    @property
    def num_requests(self) -> int:
        r""":math:`|\tilde I|`, the number of requests the edge node may serve."""
        return len(self.requests)

    @property
    def downlink_follows_levels(self) -> bool:
        """True if the downlink is constant inside each level, as OT's proof assumes.

        It holds in the worst-channel reading. Then the cheapest uplinks of a level are as good as
        any other choice of as many requests from the level.
        """
        return len(set(zip(self.level, self.downlink, strict=True))) == len(self.levels)

    @property
    def memory_and_compute_agree(self) -> bool:
        """True if one order sorts both memory and compute, as Algorithm 1's proof assumes.

        It holds where both follow from the output length.
        """
        compute = [level.compute for level in self.levels]
        return compute == sorted(compute)


def the_only_edge_node(data: Coefficients, method: str) -> SortedEdgeNode:
    """Return the view of the one edge node of a single-node problem.

    Raises
    ------
    InputError
        If the coefficients have more than one edge node.
    """
    refuse_several_edge_nodes(data, method)
    return SortedEdgeNode.of(data, 0)


def _products(demand: IntArray, factor: int) -> NDArray[Any]:
    """Multiply exactly: in Python's integers where the product may exceed 64 bits."""
    fits = int(demand.max(initial=0)) * factor < 2**63
    return demand * factor if fits else demand.astype(object) * factor


def _cheapness(share: NDArray[Any], *ties: IntArray) -> tuple[int, ...]:
    """Return the rank of each request by its share, then by the others in turn."""
    _, share_rank = np.unique(share, return_inverse=True)
    rank = np.empty(share.size, dtype=np.int64)
    rank[np.lexsort((*reversed(ties), share_rank))] = np.arange(share.size)
    return tuple(rank.tolist())
