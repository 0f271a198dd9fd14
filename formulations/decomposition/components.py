"""Components: parts of a problem that share neither edge nodes nor requests."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

if TYPE_CHECKING:
    from heuristics.coefficients import Coefficients, IntArray


class Component(NamedTuple):
    """Edge nodes and requests that eligible pairs join."""

    edge_nodes: IntArray
    """Indices of its edge nodes, ascending."""
    requests: IntArray
    """Indices of its requests, ascending."""

    def of(self, data: Coefficients) -> Coefficients:
        """Return the problem of this component alone."""
        return data.of_rows(self.edge_nodes.tolist()).take(self.requests)


def components(data: Coefficients) -> list[Component]:
    """Return the connected components that have eligible pairs, in O(N + I + J).

    A schedule of the whole is a schedule of each component, so optima and bounds add up. The rows
    of an edge node with alternatives are in one component, since at most one of them is used.
    """
    pairs, num_edge_nodes = data.pairs, data.num_edge_nodes
    size = num_edge_nodes + data.num_requests
    first, other = _alternatives(data)
    begins = np.concatenate([pairs.edge_nodes(), first])
    ends = np.concatenate([num_edge_nodes + pairs.requests, other])
    ones = np.ones(len(begins), dtype=np.int8)
    links = coo_array((ones, (begins, ends)), shape=(size, size))
    _, label = connected_components(links, directed=False)
    order = np.argsort(label, kind="stable")
    parts = np.split(order, np.flatnonzero(np.diff(label[order])) + 1)
    return [
        Component(part[part < num_edge_nodes], part[part >= num_edge_nodes] - num_edge_nodes)
        for part in parts
        if part[0] < num_edge_nodes <= part[-1]
    ]


def _alternatives(data: Coefficients) -> tuple[IntArray, IntArray]:
    """Return links between the first row of each edge node and its other rows."""
    links = [(rows[0], row) for rows in data.alternatives for row in rows[1:]]
    first, other = np.array(links, dtype=np.int64).reshape(-1, 2).T
    return first, other
