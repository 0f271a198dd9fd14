"""Request order: one order of deadlines and one set of classes for all edge nodes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from formulations.decomposition.pricing.edge_nodes import EdgeNodes
    from heuristics.coefficients import IntArray


def deadline_order(nodes: EdgeNodes, num_requests: int) -> IntArray:
    """Return the requests that are eligible anywhere, by their mean place in latency order."""
    total, times = np.zeros(num_requests), np.zeros(num_requests)
    for j in range(nodes.num_edge_nodes):
        request = nodes.request[nodes.first[j] : nodes.first[j + 1]]
        total[request] += np.arange(len(request))
        times[request] += 1
    some = np.flatnonzero(times)
    return np.asarray(some[np.argsort(total[some] / times[some], kind="stable")])


def request_classes(nodes: EdgeNodes, order: IntArray, num_requests: int) -> IntArray:
    """Return the class of each request: levels that have a request in common form one class.

    Requests that are eligible nowhere have class -1.
    """
    parent = list(range(len(nodes.level_compute)))

    def root(level: int) -> int:
        while parent[level] != level:
            parent[level] = parent[parent[level]]
            level = parent[level]
        return level

    of_request: dict[int, int] = {}
    for j in range(nodes.num_edge_nodes):
        for pair in range(nodes.first[j], nodes.first[j + 1]):
            level = int(nodes.first_level[j] + nodes.level[pair])
            other = of_request.setdefault(int(nodes.request[pair]), level)
            parent[root(level)] = root(other)
    of_class = np.full(num_requests, -1, dtype=np.int64)
    number: dict[int, int] = {}
    for request in order.tolist():
        of_class[request] = number.setdefault(root(of_request[request]), len(number))
    return of_class
