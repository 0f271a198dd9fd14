"""Choice tree: choices of alternatives, each with its prices, and the certificate of all of them.

Each node stands for the schedules in which every edge node uses one of some of its rows. A split
cuts the rows of one edge node in two. The schedules of the leaves cover all schedules, so the
largest bound of a leaf bounds the throughput.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from heuristics.certificate import Branch, Certificate, Choice, Multipliers, Prices, Proof

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from formulations.decomposition.pricing.edge_nodes import FloatArray
    from heuristics.alternatives import Groups
    from heuristics.certificate import EdgeNodeTree, Split, Tree
    from heuristics.coefficients import Coefficients, IntArray

UNUSED = Multipliers(0, 0, 0, 0)
"""Multipliers of a row that a leaf does not use."""


@dataclass(eq=False)
class ChoiceNode:
    """A node of the tree, and the prices that bound its schedules.

    Parameters
    ----------
    groups
        Rows that each edge node may use.
    point
        Prices as one vector.
    value
        L at these prices.
    num_chosen
        Number of evaluations in which each row had the best batch of its group, shape (J,).
    depth
        Number of splits above the node.
    is_climbed
        True if a dual ascent with these rows found the prices.
    split, halves
        Split of the node, and its lower and upper half; None and no nodes for a leaf.
    proof
        Certificate of the node's schedules; None before it is made.
    """

    groups: Groups
    point: FloatArray
    value: float
    num_chosen: IntArray
    depth: int = 0
    is_climbed: bool = False
    split: Choice | None = None
    halves: tuple[ChoiceNode, ...] = ()
    proof: Certificate | None = None

    @property
    def rows(self) -> tuple[int, ...] | None:
        """The row of each edge node; None if there is a choice left."""
        if any(len(rows) > 1 for rows in self.groups):
            return None
        return tuple(row for (row,) in self.groups)

    def cut(self, choice: Choice, values: Sequence[float]) -> None:
        """Split the node; the prices of both halves are its own, with these values of L."""
        g, at = choice
        self.split = choice
        self.halves = tuple(
            ChoiceNode(
                groups=(*self.groups[:g], rows, *self.groups[g + 1 :]),
                point=self.point,
                value=value,
                num_chosen=self.num_chosen,
                depth=self.depth + 1,
                is_climbed=value == self.value and self.is_climbed,
            )
            for rows, value in zip(sides(self.groups[g], at), values, strict=True)
        )

    def leaves(self) -> Iterator[ChoiceNode]:
        """Yield the leaves below this node."""
        waiting = [self]
        while waiting:
            node = waiting.pop()
            if node.split is None:
                yield node
            waiting += node.halves


def sides(rows: Sequence[int], at: int) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Return the rows up to ``at``, and the others."""
    return tuple(row for row in rows if row <= at), tuple(row for row in rows if row > at)


class Cut:
    """A way to split a node, and the values of L of its halves at the node's prices."""

    def __init__(self, node: ChoiceNode, worth: FloatArray, choice: Choice) -> None:
        self.choice = choice
        rows = node.groups[choice.group]
        self._sides = sides(rows, choice.at)
        best = max(worth[row] for row in rows)
        self.values = [node.value - best + max(worth[row] for row in side) for side in self._sides]
        chosen = [sum(int(node.num_chosen[row]) for row in side) for side in self._sides]
        self.imbalance = abs(chosen[0] - chosen[1]) / max(sum(chosen), 1)

    def num_closed(self, enough: float) -> int:
        """Return the number of rows on the side whose value is low enough."""
        return max(
            len(side)
            for side, value in zip(self._sides, self.values, strict=True)
            if value < enough
        )


def cuts(node: ChoiceNode, worth: FloatArray) -> Iterator[Cut]:
    """Yield all splits of the rows of one group."""
    for g, rows in enumerate(node.groups):
        for at in rows[:-1]:
            yield Cut(node, worth, Choice(g, at))


def servable(data: Coefficients, groups: Groups) -> IntArray:
    """Return the requests that are eligible at some row that may be used."""
    pairs = data.pairs
    own = [pairs.requests[pairs.row(row)] for rows in groups for row in rows]
    requests: IntArray = np.unique(np.concatenate(own))
    return requests


def sold_out(data: Coefficients, groups: Groups) -> Certificate:
    """Return the certificate that no more requests are served than are eligible: all prices 1."""
    requests = servable(data, groups)
    price = np.zeros(data.num_requests, dtype=np.int64)
    price[requests] = 1
    tree = Prices(tuple(price.tolist()), (UNUSED,) * data.num_edge_nodes)
    return Certificate(digest=data.digest(), denominator=1, tree=tree, bound=len(requests))


def of_rows(data: Coefficients, made: Certificate, rows: Sequence[int]) -> Certificate:
    """Return the certificate of a choice of rows from that of the problem of these rows alone."""
    most = len(servable(data, tuple((row,) for row in rows)))
    if made.bound == most:
        return sold_out(data, tuple((row,) for row in rows))
    if not isinstance(made.tree, Prices):
        raise TypeError("a choice of rows has a single leaf")
    of_row = dict(zip(rows, made.tree.edge_nodes, strict=True))
    edge_nodes = tuple(
        _mapped(of_row[row], _same, lambda split, row=row: split._replace(edge_node=row))  # type: ignore[misc]
        if row in of_row
        else UNUSED
        for row in range(data.num_edge_nodes)
    )
    is_capped = made.tree_bound == most  # then the tree alone may prove less
    return Certificate(
        digest=data.digest(),
        denominator=made.denominator,
        tree=Prices(made.tree.requests, edge_nodes),
        bound=made.bound,
        proof=made.proof,
        tree_bound=len(servable(data, data.alternatives)) if is_capped else made.tree_bound,
    )


def joined(data: Coefficients, root: ChoiceNode) -> Certificate:
    """Return the certificate of all leaves, each of which has a proof."""
    proofs = [leaf.proof for leaf in root.leaves() if leaf.proof is not None]
    denominator = max(proof.denominator for proof in proofs)  # all are powers of two
    bound = max(proof.bound for proof in proofs)
    tree_bound = max(proof.tree_bound for proof in proofs)
    return Certificate(
        digest=data.digest(),
        denominator=denominator,
        tree=_tree(root, denominator),
        bound=bound,
        proof=Proof.ENUMERATION if tree_bound > bound else Proof.BOUND,
        tree_bound=tree_bound,
    )


def _tree(node: ChoiceNode, denominator: int) -> Tree:
    if node.split is not None:
        lower, upper = (_tree(half, denominator) for half in node.halves)
        return Branch(node.split, lower, upper)
    proof = node.proof
    if proof is None or not isinstance(proof.tree, Prices):
        raise TypeError("each leaf must have a proof without splits of P1")
    factor = denominator // proof.denominator

    def scaled(y: Multipliers) -> Multipliers:
        return Multipliers(*(factor * number for number in y))

    return Prices(
        tuple(factor * price for price in proof.tree.requests),
        tuple(_mapped(tree, scaled, _same_split) for tree in proof.tree.edge_nodes),
    )


def _same(y: Multipliers) -> Multipliers:
    return y


def _same_split(split: Split) -> Split:
    return split


def _mapped(
    tree: EdgeNodeTree,
    leaf: Callable[[Multipliers], Multipliers],
    split: Callable[[Split], Split],
) -> EdgeNodeTree:
    """Return a tree of one row with other leaves and splits, without recursion."""
    waiting, preorder = [tree], []
    while waiting:
        part = waiting.pop()
        preorder.append(part)
        if isinstance(part, Branch):
            waiting += [part.lower, part.upper]  # type: ignore[list-item]
    made: list[EdgeNodeTree] = []
    for part in reversed(preorder):
        if isinstance(part, Branch):
            upper, lower = made.pop(), made.pop()
            made.append(Branch(split(part.split), lower, upper))  # type: ignore[arg-type]
        else:
            made.append(leaf(part))
    return made.pop()
