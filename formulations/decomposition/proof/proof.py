r"""Proof: the certificate of a bound, made of the prices that the dual ascent found.

Prices are rounded to integers over one denominator, which any certificate may do. What the
Lagrangian value L then still has left below the bound that is to be proved is shared out among
the edge nodes: each V_j may be proved a little larger than it is. An edge node's tree of splits
grows best first: the :class:`~formulations.decomposition.proof.cells.Cell` of the largest bound is
halved, until none is above what the edge node may have. What a leaf is worth is counted in
integers, so the certificate claims what it proves, be that more than was hoped for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from formulations.decomposition.pricing import pricing
from formulations.decomposition.proof.edge_node_proof import EdgeNodeProof
from heuristics.certificate import Certificate, Multipliers, Prices

if TYPE_CHECKING:
    from formulations.decomposition.pricing.edge_nodes import EdgeNodes, FloatArray
    from formulations.decomposition.pricing.prices import Prices as DualPrices
    from heuristics.certificate import EdgeNodeTree
    from heuristics.coefficients import Coefficients
    from heuristics.limits import Limits

SPARE_BITS = 20
"""So many bits a denominator has more than the largest demand: rounding then costs nothing."""

WORD_BITS = 62
"""Sums of a machine word."""

MOST_BITS = 50
"""Of a denominator, unless the demands ask for more: a price has no more to be kept."""

SEARCH_NODES = 200_000
"""After how many nodes the pricing of an edge node takes the screen's bound."""

LOOSE = 0.5
"""The room, in requests, from which on the screen's values are good enough."""


def certificate(
    data: Coefficients,
    nodes: EdgeNodes,
    prices: DualPrices,
    target: int,
    limits: Limits,
    *,
    headroom: float = 1.0,
) -> Certificate:
    r"""Return a certificate of the bound that prices prove, in as few leaves as come easily.

    Parameters
    ----------
    data, nodes
        The problem.
    prices
        Any prices; the lower their L, the better.
    target
        The bound that the tree is to prove. Where the prices prove less, the least is taken that
        they do prove.
    limits
        When to stop; the certificate then claims what the trees prove so far.
    headroom
        The most that the tree's value may exceed L by, up to all that the target leaves: a small
        one takes more leaves, and leaves fewer batches to an enumeration.

    Returns
    -------
    Certificate
        Its bound is what its tree proves in integers, in no case below the optimum.

    Notes
    -----
    A leaf of an edge node with n eligible requests at K levels takes
    :math:`O(n + K \log n)` for each of some tangents and :math:`\log n` ranks, and an edge node
    has at most 20,000 of them.
    """
    denominator = _denominator(data, nodes)
    servable = np.asarray(data.eligible.any(axis=0))
    num_servable = int(servable.sum())
    target = max(0, min(target, num_servable))
    requests = [
        round(price * denominator)
        for price in np.where(servable, np.maximum(prices.request, 0), 0).tolist()
    ]
    edge_nodes = [
        EdgeNodeProof(data, nodes, prices, requests, denominator, j)
        for j in range(nodes.num_edge_nodes)
    ]
    paid = sum(requests) + sum(node.paid for node in edge_nodes)
    enough = target + 1 - LOOSE - paid / denominator if headroom >= 1 else -np.inf
    least = [
        node.paid + int(value * denominator)
        for node, value in zip(edge_nodes, _values(nodes, prices, enough), strict=True)
    ]
    room = (target + 1) * denominator - 1 - sum(requests) - sum(least)
    if room < 0:
        room %= denominator  # below the least bound that the prices prove
    room = min(room, int(headroom * denominator))
    trees, proved = _grow(edge_nodes, least, room, limits)
    return Certificate(
        digest=data.digest(),
        denominator=denominator,
        tree=Prices(tuple(requests), trees),
        bound=min((sum(requests) + proved) // denominator, num_servable),
    )


def _grow(
    edge_nodes: list[EdgeNodeProof], least: list[int], room: int, limits: Limits
) -> tuple[tuple[EdgeNodeTree, ...], int]:
    """Grow the trees of all edge nodes, and return them with the sum of their values.

    The easiest come first: what they do not need of their shares is left to the others.
    """
    surplus = [node.loosest - value for node, value in zip(edge_nodes, least, strict=True)]
    trees: list[EdgeNodeTree] = [Multipliers(0, 0, 0, 0)] * len(edge_nodes)
    total = 0
    for done, j in enumerate(sorted(range(len(edge_nodes)), key=surplus.__getitem__)):
        share = room // (len(edge_nodes) - done)
        trees[j], proved = edge_nodes[j].grow(least[j] + share, limits)
        total += proved
        room = max(0, room + least[j] - proved)
    return tuple(trees), total


def _denominator(data: Coefficients, nodes: EdgeNodes) -> int:
    """Return a power of two, the largest that machine words allow where they are enough."""
    largest = max(
        int(getattr(data, name).max(initial=0, where=data.eligible))
        for name in ("uplink", "downlink", "memory", "compute")
    )
    most = int(np.diff(nodes.first).max())
    in_words = min(MOST_BITS, WORD_BITS - 4 - most.bit_length())
    return 1 << max(SPARE_BITS + largest.bit_length(), in_words)


def _values(nodes: EdgeNodes, prices: DualPrices, enough: float) -> FloatArray:
    """Return V of each edge node, the screen's where their sum is low enough."""
    value, used = np.empty(nodes.num_edge_nodes), np.empty((4, nodes.num_edge_nodes))
    served = np.empty(len(prices.request))
    for exact in (False, True):
        pricing.evaluate(nodes, prices, exact, SEARCH_NODES, served, used, value)
        if value.sum() <= enough:
            break
    return value
