"""Rows of CSV files: by columns where a block allows it, row by row elsewhere."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

from heuristics.errors import InputError
from instances.traces.arrow_columns import fast_block

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from instances.traces.block import Block
    from instances.traces.cells import Cells

DELIMITERS = (",", ";", "\t", "|")
"""Delimiters that are tried on the header, in this order."""

_ROWS_AT_ONCE = 50_000


def header(line: str, delimiter: str) -> tuple[str, ...]:
    """Return the column names of a header.

    Raises
    ------
    InputError
        If the line is no CSV.
    """
    try:
        row = next(csv.reader([line.rstrip("\r\n")], strict=True, delimiter=delimiter), [])
    except csv.Error as error:
        told = "a carriage return stands inside the line" if "\r" in line.rstrip() else error
        raise InputError(f"must be CSV: {told}", field="line 1") from error
    return tuple(name.strip() for name in row)


def csv_blocks(
    data: Iterator[tuple[int, bytes]], cells: Cells, names: tuple[str, ...], delimiter: str
) -> Iterator[Block]:
    """Yield the rows of a CSV file after its header.

    Parameters
    ----------
    data
        Whole lines, a block at a time, each with the number of its first line.
    cells
        Reader of the values.
    names
        Column names of the header.
    delimiter
        Character between values.

    Raises
    ------
    InputError
        If a row is malformed: the message names line, column, rule and the value found.

    Notes
    -----
    A block without quotes, blank lines and other oddities is parsed by pyarrow. Any other block
    is read row by row, with the same result; from the first quote on, the rest of the file is,
    since a quoted value may hold line breaks.
    """
    for line, block in data:
        if b'"' in block:
            yield from _row_blocks(_lines(line, block, data), line, cells, names, delimiter)
            return
        fast = fast_block(block, line, cells, names, delimiter)
        if fast is not None:
            yield fast
        else:
            lines = io.StringIO(block.decode(), newline=None)
            yield from _row_blocks(lines, line, cells, names, delimiter)


def _lines(line: int, block: bytes, data: Iterator[tuple[int, bytes]]) -> Iterator[str]:
    yield from io.StringIO(block.decode(), newline=None)
    for _, later in data:
        yield from io.StringIO(later.decode(), newline=None)


def _row_blocks(
    lines: Iterable[str], first: int, cells: Cells, names: tuple[str, ...], delimiter: str
) -> Iterator[Block]:
    places = {name: names.index(name) for name in cells.columns}
    rows = []
    for line, row in _rows(lines, first, len(names), delimiter):
        texts = {name: row[place].strip() for name, place in places.items()}
        rows.append((line, cells.row(line, texts)))
        if len(rows) == _ROWS_AT_ONCE:
            yield cells.block(rows)
            rows = []
    if rows:
        yield cells.block(rows)


def _rows(
    lines: Iterable[str], first: int, width: int, delimiter: str
) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(lines, strict=True, delimiter=delimiter)
    try:
        for row in reader:
            if row and len(row) != width:
                rule = f"must have {width} values, one for each column"
                raise InputError(rule, field=f"line {first + reader.line_num - 1}", found=len(row))
            if row:
                yield first + reader.line_num - 1, row
    except csv.Error as error:
        field = f"line {first + max(reader.line_num, 1) - 1}"
        raise InputError(f"must be CSV: {error}", field=field) from error
