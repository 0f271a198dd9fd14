"""Settings of the command line: ``key=value`` pairs, and lists of values for a grid."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

from heuristics.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterable


def parse_pairs(pairs: Iterable[str], *, source: str = "--set") -> dict[str, str]:
    """Read ``key=value`` settings. Double quotes around a value are removed.

    Raises
    ------
    InputError
        If a setting has no ``=``, no key or no value, a key is repeated, or a quote is not closed.

    Examples
    --------
    >>> parse_pairs(["order=capacity", "z=3", 'path="a,b.csv"'])
    {'order': 'capacity', 'z': '3', 'path': 'a,b.csv'}
    """
    return {
        key: _quoted(text, key, source)[0] if text.startswith('"') else text
        for key, text in _pairs(pairs, source).items()
    }


def _pairs(pairs: Iterable[str], source: str) -> dict[str, str]:
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
        The same as :func:`parse_pairs`, and if a value is empty or repeated.

    Notes
    -----
    Put a value with a comma in double quotes, as in CSV.

    Examples
    --------
    >>> parse_grid(["rate=10,20", 'path="a,b.csv",c.csv'])
    {'rate': ['10', '20'], 'path': ['a,b.csv', 'c.csv']}
    """
    grid: dict[str, list[str]] = {}
    for key, text in _pairs(pairs, source).items():
        values = _quoted(text, key, source) if '"' in text else text.split(",")
        if "" in values or len(set(values)) < len(values):
            rule = "must be a list of different values between commas"
            raise InputError(rule, source=source, field=key, found=text)
        grid[key] = values
    return grid


def _quoted(text: str, key: str, source: str) -> list[str]:
    """Return values between commas, of which some stand in double quotes."""
    try:
        [values] = csv.reader([text], strict=True)
    except (csv.Error, ValueError) as error:
        rule = "must close each quote, and double a quote inside quotes"
        raise InputError(rule, source=source, field=key, found=text) from error
    return values
