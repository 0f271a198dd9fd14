"""Traces of requests that are fuzzed."""

import csv
import io
import json
from pathlib import Path

from instances.trace_excerpt import EXCERPT
from instances.traces import read_trace
from tests.fuzzing.agreement import same
from tests.fuzzing.format import Format
from tests.helpers.mutators import mutated_bytes, mutated_lines


class TraceFormat(Format):
    """Traces of requests."""

    name, suffix = "trace", ".csv"
    mooncake = "".join(
        json.dumps({"timestamp": 1000 * i, "input_length": 10 + i, "output_length": 5}) + "\n"
        for i in range(20)
    )

    def __init__(self, folder):
        super().__init__(folder)
        azure = "\n".join(Path(EXCERPT).read_text().splitlines()[:30]) + "\n"
        plain = "arrival_s,prompt_tokens,output_tokens\n" + "".join(
            f"{i / 4},{100 + i},{i + 1}\n" for i in range(20)
        )
        self.sound = (azure, plain, self.mooncake)

    def write(self, rng):
        text = rng.choice(self.sound)
        if rng.random() < 0.6:
            data = mutated_lines(text, rng).encode("utf-8", "surrogatepass")
        else:
            data = mutated_bytes(text.encode(), rng)
        self.path.write_bytes(data)

    def read(self):
        trace = read_trace(self.path)
        text = self.path.read_bytes().decode().removeprefix("\ufeff")
        if text.lstrip()[:1] == "{":
            rows = [json.loads(line) for line in text.split("\n") if line.strip()]
            names = ("input_length", "output_length")
        else:
            listed = [each for each in csv.reader(io.StringIO(text, newline="")) if each]
            head = [each.strip() for each in listed[0]]
            rows = [dict(zip(head, each, strict=True)) for each in listed[1:]]
            names = ("ContextTokens", "GeneratedTokens")
            if names[0] not in head:
                names = ("prompt_tokens", "output_tokens")
        for name, column in zip(names, (trace.prompt_tokens, trace.output_tokens), strict=True):
            same(sorted(int(row[name]) for row in rows), sorted(column.tolist()))
        assert (trace.arrival_s[1:] >= trace.arrival_s[:-1]).all()
