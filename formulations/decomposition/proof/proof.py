r"""Proof: certificate of a bound, made from the prices of the dual ascent.

Prices are rounded to integers over one denominator; the certificate stays valid, because a bound
holds at any prices. The room between the Lagrangian value L and the bound to be proved is divided
among the edge nodes, so that each V_j may be proved slightly larger than it is. An edge node's tree
of splits grows best first: the :class:`~formulations.decomposition.proof.cells.Cell` of the largest
bound is halved, until no bound exceeds the share of the edge node. The values of leaves are
computed in integers, and the certificate claims exactly the bound that they prove.
"""

from __future__ import annotations

import gc
from collections import Counter
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np

from formulations.decomposition.pricing import pricing
from formulations.decomposition.proof.edge_node_proof import (
    LARGEST_SUM,
    NODE_S,
    EdgeNodeProof,
    proof_key,
)
from heuristics.certificate import Certificate, Multipliers, Prices
from heuristics.limits import Limits

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from formulations.decomposition.pricing.edge_nodes import EdgeNodes, FloatArray
    from formulations.decomposition.pricing.prices import DualPrices
    from heuristics.alternatives import Groups
    from heuristics.coefficients import Coefficients, IntArray

SPARE_BITS = 20
"""Bits of the denominator beyond those of the largest demand, so that rounding is negligible."""

WORD_BITS = 62
"""Bits of a sum in a machine word."""

MOST_BITS = 50
"""Maximum bits of the denominator, unless demands require more: prices have no more digits."""

SEARCH_NODES, MORE_NODES = 200_000, 2_000_000
"""Node limits of the pricing of an edge node, after which the screen's bound is used: at first,
and where the sum of the bounds does not prove the target."""

LOOSE = 0.5
"""Room [requests] from which on the screen's values are tight enough."""

LOOSER = 16
"""Part of the target by which the first, loosest proof exceeds it."""

MOST_NODES = 500_000
"""Maximum number of nodes of all trees where the time is limited: a reader verifies each leaf."""

PAIR_S = 5e-6
"""Time for proving a bound, for each eligible pair [s], before a proof was measured."""

SAFE = 100
"""Times of a proof that make its end within the limit certain."""


def certificate(
    data: Coefficients,
    nodes: EdgeNodes,
    prices: DualPrices,
    target: int,
    limits: Limits,
    *,
    headroom: float = 1.0,
    groups: Groups | None = None,
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
    groups
        Rows that each edge node may use; every row for itself if None. The certificate has no
        split of them.

    Returns
    -------
    Certificate
        Its bound is proved by its tree in integers, so it is never below the optimum.

    Notes
    -----
    A leaf of an edge node with n eligible requests at K levels takes :math:`O(n + K \log n)` for
    each tangent, at :math:`O(\log n)` ranks. An edge node has at most 20,000 leaves.
    """
    return PriceProof(data, nodes, prices, groups).prove(target, limits, headroom=headroom)


@contextmanager
def _without_collector() -> Iterator[None]:
    """Pause the collector of cycles: no tree has a cycle, and each pass visits all nodes."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


class PriceProof:
    """Trees of all edge nodes at the same prices, which prove less and less as they grow.

    Edge nodes that are copies of one another share a tree. A tree also serves edge nodes that
    differ in smaller capacities alone, if their best batches are worth nearly as much: their
    batches are among those that the tree bounds.

    Parameters
    ----------
    data, nodes, prices
        Coefficients, the same sorted by edge node, and any prices.
    groups
        Rows that each edge node may use; every row for itself if None.
    """

    def __init__(
        self,
        data: Coefficients,
        nodes: EdgeNodes,
        prices: DualPrices,
        groups: Groups | None = None,
    ) -> None:
        self._data, self._nodes, self._prices = data, nodes, prices
        self._denominator = _denominator(data, nodes)
        is_served = np.zeros(data.num_requests, dtype=bool)
        self._groups = groups or tuple((j,) for j in range(nodes.num_edge_nodes))
        for row in (row for rows in self._groups for row in rows):
            is_served[data.pairs.requests[data.pairs.row(row)]] = True
        self._num_servable = int(is_served.sum())
        self._requests = _rounded(prices.request * is_served, self._denominator)
        pricing = (prices, self._requests, self._denominator)
        self._own: dict[int, EdgeNodeProof] = {}
        self._looser: dict[int, tuple[int, ...]] = {}
        for rows in self._families():
            for at, row in enumerate(rows):
                before = rows[at - 1]
                if at and _capacities(data, before) == _capacities(data, row):
                    self._own[row], self._looser[row] = self._own[before], self._looser[before]
                    continue
                self._own[row] = EdgeNodeProof(data, nodes, *pricing, row)
                self._looser[row] = tuple(o for o in rows[:at] if _is_looser(data, o, row))
        self._rows = dict(self._own)
        self._num_copies = Counter(map(id, self._rows.values()))

    def _families(self) -> list[list[int]]:
        """Return the rows that differ in nothing but capacities together, large ones first."""
        families: dict[tuple[object, ...], list[int]] = {}
        for row in (row for rows in self._groups for row in rows):
            key = proof_key(self._data, self._nodes, self._prices, self._denominator, row)
            families.setdefault(key, []).append(row)
        for rows in families.values():
            rows.sort(key=lambda row: _capacities(self._data, row), reverse=True)
        return list(families.values())

    def is_at(self, prices: DualPrices) -> bool:
        """Return True if the trees are those of the same prices."""
        return self._prices.equals(prices)

    def prove(self, target: int, limits: Limits, *, headroom: float = 1.0) -> Certificate:
        """Grow the trees, and return the certificate of the bound that they prove.

        A proof that a limit cut can be continued by another call.

        Parameters
        ----------
        target, limits, headroom
            As in :func:`certificate`.
        """
        least_s = SAFE * PAIR_S * len(self._nodes.request)
        if limits.left_s is None or limits.left_s >= least_s:
            self.grow(target, limits, headroom=headroom)
            return self.certificate()
        # Loose proofs of all edge nodes come before tight ones of some.
        for more in (target // LOOSER, 1):
            self.grow(target + more, limits)
        sizes, rows = self.sizes(), dict(self._rows)
        self.grow(target, limits, headroom=headroom, most_nodes=MOST_NODES)
        tight = self.bound
        if tight > target:
            self.cut_back(sizes)
            # A tree that serves other rows in the tight proof proves less for them once cut back.
            self._rows, self._num_copies = rows, Counter(map(id, rows.values()))
            if self.bound > tight:
                self.grow(tight, limits, headroom=headroom, most_nodes=MOST_NODES)
        return self.certificate()

    @_without_collector()
    def grow(
        self, target: int, limits: Limits, *, headroom: float = 1.0, most_nodes: int | None = None
    ) -> None:
        """Grow the trees until they prove the target, or the least bound that the prices prove.

        Edge nodes with the smallest surplus come first. The unused part of a share goes to the
        others. All rows that an edge node may use have the same share.

        Parameters
        ----------
        target, limits, headroom
            As in :func:`certificate`.
        most_nodes
            Maximum number of nodes of the trees of all rows; None for no limit.
        """
        target = max(0, min(target, self._num_servable))
        groups, q = self._groups, self._denominator
        requests = int(self._requests.sum())
        paid = requests + sum(node.paid for node in self._rows.values())
        is_loose = headroom >= 1 and len(self._rows) == len(groups)
        most = target + 1 - paid / q
        enough = most - LOOSE if is_loose else -np.inf
        found = _values(self._nodes, self._prices, enough, most).tolist()
        values = {v: node.paid + int(found[v] * q) for v, node in self._own.items()}
        least = [max(values[v] for v in rows) for rows in groups]
        room = (target + 1) * q - 1 - requests - sum(least)
        if room < 0:
            room %= q  # the target lies below the least bound that the prices prove
        room = min(room, int(headroom * q))
        self._bind(values, least, room // max(len(groups), 1))
        surplus = [self._value(g) - value for g, value in enumerate(least)]
        num_nodes = self._num_nodes()
        # Equal shares: an edge node of few requests takes as many leaves as one of many.
        for place, g in enumerate(sorted(range(len(groups)), key=surplus.__getitem__)):
            share = room // (len(groups) - place)
            for row in groups[g]:
                num_nodes += self._grow_row(row, least[g] + share, limits, most_nodes, num_nodes)
            room = max(0, room + least[g] - self._value(g))

    def _bind(self, values: Mapping[int, int], least: Sequence[int], share: int) -> None:
        """Choose the tree of each row: that of a looser row if it can prove the share.

        Parameters
        ----------
        values, least, share
            V of each row, W_g of each group, and the allowed surplus, numerators.
        """
        for g, rows in enumerate(self._groups):
            for row in rows:
                looser = (at for at in self._looser[row] if values[at] <= least[g] + share // 2)
                self._rows[row] = self._own[next(looser, row)]
        self._num_copies = Counter(map(id, self._rows.values()))

    def _grow_row(
        self, row: int, target: int, limits: Limits, most_nodes: int | None, num_nodes: int
    ) -> int:
        """Grow the tree of a row until its value is at most the target, or a limit is reached.

        Parameters
        ----------
        row, target, limits, most_nodes
            Row, largest allowed value, limits of the run, maximum number of nodes of all rows.
        num_nodes
            Number of nodes of the trees of all rows.

        Returns
        -------
        int
            Number of nodes added to the trees of all rows.
        """
        tree, num_before = self._rows[row], self._rows[row].num_nodes
        if tree.value <= target:
            return 0
        num_copies = self._num_copies[id(tree)]
        most = None if most_nodes is None else num_before + (most_nodes - num_nodes) // num_copies
        tree.grow(target, _writing(limits, num_nodes), num_copies=num_copies, most_nodes=most)
        if self._own[row].value < tree.value:
            self._rows[row] = self._own[row]
        return num_copies * (tree.num_nodes - num_before)

    def sizes(self) -> dict[int, int]:
        """Return the number of nodes of the own tree of each row."""
        return {row: tree.num_nodes for row, tree in self._own.items()}

    def cut_back(self, sizes: Mapping[int, int]) -> None:
        """Cut the trees back to earlier sizes: many leaves that prove no less serve nobody."""
        for row, tree in self._own.items():
            tree.cut_back(sizes[row])
        for row, tree in self._own.items():
            if tree.value < self._rows[row].value:
                self._rows[row] = tree

    def _num_nodes(self) -> int:
        """Return the number of nodes of the trees of all rows."""
        return sum(tree.num_nodes for tree in self._rows.values())

    def _value(self, group: int) -> int:
        """Return W_g, the largest value of the rows of a group, as the trees prove it now."""
        return max(self._rows[row].value for row in self._groups[group])

    @property
    def bound(self) -> int:
        """Bound that the trees prove now."""
        values = {
            row: tree.value_within(_capacities(self._data, row)) for row, tree in self._rows.items()
        }
        proved = int(self._requests.sum())
        proved += sum(max(values[row] for row in rows) for rows in self._groups)
        return min(proved // self._denominator, self._num_servable)

    @_without_collector()
    def certificate(self) -> Certificate:
        """Return the certificate of what the trees prove now."""
        unused = Multipliers(0, 0, 0, 0)
        rows = range(self._nodes.num_edge_nodes)
        return Certificate(
            digest=self._data.digest(),
            denominator=self._denominator,
            tree=Prices(
                tuple(self._requests.tolist()),
                tuple(self._rows[row].tree(row) if row in self._rows else unused for row in rows),
            ),
            bound=self.bound,
        )


def _writing(limits: Limits, num_nodes: int) -> Limits:
    """Return limits that leave time for writing so many nodes."""
    if limits.left_s is None:
        return limits
    return Limits(time_limit=max(0.0, limits.left_s - NODE_S * num_nodes))


def _capacities(data: Coefficients, row: int) -> tuple[int, int]:
    """Return the capacities of memory and level-based downlink."""
    return int(data.memory_capacity[row]), int(data.downlink_capacity[row])


def _is_looser(data: Coefficients, row: int, other: int) -> bool:
    """Return True if no capacity of a row is smaller than that of another."""
    pairs = zip(_capacities(data, row), _capacities(data, other), strict=True)
    return all(capacity >= least for capacity, least in pairs)


def _rounded(price: FloatArray, denominator: int) -> NDArray[Any]:
    """Return the numerators of prices, in words if their sum fits, else as Python integers."""
    # The product is exact, because the denominator is a power of two.
    numerators: FloatArray = np.maximum(price, 0) * denominator
    if numerators.sum() < LARGEST_SUM / 2:
        words: IntArray = np.rint(numerators).astype(np.int64)
        return words
    return np.array([round(each) for each in numerators.tolist()], dtype="O")


def _denominator(data: Coefficients, nodes: EdgeNodes) -> int:
    """Return a power of two, the largest for machine words if they suffice."""
    largest = max(
        int(getattr(data.pairs, name).max(initial=0))
        for name in ("uplink", "downlink", "memory", "compute")
    )
    most = int(np.diff(nodes.first).max())
    in_words = min(MOST_BITS, WORD_BITS - 4 - most.bit_length())
    return 1 << max(SPARE_BITS + largest.bit_length(), in_words)


def _values(nodes: EdgeNodes, prices: DualPrices, enough: float, most: float) -> FloatArray:
    """Return V of each edge node, or upper bounds on V.

    Parameters
    ----------
    nodes, prices
        Eligible requests by edge node, and the prices.
    enough, most
        Sums up to which the screen's bounds, and those of a short search, suffice.
    """
    value, used = np.empty(nodes.num_edge_nodes), np.empty((4, nodes.num_edge_nodes))
    served = np.empty(len(prices.request))
    for exact, num_nodes, limit in (
        (False, SEARCH_NODES, enough),
        (True, SEARCH_NODES, most),
        (True, MORE_NODES, np.inf),
    ):
        pricing.evaluate(nodes, prices, exact, num_nodes, served, used, value)
        if value.sum() <= limit:
            break
    return value
