"""Pairs: the eligible pairs of an edge node and a request, in compressed rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from typing import Self

    from numpy.typing import NDArray

    IntArray = NDArray[np.int64]
    BoolArray = NDArray[np.bool_]

AMOUNTS = ("uplink", "downlink", "memory", "compute", "compute_budget")
"""The fields of :class:`Pairs` that hold one amount for each pair."""


class Pairs(NamedTuple):
    r"""The N eligible pairs, row by row, requests ascending in each row.

    The pairs of edge node j lie at the places ``row_pointer[j]`` to ``row_pointer[j + 1] - 1``.
    All arrays hold int64. A kernel that numba compiles takes the whole tuple as one argument.

    Examples
    --------
    >>> from heuristics.coefficients import Coefficients
    >>> one = [[1, 1, 1], [1, 1, 1]]
    >>> data = Coefficients(
    ...     uplink=[[3, 2, 1], [1, 2, 3]], uplink_capacity=[9, 9], downlink=one,
    ...     downlink_capacity=[9, 9], memory=one, memory_capacity=[9, 9], compute=one,
    ...     compute_budget=one, eligible=[[1, 0, 1], [0, 1, 0]],
    ... )
    >>> pairs = data.pairs
    >>> pairs.row_pointer.tolist(), pairs.requests.tolist(), pairs.uplink.tolist()
    ([0, 2, 3], [0, 2, 1], [3, 1, 2])
    """

    row_pointer: IntArray
    """Place of the first pair of each edge node, and N at the end, shape (J + 1,)."""
    requests: IntArray
    """Index of the request of each pair, shape (N,)."""
    uplink: IntArray
    r"""(12a): :math:`\rho^U_{ij,min}`, shape (N,) [10^-9 of the band]."""
    downlink: IntArray
    r"""(12b): :math:`n_i` [tokens] or :math:`\rho^D_{ij,min}` [10^-9 of the band], shape (N,)."""
    memory: IntArray
    """(12c): :math:`s' + n_i`, shape (N,) [tokens]."""
    compute: IntArray
    """(12d): :math:`k_3 + k_4 n_i + k_5 n_i^2`, shape (N,) [MFLOP]."""
    compute_budget: IntArray
    r"""(12d): :math:`\min(\tau'_{ij}, T_C)\,C_j/\beta_j`, shape (N,) [MFLOP]."""

    @property
    def num_edge_nodes(self) -> int:
        """J, the number of edge nodes."""
        return self.row_pointer.size - 1

    @property
    def num_pairs(self) -> int:
        """N, the number of pairs."""
        return self.requests.size

    def row(self, edge_node: int) -> slice:
        """Return the places of the pairs of an edge node."""
        return slice(int(self.row_pointer[edge_node]), int(self.row_pointer[edge_node + 1]))

    def edge_nodes(self) -> IntArray:
        """Return the index of the edge node of each pair, shape (N,)."""
        return np.repeat(np.arange(self.num_edge_nodes), np.diff(self.row_pointer))

    def keep(self, is_kept: BoolArray) -> Self:
        """Return the pairs for which ``is_kept``, of shape (N,), is true."""
        before = np.concatenate([[0], np.cumsum(is_kept)])
        columns = (getattr(self, name)[is_kept] for name in ("requests", *AMOUNTS))
        return type(self)(before[self.row_pointer], *columns)

    def read_only(self) -> Self:
        """Make the arrays read-only, and return the pairs."""
        for array in self:
            array.setflags(write=False)
        return self
