"""Options: arguments with a few allowed words."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from heuristics.errors import InputError

if TYPE_CHECKING:
    from enum import StrEnum

Choice = TypeVar("Choice", bound="StrEnum")


def chosen(choices: type[Choice], value: str, *, field: str) -> Choice:
    """Return the member that a word names.

    Raises
    ------
    InputError
        If it names none.
    """
    try:
        return choices(value)
    except ValueError as error:
        words = ", ".join(choices)
        raise InputError(f"must be one of {words}", field=field, found=value) from error
