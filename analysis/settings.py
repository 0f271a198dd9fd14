"""Settings as they are typed: ``key=value`` pairs, seeds, limits, and the options of a method."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from heuristics.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterable

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


def parse_pairs(pairs: Iterable[str], *, source: str = "--set") -> dict[str, str]:
    """Read ``key=value`` settings.

    Raises
    ------
    InputError
        If one has no ``=``, no key or no value, or a key comes twice.

    Examples
    --------
    >>> parse_pairs(["order=capacity", "z=3"])
    {'order': 'capacity', 'z': '3'}
    """
    settings: dict[str, str] = {}
    for pair in pairs:
        key, equals, value = pair.partition("=")
        if not (equals and key and value):
            raise InputError("must be key=value", source=source, found=pair)
        if key in settings:
            raise InputError("must be set once", source=source, field=key, found=pair)
        settings[key] = value
    return settings


def parse_grid(pairs: Iterable[str], *, source: str = "--set") -> dict[str, list[str]]:
    """Read ``key=value,value,...`` settings, a list of values for each key.

    Raises
    ------
    InputError
        As :func:`parse_pairs`, and if a value is empty or comes twice.

    Examples
    --------
    >>> parse_grid(["rate=10,20"])
    {'rate': ['10', '20']}
    """
    grid: dict[str, list[str]] = {}
    for key, text in parse_pairs(pairs, source=source).items():
        values = text.split(",")
        if "" in values or len(set(values)) < len(values):
            rule = "must be a list of different values between commas"
            raise InputError(rule, source=source, field=key, found=text)
        grid[key] = values
    return grid


def parse_seeds(text: str, *, source: str = "--seeds") -> range:
    """Read ``A:B``, the seeds from A up to but without B, or a single seed.

    Raises
    ------
    InputError
        If the text is neither, or the range is empty.

    Examples
    --------
    >>> list(parse_seeds("2:5")), list(parse_seeds("7"))
    ([2, 3, 4], [7])
    """
    first, colon, end = text.partition(":")
    start = whole_number(first)
    stop = whole_number(end) if colon else None if start is None else start + 1
    if start is None or stop is None or not start < stop <= LARGEST_SEED + 1:
        rule = "must be a seed or A:B with 0 <= A < B, the seeds from A up to but without B"
        raise InputError(rule, source=source, found=text)
    return range(start, stop)


def parse_seed(value: object, *, source: str = "--seed") -> int:
    """Expect a seed that every solver takes.

    Raises
    ------
    InputError
        If it is none.
    """
    seed = whole_number(value)
    if seed is None or not 0 <= seed <= LARGEST_SEED:
        raise InputError("must be an integer of 0..2^31 - 1", source=source, found=value)
    return seed


def time_limit(value: object, *, source: str = "--time-limit") -> float | None:
    """Expect a positive, finite number of seconds, as a number or as text, or None for no limit.

    Raises
    ------
    InputError
        If it is neither.

    Examples
    --------
    >>> time_limit("2")
    2.0
    >>> time_limit(0)
    Traceback (most recent call last):
    heuristics.errors.InputError: --time-limit: must be a positive number of seconds, found 0
    """
    if value is None:
        return None
    try:
        seconds = math.nan if isinstance(value, bool) else float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError, OverflowError):
        seconds = math.nan
    if not 0 < seconds < math.inf:
        raise InputError("must be a positive number of seconds", source=source, found=value)
    return seconds


def count(value: object, *, source: str) -> int | None:
    """Expect an integer of at least 1, or None for no limit.

    Raises
    ------
    InputError
        If it is neither.
    """
    if value is None:
        return None
    number = whole_number(value)
    if number is None or not 1 <= number < 2**62:
        raise InputError("must be an integer of at least 1", source=source, found=value)
    return number
