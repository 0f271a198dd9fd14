"""Option: a named parameter of a method, its default and its allowed values."""

from __future__ import annotations

from dataclasses import dataclass, field
from importlib.util import find_spec
from typing import TYPE_CHECKING

from heuristics.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping

    OptionValue = int | str | None

LARGEST_SEED = 2**31 - 1
"""Largest seed that every solver accepts."""


@dataclass(frozen=True, kw_only=True)
class Option:
    """A named parameter of a method.

    Parameters
    ----------
    name, summary
        Name of the option, and a description in one line.
    default
        Value when the option is not set.
    allowed
        Allowed values; empty for an option that is an integer of at least ``least``.
    least
        Smallest allowed integer.
    needs
        Module that an extra of the value's name installs, and without which the value cannot be
        used, by value.
    is_kept
        True if the record of a run has the option at its default too. An option that was added
        later is left out there, so that earlier runs keep their keys.
    """

    name: str
    summary: str
    default: OptionValue
    allowed: tuple[str, ...] = ()
    least: int = 0
    needs: Mapping[str, str] = field(default_factory=dict)
    is_kept: bool = True

    @property
    def missing(self) -> dict[str, str]:
        """Command that installs the extra of each value that is not installed."""
        return {
            value: f'pip install "otgah[{value}]"'
            for value, module in self.needs.items()
            if find_spec(module) is None
        }

    @property
    def usable(self) -> tuple[str, ...]:
        """Allowed values that are installed."""
        missing = self.missing
        return tuple(value for value in self.allowed if value not in missing)

    def parse(self, value: object, *, source: str) -> OptionValue:
        """Return the value of a setting.

        Parameters
        ----------
        value
            Setting as text or as a typed value.
        source
            Place where the option was set, for the error message.

        Raises
        ------
        InputError
            If the value is not allowed.

        Examples
        --------
        >>> order = Option(name="order", summary="", default="given", allowed=("given", "all"))
        >>> order.parse("all", source="method ot-gah")
        'all'
        >>> order.parse("best", source="method ot-gah")
        Traceback (most recent call last):
        heuristics.errors.InputError: method ot-gah: order: must be one of given, all, found 'best'
        """
        if self.allowed:
            if value not in self.allowed:
                rule = f"must be one of {', '.join(self.allowed)}"
                raise InputError(rule, source=source, field=self.name, found=value)
            if (command := self.missing.get(str(value))) is not None:
                rule = f"must be installed first: {command}"
                raise InputError(rule, source=source, field=self.name, found=value)
            return str(value)
        number = whole_number(value)
        if number is None or not self.least <= number <= LARGEST_SEED:
            rule = f"must be an integer of at least {self.least}"
            raise InputError(rule, source=source, field=self.name, found=value)
        return number


def whole_number(value: object) -> int | None:
    """Return an integer, or the integer that a text of plain digits spells, else None.

    Examples
    --------
    >>> whole_number("12"), whole_number(12), whole_number("1.0"), whole_number(True)
    (12, 12, None, None)
    """
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    # Eighteen digits fit in 62 bits. Python refuses to convert much longer texts.
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= 18:
        return int(value)
    return None
