"""The problems of Section IV that a method can solve and a schedule be judged by."""

from __future__ import annotations

from enum import StrEnum


class Problem(StrEnum):
    """A named problem of the paper.

    P1 maximises the throughput of all edge nodes, (12)-(12f). P2 is its case of one edge node
    with spectrum to spare, (13)-(13c). P3 and P3' ask for exactly z requests at one edge node,
    (14)-(14c) and (15)-(15e); without z, P3' is the maximisation of P1 at one edge node.
    """

    P1 = "P1"
    P2 = "P2"
    P3 = "P3"
    P3PRIME = "P3prime"

    @property
    def limits_spectrum(self) -> bool:
        """True if (12a) and (12b) are constraints of this problem."""
        return self in (Problem.P1, Problem.P3PRIME)

    @property
    def bounded_as(self) -> Problem:
        """Problem whose bounds hold for this one as maximisation: P1 for P3', else the same."""
        return Problem.P1 if self is Problem.P3PRIME else self

    @property
    def is_single_node(self) -> bool:
        """True if the problem is stated for one edge node only."""
        return self is not Problem.P1
