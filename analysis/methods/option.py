"""Option of a method: a named parameter, its default, and the values it can take."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from heuristics.errors import InputError

if TYPE_CHECKING:
    OptionValue = int | str | None

LARGEST_SEED = 2**31 - 1
"""The largest seed that every solver takes."""


@dataclass(frozen=True, kw_only=True)
class Option:
    """A named parameter of a method.

    Parameters
    ----------
    name, summary
        What it is called by, and what it does, in one line.
    default
        Its value when it is not set.
    allowed
        The values it can take; empty for an integer of at least ``least``.
    least
        The least integer it can take.
    """

    name: str
    summary: str
    default: OptionValue
    allowed: tuple[str, ...] = ()
    least: int = 0

    def parse(self, value: object, *, source: str) -> OptionValue:
        """Return the value that a setting asks for.

        Parameters
        ----------
        value
            The setting, as text or already typed.
        source
            Where it was set, for the message.

        Raises
        ------
        InputError
            If the option cannot take this value.

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
            return str(value)
        number = whole_number(value)
        if number is None or not self.least <= number <= LARGEST_SEED:
            rule = f"must be an integer of at least {self.least}"
            raise InputError(rule, source=source, field=self.name, found=value)
        return number


def whole_number(value: object) -> int | None:
    """Return an integer, or the one that a text of plain digits spells; None for all else.

    Examples
    --------
    >>> whole_number("12"), whole_number(12), whole_number("1.0"), whole_number(True)
    (12, 12, None, None)
    """
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    # Eighteen digits fit 62 bits, and spare the limit on converting long texts.
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= 18:
        return int(value)
    return None
