"""Documents: the rows of CSV, Markdown, JSON and JSON lines, each with its place."""

from __future__ import annotations

import csv
import io
import json
import re
from itertools import islice
from typing import TYPE_CHECKING, Any

from heuristics.errors import InputError
from heuristics.text_file import read_text
from instances.measurements.row import Row
from instances.strict_json import LARGEST_CONTAINERS, LARGEST_VALUES, unique_keys

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator

LARGEST_MEASUREMENTS = 2**26
"""The longest measurement file that is read, unpacked [bytes]."""

LARGEST_ROWS = 200_000
"""Largest number of rows of a file."""

_DELIMITERS = (",", ";", "\t")
_RULE = re.compile(r"^\|[\s:|-]+\|?$")


def read_rows(path: str | os.PathLike[str]) -> list[Row]:
    """Read the rows of a table.

    Parameters
    ----------
    path
        CSV with a header, Markdown with a table, a JSON object or list of objects, or JSON lines;
        gzip if the name ends in ``.gz``.

    Raises
    ------
    InputError
        If the file cannot be read, or holds no row.
    """
    text = read_text(path, largest=LARGEST_MEASUREMENTS)
    source = str(path)
    start = text.lstrip()[:1]
    try:
        if start in ("{", "["):
            _refuse_crowd(text)
            found = _json_rows(text, source)
        elif any(line.lstrip().startswith("|") for line in text.split("\n")):
            found = _markdown_rows(text, source)
        else:
            found = _csv_rows(text, source)
        rows = list(islice(found, LARGEST_ROWS + 1))
    except InputError as error:
        raise error if error.source else error.within(source) from error
    if len(rows) > LARGEST_ROWS:
        raise InputError(f"must hold at most {LARGEST_ROWS:,} rows", source=source, found="more")
    if not rows:
        raise InputError("must hold at least one row of measurements", source=source)
    return rows


def _csv_rows(text: str, source: str) -> Iterator[Row]:
    lines = text.splitlines()
    first = next((at for at, line in enumerate(lines) if line.strip()), 0)
    head = lines[first] if lines else ""
    delimiter = max(_DELIMITERS, key=head.count)
    try:
        table = csv.reader(
            io.StringIO("\n".join(lines[first:]), newline=""), delimiter=delimiter, strict=True
        )
        names = [each.strip() for each in next(table, [])]
        _refuse_repeated(names, f"line {first + 1}")
        for cells in table:
            if not any(each.strip() for each in cells):
                continue
            place = f"line {first + table.line_num}"
            if len(cells) != len(names):
                rule = f"must have {len(names)} cells, as the header has"
                raise InputError(rule, field=place, found=len(cells))
            values = (each.strip() for each in cells)
            yield Row(source=source, place=place, values=dict(zip(names, values, strict=True)))
    except csv.Error as error:
        raise InputError(f"must be CSV: {error}", field=f"line {first + 1}") from error


def _markdown_rows(text: str, source: str) -> Iterator[Row]:
    """Yield the rows of all tables of a Markdown text; other lines are skipped."""
    names: list[str] | None = None
    for number, line in enumerate(text.splitlines(), start=1):
        line = line.strip()
        if not line.startswith("|"):
            names = None if not line else names
            continue
        if _RULE.match(line):
            continue
        cells = [each.strip() for each in line.strip("|").split("|")]
        place = f"line {number}"
        if names is None or cells == names:
            names = cells
            _refuse_repeated(names, place)
            continue
        if len(cells) != len(names):
            rule = f"must have {len(names)} cells, as the head of its table has"
            raise InputError(rule, field=place, found=len(cells))
        yield Row(source=source, place=place, values=dict(zip(names, cells, strict=True)))


def _json_rows(text: str, source: str) -> Iterator[Row]:
    lines = text.split("\n")
    first = next(line for line in lines if line.strip())
    if first.lstrip().startswith("{") and _is_object(first):
        for number, line in enumerate(lines, start=1):
            if line.strip():
                yield _json_row(_parsed(line, f"line {number}"), source, f"line {number}")
        return
    document = _parsed(text, None)
    if isinstance(document, dict):
        yield _json_row(document, source, "item 1")
        return
    for number, each in enumerate(document, start=1):
        yield _json_row(each, source, f"item {number}")


def _is_object(line: str) -> bool:
    """Return True if the line alone is a JSON value: the file is JSON lines."""
    try:
        json.loads(line)
    except (ValueError, RecursionError):
        return False
    return True


def _parsed(text: str, place: str | None) -> Any:
    try:
        return json.loads(text, object_pairs_hook=unique_keys)
    except json.JSONDecodeError as error:
        where = place or f"line {error.lineno}"
        raise InputError(f"must be JSON: {error.msg}", field=where) from error
    except RecursionError as error:
        raise InputError("must not be nested this deep", field=place) from error
    except InputError as error:
        raise InputError(error.rule, field=place, found=error.field) from error
    except ValueError as error:  # an integer of more digits than Python converts
        raise InputError(f"must be JSON: {error}", field=place) from error


def _json_row(value: Any, source: str, place: str) -> Row:
    if not isinstance(value, dict):
        raise InputError("must be a table of keys and values", field=place, found=value)
    return Row(source=source, place=place, values=value)


def _refuse_crowd(text: str) -> None:
    """Refuse JSON of too many values before they are created."""
    counts = {
        "lists and objects": (text.count("[") + text.count("{"), LARGEST_CONTAINERS),
        "values": (text.count(",") + 1, LARGEST_VALUES),
    }
    for name, (found, largest) in counts.items():
        if found > largest:
            raise InputError(f"must hold at most {largest:,} {name}", found=found)


def _refuse_repeated(names: list[str], place: str) -> None:
    repeated = [each for each in names if each and names.count(each) > 1]
    if repeated:
        rule = "must have each column once"
        raise InputError(rule, field=place, found=f"{repeated[0]} twice")
