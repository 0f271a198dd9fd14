"""Columns of a block of CSV, parsed at once by pyarrow; the same values as row by row."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from instances.traces.block import Block
from instances.traces.units import NANOSECONDS
from instances.traces.values import DATE_TIME, LARGEST_ARRIVAL_S, LARGEST_LENGTH, ZONE

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from instances.traces.cells import Cells
    from instances.traces.units import Unit

_INTEGER = r"^[0-9]{1,10}$"
_NUMBER = r"^(?P<whole>[0-9]{1,19})(?:\.(?P<part>[0-9]*))?$"
_DATE_TIME = "^" + DATE_TIME.replace(r"\d", "[0-9]")
_ZONE = ZONE.replace(r"\d", "[0-9]")


def fast_block(
    data: bytes, line: int, cells: Cells, names: tuple[str, ...], delimiter: str
) -> Block | None:
    """Return the rows of a block; None if it must be read row by row.

    Parameters
    ----------
    data
        Whole lines without quotes.
    line
        Number of the first line.
    cells
        Reader of the values: its unit is used, its checks of the whole file are kept.
    names
        Column names of the header.
    delimiter
        Character between values.

    Notes
    -----
    The result is None wherever pyarrow might be more lenient than the reader of single rows, and
    wherever a value breaks a rule: the other reader then finds the line and says what is wrong.
    """
    if data.count(b"\r") != data.count(b"\r\n") or b"\n\n" in data or b"\n\r\n" in data:
        return None
    if data[:1] in (b"\n", b"\r"):
        return None
    table = _table(data, cells, names, delimiter)
    if table is None:
        return None
    columns = {
        name: table.column(f"c{names.index(name)}").combine_chunks() for name in cells.columns
    }
    arrival = None
    if cells.format.arrival is not None:
        arrival = _arrivals(columns[cells.format.arrival], cells)
        if arrival is None:
            return None
    prompt = _lengths(columns[cells.format.prompt])
    output = _lengths(columns[cells.format.output])
    if prompt is None or output is None or not _all_one(columns, cells):
        return None
    return Block(
        arrival_ns=arrival,
        prompt_tokens=prompt,
        output_tokens=output,
        lines=np.arange(line, line + len(prompt), dtype=np.int64),
        ids=_texts(columns[cells.id_column]) if cells.id_column else None,
        excluded=_texts(columns[cells.only[0]]) != cells.only[1] if cells.only else None,
    )


def _table(data: bytes, cells: Cells, names: tuple[str, ...], delimiter: str) -> Any:
    import pyarrow as pa
    from pyarrow import csv

    wanted = [f"c{names.index(name)}" for name in cells.columns]
    try:
        return csv.read_csv(
            pa.BufferReader(data),
            read_options=csv.ReadOptions(
                column_names=[f"c{place}" for place in range(len(names))],
                block_size=len(data) + 1,
                use_threads=False,
            ),
            parse_options=csv.ParseOptions(delimiter=delimiter, quote_char=False),
            convert_options=csv.ConvertOptions(
                include_columns=wanted,
                column_types=dict.fromkeys(wanted, pa.string()),
                strings_can_be_null=False,
            ),
        )
    except pa.ArrowInvalid:
        return None


def _all_match(column: Any, pattern: str) -> bool:
    import pyarrow.compute as pc

    return bool(pc.all(pc.match_substring_regex(column, pattern), min_count=0).as_py())


def _lengths(column: Any) -> NDArray[np.int64] | None:
    import pyarrow as pa

    if not _all_match(column, _INTEGER):
        return None
    found: NDArray[np.int64] = column.cast(pa.int64()).to_numpy()
    return None if found.size and found.max() > LARGEST_LENGTH else found


def _arrivals(column: Any, cells: Cells) -> NDArray[np.int64] | None:
    if cells.is_dated is None:
        return None  # the first row tells, and is read alone
    return _date_times(column, cells) if cells.is_dated else _numbers(column, cells)


def _date_times(column: Any, cells: Cells) -> NDArray[np.int64] | None:
    import pyarrow as pa

    if _all_match(column, f"{_DATE_TIME}$"):
        is_zoned, kind = False, pa.timestamp("ns")
    elif _all_match(column, f"{_DATE_TIME}{_ZONE}$"):
        is_zoned, kind = True, pa.timestamp("ns", "UTC")
    else:
        return None
    if not cells.agrees(is_zoned=is_zoned):
        return None
    try:
        moments: NDArray[np.int64] = column.cast(kind).cast(pa.int64()).to_numpy()
    except pa.ArrowInvalid:
        return None
    return moments if _in_range(moments) else None


def _numbers(column: Any, cells: Cells) -> NDArray[np.int64] | None:
    import pyarrow as pa
    import pyarrow.compute as pc

    matched = pc.extract_regex(column, _NUMBER)
    if matched.null_count:
        return None
    whole, part = pc.struct_field(matched, "whole"), pc.struct_field(matched, "part")
    if _all_match(column, "^[0-9]+$"):
        part = None
    elif not cells.mark.note_points():
        return None
    else:
        cells.has_fraction = True
    try:
        units: NDArray[np.int64] = whole.cast(pa.int64()).to_numpy()
    except pa.ArrowInvalid:
        return None
    factor = cells.unit.nanoseconds
    if units.size and units.max() > LARGEST_ARRIVAL_S * NANOSECONDS // factor:
        return None
    moments = units * factor
    if part is not None:
        moments = moments + _fractions(part, cells.unit)
    return moments if _in_range(moments) else None


def _fractions(part: Any, unit: Unit) -> NDArray[np.int64] | int:
    """Return the digits after the point as nanoseconds, further digits dropped."""
    import pyarrow as pa
    import pyarrow.compute as pc

    digits = len(str(unit.nanoseconds)) - 1
    if digits == 0:
        return 0
    padded = pc.utf8_rpad(pc.fill_null(part, ""), digits, "0")
    found: NDArray[np.int64] = (
        pc.utf8_slice_codeunits(padded, 0, digits).cast(pa.int64()).to_numpy()
    )
    return found


def _in_range(moments: NDArray[np.int64]) -> bool:
    largest = LARGEST_ARRIVAL_S * NANOSECONDS
    return not moments.size or bool(moments.min() >= 0 and moments.max() <= largest)


def _all_one(columns: dict[str, Any], cells: Cells) -> bool:
    return cells.one is None or _all_match(columns[cells.one], "^1$")


def _texts(column: Any) -> NDArray[np.object_]:
    found: NDArray[np.object_] = column.to_numpy(zero_copy_only=False)
    return found
