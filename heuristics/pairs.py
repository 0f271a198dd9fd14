"""Pairs: the eligible pairs of an edge node and a request, in compressed rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from heuristics.integers import integers, refuse_large_sum_of_pairs

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any, Self

    from numpy.typing import ArrayLike, NDArray

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
    """(12d): :math:`k_3 + k_4 n_i + k_5 n_i^2`, shape (N,) [MFLOP or ns]."""
    compute_budget: IntArray
    r"""(12d): :math:`\min(\tau'_{ij}, T_C)\,C_j/\beta_j`, shape (N,) [MFLOP or ns]."""

    @classmethod
    def of_matrices(cls, matrices: Mapping[str, NDArray[Any]]) -> Self:
        """Return the pairs where the matrix ``eligible`` is true, with their amounts."""
        num_edge_nodes, num_requests = matrices["eligible"].shape
        places = np.flatnonzero(matrices["eligible"])  # faster than the indices of both axes
        starts = np.arange(num_edge_nodes + 1) * num_requests
        row_pointer = np.searchsorted(places, starts).astype(np.int64)
        requests = places - np.repeat(starts[:-1], np.diff(row_pointer))
        return cls(row_pointer, requests, *(matrices[name].ravel()[places] for name in AMOUNTS))

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

    def places(self, edge_node: int, requests: ArrayLike) -> IntArray:
        """Return the place of each of the requests at an edge node, -1 where it is not eligible.

        Parameters
        ----------
        edge_node
            Index of the edge node.
        requests
            Indices of requests, shape (n,), in any order.

        Notes
        -----
        O(n log N), by binary search.
        """
        row = self.row(edge_node)
        own, wanted = self.requests[row], np.asarray(requests, dtype=np.int64)
        place = np.searchsorted(own, wanted)
        is_found = place < own.size
        is_found[is_found] = own[place[is_found]] == wanted[is_found]
        return np.where(is_found, place + row.start, -1)

    def amounts(self, name: str, edge_node: int, requests: ArrayLike) -> IntArray:
        """Return the amounts of those of the requests that are eligible at an edge node."""
        places = self.places(edge_node, requests)
        amounts: IntArray = getattr(self, name)[places[places >= 0]]
        return amounts

    def matrix(self, name: str, num_requests: int) -> NDArray[Any]:
        """Return the matrix of an amount, 0 for other pairs, or of ``eligible``, shape (J, I)."""
        is_amount = name in AMOUNTS
        shape = (self.num_edge_nodes, num_requests)
        matrix: NDArray[Any] = np.zeros(shape, dtype=np.int64 if is_amount else np.bool_)
        matrix[self.edge_nodes(), self.requests] = getattr(self, name) if is_amount else True
        return matrix

    def by_request(self, num_requests: int) -> tuple[IntArray, IntArray]:
        """Return the places of all pairs, request by request, edge nodes ascending in each.

        Parameters
        ----------
        num_requests
            I, the number of requests.

        Returns
        -------
        request_pointer
            Where the pairs of each request start in ``places``, and N at the end, shape (I + 1,).
        places
            Places of the pairs, shape (N,).
        """
        pointer = np.zeros(num_requests + 1, dtype=np.int64)
        np.cumsum(self.num_edge_nodes_of(num_requests), out=pointer[1:])
        return pointer, np.argsort(self.requests, kind="stable")

    def num_edge_nodes_of(self, num_requests: int) -> IntArray:
        """Return the number of edge nodes where each request is eligible, shape (I,)."""
        return np.bincount(self.requests, minlength=num_requests)

    def largest_of(self, amounts: IntArray, *, initial: int = 0) -> IntArray:
        """Return the largest amount of each row, ``initial`` for an empty one, shape (J,)."""
        largest = np.full(self.num_edge_nodes, initial, dtype=np.int64)
        np.maximum.at(largest, self.edge_nodes(), amounts)
        return largest

    def keep(self, is_kept: BoolArray) -> Self:
        """Return the pairs for which ``is_kept``, of shape (N,), is true."""
        before = np.concatenate([[0], np.cumsum(is_kept)])
        columns = (getattr(self, name)[is_kept] for name in ("requests", *AMOUNTS))
        return type(self)(before[self.row_pointer], *columns)

    def fitting(self, capacities: Mapping[str, IntArray]) -> tuple[Self, IntArray]:
        """Return the pairs that fit their edge node alone, and the others.

        Parameters
        ----------
        capacities
            Capacities of each edge node by name: ``uplink_capacity`` and so on, each shape (J,).

        Returns
        -------
        pairs
            Pairs whose demands keep the capacities and their own budget.
        unfit
            Edge node and request of each other pair, shape (K, 2), read-only.
        """
        edge_node = self.edge_nodes()
        fits = self.compute <= self.compute_budget
        for name, capacity in capacities.items():
            fits &= getattr(self, name.removesuffix("_capacity")) <= capacity[edge_node]
        unfit = np.stack([edge_node[~fits], self.requests[~fits]], axis=1)
        unfit.setflags(write=False)
        return self if fits.all() else self.keep(fits), unfit

    def take(self, requests: IntArray, num_requests: int) -> Self:
        """Return the pairs of these requests, renumbered in the given order.

        Parameters
        ----------
        requests
            Indices of the requests to keep.
        num_requests
            I, the number of requests before.
        """
        pointer, places = self.by_request(num_requests)
        start, length = pointer[requests], np.diff(pointer)[requests]
        before = np.cumsum(length) - length
        taken = places[np.arange(length.sum()) + np.repeat(start - before, length)]
        renumbered = np.repeat(np.arange(requests.size), length)
        edge_node = self.edge_nodes()[taken]
        order = np.lexsort((renumbered, edge_node))
        row_pointer = np.searchsorted(edge_node[order], np.arange(self.num_edge_nodes + 1))
        columns = (getattr(self, name)[taken[order]] for name in AMOUNTS)
        return type(self)(row_pointer.astype(np.int64), renumbered[order], *columns)

    def of_rows(self, rows: Sequence[int]) -> Self:
        """Return the pairs of some edge nodes, row by row in the given order.

        Parameters
        ----------
        rows
            Indices of the edge nodes to keep.
        """
        slices = [self.row(row) for row in rows]
        row_pointer = np.cumsum([0, *(each.stop - each.start for each in slices)])
        columns = (
            np.concatenate([getattr(self, name)[each] for each in slices])
            for name in ("requests", *AMOUNTS)
        )
        return type(self)(row_pointer, *columns)

    def checked(self, num_requests: int) -> Self:
        """Return a copy of the pairs as int64, or say what is wrong.

        Parameters
        ----------
        num_requests
            I, the number of requests.

        Raises
        ------
        ValueError
            If a shape differs, rows do not follow each other, requests do not ascend in a row, a
            value is not an integer of 0..10^15, or the sum of a row exceeds 62 bits.
        """
        pairs = type(self)(
            *(integers(name, getattr(self, name), dimensions=1) for name in self._fields)
        )
        _refuse_rows(pairs, num_requests)
        for name in AMOUNTS:
            amounts = getattr(pairs, name)
            if amounts.shape != pairs.requests.shape:
                raise ValueError(
                    f"{name} must have shape {pairs.requests.shape} as requests has, "
                    f"found {amounts.shape}"
                )
            refuse_large_sum_of_pairs(name, amounts, pairs.row_pointer)
        return pairs

    def read_only(self) -> Self:
        """Make the arrays read-only, and return the pairs."""
        for array in self:
            array.setflags(write=False)
        return self


def _refuse_rows(pairs: Pairs, num_requests: int) -> None:
    pointer, requests = pairs.row_pointer, pairs.requests
    if pointer.size < 2:
        raise ValueError("row_pointer must have at least 2 entries, as there is an edge node")
    if pointer[0] != 0 or pointer[-1] != requests.size or (np.diff(pointer) < 0).any():
        raise ValueError(
            f"row_pointer must rise from 0 to the number of pairs, {requests.size}, "
            f"found {pointer[0]} to {pointer[-1]}"
        )
    if requests.size and requests.max() >= num_requests:
        raise ValueError(
            f"requests must hold indices of 0..{num_requests - 1}, found {requests.max()}"
        )
    is_first = np.zeros(requests.size + 1, dtype=np.bool_)
    is_first[pointer] = True
    wrong = np.flatnonzero((np.diff(requests) <= 0) & ~is_first[1:-1])
    if wrong.size:
        raise ValueError(
            f"requests must ascend in each row, found {requests[wrong[0] + 1]} after "
            f"{requests[wrong[0]]}"
        )
