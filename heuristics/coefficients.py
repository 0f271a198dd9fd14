"""Coefficients: the integers that define P1, (12)-(12f), for any solver."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, fields
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from heuristics.pairs import AMOUNTS, Pairs

if TYPE_CHECKING:
    from typing import Any, Self

    from numpy.typing import ArrayLike, NDArray

    IntArray = NDArray[np.int64]
    BoolArray = NDArray[np.bool_]

LARGEST_VALUE = 10**15
LARGEST_ROW_SUM = 2**62 - 1

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


@dataclass(frozen=True, kw_only=True, eq=False)
class Coefficients:
    r"""The integers of P1 for J edge nodes and I requests.

    Every number is rounded such that it is never optimistic (demand up, capacity down), so
    feasibility is decided in integers and is the same on every platform.

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
        :math:`\min(\tau'_{ij}, T_C)\,C_j/\beta_j` [MFLOP]; both (J, I). The budget of each
        scheduled request bounds the sum of ``compute`` over its whole batch.
    eligible
        (12e) and coverage, shape (J, I), 0 or 1. A pair that does not fit its edge node alone
        is removed from ``eligible`` and marked in ``unfit``.

    Raises
    ------
    ValueError
        If a shape differs, J is 0, a value is not an integer of 0..10^15, or the sum of a row
        exceeds 62 bits.

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

    def __post_init__(self) -> None:
        uplink = _integers("uplink", self.uplink, dimensions=2)
        shape = uplink.shape
        if shape[0] < 1:
            raise ValueError("uplink must have at least one row, that of an edge node, found none")
        for name in FIELDS:
            dimensions = 1 if name.endswith("_capacity") else 2
            array = _integers(name, getattr(self, name), dimensions=dimensions)
            if array.shape != shape[:dimensions]:
                raise ValueError(
                    f"{name} must have shape {shape[:dimensions]} as uplink has {shape}, "
                    f"found {array.shape}"
                )
            object.__setattr__(self, name, array)
        for name in ("uplink", "downlink", "memory", "compute", "compute_budget"):
            _refuse_large_row_sum(name, getattr(self, name))
        if self.eligible.size and self.eligible.max() > 1:
            raise ValueError(f"eligible must hold 0 or 1, found {self.eligible.max()}")
        fits = self._fits_alone()
        declared = self.eligible.astype(bool)
        object.__setattr__(self, "eligible", declared & fits)
        object.__setattr__(self, "unfit", declared & ~fits)
        for each in fields(self):
            getattr(self, each.name).setflags(write=False)

    def _fits_alone(self) -> BoolArray:
        fits = self.compute <= self.compute_budget
        for name in RESOURCES:
            fits = fits & (getattr(self, name) <= getattr(self, f"{name}_capacity")[:, None])
        return fits

    @classmethod
    def from_pairs(
        cls,
        pairs: Pairs,
        num_requests: int,
        uplink_capacity: ArrayLike,
        downlink_capacity: ArrayLike,
        memory_capacity: ArrayLike,
    ) -> Self:
        """Return the coefficients of these pairs; a pair that is not among them is not eligible.

        Parameters
        ----------
        pairs
            Pairs of edge node and request, row by row, requests ascending in each row. A pair
            that does not fit its edge node alone is removed and marked in ``unfit``.
        num_requests
            I, the number of requests.
        uplink_capacity, downlink_capacity, memory_capacity
            Capacities, each of shape (J,).

        Raises
        ------
        ValueError
            If a shape, an order or a value breaks a rule.
        """
        shape = (pairs.num_edge_nodes, num_requests)
        at = (pairs.edge_nodes(), pairs.requests)
        capacities = (uplink_capacity, downlink_capacity, memory_capacity)
        named = {f"{name}_capacity": each for name, each in zip(RESOURCES, capacities, strict=True)}
        given: dict[str, Any] = {**named, "eligible": np.zeros(shape, dtype=np.bool_)}
        given["eligible"][at] = True
        for name in AMOUNTS:
            given[name] = np.zeros(shape, dtype=np.int64)
            given[name][at] = getattr(pairs, name)
        return cls(**given)

    @cached_property
    def pairs(self) -> Pairs:
        """The eligible pairs in compressed rows, read-only."""
        edge_node, request = np.nonzero(self.eligible)
        row_pointer = np.searchsorted(edge_node, np.arange(self.num_edge_nodes + 1))
        amounts = (getattr(self, name)[edge_node, request] for name in AMOUNTS)
        return Pairs(row_pointer.astype(np.int64), request.astype(np.int64), *amounts).read_only()

    @property
    def num_edge_nodes(self) -> int:
        """J, the number of edge nodes."""
        return int(self.uplink.shape[0])

    @property
    def num_requests(self) -> int:
        """I, the number of requests."""
        return int(self.uplink.shape[1])

    def at(self, edge_node: int) -> Coefficients:
        """Return the case of one edge node: J = 1, the requests unchanged.

        Parameters
        ----------
        edge_node
            Index of the edge node to keep.
        """
        row = slice(edge_node, edge_node + 1)
        return Coefficients(**{name: getattr(self, name)[row] for name in FIELDS})

    def take(self, requests: ArrayLike) -> Coefficients:
        """Return the same edge nodes with the given requests only, in the given order.

        Parameters
        ----------
        requests
            Indices of the requests to keep, shape (at most I,).
        """
        order = np.asarray(requests, dtype=np.intp)
        return Coefficients(
            **{
                name: array[:, order] if (array := getattr(self, name)).ndim == 2 else array
                for name in FIELDS
            }
        )

    def digest(self) -> str:
        """Return the sha256 of the numbers: equal exactly where the problems are the same."""
        digest = hashlib.sha256(repr(self.uplink.shape).encode())
        for name in FIELDS:
            digest.update(getattr(self, name).astype("<i8").tobytes())
        return digest.hexdigest()

    def to_lists(self) -> dict[str, list[int] | list[list[int]]]:
        """Return the fields as nested lists of integers, in the order of the instance file."""
        return {name: getattr(self, name).astype(np.int64).tolist() for name in FIELDS}

    def _repr_html_(self) -> str:
        from heuristics.display.coefficients import coefficients_html

        return coefficients_html(self)


def _integers(name: str, value: ArrayLike, *, dimensions: int) -> IntArray:
    """Copy to a new int64 array, or say what is wrong."""
    try:
        array = np.array(value)
    except ValueError as error:
        raise ValueError(f"{name} must have rows of one length, found a ragged list") from error
    if array.size == 0:
        array = array.astype(np.int64)
    if array.dtype == object and all(isinstance(each, int) for each in array.flat):
        raise ValueError(_outside(name, next(e for e in array.flat if not 0 <= e <= LARGEST_VALUE)))
    allowed = "iub" if name == "eligible" else "iu"
    if array.dtype.kind not in allowed:
        raise ValueError(f"{name} must hold integers, found {array.dtype}")
    if array.ndim != dimensions:
        raise ValueError(f"{name} must have {dimensions} dimension(s), found {array.ndim}")
    for extreme in (array.min(), array.max()) if array.size else ():
        if not 0 <= extreme <= LARGEST_VALUE:
            raise ValueError(_outside(name, extreme))
    return array.astype(np.int64)


def _outside(name: str, value: object) -> str:
    return f"{name} must hold integers of 0..10^15, found {value}"


def _refuse_large_row_sum(name: str, array: IntArray) -> None:
    # In two halves, since the sum itself may not fit the 64 bits of the array.
    high = (array >> 31).sum(axis=1).tolist()
    low = (array & (2**31 - 1)).sum(axis=1).tolist()
    for edge_node, (upper, lower) in enumerate(zip(high, low, strict=True)):
        total = (upper << 31) + lower
        if total > LARGEST_ROW_SUM:
            raise ValueError(
                f"{name} must have rows whose sum fits 62 bits, found {total} at row {edge_node}"
            )
