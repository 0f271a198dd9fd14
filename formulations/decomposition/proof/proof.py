r"""Proof: certificate of a bound, made from the prices of the dual ascent.

Prices are rounded to integers over one denominator; the certificate stays valid, because a bound
holds at any prices. The room between the Lagrangian value L and the bound to be proved is divided
among the edge nodes, so that each V_j may be proved slightly larger than it is. An edge node's tree
of splits grows best first: the :class:`~formulations.decomposition.proof.cells.Cell` of the largest
bound is halved, until no bound exceeds the share of the edge node. The values of leaves are
computed in integers, and the certificate claims exactly the bound that they prove.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from formulations.decomposition.pricing import pricing
from formulations.decomposition.proof.edge_node_proof import EdgeNodeProof
from heuristics.certificate import Certificate, Multipliers, Prices

if TYPE_CHECKING:
    from formulations.decomposition.pricing.edge_nodes import EdgeNodes, FloatArray
    from formulations.decomposition.pricing.prices import DualPrices
    from heuristics.certificate import EdgeNodeTree
    from heuristics.coefficients import Coefficients
    from heuristics.limits import Limits

SPARE_BITS = 20
"""Bits of the denominator beyond those of the largest demand, so that rounding is negligible."""

WORD_BITS = 62
"""Bits of a sum in a machine word."""

MOST_BITS = 50
"""Maximum bits of the denominator, unless demands require more: prices have no more digits."""

SEARCH_NODES = 200_000
"""Node limit of the pricing of an edge node, after which the screen's bound is used."""

LOOSE = 0.5
"""Room [requests] from which on the screen's values are tight enough."""


def certificate(
    data: Coefficients,
    nodes: EdgeNodes,
    prices: DualPrices,
    target: int,
    limits: Limits,
    *,
    headroom: float = 1.0,
) -> Certificate:
    r"""Return a certificate of the bound that prices prove, with few leaves.

    Parameters
    ----------
    data, nodes
        Coefficients, and the same sorted by edge node.
    prices
        Any prices; prices of low L prove more.
    target
        Bound that the tree should prove. If L is too large for it, the least larger bound that
        the prices can prove is used.
    limits
        Limits of the run; at a limit the certificate claims the bound that its trees prove so far.
    headroom
        Maximum amount by which the tree's value may exceed L, within the room below the target.
        A small value takes more leaves, and leaves fewer batches to an enumeration.

    Returns
    -------
    Certificate
        Its bound is proved by its tree in integers, so it is never below the optimum.

    Notes
    -----
    A leaf of an edge node with n eligible requests at K levels takes :math:`O(n + K \log n)` for
    each tangent, at :math:`O(\log n)` ranks. An edge node has at most 20,000 leaves.
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
        room %= denominator  # the target lies below the least bound that the prices prove
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

    Edge nodes with the smallest surplus come first; the unused part of a share goes to the others.
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
    """Return a power of two, the largest for machine words if they suffice."""
    largest = max(
        int(getattr(data, name).max(initial=0, where=data.eligible))
        for name in ("uplink", "downlink", "memory", "compute")
    )
    most = int(np.diff(nodes.first).max())
    in_words = min(MOST_BITS, WORD_BITS - 4 - most.bit_length())
    return 1 << max(SPARE_BITS + largest.bit_length(), in_words)


def _values(nodes: EdgeNodes, prices: DualPrices, enough: float) -> FloatArray:
    """Return V of each edge node, or the screen's bounds if their sum is low enough."""
    value, used = np.empty(nodes.num_edge_nodes), np.empty((4, nodes.num_edge_nodes))
    served = np.empty(len(prices.request))
    for exact in (False, True):
        pricing.evaluate(nodes, prices, exact, SEARCH_NODES, served, used, value)
        if value.sum() <= enough:
            break
    return value
