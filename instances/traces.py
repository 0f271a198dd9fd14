"""Traces of real requests: when each arrived, and how long its prompt and its output were."""

from __future__ import annotations

import csv
import io
import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from heuristics.errors import InputError
from heuristics.text_file import read_text
from instances.strict_json import unique_keys

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Iterable, Iterator

    from numpy.typing import NDArray

LARGEST_LENGTH = 10**9
"""The longest prompt or output that is read [tokens]."""

LARGEST_ARRIVAL_S = 5 * 10**9
"""The latest arrival that is read, and the latest date as seconds since 1970 [s]."""

LARGEST_TRACE, LARGEST_LINES, LONGEST_LINE = 2**27, 2_000_000, 2**20
"""The longest trace that is read [bytes], its most lines, and its longest line [characters]."""

_NANOSECONDS = 10**9
_TIMESTAMP = re.compile(
    r"(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d)?", re.ASCII
)
_DECIMAL = re.compile(r"\d+(\.\d*)?([eE][+-]?\d{1,3})?", re.ASCII)
_INTEGER = re.compile(r"\d{1,10}", re.ASCII)


@dataclass(frozen=True, kw_only=True, eq=False)
class Trace:
    """Requests in the order in which they arrived.

    Parameters
    ----------
    arrival_s
        Arrival after the first request of the trace, ascending, shape (I,) [s].
    prompt_tokens, output_tokens
        Lengths :math:`s_i` and :math:`n_i`, shape (I,) [tokens].
    """

    arrival_s: NDArray[np.float64]
    prompt_tokens: NDArray[np.int64]
    output_tokens: NDArray[np.int64]

    def __post_init__(self) -> None:
        for name in ("arrival_s", "prompt_tokens", "output_tokens"):
            array = np.array(getattr(self, name))
            array.setflags(write=False)
            object.__setattr__(self, name, array)

    @property
    def num_requests(self) -> int:
        """I, the number of requests."""
        return len(self.arrival_s)


def read_trace(path: str | os.PathLike[str]) -> Trace:
    """Read a trace of requests in one of three formats, gzipped where the name ends in ``.gz``.

    Parameters
    ----------
    path
        CSV with the columns of the Azure traces (``TIMESTAMP`` with up to 9 fractional digits,
        ``ContextTokens``, ``GeneratedTokens``) or with ``arrival_s``, ``prompt_tokens``,
        ``output_tokens``; or JSON lines as Mooncake has them (``timestamp`` in milliseconds,
        ``input_length``, ``output_length``). Other columns are ignored, rows may be in any order.

    Returns
    -------
    Trace
        Rows sorted by arrival; those of one arrival stay in the order of the file.

    Raises
    ------
    InputError
        If the file cannot be read, holds no request, or has a malformed row: the message names
        file, line, column, rule and the value found.

    Notes
    -----
    Arrivals are read as integers of nanoseconds, so their differences are exact to the last
    digit of the file, which a binary number of seconds since 1970 would not hold.

    References
    ----------
    Patel et al., "Splitwise", ISCA 2024 (the Azure trace of 2023). Qin et al., "Mooncake",
    FAST 2025.
    """
    text = read_text(path, largest=LARGEST_TRACE).removeprefix("\ufeff")
    _refuse_crowd(text, path)
    read_rows = _json_rows if text.lstrip()[:1] == "{" else _csv_rows
    try:
        rows = [_row(*each) for each in read_rows(text)]
        if not rows:
            raise InputError("must hold at least one request", found="none")
    except InputError as error:
        raise error.within(path) from error
    arrival, prompt_tokens, output_tokens = np.array(rows, dtype=np.int64).T
    order = np.argsort(arrival, kind="stable")
    return Trace(
        arrival_s=(arrival[order] - arrival[order[0]]) / _NANOSECONDS,
        prompt_tokens=prompt_tokens[order],
        output_tokens=output_tokens[order],
    )


def _refuse_crowd(text: str, path: str | os.PathLike[str]) -> None:
    """Refuse a text of too many or too long lines before any of them is read."""
    num_lines, longest = 0, 0
    for line in io.StringIO(text):
        num_lines, longest = num_lines + 1, max(longest, len(line))
    if num_lines > LARGEST_LINES:
        rule = f"must have at most {LARGEST_LINES} lines"
        raise InputError(rule, source=path, found=num_lines)
    if longest > LONGEST_LINE:
        rule = f"must have lines of at most {LONGEST_LINE} characters"
        raise InputError(rule, source=path, found=longest)


def _timestamp(text: str) -> int:
    """Return a date and time as nanoseconds since 1970."""
    match = _TIMESTAMP.fullmatch(text)
    if match is None:
        raise ValueError("must be a time like 2023-11-16 18:17:03.9799600")
    date, time, fraction, zone = match.groups()
    second = _second(date, time, zone)
    if not 0 <= second <= LARGEST_ARRIVAL_S:
        raise ValueError("must be a time of the years 1970 to 2128")
    return second * _NANOSECONDS + int((fraction or "").ljust(9, "0"))


@lru_cache(maxsize=4096)  # bursts: many requests arrive within one second
def _second(date: str, time: str, zone: str | None) -> int:
    moment = datetime.fromisoformat(f"{date}T{time}{zone or ''}")
    return int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp())


def _seconds(text: str, per_second: int = 1) -> int:
    """Return a decimal number of seconds as nanoseconds, further digits dropped."""
    if _DECIMAL.fullmatch(text) is None:
        raise ValueError("must be a decimal number of at least 0")
    value = Decimal(text) / per_second
    if value > LARGEST_ARRIVAL_S:
        raise ValueError(f"must be at most {LARGEST_ARRIVAL_S} s")
    return int(value * _NANOSECONDS)


def _milliseconds(text: str) -> int:
    return _seconds(text, 1000)


def _length(text: str) -> int:
    if _INTEGER.fullmatch(text) is None or int(text) > LARGEST_LENGTH:
        raise ValueError(f"must be an integer of 0..{LARGEST_LENGTH} tokens")
    return int(text)


_Columns = tuple[tuple[str, "Callable[[str], int]"], ...]
"""Arrival [ns], prompt and output length [tokens]: the column's name and what reads it."""

_CSV_FORMATS: tuple[_Columns, ...] = (
    (("TIMESTAMP", _timestamp), ("ContextTokens", _length), ("GeneratedTokens", _length)),
    (("arrival_s", _seconds), ("prompt_tokens", _length), ("output_tokens", _length)),
)
_JSON_FORMAT: _Columns = (
    ("timestamp", _milliseconds),
    ("input_length", _length),
    ("output_length", _length),
)


def _row(line: int, columns: _Columns, texts: Iterable[str]) -> list[int]:
    row = []
    for (name, read), text in zip(columns, texts, strict=True):
        try:
            row.append(read(text))
        except ValueError as error:
            raise InputError(str(error), field=f"line {line}: {name}", found=text) from error
    return row


def _csv_rows(text: str) -> Iterator[tuple[int, _Columns, list[str]]]:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        header = [name.strip() for name in next(reader, [])]
        columns = _format_of(header)
        places = [header.index(name) for name, _ in columns]
        for row in reader:
            if row and len(row) != len(header):
                rule = f"must have {len(header)} values, one for each column"
                raise InputError(rule, field=f"line {reader.line_num}", found=len(row))
            if row:
                yield reader.line_num, columns, [row[place].strip() for place in places]
    except csv.Error as error:
        raise InputError(f"must be CSV: {error}", field=f"line {reader.line_num}") from error


def _format_of(header: list[str]) -> _Columns:
    for columns in _CSV_FORMATS:
        if all(header.count(name) == 1 for name, _ in columns):
            return columns
    known = " or ".join(",".join(name for name, _ in columns) for columns in _CSV_FORMATS)
    raise InputError(
        f"must have the columns {known}, each once", field="line 1", found=",".join(header)
    )


class _Number(str):
    """A number of a JSON document, its digits as written."""


def _json_rows(text: str) -> Iterator[tuple[int, _Columns, list[str]]]:
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            document = _json_object(line, number)
            yield number, _JSON_FORMAT, [document[name] for name, _ in _JSON_FORMAT]


def _json_object(line: str, number: int) -> dict[str, Any]:
    field = f"line {number}"
    try:
        document = json.loads(
            line,
            object_pairs_hook=unique_keys,
            parse_int=_Number,
            parse_float=_Number,
            parse_constant=_Number,
        )
    except json.JSONDecodeError as error:
        raise InputError(f"must be JSON: {error.msg}", field=field, found=line) from error
    except InputError as error:
        field = f"{field}: {error.field}"
        raise InputError(error.rule, field=field, found=error.found) from error
    except RecursionError as error:
        raise InputError("must not be nested this deep", field=field) from error
    if not isinstance(document, dict):
        raise InputError("must be an object", field=field, found=line)
    for name, _ in _JSON_FORMAT:
        if not isinstance(document.get(name), _Number):
            found = document.get(name, "no such key")
            raise InputError("must be a number", field=f"{field}: {name}", found=found)
    return document
