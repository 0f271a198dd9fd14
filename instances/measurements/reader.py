"""The reader: measurements of one device and LLM from files of every format."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from heuristics.errors import InputError
from instances.measurements.choice import chosen, refuse_mixture
from instances.measurements.consistency import refuse_contradictions
from instances.measurements.documents import read_rows
from instances.measurements.formats import format_of
from instances.measurements.measurement import LeftOut, Measurement

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from os import PathLike

    from instances.measurements.format import Format
    from instances.measurements.row import Row


@dataclass(frozen=True, kw_only=True)
class Measurements:
    """Measurements of one device, LLM and engine.

    Parameters
    ----------
    paths
        Paths of the files.
    formats
        Names of the formats that the files have.
    kept
        Measurements, in the order of the files.
    left_out
        Rows that are not used, each with its reason.
    logs
        Rows of request logs by file, for a replay.
    """

    paths: tuple[str, ...]
    formats: tuple[str, ...]
    kept: tuple[Measurement, ...]
    left_out: tuple[LeftOut, ...]
    logs: Mapping[str, tuple[Row, ...]]

    @property
    def identity(self) -> dict[str, str]:
        """Device, LLM, quantization, engine and number of devices, as far as stated."""
        found: dict[str, str] = {}
        for each in self.kept:
            found = dict(each.identity) | found
        return found


LARGEST_TAKEN = 20_000
"""Largest number of rows that are fitted together."""

REQUEST_LOG = "LLMServingSim, measured requests"


def read_measurements(
    paths: Sequence[str | PathLike[str]], settings: Mapping[str, str] | None = None
) -> Measurements:
    """Read measurement files of any format of :data:`instances.measurements.formats.FORMATS`.

    Parameters
    ----------
    paths
        Paths of the files: CSV, Markdown, JSON or JSON lines, plain or gzipped.
    settings
        Columns with the value of the rows to take; and names that the files do not state, such as
        ``engine``, with their value.

    Raises
    ------
    InputError
        If a file cannot be read, has no known format or a malformed row, if the rows are of several
        devices, LLMs, engines or options, if two rows contradict each other, or if no row is left:
        the message names file, row, rule and the value found.
    """
    rows = [row for path in dict.fromkeys(map(str, paths)) for row in read_rows(path)]
    if not rows:
        raise InputError("must name at least one file", field="files")
    _formats(rows)
    taken = chosen(rows, settings or {})
    if len(taken) > LARGEST_TAKEN:
        rule = f"must be at most {LARGEST_TAKEN:,} rows, chosen by --set COLUMN=VALUE"
        raise InputError(rule, source=taken[0].source, found=len(taken))
    grouped = _formats(taken)
    kept: list[Measurement] = []
    left_out: list[LeftOut] = []
    for form, listed in grouped.values():
        for entry in form.measure(form, listed):
            if isinstance(entry, Measurement):
                kept.append(entry)
            else:
                left_out.append(entry)
    refuse_mixture(kept)
    if not kept:
        raise _nothing_left(rows[0].source, left_out)
    refuse_contradictions([each for each in kept if each.is_batch])
    logs: dict[str, list[Row]] = {}
    for row in grouped[REQUEST_LOG][1] if REQUEST_LOG in grouped else ():
        logs.setdefault(row.source, []).append(row)
    return Measurements(
        paths=tuple(dict.fromkeys(map(str, paths))),
        formats=tuple(grouped),
        kept=tuple(kept),
        left_out=tuple(left_out),
        logs={source: tuple(listed) for source, listed in logs.items()},
    )


def _formats(rows: Sequence[Row]) -> dict[str, tuple[Format, list[Row]]]:
    """Return the rows of each format."""
    known: dict[tuple[str, ...], Format] = {}
    grouped: dict[str, tuple[Format, list[Row]]] = {}
    for row in rows:
        columns = tuple(row.values)
        if columns not in known:
            known[columns] = format_of(row)
        form = known[columns]
        grouped.setdefault(form.name, (form, []))[1].append(row)
    return grouped


def _nothing_left(source: str, left_out: Sequence[LeftOut]) -> InputError:
    """Return the error of files all of whose rows are left out, by the first reason."""
    if not left_out:
        return InputError("must hold a measurement of prefill or of decoding alone", source=source)
    first = left_out[0]
    rule = f"must hold at least one row to use, found {len(left_out)} to leave out: {first.reason}"
    return InputError(rule, source=first.source, field=first.place)
