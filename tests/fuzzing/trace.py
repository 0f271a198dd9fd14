"""Traces of requests that are fuzzed, and an independent reading of each format."""

import csv
import io
import json
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path

from instances.traces.excerpt import EXCERPT
from instances.traces.reader import read_trace
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
        text = rng.choice(SOUND)
        if rng.random() < 0.6:
            data = mutated_lines(text, rng).encode("utf-8", "surrogatepass")
        else:
            data = mutated_bytes(text.encode(), rng)
        self.path.write_bytes(data)

    def read(self):
        trace = read_trace(self.path)
        rows = _rows(self.path.read_bytes().decode().removeprefix("\ufeff"))
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
        columns = (trace.arrival_ns, trace.prompt_tokens, trace.output_tokens)
        same([list(each) for each in told], np_rows(columns))


def np_rows(columns):
    return [list(row) for row in zip(*(each.tolist() for each in columns), strict=True)]
