"""Alternatives: the ways to run one edge node, as a partition of the rows of the coefficients."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from heuristics.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from heuristics.coefficients import Coefficients

Groups = tuple[tuple[int, ...], ...]
"""Rows of each physical edge node, ascending; the groups in the order of their smallest row."""


def checked_groups(given: object, num_rows: int, field: str = "alternatives") -> Groups | None:
    """Return the groups by smallest row, each ascending; None if every group is a single row.

    Parameters
    ----------
    given
        Lists of the rows of one physical edge node each, in any order; None for single rows.
    num_rows
        J, the number of rows.
    field
        Name of the field, for errors.

    Raises
    ------
    InputError
        If a row is in two lists, in none or out of range, if a list is empty, or if anything
        else than lists of integers is given.

    Examples
    --------
    >>> checked_groups([[3], [2, 0, 1]], 4)
    ((0, 1, 2), (3,))
    >>> checked_groups([[1], [0]], 2) is None
    True
    """
    if given is None:
        return None
    place_of: dict[int, str] = {}
    groups = []
    for index, group in enumerate(_entries(given, field, "a list of lists of rows")):
        place = f"{field}[{index}]"
        rows = _entries(group, place, "a list of rows")
        if not rows:
            raise InputError("must hold at least one row", field=place, found=rows)
        for position, row in enumerate(rows):
            _take(row, f"{place}[{position}]", num_rows, place_of)
        groups.append(tuple(sorted(int(row) for row in rows)))
    for row in range(num_rows):
        if row not in place_of:
            rule = f"must hold each row of 0..{num_rows - 1} once, but row {row} is missing"
            raise InputError(rule, field=field, found=given)
    if len(groups) == num_rows:
        return None
    return tuple(sorted(groups))


def _entries(value: object, field: str, expected: str) -> list[Any]:
    if isinstance(value, np.ndarray):
        value = value.tolist()
    if not isinstance(value, list | tuple | range):
        raise InputError(f"must be {expected}", field=field, found=value)
    return list(value)


def _take(row: object, field: str, num_rows: int, place_of: dict[int, str]) -> None:
    is_integer = isinstance(row, int | np.integer) and not isinstance(row, bool)
    if not is_integer or not 0 <= (index := int(row)) < num_rows:  # type: ignore[call-overload]
        rule = f"must be the index of a row, an integer of 0..{num_rows - 1}"
        raise InputError(rule, field=field, found=row)
    if index in place_of:
        rule = f"must be in one list only, but is also at {place_of[index]}"
        raise InputError(rule, field=field, found=index)
    place_of[index] = field


def groups_among(groups: Groups | None, rows: Sequence[int]) -> Groups | None:
    """Return the groups of some rows, renumbered in the given order; None for single rows.

    Parameters
    ----------
    groups
        Groups of all rows; None for single rows.
    rows
        Indices of the rows to keep.

    Examples
    --------
    >>> groups_among(((0, 1, 2), (3,)), [3, 2, 0])
    ((0,), (1, 2))
    """
    if groups is None:
        return None
    number = {row: index for index, row in enumerate(rows)}
    kept = ([number[row] for row in group if row in number] for group in groups)
    return checked_groups([group for group in kept if group], len(number))


def refuse_alternatives(data: Coefficients, method: str) -> None:
    """Raise InputError if some edge node can be run in several ways.

    Parameters
    ----------
    data
        Coefficients of any problem.
    method
        Name of the method that does not choose among alternatives.
    """
    if data.has_alternatives:
        several = [list(rows) for rows in data.alternatives if len(rows) > 1]
        rule = f"must be single rows for method {method}"
        raise InputError(rule, field="coefficients.alternatives", found=several)


def refuse_several_edge_nodes(data: Coefficients, method: str) -> None:
    """Raise InputError if there are several edge nodes; one may have alternatives.

    Parameters
    ----------
    data
        Coefficients of any problem.
    method
        Name of a method of one edge node.
    """
    if len(data.alternatives) != 1:
        rule = f"{method} solves one edge node; pick one of them"
        raise InputError(rule, field="coefficients", found=len(data.alternatives))


def groups_bytes(groups: Groups) -> bytes:
    """Return the groups of more than one row as bytes for a digest: sizes and rows."""
    numbers = [number for group in groups if len(group) > 1 for number in (len(group), *group)]
    return np.array(numbers, dtype="<i8").tobytes()
