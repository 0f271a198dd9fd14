"""Time units, and the question asked where a file does not settle its unit."""

from __future__ import annotations

from enum import StrEnum

NANOSECONDS = 10**9
"""Nanoseconds of a second."""


class Unit(StrEnum):
    """The unit of a column of arrivals."""

    S = "s"
    MS = "ms"
    US = "us"
    NS = "ns"

    @property
    def nanoseconds(self) -> int:
        """Nanoseconds of one unit."""
        return {"s": NANOSECONDS, "ms": 10**6, "us": 10**3, "ns": 1}[self.value]

    @property
    def plural(self) -> str:
        """The unit spelled out, in the plural."""
        return {"s": "seconds", "ms": "milliseconds", "us": "microseconds", "ns": "nanoseconds"}[
            self.value
        ]


def readings(num_requests: int, span: float) -> str:
    """Return the span and the rate of a trace under each time unit.

    Parameters
    ----------
    num_requests
        Number of requests of the trace.
    span
        Last arrival less the first, in the unit that is asked for.

    Examples
    --------
    >>> readings(240, 43.5)  # doctest: +ELLIPSIS
    '240 requests in 43.5 s (5.517/s) if seconds, in 0.0435 s (5,517/s) if milliseconds, ...'
    """
    parts = []
    for unit in Unit:
        seconds = span * unit.nanoseconds / NANOSECONDS
        rate = f"{number(num_requests / seconds)}/s" if seconds > 0 else "no rate"
        parts.append(f"in {number(seconds)} s ({rate}) if {unit.plural}")
    return f"{num_requests:,} requests " + ", ".join(parts)


def number(value: float) -> str:
    """Return a number with about four digits, and commas between thousands.

    Examples
    --------
    >>> number(5517.24), number(43.5), number(0.0435), number(0), number(4.35e-8)
    ('5,517', '43.5', '0.0435', '0', '4.35e-08')
    """
    if value >= 1000:
        return f"{value:,.0f}"
    return f"{value:.4g}"
