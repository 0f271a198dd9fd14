"""Cells: values of one file, read by its format; the same rule for every row of the file."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from heuristics.errors import InputError
from instances.traces import values
from instances.traces.block import Block

if TYPE_CHECKING:
    from collections.abc import Mapping

    from instances.traces.formats import Format
    from instances.traces.units import Unit

_MOONCAKE_BLOCK, _BAILIAN_BLOCK = 512, 16
_ZONES = "must have a time zone in every row or in none"


class Cells:
    """Texts of rows as integers.

    Parameters
    ----------
    chosen
        Format of the file.
    unit
        Unit of arrivals that are numbers.
    names
        Names of the columns that the file has.
    """

    def __init__(self, chosen: Format, unit: Unit, names: tuple[str, ...]) -> None:
        self.format = chosen
        self.unit = unit
        self.is_dated = chosen.is_dated
        self.has_fraction = self.has_short_blocks = False
        self.mark = values.DecimalMark()
        self._is_zoned: bool | None = None
        once = {each for each in names if names.count(each) == 1}
        self.id_column = chosen.id_column if chosen.id_column in once else None
        self.only = chosen.only if chosen.only and chosen.only[0] in once else None
        self.one = chosen.one if chosen.one in once else None
        optional = (self.id_column, self.only and self.only[0], self.one)
        self.columns = (*chosen.read, *(each for each in optional if each))

    def agrees(self, *, is_zoned: bool) -> bool:
        """Return True if date-times with or without a time zone are as those before."""
        if self._is_zoned is None:
            self._is_zoned = is_zoned
        return self._is_zoned == is_zoned

    def arrival(self, text: str, line: int) -> int:
        """Return an arrival [ns].

        Raises
        ------
        ValueError
            If the text is not an arrival as this file has them.
        """
        if self.is_dated is None:
            self.is_dated = values.is_date_time(text)
        if self.is_dated:
            moment, is_zoned = values.date_time(text)
            if not self.agrees(is_zoned=is_zoned):
                raise ValueError(_ZONES)
            return moment
        if not text.isdigit():
            self.has_fraction = True
            text = self.mark.with_point(text, line)
        return values.nanoseconds(text, self.unit)

    def note_blocks(self, hashes: object, prompt_tokens: int) -> None:
        """Note whether the hashes of a prompt are of blocks of 16 tokens, Bailian's, not of 512."""
        if isinstance(hashes, list) and prompt_tokens > _MOONCAKE_BLOCK:
            self.has_short_blocks |= len(hashes) == -(-prompt_tokens // _BAILIAN_BLOCK)

    def row(self, line: int, texts: Mapping[str, str]) -> tuple[int, int, int, str, bool]:
        """Return arrival [ns], prompt and output length [tokens], identifier, and exclusion.

        Raises
        ------
        InputError
            If a text breaks a rule of its column.
        """
        read = self.format
        arrival = 0
        name = read.arrival or ""
        try:
            if read.arrival is not None:
                arrival = self.arrival(texts[name], line)
            name = read.prompt
            prompt = values.length(texts[name])
            name = read.output
            output = values.length(texts[name])
            if self.one is not None:
                name = self.one
                if texts[name] != "1":
                    raise ValueError("must be 1: a request of several prompts has no one length")
        except ValueError as error:
            found = texts[name]
            raise InputError(str(error), field=f"line {line}: {name}", found=found) from error
        excluded = self.only is not None and texts[self.only[0]] != self.only[1]
        identifier = texts[self.id_column] if self.id_column else ""
        return arrival, prompt, output, identifier, excluded

    def block(self, rows: list[tuple[int, tuple[int, int, int, str, bool]]]) -> Block:
        """Return rows, each with its line, as a block."""
        lines = [line for line, _ in rows]
        arrival, prompt, output, ids, excluded = zip(*(row for _, row in rows), strict=True)
        has_arrivals = self.format.arrival is not None
        return Block(
            arrival_ns=np.array(arrival, dtype=np.int64) if has_arrivals else None,
            prompt_tokens=np.array(prompt, dtype=np.int64),
            output_tokens=np.array(output, dtype=np.int64),
            lines=np.array(lines, dtype=np.int64),
            ids=np.array(ids, dtype=object) if self.id_column else None,
            excluded=np.array(excluded, dtype=bool) if self.only else None,
        )

    def refuse_doubt(self) -> None:
        """Refuse a file whose commas may be decimal marks or separators of thousands."""
        if self.mark.doubtful is not None:
            line, text = self.mark.doubtful
            field = f"line {line}: {self.format.arrival}"
            rule = "must be written without commas: it may be a decimal or a number of thousands"
            raise InputError(rule, field=field, found=text)
