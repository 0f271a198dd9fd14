"""Measured times and latency profiles that are fuzzed, and an independent reading of each."""

import csv
import io
import json
import math
import re
import tomllib

from analysis.calibration.fit import fit
from heuristics.system_models.catalogue.profiles import profiles, read_profile
from heuristics.system_models.latency_profile import parse_profile, profile_text
from instances.measurements.reader import read_measurements
from tests.fuzzing.format import Format
from tests.helpers.mutators import mutated_bytes, mutated_lines

SIZES = [(b, s, n) for b in (1, 2, 4) for s in (64, 512) for n in (17, 65)]


def _times(batch, prompt, output):
    return 0.02 + 3e-4 * batch * prompt, (output - 1) * (0.05 + 6e-4 * batch)


def _plain():
    rows = [f"{b},{s},{n},{sum(_times(b, s, n)):.6f}" for b, s, n in SIZES]
    return "batch,prompt_tokens,output_tokens,seconds\n" + "\n".join(rows) + "\n"


def _splitwise():
    rows = []
    for b, s, n in SIZES:
        prefill, decode = (1000 * each for each in _times(b, s, n))
        rows.append(f"m,h,{s},{b},{n},{prefill:.4f},{decode / (n - 1):.4f},{prefill + decode:.3f}")
    head = "model,hardware,prompt_size,batch_size,token_size,prompt_time,token_time,e2e_time\n"
    return head + "\n".join(rows) + "\n"


def _bench():
    sizes = [(s, 0) for s in (64, 128, 512)] + [(0, n) for n in (16, 64, 128)]
    rows = []
    for prompt, output in sizes:
        nanoseconds = int(1e9 * (0.02 * (prompt > 0) + 3e-4 * prompt + 0.05 * output))
        row = {"model_type": "m", "n_prompt": prompt, "n_gen": output, "n_depth": 0}
        rows.append(row | {"avg_ns": nanoseconds, "avg_ts": 1e9 * (prompt + output) / nanoseconds})
    return "".join(json.dumps(each) + "\n" for each in rows)


def _table():
    head = "| model | test | t/s |\n|---|---|---|\n"
    rows = [("pp64", 1638.4), ("pp512", 2952.4), ("tg16", 20.0), ("tg64", 20.0)]
    return head + "".join(f"| m | {test} | {rate} ± 0.1 |\n" for test, rate in rows)


SOUND = (_plain(), _splitwise(), _bench(), _table())


def _seconds(row):
    """Return the time of a row by its own columns, read by the standard library alone."""
    if "avg_ns" in row:
        return float(row["avg_ns"]) * 1e-9
    if "prompt_time" in row:
        steps = float(row["token_size"]) - 1
        return 1e-3 * (float(row["prompt_time"]) + steps * float(row["token_time"]))
    return float(row["seconds"])


class MeasurementFormat(Format):
    """Measured times of batches."""

    name, suffix = "measurement", ".csv"

    def write(self, rng):
        text = rng.choice(SOUND)
        if rng.random() < 0.6:
            data = mutated_lines(text, rng).encode("utf-8", "surrogatepass")
        else:
            data = mutated_bytes(text.encode(), rng)
        self.path.write_bytes(data)

    def read(self):
        found = read_measurements([self.path])
        model = fit(found.kept, with_intervals=False)
        assert all(math.isfinite(each) and each >= 0 for each in model.values)
        text = self.path.read_bytes().decode().removeprefix("\ufeff")
        lines = text.splitlines()
        for each in found.kept:
            assert each.seconds > 0
            told = re.fullmatch(r"line (\d+)", each.place)
            if told is None or text.lstrip().startswith(("{", "[")):
                continue
            line = lines[int(told[1]) - 1]
            if not line.lstrip().startswith("|") and '"' not in text:
                head = next(one for one in lines if one.strip())
                delimiter = max(",;\t", key=head.count)
                listed = csv.DictReader(io.StringIO(f"{head}\n{line}"), delimiter=delimiter)
                cells = {name.strip(): cell for name, cell in next(listed).items() if cell}
                assert math.isclose(each.seconds, _seconds(cells), rel_tol=1e-9)


class ProfileFormat(Format):
    """Latency profiles."""

    name, suffix = "profile", ".toml"

    def write(self, rng):
        name = rng.choice(sorted(profiles()))
        text = profile_text(profiles()[name])
        if rng.random() < 0.5:
            data = mutated_lines(text, rng).encode("utf-8", "surrogatepass")
        else:
            data = mutated_bytes(text.encode(), rng)
        self.path.write_bytes(data)

    def read(self):
        profile = read_profile(self.path)
        table = tomllib.loads(self.path.read_bytes().decode().removeprefix("\ufeff"))
        for name, each in table["coefficients"].items():
            assert getattr(profile.coefficients, name).value == each["value"] >= 0
        assert parse_profile(tomllib.loads(profile_text(profile))) == profile
