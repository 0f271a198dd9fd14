"""Row: one row of a table with its place, and its cells as numbers with units."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from heuristics.errors import InputError
from heuristics.system_models.validation import LARGEST_COUNT, LARGEST_TIME_S

if TYPE_CHECKING:
    from collections.abc import Mapping

LEAST_SECONDS, LARGEST_SECONDS = 1e-9, LARGEST_TIME_S
"""Shortest and longest time that is read [s]."""

LEAST_RATE, LARGEST_RATE = 1e-6, 1e12
"""Least and largest rate that is read [tokens/s]."""


@dataclass(frozen=True, kw_only=True)
class Row:
    """A row of a file.

    Parameters
    ----------
    source
        Path of the file.
    place
        Place in the file: ``line 12``, or ``item 3`` of a JSON list.
    values
        Cells by column: texts of CSV and Markdown, values of JSON.
    """

    source: str
    place: str
    values: Mapping[str, Any]

    def has(self, name: str) -> bool:
        """Return True if the row has a cell of this name that is not empty."""
        value = self.values.get(name)
        return value is not None and value != ""

    def text(self, name: str) -> str:
        """Return a cell as text without spaces around it."""
        value = self.values[name]
        if value is None:
            return ""
        return str(value).lower() if isinstance(value, bool) else str(value).strip()

    def error(self, rule: str, name: str) -> InputError:
        """Return the error of a cell: file, row, column, rule and the value found."""
        place = f"{self.place}: {name}" if name else self.place
        if name in self.values:
            return InputError(rule, source=self.source, field=place, found=self.values[name])
        return InputError(rule, source=self.source, field=place)

    def number(self, name: str, unit: str) -> float:
        """Return a finite number.

        Parameters
        ----------
        name
            Column.
        unit
            Unit in words, for the error.

        Raises
        ------
        InputError
            If the cell is missing, not a number, or not finite.
        """
        if not self.has(name):
            raise self.error(f"is required: a number of {unit}", name)
        value = self.values[name]
        try:
            if isinstance(value, bool):
                raise TypeError
            number = float(value)
        except (TypeError, ValueError, OverflowError):
            raise self.error(f"must be a number of {unit}", name) from None
        if not math.isfinite(number):
            raise self.error(f"must be a finite number of {unit}", name)
        return number

    def duration(self, name: str, unit: str, seconds: float) -> float:
        """Return a time in seconds.

        Parameters
        ----------
        name
            Column.
        unit
            Unit of the column in words.
        seconds
            Seconds of that unit.

        Raises
        ------
        InputError
            If the time is not greater than 0, or not from :data:`LEAST_SECONDS` to
            :data:`LARGEST_SECONDS`.
        """
        value = self.number(name, unit) * seconds
        if value <= 0:
            raise self.error(f"must be greater than 0 {unit}", name)
        if value < LEAST_SECONDS:
            raise self.error(f"must be at least {LEAST_SECONDS:g} seconds", name)
        if value > LARGEST_SECONDS:
            raise self.error(f"must be at most {LARGEST_SECONDS:g} seconds", name)
        return value

    def rate(self, name: str) -> float:
        """Return a positive rate [tokens/s].

        Raises
        ------
        InputError
            If it is not greater than 0, or not from :data:`LEAST_RATE` to :data:`LARGEST_RATE`.
        """
        value = self.number(name, "tokens per second")
        if value <= 0:
            raise self.error("must be greater than 0 tokens per second", name)
        if not LEAST_RATE <= value <= LARGEST_RATE:
            rule = f"must be {LEAST_RATE:g} to {LARGEST_RATE:g} tokens per second"
            raise self.error(rule, name)
        return value

    def count(self, name: str, *, least: int = 1, unit: str = "tokens") -> int:
        """Return an integer.

        Raises
        ------
        InputError
            If the cell is not an integer from ``least`` to 10^9.
        """
        value = self.number(name, unit)
        if value != int(value) or not least <= value <= LARGEST_COUNT:
            rule = f"must be an integer of {least} to {LARGEST_COUNT} {unit}"
            raise self.error(rule, name)
        return int(value)

    def changed(self, values: Mapping[str, Any]) -> Row:
        """Return the row with some cells added or replaced."""
        return replace(self, values={**self.values, **values})
