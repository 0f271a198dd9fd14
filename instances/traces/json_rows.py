"""Rows of JSON lines: an object a line, numbers by the digits as written."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from heuristics.errors import InputError
from instances.strict_json import unique_keys
from instances.traces.formats import refuse_session
from instances.traces.values import is_date_time

if TYPE_CHECKING:
    from collections.abc import Iterator

    from instances.traces.block import Block
    from instances.traces.cells import Cells
    from instances.traces.formats import Format

_ROWS_AT_ONCE = 50_000


class Number(str):
    """A number of a JSON document, its digits as written."""


def json_blocks(data: Iterator[tuple[int, bytes]], cells: Cells) -> Iterator[Block]:
    """Yield the rows of a file of JSON lines.

    Parameters
    ----------
    data
        Whole lines, a block at a time, each with the number of its first line.
    cells
        Reader of the values.

    Raises
    ------
    InputError
        If a line is malformed: the message names line, key, rule and the value found.
    """
    rows = []
    for first, block in data:
        for line, text in enumerate(block.decode().split("\n"), start=first):
            if text.strip():
                document = json_object(text, line)
                _refuse_other_format(document, cells.format, line)
                texts = _texts(document, cells, line)
                row = cells.row(line, texts)
                cells.note_blocks(document.get("hash_ids"), row[1])
                rows.append((line, row))
        while len(rows) >= _ROWS_AT_ONCE:
            yield cells.block(rows[:_ROWS_AT_ONCE])
            rows = rows[_ROWS_AT_ONCE:]
    if rows:
        yield cells.block(rows)


def json_object(text: str, line: int) -> dict[str, Any]:
    """Return the object of a line.

    Raises
    ------
    InputError
        If the line is no JSON object.
    """
    field = f"line {line}"
    try:
        document = json.loads(
            text,
            object_pairs_hook=unique_keys,
            parse_int=Number,
            parse_float=Number,
            parse_constant=Number,
        )
    except json.JSONDecodeError as error:
        raise InputError(f"must be JSON: {error.msg}", field=field, found=text) from error
    except InputError as error:
        field = f"{field}: {error.field}"
        raise InputError(error.rule, field=field, found=error.found) from error
    except RecursionError as error:
        raise InputError("must not be nested this deep", field=field) from error
    if not isinstance(document, dict):
        raise InputError("must be an object", field=field, found=text)
    return document


def _refuse_other_format(document: dict[str, Any], chosen: Format, line: int) -> None:
    """Refuse a line of another format: its clock may be another."""
    refuse_session(list(document), field=f"line {line}")
    for name in chosen.lacks:
        if name in document:
            rule = f"must be in no line of the format {chosen.name}, or in every line"
            raise InputError(rule, field=f"line {line}: {name}", found=document[name])
    for name in chosen.marks:
        if name not in document:
            rule = f"must be in every line of the format {chosen.name}"
            raise InputError(rule, field=f"line {line}: {name}", found="no such key")


def _texts(document: dict[str, Any], cells: Cells, line: int) -> dict[str, str]:
    texts = {}
    for name in cells.columns:
        value = document.get(name, "no such key")
        if name == cells.id_column:
            texts[name] = str(document.get(name, ""))
        elif isinstance(value, Number) or _is_moment(value, name, cells):
            texts[name] = value
        else:
            rule = "must be a number"
            raise InputError(rule, field=f"line {line}: {name}", found=value)
    return texts


def _is_moment(value: object, name: str, cells: Cells) -> bool:
    """Return True for a date-time in the column of arrivals, where the format may have them."""
    return (
        name == cells.format.arrival
        and cells.is_dated is not False
        and isinstance(value, str)
        and is_date_time(value)
    )
