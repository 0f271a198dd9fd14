"""Values: texts of single cells as integers of nanoseconds and of tokens."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from decimal import Context, Decimal
from functools import lru_cache

from instances.traces.units import NANOSECONDS, Unit

LARGEST_LENGTH = 10**9
"""Longest prompt or output that is read [tokens]."""

LARGEST_ARRIVAL_S = 5 * 10**9
"""Latest arrival that is read; for date-times, seconds since 1970 [s]."""

TOO_LATE = f"must be at most {LARGEST_ARRIVAL_S} s"
"""Rule that a later arrival breaks."""

ZONE = r"(Z|[+-](?:[01]\d|2[0-3]):?[0-5]\d)"
"""Pattern of a time zone."""

DATE_TIME = r"(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?"
"""Pattern of a date-time without its time zone."""

_DATE_TIME = re.compile(f"{DATE_TIME}{ZONE}?", re.ASCII)
_DECIMAL = re.compile(r"\d+(\.\d*)?([eE][+-]?\d{1,3})?", re.ASCII)
_INTEGER = re.compile(r"\d{1,10}", re.ASCII)
_COMMA = re.compile(r"\d+,\d+", re.ASCII)
_THOUSANDS = re.compile(r"[1-9]\d{0,2},\d{3}", re.ASCII)


def date_time(text: str) -> tuple[int, bool]:
    """Return nanoseconds since 1970, and True if the text has a time zone.

    Raises
    ------
    ValueError
        If the text is not a date-time of the years 1970 to 2128.
    """
    match = _DATE_TIME.fullmatch(text)
    if match is None:
        raise ValueError("must be a time like 2023-11-16 18:17:03.9799600")
    date, time, fraction, zone = match.groups()
    second = _second(date, time, zone)
    if not 0 <= second <= LARGEST_ARRIVAL_S:
        raise ValueError("must be a time of the years 1970 to 2128")
    return second * NANOSECONDS + int((fraction or "").ljust(9, "0")), zone is not None


def is_date_time(text: str) -> bool:
    """Return True if a text has the form of a date-time."""
    return _DATE_TIME.fullmatch(text) is not None


@lru_cache(maxsize=4096)  # bursts: many requests arrive within one second
def _second(date: str, time: str, zone: str | None) -> int:
    moment = datetime.fromisoformat(f"{date}T{time}{zone or ''}")
    return int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp())


def nanoseconds(text: str, unit: Unit) -> int:
    """Return a decimal number of a time unit as nanoseconds, further digits dropped.

    Raises
    ------
    ValueError
        If the text is not a decimal number, or is too large.
    """
    if _DECIMAL.fullmatch(text) is None:
        raise ValueError("must be a decimal number of at least 0")
    exact = Context(prec=len(text) + 1024)
    value = exact.multiply(Decimal(text), Decimal(unit.nanoseconds))
    if value > LARGEST_ARRIVAL_S * NANOSECONDS:
        raise ValueError(TOO_LATE)
    return int(value)


def length(text: str) -> int:
    """Return a number of tokens.

    Raises
    ------
    ValueError
        If the text is not an integer of 0 to :data:`LARGEST_LENGTH`.
    """
    if _INTEGER.fullmatch(text) is None or int(text) > LARGEST_LENGTH:
        raise ValueError(f"must be an integer of 0..{LARGEST_LENGTH} tokens")
    return int(text)


class DecimalMark:
    """The decimal mark of a column of numbers: one for the whole file, never guessed.

    Notes
    -----
    ``0,5`` and ``12,0625`` can only have a decimal comma; ``1,500`` may as well be a thousand
    and a half. A file in which each comma is of the second kind is refused.
    """

    def __init__(self) -> None:
        self._has_point = self._has_comma = False
        self._doubtful: tuple[int, str] | None = None

    @property
    def doubtful(self) -> tuple[int, str] | None:
        """Line and text of the first comma that nothing in the file explains."""
        return None if self._has_comma else self._doubtful

    def with_point(self, text: str, line: int) -> str:
        """Return the number with a decimal point.

        Raises
        ------
        ValueError
            If the file has decimal points and decimal commas.
        """
        if "." in text:
            self._has_point = True
        if _COMMA.fullmatch(text) is not None:
            if _THOUSANDS.fullmatch(text) is None:
                self._has_comma = True
            elif self._doubtful is None:
                self._doubtful = (line, text)
            text = text.replace(",", ".")
            if self._has_point:
                raise ValueError("must have one decimal mark in the whole file, a point or a comma")
        elif "." in text and (self._has_comma or self._doubtful):
            raise ValueError("must have one decimal mark in the whole file, a point or a comma")
        return text

    def note_points(self) -> bool:
        """Record that numbers have decimal points; return False if others have commas."""
        self._has_point = True
        return not (self._has_comma or self._doubtful)
