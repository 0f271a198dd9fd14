"""EdgeNodes: the eligible requests of each edge node, in latency order, by levels."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from heuristics.latency_order import levels

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from heuristics.coefficients import BoolArray, Coefficients, IntArray

    FloatArray = NDArray[np.float64]


class EdgeNodes(NamedTuple):
    """The pricing problems of all edge nodes, one after the other in flat arrays.

    Those of edge node j lie at ``first[j]:first[j + 1]``, its levels at
    ``first_level[j]:first_level[j + 1]``. N is the number of eligible pairs, K of all levels.
    """

    first: IntArray
    """Shape (J + 1,)."""
    request: IntArray
    """Index of the request, shape (N,): by latency budget descending, ties by index."""
    budget: IntArray
    """(12d), its right side, shape (N,)."""
    level: IntArray
    """Level of the request at its edge node, from 0, shape (N,)."""
    uplink: FloatArray
    """(12a), as a share of the capacity, shape (N,)."""
    downlink: FloatArray
    """(12b), as a share of the capacity, where a level has requests of several; else 0; (N,)."""
    first_level: IntArray
    """Shape (J + 1,)."""
    level_compute: IntArray
    """Demand of each request of a level, shape (K,); levels ascend by (memory, compute)."""
    level_memory: IntArray
    """Shape (K,)."""
    level_downlink: IntArray
    """Where it is constant in each level; else 0; shape (K,)."""
    memory_capacity: IntArray
    """(12c), its right side, shape (J,)."""
    downlink_capacity: IntArray
    """(12b), its right side, shape (J,)."""

    @classmethod
    def of(cls, data: Coefficients) -> EdgeNodes:
        """Sort the eligible pairs, in O(N log I)."""
        parts = [_edge_node(data, j) for j in range(data.num_edge_nodes)]
        return cls(
            first=_offsets([len(part["request"]) for part in parts]),
            first_level=_offsets([len(part["level_compute"]) for part in parts]),
            **{name: np.concatenate([part[name] for part in parts]) for name in parts[0]},
            memory_capacity=data.memory_capacity.copy(),
            downlink_capacity=data.downlink_capacity.copy(),
        )

    @property
    def num_edge_nodes(self) -> int:
        """J."""
        return len(self.first) - 1

    @property
    def relaxes_downlink(self) -> BoolArray:
        """Whether (12b) of each edge node is priced, shape (J,): it is not constant in levels."""
        priced = np.concatenate([[0], np.cumsum(self.downlink > 0)])
        return np.asarray(priced[self.first[1:]] > priced[self.first[:-1]])


def _offsets(lengths: list[int]) -> IntArray:
    return np.cumsum([0, *lengths], dtype=np.int64)


def latency_pairs(data: Coefficients, edge_node: int) -> IntArray:
    """Return the places of an edge node's pairs in ``data.pairs``, in latency order, (n,)."""
    row = data.pairs.row(edge_node)
    place: IntArray = row.start + np.argsort(-data.pairs.compute_budget[row], kind="stable")
    return place


def _edge_node(data: Coefficients, j: int) -> dict[str, NDArray[Any]]:
    """Return the part of one edge node in each field of :class:`EdgeNodes`."""
    pairs, pair = data.pairs, latency_pairs(data, j)
    (memory, compute), level = levels(pairs.memory[pair], pairs.compute[pair])
    downlink = pairs.downlink[pair]
    of_level = np.zeros(len(memory), dtype=np.int64)
    of_level[level] = downlink
    is_constant = np.array_equal(of_level[level], downlink)
    share = downlink / max(int(data.downlink_capacity[j]), 1)
    return {
        "request": pairs.requests[pair],
        "budget": pairs.compute_budget[pair],
        "level": level,
        "uplink": pairs.uplink[pair] / max(int(data.uplink_capacity[j]), 1),
        "downlink": np.zeros(len(pair)) if is_constant else share,
        "level_compute": compute,
        "level_memory": memory,
        "level_downlink": of_level if is_constant else np.zeros_like(of_level),
    }
