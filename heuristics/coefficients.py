"""Coefficients: the integers that define P1, (12)-(12f), for any solver."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from heuristics.alternatives import checked_groups, groups_among, groups_bytes
from heuristics.errors import InputError
from heuristics.integers import checked_matrices, checked_vectors
from heuristics.pairs import AMOUNTS, Pairs

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any, Self

    from numpy.typing import ArrayLike, NDArray

    from heuristics.alternatives import Groups

    IntArray = NDArray[np.int64]
    BoolArray = NDArray[np.bool_]

LARGEST_DENSE = 3 * 10**6
"""Largest number of entries J * I of a matrix that is made, 24 MB."""

RESOURCES = ("uplink", "downlink", "memory")
"""The demands with one capacity a node: (12a), (12b), (12c)."""

FIELDS = (
    "uplink",
    "uplink_capacity",
    "downlink",
    "downlink_capacity",
    "memory",
    "memory_capacity",
    "compute",
    "compute_budget",
    "eligible",
)
"""The names of the fields, in the order of the instance file."""

_MATRICES = (*AMOUNTS, "eligible", "unfit")


@dataclass(frozen=True, init=False, eq=False, repr=False)
class Coefficients:
    r"""The integers of P1 for J edge nodes and I requests.

    Every number is rounded such that it is never optimistic (demand up, capacity down), so
    feasibility is decided in integers and is the same on every platform.

    :attr:`pairs` holds the eligible pairs in compressed rows, whose size does not depend on J * I:
    a method that reads it works at any size. The matrices, of shape (J, I), are for small problems
    and are made when they are read. Coefficients made from matrices keep the numbers of pairs that
    are not eligible too; :meth:`from_pairs` makes coefficients from eligible pairs alone, where
    those numbers are 0.

    Parameters
    ----------
    uplink, uplink_capacity
        (12a): :math:`\rho^U_{ij,min}`, shape (J, I), against shape (J,) [10^-9 of the band].
    downlink, downlink_capacity
        (12b): :math:`n_i` against :math:`k_6` [tokens] in the worst-channel reading,
        :math:`\rho^D_{ij,min}` [10^-9 of the band] in the per-user one; (J, I) against (J,).
    memory, memory_capacity
        (12c): :math:`s' + n_i` against :math:`(M_j - k_1\alpha_j)/(k_2\alpha_j)` [tokens];
        (J, I) against (J,).
    compute, compute_budget
        (12d): :math:`k_3 + k_4 n_i + k_5 n_i^2` against
        :math:`\min(\tau'_{ij}, T_C)\,C_j/\beta_j` [MFLOP, or ns by a measured latency]; both
        (J, I). The budget of each scheduled request bounds the sum of ``compute`` over its whole
        batch.
    eligible
        (12e) and coverage, shape (J, I), 0 or 1. A pair that does not fit its edge node alone
        is removed from ``eligible`` and marked in ``unfit``.
    alternatives
        Lists of rows, each row in one list. The rows of a list are ways to run one physical edge
        node, of which at most one has a batch. None if every row is an edge node of its own.

    Raises
    ------
    ValueError
        If a shape differs, J is 0, a value is not an integer of 0..10^15, the sum of a row
        exceeds 62 bits, or a row is not in exactly one list of ``alternatives``.
    InputError
        If a matrix of more than 3*10^6 entries is read.

    Examples
    --------
    >>> data = Coefficients(
    ...     uplink=[[1, 2]], uplink_capacity=[2], downlink=[[1, 1]], downlink_capacity=[2],
    ...     memory=[[3, 3]], memory_capacity=[3], compute=[[1, 1]], compute_budget=[[1, 0]],
    ...     eligible=[[1, 1]],
    ... )
    >>> data.eligible.tolist(), data.unfit.tolist()
    ([[True, False]], [[False, True]])
    """

    uplink: IntArray
    uplink_capacity: IntArray
    downlink: IntArray
    downlink_capacity: IntArray
    memory: IntArray
    memory_capacity: IntArray
    compute: IntArray
    compute_budget: IntArray
    eligible: BoolArray
    unfit: BoolArray = field(init=False, repr=False)

    def __init__(
        self,
        *,
        uplink: ArrayLike,
        uplink_capacity: ArrayLike,
        downlink: ArrayLike,
        downlink_capacity: ArrayLike,
        memory: ArrayLike,
        memory_capacity: ArrayLike,
        compute: ArrayLike,
        compute_budget: ArrayLike,
        eligible: ArrayLike,
        alternatives: ArrayLike | None = None,
    ) -> None:
        given = {
            "uplink": uplink,
            "uplink_capacity": uplink_capacity,
            "downlink": downlink,
            "downlink_capacity": downlink_capacity,
            "memory": memory,
            "memory_capacity": memory_capacity,
            "compute": compute,
            "compute_budget": compute_budget,
            "eligible": eligible,
        }
        held = checked_matrices(given, AMOUNTS)
        fits = held["compute"] <= held["compute_budget"]
        for name in RESOURCES:
            fits &= held[name] <= held[f"{name}_capacity"][:, None]
        declared = held["eligible"].astype(bool)
        held |= {"eligible": declared & fits, "unfit": declared & ~fits}
        for array in held.values():
            array.setflags(write=False)
        capacities = {f"{name}_capacity": held.pop(f"{name}_capacity") for name in RESOURCES}
        shape = held["uplink"].shape
        groups = checked_groups(alternatives, shape[0])
        self.__dict__.update(capacities, _held=held, _shape=shape, _groups=groups)

    @classmethod
    def from_pairs(
        cls,
        pairs: Pairs,
        num_requests: int,
        uplink_capacity: ArrayLike,
        downlink_capacity: ArrayLike,
        memory_capacity: ArrayLike,
        *,
        alternatives: ArrayLike | None = None,
    ) -> Self:
        """Return the coefficients of these pairs; a pair that is not among them is not eligible.

        Parameters
        ----------
        pairs
            Pairs of edge node and request, row by row, requests ascending in each row. A pair
            that does not fit its edge node alone is removed and listed in ``unfit_pairs``.
        num_requests
            I, the number of requests.
        uplink_capacity, downlink_capacity, memory_capacity
            Capacities, each of shape (J,).
        alternatives
            Rows of each physical edge node, as in the class; None for single rows.

        Raises
        ------
        ValueError
            If a shape, an order or a value breaks a rule.
        """
        pairs = pairs.checked(num_requests)
        shape = (pairs.num_edge_nodes, num_requests)
        capacities = checked_vectors(
            {
                "uplink_capacity": uplink_capacity,
                "downlink_capacity": downlink_capacity,
                "memory_capacity": memory_capacity,
            },
            shape[0],
        )
        kept, unfit = pairs.fitting(capacities)
        data = object.__new__(cls)
        groups = checked_groups(alternatives, shape[0])
        data.__dict__.update(capacities, _held=None, _shape=shape, _groups=groups)
        data.__dict__.update(pairs=kept.read_only(), unfit_pairs=unfit)
        return data

    @cached_property
    def pairs(self) -> Pairs:
        """The eligible pairs in compressed rows, read-only."""
        return Pairs.of_matrices(self._matrices_held).read_only()

    @cached_property
    def unfit_pairs(self) -> IntArray:
        """Edge node and request of each pair that does not fit alone, shape (K, 2)."""
        unfit = np.argwhere(self._matrices_held["unfit"])
        unfit.setflags(write=False)
        return unfit

    @property
    def is_compressed(self) -> bool:
        """True if the coefficients were made from pairs; then ``digest`` is that of version 2."""
        return self.__dict__["_held"] is None

    @property
    def has_alternatives(self) -> bool:
        """True if some edge node can be run in several ways."""
        return self.__dict__["_groups"] is not None

    @cached_property
    def alternatives(self) -> Groups:
        """The rows of each physical edge node, by smallest row; ``(0,), (1,), ...`` without any."""
        groups: Groups | None = self.__dict__["_groups"]
        return tuple((row,) for row in range(self.num_edge_nodes)) if groups is None else groups

    @property
    def _matrices_held(self) -> dict[str, Any]:
        held: dict[str, Any] = self.__dict__["_held"]
        return held

    if not TYPE_CHECKING:  # a type checker knows the fields, and must find no others

        def __getattr__(self, name: str) -> Any:
            """Make a matrix when it is first read."""
            if name not in _MATRICES or "_shape" not in self.__dict__:
                raise AttributeError(f"{type(self).__name__!r} has no attribute {name!r}")
            num_edge_nodes, num_requests = self._shape
            if num_edge_nodes * num_requests > LARGEST_DENSE:
                raise InputError(
                    f"is a matrix of {num_edge_nodes} x {num_requests} entries, and is made up to "
                    f"{LARGEST_DENSE}; read the eligible pairs instead, `pairs`",
                    field=f"coefficients.{name}",
                )
            matrix = self._matrix(name)
            self.__dict__[name] = matrix
            return matrix

    def _matrix(self, name: str) -> IntArray | BoolArray:
        if not self.is_compressed:
            held: IntArray | BoolArray = self._matrices_held[name]
            return held
        if name == "unfit":
            matrix = np.zeros(self.__dict__["_shape"], dtype=np.bool_)
            matrix[tuple(self.unfit_pairs.T)] = True
        else:
            matrix = self.pairs.matrix(name, self.num_requests)
        matrix.setflags(write=False)
        return matrix

    def __getstate__(self) -> dict[str, Any]:
        """Return the numbers without what is made from them again."""
        kept = {f"{name}_capacity" for name in RESOURCES} | {"_held", "_shape", "_groups"}
        if self.is_compressed:
            kept |= {"pairs", "unfit_pairs"}
        return {name: value for name, value in self.__dict__.items() if name in kept}

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Take the numbers of another process, read-only as there."""
        self.__dict__.update(state)
        capacities = (state[f"{name}_capacity"] for name in RESOURCES)
        numbers = state["pairs"] if self.is_compressed else state["_held"].values()
        for array in (*capacities, *numbers):
            array.setflags(write=False)

    def __repr__(self) -> str:
        """Return the sizes of the problem in one line."""
        return (
            f"Coefficients(num_edge_nodes={self.num_edge_nodes}, "
            f"num_requests={self.num_requests}, num_pairs={self.pairs.num_pairs})"
        )

    @property
    def num_edge_nodes(self) -> int:
        """J, the number of edge nodes."""
        return int(self.__dict__["_shape"][0])

    @property
    def num_requests(self) -> int:
        """I, the number of requests."""
        return int(self.__dict__["_shape"][1])

    def at(self, edge_node: int) -> Coefficients:
        """Return the case of one edge node: J = 1, the requests unchanged.

        Parameters
        ----------
        edge_node
            Index of the row to keep.
        """
        return self.of_rows([edge_node])

    def of_rows(self, rows: Sequence[int]) -> Coefficients:
        """Return the case of some rows, in the given order; rows of one group stay alternatives.

        Parameters
        ----------
        rows
            Indices of the rows to keep.
        """
        kept, groups = list(rows), groups_among(self.__dict__["_groups"], rows)
        if self.is_compressed:
            capacities = (getattr(self, f"{name}_capacity")[kept] for name in RESOURCES)
            pairs = self.pairs.of_rows(kept)
            return Coefficients.from_pairs(
                pairs, self.num_requests, *capacities, alternatives=groups
            )
        given = {name: self.given(name)[kept] for name in FIELDS}
        return Coefficients(**given, alternatives=groups)

    def take(self, requests: ArrayLike) -> Coefficients:
        """Return the same edge nodes with the given requests only, in the given order.

        Parameters
        ----------
        requests
            Indices of the requests to keep, shape (at most I,).
        """
        order = np.asarray(requests, dtype=np.intp)
        if self.is_compressed:
            capacities = (getattr(self, f"{name}_capacity") for name in RESOURCES)
            pairs = self.pairs.take(order, self.num_requests)
            return Coefficients.from_pairs(
                pairs, order.size, *capacities, alternatives=self.__dict__["_groups"]
            )
        given = {name: self.given(name) for name in FIELDS}
        return Coefficients(
            **{name: each[:, order] if each.ndim == 2 else each for name, each in given.items()},
            alternatives=self.__dict__["_groups"],
        )

    def copy(self) -> Coefficients:
        """Return the same coefficients, with arrays of their own."""
        return self.of_rows(range(self.num_edge_nodes))

    def given(self, name: str) -> IntArray:
        """Return a field that the coefficients were made from as matrices, of any size."""
        own = self._matrices_held if name in self._matrices_held else self.__dict__
        array: IntArray = own[name]
        return array

    def amounts(self, name: str, edge_node: int, requests: ArrayLike) -> IntArray:
        """Return the amounts of pairs of an edge node; compressed rows have those eligible alone.

        Parameters
        ----------
        name
            Name of the field.
        edge_node
            Index of the edge node.
        requests
            Indices of requests.
        """
        if self.is_compressed:
            return self.pairs.amounts(name, edge_node, requests)
        amounts: IntArray = self.given(name)[edge_node, np.asarray(requests, dtype=np.intp)]
        return amounts

    def digest(self) -> str:
        """Return the sha256 of the numbers: equal exactly where the problems are the same.

        Coefficients made from matrices have the digest of version 1 of the file format, which
        covers the numbers of all pairs. Those made from pairs have the digest of version 2, which
        covers the eligible pairs, so the two differ for one problem. Groups of more than one row
        are covered after the numbers.
        """
        shape, groups = self.__dict__["_shape"], self.__dict__["_groups"]
        if self.is_compressed:
            digest = hashlib.sha256(b"2:")
            capacities = (getattr(self, f"{name}_capacity") for name in RESOURCES)
            numbers = [np.array(shape), *self.pairs, *capacities]
        else:
            digest = hashlib.sha256(repr(shape).encode())
            numbers = [self.given(name) for name in FIELDS]
        for array in numbers:
            digest.update(array.astype("<i8", copy=False).ravel().data)
        if groups is not None:
            digest.update(groups_bytes(groups))
        return digest.hexdigest()

    def to_lists(self) -> dict[str, list[int] | list[list[int]]]:
        """Return the fields as nested lists of integers, in the order of the instance file."""
        given = getattr if self.is_compressed else Coefficients.given
        return {name: given(self, name).astype(np.int64).tolist() for name in FIELDS}

    def _repr_html_(self) -> str:
        from heuristics.display.coefficients import coefficients_html

        return coefficients_html(self)
