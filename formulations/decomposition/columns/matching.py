r"""Matching: requests for fixed counts by level, as a bipartite matching of least band use.

A column asks for a number of requests of each level. Each of them is a place, and a request may
take a place if it is of the place's level and lies in F_d. So the batches of one column for each
edge node are the matchings that fill all places, and only the bands couple the places of an edge
node. At prices :math:`\lambda_b \ge 0` of the bands b, with shares :math:`s_{bi}` of the capacity,

.. math:: \min_{\text{matchings}} \sum_b \lambda_b \Bigl( \sum_i s_{bi} - 1 \Bigr) > 0

proves that every matching exceeds a band. The matching of least price is feasible, or its use of
the bands changes the prices. For a single band the first matching decides.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import min_weight_full_bipartite_matching

from formulations.decomposition.columns.exact_rows import Outcome
from formulations.evaluation import broken_rows
from heuristics.problem import Problem
from heuristics.schedule import Schedule

if TYPE_CHECKING:
    from collections.abc import Sequence

    from formulations.decomposition.columns.columns import Columns
    from formulations.decomposition.pricing.edge_nodes import EdgeNodes, FloatArray
    from heuristics.coefficients import BoolArray, Coefficients, IntArray

MOST_MATCHINGS = 16
"""Maximum number of matchings before the question is left open."""

MOST_PAIRS = 5_000_000
"""Maximum number of pairs of a place and a request."""

POWERS, CHANGE = 16 * 0.8 ** np.arange(MOST_MATCHINGS), 2.0
"""Powers of a band's use by which its price is multiplied in turn, and largest use that counts."""

GUARD = 1e-6
"""Tolerance that exceeds the rounding error of a price, as a share of all capacities."""


class Band(NamedTuple):
    """A band of an edge node that its places may exceed."""

    pairs: slice
    """Pairs of the edge node."""
    share: FloatArray
    """Share of the capacity that each of them needs."""


class Places(NamedTuple):
    """The places of all columns, P of them, with E pairs of a place and a request."""

    edge_node: IntArray
    """Edge node of each place, shape (P,)."""
    size: IntArray
    """Number of requests that may take each place, shape (P,)."""
    request: IntArray
    """Request of each pair, by place, shape (E,)."""
    bands: list[Band]
    """Bands that a matching may exceed."""


def match(data: Coefficients, nodes: EdgeNodes, chosen: Sequence[Columns]) -> Outcome | None:
    """Assign requests to edge nodes, each of which has exactly one column.

    Parameters
    ----------
    data, nodes
        Coefficients, and the same sorted by edge node.
    chosen
        The single column of each edge node.

    Returns
    -------
    Outcome or None
        Schedule or refutation; None if the matchings left the question open, or if there are too
        many pairs.

    References
    ----------
    R. Jonker, A. Volgenant, "A shortest augmenting path algorithm for dense and sparse linear
    assignment problems", Computing 38 (1987) 325-340, doi:10.1007/BF02278710.
    """
    places = _places(data, nodes, chosen)
    if places is None:
        return None
    num_bands = len(places.bands)
    price = np.full(num_bands, 1 / max(num_bands, 1))
    for power in POWERS:
        is_taken = _least(places, price, data.num_requests)
        if is_taken is None:
            return Outcome(None, is_refuted=True)
        used = np.array([band.share[is_taken[band.pairs]].sum() for band in places.bands])
        if price @ (used - 1) > GUARD:
            return Outcome(None, is_refuted=True)
        request = places.request[is_taken]
        schedule = Schedule.of(request[places.edge_node == j] for j in range(len(chosen)))
        if next(broken_rows(data, schedule, Problem.P1, None), None) is None:
            return Outcome(schedule, is_refuted=False)
        if num_bands < 2:
            return None
        price *= np.clip(used, 1 / CHANGE, CHANGE) ** power
        price /= price.sum()
    return None


def _places(data: Coefficients, nodes: EdgeNodes, chosen: Sequence[Columns]) -> Places | None:
    """List the places of all columns; None if the pairs are too many."""
    parts: list[Places] = []
    num_pairs = 0
    for j, column in enumerate(chosen):
        parts.append(_places_of(data, nodes, j, column, num_pairs))
        num_pairs += len(parts[-1].request)
        if num_pairs > MOST_PAIRS:
            return None
    edge_node, size, request, bands = zip(*parts, strict=True)
    return Places(
        np.concatenate(edge_node),
        np.concatenate(size),
        np.concatenate(request),
        [band for own in bands for band in own],
    )


def _places_of(data: Coefficients, nodes: EdgeNodes, j: int, column: Columns, first: int) -> Places:
    """List the places of an edge node, whose pairs begin at position ``first``."""
    (counts,), (depth,) = column.counts, column.depth
    own = slice(nodes.first[j], nodes.first[j] + depth)
    request, level = nodes.request[own], nodes.level[own]
    offers = [np.flatnonzero(level == k) for k in range(len(counts))]
    of_place = np.repeat(np.arange(len(counts)), counts)
    place = np.concatenate([np.zeros(0, dtype=np.int64), *(offers[k] for k in of_place)])
    size = np.array([len(offers[k]) for k in of_place], dtype=np.int64)
    pairs, bands = slice(first, first + len(place)), []
    for name in ("uplink", "downlink"):
        demand, capacity = data.amounts(name, j, request), int(getattr(data, f"{name}_capacity")[j])
        largest = zip((np.sort(demand[each]) for each in offers), counts.tolist(), strict=True)
        if sum(int(each[max(len(each) - num, 0) :].sum()) for each, num in largest) > capacity:
            bands.append(Band(pairs, demand[place] / max(capacity, 1)))
    return Places(np.full(len(size), j), size, request[place], bands)


def _least(places: Places, price: FloatArray, num_requests: int) -> BoolArray | None:
    """Return the pairs of a matching of least price that fills all places; None without one."""
    num_places, num_pairs = len(places.size), len(places.request)
    if num_places == 0:
        return np.zeros(0, dtype=bool)
    if num_places > num_requests:
        return None
    weight = np.ones(num_pairs)  # a pair without a weight would not count as a pair
    for band, each in zip(places.bands, price, strict=True):
        weight[band.pairs] += each * band.share
    start = np.concatenate([[0], np.cumsum(places.size)])
    pairs = csr_array((weight, places.request, start), shape=(num_places, num_requests))
    try:
        _, request = min_weight_full_bipartite_matching(pairs)
    except ValueError:  # SciPy's only sign that no matching fills all places
        return None
    return np.asarray(places.request == np.repeat(request, places.size))
