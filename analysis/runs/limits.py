"""Limits: time limits, counts and seeds of runs, each checked by one function."""

from __future__ import annotations

import math

from analysis.methods.option import LARGEST_SEED, whole_number
from heuristics.errors import InputError


def parse_seeds(text: str, *, source: str = "--seeds") -> range:
    """Return the seeds of a text: ``A:B`` for A to B - 1, or a single seed.

    Raises
    ------
    InputError
        If the text has neither form, or the range is empty.

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
    """Return a seed, an integer of 0..2^31 - 1 that every solver accepts.

    Raises
    ------
    InputError
        If the value is not such an integer.
    """
    seed = whole_number(value)
    if seed is None or not 0 <= seed <= LARGEST_SEED:
        raise InputError("must be an integer of 0..2^31 - 1", source=source, found=value)
    return seed


def time_limit(value: object, *, source: str = "--time-limit") -> float | None:
    """Return a time limit [s], given as a number or as text; None for no limit.

    Raises
    ------
    InputError
        If the value is not a positive, finite number.

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
    """Return a count of at least 1; None for no limit.

    Raises
    ------
    InputError
        If the value is not an integer of at least 1.
    """
    if value is None:
        return None
    number = whole_number(value)
    if number is None or not 1 <= number < 2**62:
        raise InputError("must be an integer of at least 1", source=source, found=value)
    return number
