"""Integers: arrays of the integers that a problem may hold, copied and checked."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any

    from numpy.typing import ArrayLike, NDArray

    IntArray = NDArray[np.int64]

LARGEST_VALUE = 10**15
LARGEST_ROW_SUM = 2**62 - 1


def integers(name: str, value: ArrayLike, *, dimensions: int, kinds: str = "iu") -> IntArray:
    """Copy integers of 0..10^15 to a new array of int64.

    Parameters
    ----------
    name
        Name of the field, for the error.
    value
        Integers of one shape.
    dimensions
        Number of dimensions that the array must have.
    kinds
        Kinds of numpy types that are allowed.

    Raises
    ------
    ValueError
        If the value is ragged, has another number of dimensions, or holds anything else.
    """
    try:
        array = np.array(value)
    except ValueError as error:
        raise ValueError(f"{name} must have rows of one length, found a ragged list") from error
    if array.size == 0:
        array = array.astype(np.int64)
    if array.dtype == object and all(isinstance(each, int) for each in array.flat):
        raise ValueError(_outside(name, next(e for e in array.flat if not 0 <= e <= LARGEST_VALUE)))
    if array.dtype.kind not in kinds:
        raise ValueError(f"{name} must hold integers, found {array.dtype}")
    if array.ndim != dimensions:
        raise ValueError(f"{name} must have {dimensions} dimension(s), found {array.ndim}")
    for extreme in (array.min(), array.max()) if array.size else ():
        if not 0 <= extreme <= LARGEST_VALUE:
            raise ValueError(_outside(name, extreme))
    return array.astype(np.int64, copy=False)


def checked_vectors(given: Mapping[str, ArrayLike], num_rows: int) -> dict[str, IntArray]:
    """Copy vectors with one entry for each row of pairs, read-only, or say what is wrong.

    Parameters
    ----------
    given
        Vectors by name.
    num_rows
        J, the number of rows.

    Raises
    ------
    ValueError
        If a vector has another length, or a value is not an integer of 0..10^15.
    """
    checked = {}
    for name, value in given.items():
        array = integers(name, value, dimensions=1)
        if array.size != num_rows:
            rule = f"must have shape {(num_rows,)}, one for each row of pairs"
            raise ValueError(f"{name} {rule}, found {array.shape}")
        array.setflags(write=False)
        checked[name] = array
    return checked


def checked_matrices(given: Mapping[str, ArrayLike], amounts: Iterable[str]) -> dict[str, Any]:
    """Copy the fields of coefficients as int64, or say what is wrong.

    Parameters
    ----------
    given
        Value of each field by its name: capacities of shape (J,), all else of shape (J, I).
    amounts
        Names of the fields whose rows have a sum of at most 62 bits.

    Raises
    ------
    ValueError
        If a shape differs, J is 0, or a value is not allowed.
    """
    uplink = integers("uplink", given["uplink"], dimensions=2)
    shape = uplink.shape
    if shape[0] < 1:
        raise ValueError("uplink must have at least one row, that of an edge node, found none")
    checked = {"uplink": uplink}
    for name in list(given)[1:]:
        dimensions = 1 if name.endswith("_capacity") else 2
        kinds = "iub" if name == "eligible" else "iu"
        array = integers(name, given[name], dimensions=dimensions, kinds=kinds)
        if array.shape != shape[:dimensions]:
            raise ValueError(
                f"{name} must have shape {shape[:dimensions]} as uplink has {shape}, "
                f"found {array.shape}"
            )
        checked[name] = array
    for name in amounts:
        refuse_large_row_sum(name, checked[name])
    if checked["eligible"].size and checked["eligible"].max() > 1:
        raise ValueError(f"eligible must hold 0 or 1, found {checked['eligible'].max()}")
    return checked


def _outside(name: str, value: object) -> str:
    return f"{name} must hold integers of 0..10^15, found {value}"


def refuse_large_row_sum(name: str, array: IntArray) -> None:
    """Raise ValueError if the sum of a row of a matrix needs more than 62 bits."""
    # In two halves, since the sum itself may not fit the 64 bits of the array.
    high = (array >> 31).sum(axis=1).tolist()
    low = (array & (2**31 - 1)).sum(axis=1).tolist()
    _refuse_large_sums(name, high, low)


def refuse_large_sum_of_pairs(name: str, amounts: IntArray, row_pointer: IntArray) -> None:
    """Raise ValueError if the sum of a compressed row needs more than 62 bits."""
    before = (np.concatenate([[0], np.cumsum(half)]) for half in (amounts >> 31, amounts & _LOW))
    high, low = (np.diff(each[row_pointer]).tolist() for each in before)
    _refuse_large_sums(name, high, low)


_LOW = 2**31 - 1


def _refuse_large_sums(name: str, high: list[int], low: list[int]) -> None:
    for edge_node, (upper, lower) in enumerate(zip(high, low, strict=True)):
        total = (upper << 31) + lower
        if total > LARGEST_ROW_SUM:
            raise ValueError(
                f"{name} must have rows whose sum fits 62 bits, found {total} at row {edge_node}"
            )
