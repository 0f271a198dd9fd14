"""Bins: groups of requests that share a price while prices are coarse.

Requests are alike if the same edge nodes may serve them at the same levels. The requests of a bin
are alike, and neighbours in the order of their mean place in the latency orders.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from formulations.decomposition.pricing.edge_nodes import EdgeNodes
    from heuristics.coefficients import IntArray


class Bins:
    """The order of the requests that is cut into bins of any size.

    Parameters
    ----------
    nodes
        Edge nodes.
    num_requests
        Number of requests, I.
    """

    def __init__(self, nodes: EdgeNodes, num_requests: int) -> None:
        number = np.diff(nodes.first)
        bucket = nodes.level + np.repeat(nodes.first_level[:-1], number)
        place = np.arange(len(bucket)) - np.repeat(nodes.first[:-1], number)
        # Sums of random words tell sets apart. An equal sum by chance only makes a bin of others.
        word = np.random.default_rng(0).integers(1 << 63, size=len(nodes.level_compute))
        kind = np.zeros(num_requests, dtype=np.uint64)
        np.add.at(kind, nodes.request, word.astype(np.uint64)[bucket])
        total = np.bincount(nodes.request, place / np.repeat(number, number), num_requests)
        mean = total / np.maximum(np.bincount(nodes.request, minlength=num_requests), 1)
        self._order = np.lexsort([mean, kind])
        is_new = np.append(True, np.diff(kind[self._order]) != 0)
        first = np.flatnonzero(is_new)
        self._number = np.arange(num_requests) - first[np.cumsum(is_new) - 1]
        self._kind = np.cumsum(is_new) - 1

    def of_size(self, size: int) -> IntArray:
        """Return the bin of each request, numbered from 0, with at most ``size`` in a bin."""
        label = np.stack([self._kind, self._number // size])
        is_new = np.append(True, (np.diff(label, axis=1) != 0).any(axis=0))
        of_request = np.empty(len(self._order), dtype=np.int64)
        of_request[self._order] = np.cumsum(is_new) - 1
        return of_request
