"""Traces of requests that are fuzzed, and an independent reading of each format."""

import csv
import gzip
import io
import json
import re
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path

import pyarrow as pa

from instances.traces.excerpt import EXCERPT
from instances.traces.reader import read_trace
from instances.traces.reading import Columns, Reading
from instances.traces.units import Unit
from instances.traces.window import Window
from tests.fuzzing.agreement import same
from tests.fuzzing.format import Format
from tests.helpers.mutators import mutated_bytes, mutated_lines

ROWS = range(20)

# The columns of arrival and lengths, and nanoseconds of a unit of the arrival; None: date-times.
READINGS = (
    ("TIMESTAMP", "ContextTokens", "GeneratedTokens", None),
    ("arrival_s", "prompt_tokens", "output_tokens", 10**9),
    ("arrived_at", "num_prefill_tokens", "num_decode_tokens", 10**9),
    ("Timestamp", "Request tokens", "Response tokens", 10**9),
    ("arrival_timestamp", "prompt_size", "token_size", 10**9),
    ("arrival_time_ns", "input_toks", "output_toks", 1),
    ("arrival_time", "input_toks", "output_toks", 10**9),
    ("timestamp", "input_length", "output_length", 10**6),
)


def table(header, row):
    return header + "\n" + "".join(row(i) + "\n" for i in ROWS)


def lines(row):
    return "".join(json.dumps(row(i)) + "\n" for i in ROWS)


SOUND = (
    "\n".join(Path(EXCERPT).read_text().splitlines()[:30]) + "\n",
    table("arrival_s,prompt_tokens,output_tokens", lambda i: f"{i / 4},{100 + i},{i + 1}"),
    table("arrival_s;prompt_tokens;output_tokens", lambda i: f"{i},0{i:02};{100 + i};{i + 1}"),
    table(
        "TIMESTAMP,ContextTokens,GeneratedTokens",
        lambda i: f"2024-05-10 00:00:{i:02}.009930+00:00,{2 + i},{5 + i}",
    ),
    table(
        "TIMESTAMP,NumImages,ContextTokens,GeneratedTokens",
        lambda i: f"2024-10-15T12:00:{i:02}.269Z,{i % 2},{770 + i},{4 + i}",
    ),
    table("arrived_at,num_prefill_tokens,num_decode_tokens", lambda i: f"{i / 8},{9 + i},{1 + i}"),
    table(
        "Timestamp,Model,Request tokens,Response tokens,Total tokens,Log Type",
        lambda i: f"{5 * i},GPT-4,{40 + i},{i % 4},{40 + i + i % 4},API log",
    ),
    table(
        "request_id,request_type,application_id,arrival_timestamp,batch_size,prompt_size,token_size",
        lambda i: f"{i},2,0,{i},1,{2048 + i},{8 + i}",
    ),
    lines(lambda i: {"timestamp": 1000 * i, "input_length": 10 + i, "output_length": 5}),
    lines(lambda i: {"chat_id": i, "timestamp": i / 4, "input_length": 10 + i, "output_length": 5}),
    lines(lambda i: {"input_toks": 10 + i, "output_toks": 7, "arrival_time_ns": 46926808 * i}),
    lines(
        lambda i: {
            "input_toks": 10 + i,
            "output_toks": 7,
            "arrival_time": 1787267980.0827403 + i,
            "queued_ts": 27536.6 + i,
        }
    ),
)


def _rows(text):
    """Return rows as dictionaries of texts, read by the standard library alone."""
    if "\n" not in text:
        text = text.replace("\r", "\n")
    if text.lstrip()[:1] == "{":
        return [json.loads(each, parse_float=str) for each in text.split("\n") if each.strip()]
    head = text.split("\n", 1)[0]
    delimiter = ";" if head.count(";") >= 2 else "," if "," in head else "\t"
    listed = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    header, *rows = [each for each in listed if each]
    names = [each.strip() for each in header]
    return [dict(zip(names, (cell.strip() for cell in each), strict=True)) for each in rows]


def _nanoseconds(text, unit):
    if unit is None:
        date, _, fraction = str(text).partition(".")
        digits = fraction[: len(fraction) - len(fraction.lstrip("0123456789"))]
        moment = datetime.fromisoformat(date + fraction[len(digits) :])
        moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        return int(moment.timestamp()) * 10**9 + int((digits or "0").ljust(9, "0"))
    return int(Fraction(str(text).replace(",", ".")) * unit)


class TraceFormat(Format):
    """Traces of requests."""

    name, suffix = "trace", ".csv"

    def write(self, rng):
        self.path.write_bytes(mutated(rng.choice(SOUND), rng))

    def read(self):
        trace = read_trace(self.path)
        rows = _rows(self.text())
        names = set(rows[0])
        measured = "queued_ts" in names
        (reading,) = [
            each
            for each in READINGS
            if set(each[:3]) <= names and (each[0] != "arrival_time" or measured)
        ]
        arrival, prompt, output, unit = reading
        if "chat_id" in rows[0]:
            unit = 10**9
        kept = [
            (_nanoseconds(row[arrival], unit), int(row[prompt]), int(row[output]))
            for row in rows
            if int(row[prompt]) and int(row[output]) and row.get("request_type", "2") == "2"
        ]
        assert len(kept) + trace.summary.skipped.num_rows == len(rows)
        first = min(each for each, _, _ in kept)
        told = sorted(((at - first, s, n) for at, s, n in kept), key=lambda each: each[0])
        same([list(each) for each in told], requests(trace))

    def text(self):
        """Return the text of the file, unpacked in one piece."""
        data = self.path.read_bytes()
        if self.path.suffix == ".gz":
            data = gzip.decompress(data)
        elif self.path.suffix == ".zst":
            data = pa.CompressedInputStream(pa.BufferReader(data), "zstd").read()
        return data.decode().removeprefix("\ufeff")


class PackedTraceFormat(TraceFormat):
    """Traces packed by gzip or Zstandard, faulty before or after they are packed."""

    name = "trace-packed"

    def write(self, rng):
        suffix = rng.choice((".gz", ".zst"))
        text = rng.choice(SOUND)
        data = mutated(text, rng) if rng.random() < 0.5 else text.encode()
        packed = gzip.compress(data, 1, mtime=0) if suffix == ".gz" else _zstandard(data)
        if rng.random() < 0.5:
            packed = mutated_bytes(packed, rng)
        self.path = self.folder / f"mutated.csv{suffix}"
        self.path.write_bytes(packed)


class ColumnsTraceFormat(TraceFormat):
    """Tables whose columns the user names."""

    name = "trace-columns"
    reading = Reading(columns=Columns.parse("at:in:out"), time_unit=Unit.MS)
    sound = (
        table("at,in,out", lambda i: f"{250 * i},{100 + i},{i % 5}"),
        table("at;in;out", lambda i: f"{i},{i:02}5;{100 + i};{i + 1}"),
        table("x\tout\tin\tat", lambda i: f"a b\t{i + 1}\t{7 * i}\t{i / 4}"),
        table('"at","note","in","out"', lambda i: f'"{i}","a,""b",{5 + i},{1 + i}'),
        lines(lambda i: {"at": i / 8, "in": 10 + i, "out": 5, "more": [{"at": 1}]}),
    )

    def write(self, rng):
        self.path.write_bytes(mutated(rng.choice(self.sound), rng))

    def read(self):
        trace = read_trace(self.path, self.reading)
        rows = _rows(self.text())
        is_dated = ":" in str(rows[0]["at"])
        unit = None if is_dated else 10**6
        read = [(_nanoseconds(row["at"], unit), int(row["in"]), int(row["out"])) for row in rows]
        kept = sorted((row for row in read if row[1] and row[2]), key=lambda each: each[0])
        assert len(kept) + trace.summary.skipped.num_rows == len(rows)
        same([[at - kept[0][0], s, n] for at, s, n in kept], requests(trace))


class ServeGenFormat(Format):
    """Clients of ServeGen: windows, and the lengths beside them."""

    name, suffix = "trace-servegen", "-trace.csv"
    windows = (
        "0,0.1,1.5,Gamma,0.4,20\n600,0,0,,0,0\n1200,0.05,2,Weibull,0.6,15\n",
        "0,0.2,0.5,Weibull,2.1,5\n",
    )
    lengths = (
        {
            "0": {
                "input_tokens": "{29: 0.25, 30: 0.75}",
                "output_tokens": "{1: 1e-05, 7: 0.99999}",
            },
            "1200": {"input_tokens": "{1024: 1.0}", "output_tokens": "{3: 0.5, 4: 0.5}"},
        },
        {"0": {"input_tokens": "{5: 1}", "output_tokens": "{0: 0.5, 9: 0.5}"}},
    )

    def write(self, rng):
        windows, lengths = rng.choice(self.windows), json.dumps(rng.choice(self.lengths))
        if rng.random() < 0.5:
            windows = mutated(windows, rng)
            if re.search(rb"^\d{8}", windows, re.MULTILINE):  # years of requests take minutes
                windows = b""
        else:
            lengths = mutated_bytes(lengths.encode(), rng)
        for name, data in (("trace.csv", windows), ("dataset.json", lengths)):
            data = data.encode() if isinstance(data, str) else data
            (self.folder / f"mutated-{name}").write_bytes(data)

    def read(self):
        """Arrivals lie in windows with a rate, and lengths have probabilities above 0."""
        trace = read_trace(self.path, window=Window(0, 3600 * 10**9))
        text = self.path.read_bytes().decode().removeprefix("\ufeff")
        text = text if "\n" in text else text.replace("\r", "\n")
        rows = [each.split(",") for each in text.split("\n") if each.strip()]
        assert {len(each) for each in rows} == {6}
        starts = [int(row[0]) for row in rows]
        assert starts == sorted(set(starts))
        assert any(float(row[1]) > 0 for row in rows)
        dataset = json.loads((self.folder / "mutated-dataset.json").read_text("utf-8-sig"))
        tables = {int(start): fields for start, fields in dataset.items()}
        first_ns = trace.summary.first_ns
        for at, prompt, output in requests(trace):
            row = max(place for place, start in enumerate(starts) if start * 10**9 <= at + first_ns)
            assert float(rows[row][1]) > 0
            known = [
                start
                for start, fields in tables.items()
                if start <= starts[row] and _lengths(fields, 0) and _lengths(fields, 1)
            ]
            fields = tables[max(known)]
            assert _lengths(fields, 0)[prompt] > 0
            assert _lengths(fields, 1)[output] > 0


def _lengths(fields, place):
    text = fields[("input_tokens", "output_tokens")[place]].strip()
    pairs = (each.split(":") for each in text[1:-1].split(",") if each.strip())
    return {int(length): float(share) for length, share in pairs}


def mutated(text, rng):
    """Return the bytes of a text with a few faults."""
    if rng.random() < 0.6:
        return mutated_lines(text, rng).encode("utf-8", "surrogatepass")
    return mutated_bytes(text.encode(), rng)


def requests(trace):
    """Return the requests of a trace as rows of integers."""
    columns = (trace.arrival_ns, trace.prompt_tokens, trace.output_tokens)
    return [list(row) for row in zip(*(each.tolist() for each in columns), strict=True)]


def _zstandard(data):
    sink = pa.BufferOutputStream()
    with pa.CompressedOutputStream(sink, "zstd") as stream:
        stream.write(data)
    return sink.getvalue().to_pybytes()
