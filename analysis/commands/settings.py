"""Settings as they are typed: ``key=value`` pairs, and lists of values for a grid."""

from __future__ import annotations

from typing import TYPE_CHECKING

from heuristics.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterable


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
