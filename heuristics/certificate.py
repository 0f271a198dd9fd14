r"""Certificate: Lagrange multipliers that prove a bound on P1, as integers.

*What it proves.* Take any prices :math:`\pi_i \ge 0` of the requests and, at an edge node, any
multipliers :math:`y = (y_U, y_D, y_M, y_C) \ge 0` of uplink, downlink, memory and compute. Sort
the eligible requests of the edge node by latency budget, largest first, ties by index; F_d are
the first d, and b_d is the d-th budget. A batch whose last request in this order has a rank of
d1..d2 is a subset of F_d2 with a load of at most b_d1. So, whatever it is,

.. math:: |S| \le \sum_{i \in S} \pi_i + y \cdot (U, D, M, b_{d1})
          + \sum_{i \in S} (1 - \pi_i - y \cdot a_i),

and the last sum is at most the sum of its positive terms over F_d2. Where the number of requests
of each level in the batch has a lower and an upper limit, only so many of the largest terms
count. Summed over the
edge nodes, with each request once: the throughput is at most
:math:`\sum_i \pi_i + \sum_j V_j`, where V_j is the largest such value over ranges of ranks and
counts that leave no batch out. The empty batch has no last request; no range takes less than 0
as long as all counts may be 0, so it is never left out either.

A tree of splits makes these ranges. Each split halves one range of one edge node: of the rank of
its batch's last request, or of the count of one level, a class of equal (memory, compute), sorted
by both ascending. At the root every batch is allowed. Below a leaf of the tree of P1, which has
prices of its own, each edge node has a tree of its own with multipliers at its leaves.

*Alternatives.* Where an edge node can be run in several ways, each way is a row with a tree and
multipliers of its own. At most one row v of a group g has a batch, and the sum above bounds
whatever row v serves, so the throughput is at most :math:`\sum_i \pi_i + \sum_g W_g` with
:math:`W_g = \max_{v \in g} V_v`. Here :math:`V_v` contains the prices :math:`y_U U + y_D D` of the
bands of row v, so only the row that is used pays for its bands. A split of the tree of P1 may also
cut the rows that a group may use in two. Where a split of a count leaves a row only batches with
requests of a level, this row is the one that its group uses.

All multipliers are numerators over one common denominator: y_U is per unit of ``uplink``, y_C per
unit of ``compute``. Any such numbers prove a valid bound, so a reader can check a certificate
without trusting the program that made it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple


class Proof(StrEnum):
    """Kind of proof of an optimum or a bound."""

    BOUND = "bound"
    """A certificate alone: multipliers whose bound is the throughput of a schedule."""

    ENUMERATION = "enumeration"
    """A certificate of the bound plus 1, and a search of the batches that it leaves."""

    SEARCH = "search"
    """The method's own search, without a certificate."""


class Split(NamedTuple):
    """A range of one edge node cut in two: up to ``at``, and beyond."""

    edge_node: int
    """Index of the edge node."""
    level: int | None
    """The level whose count is split; None to split the rank of the last request."""
    at: int
    """The largest count, or rank (from 1), of the lower part."""


class Choice(NamedTuple):
    """The rows that an edge node with alternatives may use cut in two: up to ``at``, and later."""

    group: int
    """Index of the edge node in :attr:`Coefficients.alternatives`."""
    at: int
    """Index of a row: the lower part has the rows up to it."""


class Multipliers(NamedTuple):
    """Multipliers of one edge node's resources, y, per unit of demand: a leaf of its tree."""

    uplink: int
    downlink: int
    memory: int
    compute: int


class Branch(NamedTuple):
    """A split and the subtrees of its two parts."""

    split: Split | Choice
    lower: Tree | EdgeNodeTree
    upper: Tree | EdgeNodeTree


class Prices(NamedTuple):
    """Prices of all requests, pi, and a tree for each edge node: a leaf of the tree of P1."""

    requests: tuple[int, ...]
    edge_nodes: tuple[EdgeNodeTree, ...]


EdgeNodeTree = Multipliers | Branch
Tree = Prices | Branch


@dataclass(frozen=True, kw_only=True)
class Certificate:
    """Proof of a bound on the throughput of one problem P1.

    Parameters
    ----------
    digest
        :meth:`Coefficients.digest` of the problem.
    denominator
        Common denominator of all numbers in the tree except those of splits, at least 1.
    tree
        Prices and multipliers, and the splits between them.
    bound
        Claimed bound.
    proof
        ``BOUND`` if the tree proves the bound alone. ``ENUMERATION`` if no choice of the batches
        that the tree leaves for ``bound + 1`` is a schedule.
    tree_bound
        The bound that the tree proves alone: ``bound`` itself, or by default ``bound + 1`` where
        the last step is an enumeration.

    Raises
    ------
    ValueError
        If the denominator is below 1, the bound negative, the proof a search, or the tree's
        bound does not fit the proof.
    """

    digest: str
    denominator: int
    tree: Tree
    bound: int
    proof: Proof = Proof.BOUND
    tree_bound: int = -1

    def __post_init__(self) -> None:
        if self.denominator < 1:
            raise ValueError(f"denominator must be at least 1, found {self.denominator}")
        if self.bound < 0:
            raise ValueError(f"bound must be at least 0, found {self.bound}")
        if self.proof is Proof.SEARCH:
            raise ValueError("a search has no certificate")
        is_enumerated = self.proof is Proof.ENUMERATION
        if self.tree_bound == -1:
            object.__setattr__(self, "tree_bound", self.bound + is_enumerated)
        if self.tree_bound < self.bound or (self.tree_bound > self.bound) != is_enumerated:
            raise ValueError(
                f"tree_bound must be the bound, or above it for an enumeration, "
                f"found {self.tree_bound} and {self.bound}"
            )
