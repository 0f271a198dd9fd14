"""Expect: rules for the values of a document; each returns the value or raises InputError."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from heuristics.alternatives import checked_groups
from heuristics.errors import InputError
from heuristics.integers import LARGEST_VALUE
from instances.instance import refuse_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from heuristics.alternatives import Groups

_KINDS: dict[type, str] = {str: "a string", list: "a list", dict: "an object"}


def kind(value: Any, expected: type, field: str) -> Any:
    """Expect a string, a list or an object."""
    if type(value) is not expected:
        raise InputError(f"must be {_KINDS[expected]}", field=field, found=value)
    return value


def optional(document: Mapping[str, Any], key: str, expected: type) -> Any:
    """Expect a string, a list, an object or null, or that the key is missing."""
    value = document.get(key)
    return None if value is None else kind(value, expected, key)


def name(value: Any, field: str) -> str:
    """Expect a string that can name an instance or an edge node."""
    kind(value, str, field)
    try:
        refuse_name(value)
    except ValueError as error:
        raise InputError(str(error).removeprefix("name "), field=field, found=value) from error
    return str(value)


def integer(value: Any, field: str, largest: int = LARGEST_VALUE) -> int:
    """Expect an integer of 0..largest; 1.0 and true are no integers."""
    if type(value) is not int or not 0 <= value <= largest:
        digits = len(str(largest)) - 1
        limit = f"10^{digits}" if digits >= 15 and largest == 10**digits else str(largest)
        raise InputError(f"must be an integer of 0..{limit}", field=field, found=value)
    return value


def integers(row: list[Any], field: str, largest: int = LARGEST_VALUE) -> None:
    """Expect a list of integers of 0..largest."""
    if set(map(type, row)) <= {int} and (not row or (min(row) >= 0 and max(row) <= largest)):
        return
    for index, value in enumerate(row):
        integer(value, f"{field}[{index}]", largest)


def length(value: list[Any], expected: int, field: str, what: str) -> None:
    """Expect a list with one entry for each of ``what``."""
    if len(value) != expected:
        rule = f"must have {expected} entries, one for each of the {what}"
        raise InputError(rule, field=field, found=len(value))


def only(document: Mapping[str, Any], known: Iterable[str], prefix: str = "") -> None:
    """Expect known keys only."""
    known = tuple(known)
    for key in document:
        if key not in known:
            raise InputError(f"must be one of {', '.join(known)}", field=prefix + key, found=key)


def groups(document: Mapping[str, Any], num_rows: int) -> Groups | None:
    """Expect lists that hold each row of coefficients once as alternatives, null or no such key."""
    return checked_groups(document.get("alternatives"), num_rows, "coefficients.alternatives")


def keys(document: Mapping[str, Any], required: Iterable[str], field: str = "") -> None:
    """Expect that no required key is missing in the object of a field."""
    for key in required:
        if key not in document:
            place = f"{field}.{key}" if field else key
            raise InputError("must be there", field=place, found=", ".join(document) or "no keys")


def header(
    document: Any, *, format_name: str, versions: tuple[int, ...], required: tuple[str, ...]
) -> int:
    """Expect an object of this format and of a known version, and return the version."""
    kind(document, dict, "the document")
    keys(document, required)
    if document["format"] != format_name:
        raise InputError(f'must be "{format_name}"', field="format", found=document["format"])
    version = document["version"]
    if type(version) is not int or version not in versions:
        rule = f"must be {' or '.join(map(str, versions))}"
        raise InputError(rule, field="version", found=version)
    return version
