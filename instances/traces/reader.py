"""The reader: one function for trace files of every format."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from heuristics.errors import InputError
from instances.traces import formats, stream
from instances.traces.announcement import announce
from instances.traces.cells import Cells
from instances.traces.csv_rows import DELIMITERS, csv_blocks, header
from instances.traces.json_rows import json_blocks, json_object
from instances.traces.reading import Reading
from instances.traces.servegen import dataset_of, is_servegen, refuse_other, servegen_blocks
from instances.traces.summary import Summary
from instances.traces.trace import Trace
from instances.traces.units import NANOSECONDS, Unit, readings
from instances.traces.values import TOO_LATE
from instances.traces.window import Window, collect

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator

    from instances.traces.block import Block, Skipped
    from instances.traces.formats import Format

LARGEST_CLEAR_RATE = 200.0
"""Mean rate above which Mooncake's keys in milliseconds are doubted [1/s]: its traces have 3."""

_DRAWN, _SAMPLED = 21, 22
_MOONCAKE = "mooncake"


def read_trace(
    path: str | os.PathLike[str],
    reading: Reading | None = None,
    *,
    window: Window | None = None,
    seed: int = 0,
) -> Trace:
    """Read a trace of any format of :data:`instances.traces.formats.FORMATS`, or of ServeGen.

    Parameters
    ----------
    path
        CSV or JSON lines; gzip if the name ends in ``.gz``, Zstandard if in ``.zst``. Further
        columns are ignored, and rows may be in any order.
    reading
        Choices of the user; None for none.
    window
        Part of the trace to take; None for the whole.
    seed
        Seed of whatever is drawn: sampling, arrivals of lengths without arrivals, and the
        requests of ServeGen.

    Returns
    -------
    Trace
        Requests sorted by arrival; those of one arrival stay in the order of the file.

    Raises
    ------
    InputError
        If the file cannot be read, holds no request, does not settle its time unit, or has a
        malformed row: the message names file, line, column, rule and the value found.

    Notes
    -----
    Arrivals are integers of nanoseconds, so their differences are exact to the last digit of the
    file, which a binary number of seconds since 1970 would not hold. Rows of 0 prompt or output
    tokens are skipped and counted. Memory follows the window, not the file.
    """
    reading = reading or Reading()
    window = window or Window()
    dataset = dataset_of(path)
    key = _state(path) if dataset is None else (*_state(path), *_state(dataset))
    is_drawn = dataset or reading.sample or reading.rate_per_s
    trace = _read(str(path), key, reading, window, seed if is_drawn else 0)
    announce(trace.summary.line)
    return trace


def _state(path: str | os.PathLike[str]) -> tuple[int, ...]:
    """Return numbers that change when a file is written again."""
    try:
        status = Path(path).stat()
    except (OSError, ValueError):
        return (0, 0, 0)
    return (status.st_mtime_ns, status.st_size, status.st_ino)


@lru_cache(maxsize=1)  # seeds and grids of one command read the same trace again
def _read(path: str, key: tuple[int, ...], reading: Reading, window: Window, seed: int) -> Trace:
    try:
        refuse_other(path)
        return _File.opened(path, reading, seed).trace(window)
    except InputError as error:
        raise error if error.source else error.within(path) from error


@dataclass
class _File:
    """A trace file whose format is known.

    Parameters
    ----------
    path
        Path of the file.
    reading
        Choices of the user.
    seed
        Seed of the draws.
    chosen
        Format; None for ServeGen.
    names, delimiter
        Names of the columns, and the character between them; None for JSON lines.
    unit
        Unit of arrivals that are numbers; None if nothing settles it.
    """

    path: str
    reading: Reading
    seed: int
    chosen: Format | None
    names: tuple[str, ...] = ()
    delimiter: str | None = None
    unit: Unit | None = None

    @classmethod
    def opened(cls, path: str, reading: Reading, seed: int) -> _File:
        """Return a file with the format that its first line has."""
        first = next((block for _, block in stream.blocks(path)), b"").decode()
        line = first.split("\n", 1)[0]
        start = first.lstrip()[:1]
        if start == "[":
            rule = "must be JSON lines, an object a line, or CSV with a header"
            raise InputError(rule, field="line 1", found=line)
        if start == "{":
            names, chosen = _of_json(first, reading)
            found = cls(path, reading, seed, chosen, names)
        elif reading.columns is None and is_servegen(line):
            found = cls(path, reading, seed, None)
        else:
            names, chosen, delimiter = _of_csv(line, reading)
            found = cls(path, reading, seed, chosen, names, delimiter)
        found.settle_unit()
        return found

    def settle_unit(self) -> None:
        """Settle the unit by the format or by the user, and refuse choices that do not apply."""
        chosen, reading = self.chosen, self.reading
        has_arrivals = chosen is None or chosen.arrival is not None
        if not has_arrivals and reading.rate_per_s is None:
            rule = "must be given, as the trace has lengths without arrivals: --set rate_per_s=R"
            raise InputError(rule, field="rate_per_s")
        if has_arrivals and reading.rate_per_s is not None:
            rule = "must be left out, as the trace has arrivals; rate_scale=X scales their rate"
            raise InputError(rule, field="rate_per_s", found=reading.rate_per_s)
        given = reading.time_unit
        fixed = None if chosen is None or chosen.name == _MOONCAKE else chosen.unit
        is_numeric = chosen is not None and has_arrivals and chosen.is_dated is not True
        if given is not None and not is_numeric:
            rule = "must be left out, as no column of numbers has the arrivals"
            raise InputError(rule, field="time_unit", found=given.value)
        if given is not None and fixed is not None and given is not fixed:
            rule = (
                f"must be {fixed.value}, the unit of the format {chosen.name if chosen else ''};"
                " --set columns=arrival:prompt:output reads the file as another format"
            )
            raise InputError(rule, field="time_unit", found=given.value)
        self.unit = given or (chosen.unit if chosen else None)

    def trace(self, window: Window) -> Trace:
        """Return the requests of a window."""
        if self._is_unsettled():
            self._ask()
        summary = self._summary()
        collected = collect(self._requests, window, summary)
        if self._is_doubtful(summary):
            self._ask()
        rows = collected.requests
        assert rows.arrival_ns is not None
        summary.num_taken = rows.num_rows
        summary.read_as = self._read_as()
        return Trace(
            arrival_ns=rows.arrival_ns - summary.first_ns,
            prompt_tokens=rows.prompt_tokens,
            output_tokens=rows.output_tokens,
            ids=rows.ids,
            summary=summary,
            digest=collected.digest,
        )

    def _blocks(self) -> Iterator[Block]:
        """Yield the rows of the file; arrivals in numbers of seconds where no unit is settled."""
        if self.chosen is None:
            text = b"".join(block for _, block in stream.blocks(self.path)).decode()
            yield from servegen_blocks(self.path, text, self.seed)
            return
        self.cells = Cells(self.chosen, self.unit or Unit.S, self.names)
        data = stream.blocks(self.path)
        if self.delimiter is None:
            yield from json_blocks(data, self.cells)
        else:
            yield from csv_blocks(_after_header(data), self.cells, self.names, self.delimiter)
        self.cells.refuse_doubt()

    def _requests(self, skipped: Skipped) -> Iterator[Block]:
        """Yield requests with arrivals, scaled and sampled as the user chose."""
        chosen, reading = self.chosen, self.reading
        draw_arrivals = _Drawn(self.seed, reading.rate_per_s)
        scale, sample = _Scale(reading.rate_scale), _Sample(self.seed, reading.sample)
        exclusion, failure = (
            ("", "0 output tokens") if chosen is None else (chosen.exclusion, chosen.failure)
        )
        for rows in self._blocks():
            block = skipped.requests(rows, exclusion=exclusion, failure=failure)
            if block.arrival_ns is None:
                block = draw_arrivals(block)
            yield sample(scale(block))

    def _is_unsettled(self) -> bool:
        """Return True if arrivals are numbers whose unit nothing settles."""
        chosen = self.chosen
        if chosen is None or chosen.arrival is None or chosen.is_dated or self.unit is not None:
            return False
        if chosen.is_dated is None:
            try:
                next(self._blocks(), None)
            except InputError as error:
                if not _is_too_late(error):
                    raise
            return not self.cells.is_dated
        return True

    def _is_doubtful(self, summary: Summary) -> bool:
        """Return True if Mooncake's keys may hide another unit than its milliseconds."""
        reading = self.reading
        if self.chosen is None or self.chosen.name != _MOONCAKE or reading.time_unit is not None:
            return False
        if self.cells.has_fraction or self.cells.has_short_blocks:
            return True
        factor = (reading.rate_scale or 1) * (reading.sample or 1)
        limit = LARGEST_CLEAR_RATE * factor
        return summary.span_s > 0 and (summary.num_requests - 1) / summary.span_s > limit

    def _ask(self) -> None:
        """Refuse the file with its rate under each time unit; pass if the unit does not matter."""
        assert self.chosen is not None
        for unit in Unit:
            self.unit = unit
            counted = Summary(source=self.path, read_as="")
            try:
                for rows in self._blocks():
                    requests = counted.skipped.requests(
                        rows, exclusion=self.chosen.exclusion, failure=self.chosen.failure
                    )
                    counted.add(requests)
            except InputError as error:
                if unit is Unit.NS or not _is_too_late(error):
                    raise
            else:
                break
        span = (counted.last_ns - counted.first_ns) / unit.nanoseconds
        if span == 0:
            self.unit = self.chosen.unit or Unit.S
            return
        rule = (
            "must have its time unit stated, as the file does not settle it:"
            f" {readings(counted.num_requests, span)}; say --set time_unit=s|ms|us|ns"
        )
        raise InputError(rule, field=self.chosen.arrival)

    def _summary(self) -> Summary:
        remarks = [] if self.chosen is None or not self.chosen.remark else [self.chosen.remark]
        reading = self.reading
        if reading.rate_scale is not None:
            remarks.append(f"times divided by rate_scale={reading.rate_scale:g}")
        if reading.sample is not None:
            remarks.append(f"sample={reading.sample:g} of the requests kept by seed {self.seed}")
        return Summary(source=self.path, read_as=formats.SERVEGEN, remarks=remarks)

    def _read_as(self) -> str:
        """Return the format and the unit in words."""
        chosen = self.chosen
        if chosen is None:
            return f"{formats.SERVEGEN}, drawn from its windows by seed {self.seed}"
        if chosen.arrival is None:
            rate = self.reading.rate_per_s or 0
            return f"{chosen.name}, arrivals drawn at {rate:g}/s by seed {self.seed}"
        if self.cells.is_dated:
            return f"{chosen.name}, {chosen.arrival} as date-times"
        return f"{chosen.name}, {chosen.arrival} in {(self.unit or Unit.S).plural}"


class _Drawn:
    """Arrivals of a Poisson process, in the order of the rows."""

    def __init__(self, seed: int, rate_per_s: float | None) -> None:
        self._rng = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(_DRAWN,)))
        self._mean_s = 1 / rate_per_s if rate_per_s else 0.0
        self._last_ns = 0

    def __call__(self, block: Block) -> Block:
        if not block.num_rows:
            return block
        gaps = np.rint(self._rng.exponential(self._mean_s, block.num_rows) * NANOSECONDS)
        arrivals = self._last_ns + np.cumsum(gaps.astype(np.int64))
        self._last_ns = int(arrivals[-1])
        return replace(block, arrival_ns=arrivals)


class _Scale:
    """Times since the first row, divided by a factor."""

    def __init__(self, factor: float | None) -> None:
        self._factor = factor
        self._first_ns: int | None = None

    def __call__(self, block: Block) -> Block:
        if self._factor is None or not block.num_rows or block.arrival_ns is None:
            return block
        if self._first_ns is None:
            self._first_ns = int(block.arrival_ns[0])
        since = (block.arrival_ns - self._first_ns) / self._factor
        return replace(block, arrival_ns=np.rint(since).astype(np.int64))


class _Sample:
    """Requests that are kept with a probability, by seed and place in the file."""

    def __init__(self, seed: int, share: float | None) -> None:
        self._share = share
        self._rng = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(_SAMPLED,)))

    def __call__(self, block: Block) -> Block:
        if self._share is None:
            return block
        return block.taken(self._rng.random(block.num_rows) < self._share)


def _is_too_late(error: InputError) -> bool:
    return error.rule == TOO_LATE


def _after_header(data: Iterator[tuple[int, bytes]]) -> Iterator[tuple[int, bytes]]:
    """Yield the lines after the first."""
    line, block = next(data)
    rest = block[block.find(b"\n") + 1 :] if b"\n" in block else b""
    return itertools.chain([(line + 1, rest)] if rest else [], data)


def _of_json(text: str, reading: Reading) -> tuple[tuple[str, ...], Format]:
    lines = enumerate(text.split("\n"), start=1)
    line, first = next((line, each) for line, each in lines if each.strip())
    names = tuple(json_object(first, line))
    field = f"line {line}"
    formats.refuse_session(names, field=field)
    if reading.columns is not None:
        return names, formats.format_of_columns(reading.columns, names, field=field)
    return names, formats.format_of(names, field=field)


def _of_csv(line: str, reading: Reading) -> tuple[tuple[str, ...], Format, str]:
    errors = []
    for delimiter in DELIMITERS:
        try:
            names = header(line, delimiter)
        except InputError as error:
            errors.append((-1, error))
            continue
        try:
            if reading.columns is not None:
                chosen = formats.format_of_columns(reading.columns, names, field="line 1")
            else:
                chosen = formats.format_of(names, field="line 1")
        except InputError as error:
            errors.append((len(names), error))
        else:
            return names, chosen, delimiter
    raise max(errors, key=lambda each: each[0])[1]
