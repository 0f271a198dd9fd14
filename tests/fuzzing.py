"""What is fuzzed: each format with how it is read, and what an accepted file must still mean.

A read is refused by InputError alone; whatever else is raised is a finding. What is accepted must
mean what an independent reading of the same bytes says.
"""

import ast
import csv
import gzip
import io
import json
import math
import random
import resource
import shutil
import signal
import sqlite3
import tomllib
import warnings
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from analysis import api, page
from analysis.certificate_verdict import check_certificate
from analysis.metrics import summary
from analysis.plugins import template
from analysis.plugins.plugin import Plugin
from analysis.store import Store, read_epochs
from heuristics.errors import InputError
from heuristics.system_models.assemble import assemble
from heuristics.system_models.template import read_template
from instances.certificate_files import certificate_document
from instances.families import drawing
from instances.families.registry import family
from instances.files import read_instance, write_instance
from instances.schedule_files import read_schedule, write_schedule
from instances.trace_excerpt import EXCERPT
from instances.traces import read_trace
from tests.analysis.rows import kept_bound
from tests.certificates import RandomTree
from tests.mutators import ODD_VALUES, mutated_bytes, mutated_document, mutated_lines

LONGEST_S = 5
LARGEST_MEMORY_KB = 2**20


class TooLong(Exception):  # noqa: N818 - it is what a file did
    """A file took longer than it may."""


@dataclass
class Tally:
    """How many files were read of a format, how many were accepted, and what was found."""

    read: int = 0
    accepted: int = 0
    findings: list = field(default_factory=list)


class Format:
    """A format: sound files, what is made of them, and how one is read."""

    name = ""
    suffix = ".json"

    def __init__(self, folder):
        self.folder = Path(folder)
        self.path = self.folder / f"mutated{self.suffix}"

    def write(self, rng):
        """Write a mutated file to ``self.path``."""
        raise NotImplementedError

    def read(self):
        """Read the file and assert that it means what it says."""
        raise NotImplementedError


class JsonFormat(Format):
    """A format of JSON, mutated by structure, by bytes, and behind a gzip."""

    sound: Any = None

    def write(self, rng):
        sound = rng.choice(self.sound)
        if rng.random() < 0.7:
            data = mutated_document(sound, rng).encode("utf-8", "surrogatepass")
        else:
            data = mutated_bytes(json.dumps(sound).encode(), rng)
        self.path = self.folder / f"mutated{self.suffix}"
        if rng.random() < 0.1:
            self.path = self.path.with_name(f"mutated{self.suffix}.gz")
            data = gzip.compress(data, compresslevel=1)
            data = mutated_bytes(data, rng) if rng.random() < 0.5 else data
        self.path.write_bytes(data)

    def document(self):
        """Return what the standard library reads, with every key of every object."""
        data = self.path.read_bytes()
        if self.path.suffix == ".gz":
            data = gzip.decompress(data)
        return json.loads(data.decode(), object_pairs_hook=_pairs)


def _pairs(pairs):
    assert len({key for key, _ in pairs}) == len(pairs), "a key twice"
    return dict(pairs)


def _instances():
    """Return small instances of several kinds: with and without physics, with what is known."""
    drawn = [
        next(family("paper").generate({"num_requests": "4"}, 0)),
        next(family("half-tight").generate({"num_pairs": "1", "batch": "2"}, 0)),
        next(family("uniform-random").generate({"num_requests": "8", "num_levels": "0"}, 0)),
    ]
    return tuple(drawn)


class InstanceFormat(JsonFormat):
    """Instance files."""

    name = "instance"

    def __init__(self, folder):
        super().__init__(folder)
        self.sound = []
        for each in _instances():
            write_instance(each, self.folder / "sound.json")
            self.sound.append(json.loads((self.folder / "sound.json").read_text()))

    def read(self):
        instance = read_instance(self.path)
        document = self.document()
        _same(instance.name, document["name"])
        declared = instance.coefficients.to_lists()
        unfit = instance.coefficients.unfit | instance.coefficients.eligible
        declared["eligible"] = unfit.astype(int).tolist()
        _same(declared, document["coefficients"])
        for key in ("family", "seed", "requests", "scenario"):
            _same(getattr(instance, key), document.get(key))
        _same(dict(instance.parameters), document.get("parameters") or {})
        _same(
            None if instance.edge_nodes is None else list(instance.edge_nodes),
            document.get("edge_nodes"),
        )
        known = document.get("best_known")
        if known is not None:
            _same(
                {key: getattr(instance.best_known, key) for key in known},
                known,
            )
        else:
            assert instance.best_known is None
        api.check(self.path)
        write_instance(instance, self.folder / "again.json")
        assert read_instance(self.folder / "again.json").coefficients.digest() == (
            instance.coefficients.digest()
        )


class ScheduleFormat(JsonFormat):
    """Schedule files."""

    name = "schedule"

    def __init__(self, folder):
        super().__init__(folder)
        self.instance = _instances()[2]
        self.home = self.folder / "home.json"
        write_instance(self.instance, self.home)
        found = api.solve(self.instance, "greedy-by-output").result.schedule
        write_schedule(found, self.instance, self.folder / "sound.json")
        self.sound = [json.loads((self.folder / "sound.json").read_text())]

    def read(self):
        schedule = read_schedule(self.path, self.instance)
        batches = self.document()["assignment"]
        _same(
            {str(j): list(batch) for j, batch in enumerate(schedule.batches)},
            {key: sorted(batch) for key, batch in batches.items()},
        )
        verdict = api.check(self.home, self.path)
        served = [request for batch in batches.values() for request in batch]
        assert not (verdict.passed and len(set(served)) < len(served)), "a request twice"


class CertificateFormat(JsonFormat):
    """Certificate files: whatever is accepted proves no bound below the optimum."""

    name = "certificate"

    def __init__(self, folder):
        super().__init__(folder)
        self.instance = _instances()[2]
        self.home = self.folder / "home.json"
        write_instance(self.instance, self.home)
        result = api.solve(self.instance, "decomposition").result
        self.optimum = result.objective
        bound = api.bound(self.instance).result
        self.sound = [
            certificate_document(each, self.instance.name)
            for each in (
                result.certificate,
                bound.certificate,
                *(
                    RandomTree(self.instance.coefficients, random.Random(seed), 60).certificate()
                    for seed in range(8)
                ),
            )
        ]

    def read(self):
        certificate = api.read_certificate(self.path, self.instance)
        document = self.document()
        again = json.loads(json.dumps(certificate_document(certificate, self.instance.name)))
        _same({key: again[key] for key in document}, document)
        verdict = check_certificate(self.home, self.path)
        if verdict.passed:
            assert certificate.tree_bound >= self.optimum, "a false proof"


class ScenarioFormat(Format):
    """Scenario files."""

    name, suffix = "scenario", ".toml"
    names = ("section-v", "modern", "trace", "mixed-models", "scarce-spectrum")

    def write(self, rng):
        source = Path(read_template.__code__.co_filename).parent / "catalogue" / "scenarios"
        text = (source / f"{rng.choice(self.names)}.toml").read_text()
        if rng.random() < 0.7:
            text = mutated_lines(text, rng)
            self.path.write_bytes(text.encode("utf-8", "surrogatepass"))
        else:
            self.path.write_bytes(mutated_bytes(text.encode(), rng))

    def read(self):
        template = read_template(str(self.path))
        told = tomllib.loads(self.path.read_bytes().decode())
        _holds(template.model_dump(mode="json"), told)
        workload = template.workload
        expected = workload.num_requests
        if expected is None:
            expected = workload.rate_per_s * template.epoch.period_s
        if expected <= 1000:
            assemble(drawing.draw(template, 0))
        elif expected > drawing.LARGEST_REQUESTS:
            _refused(lambda: drawing.draw(template, 0))


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
            _same(sorted(int(row[name]) for row in rows), sorted(column.tolist()))
        assert (trace.arrival_s[1:] >= trace.arrival_s[:-1]).all()


class StoreFormat(Format):
    """Files of runs, mutated by bytes, by values and by what the tables are."""

    name, suffix = "store", ".sqlite"

    def __init__(self, folder):
        super().__init__(folder)
        self.sound = self.folder / "sound.sqlite"
        for each in _instances()[1:]:
            write_instance(each, self.folder / f"{each.name}.json")
        paths = sorted(self.folder.glob("*seed*.json"))
        methods = ["first-come-first-served", "greedy-by-output"]
        api.batch(paths, methods, self.sound, is_bounded=False)
        given = {"num_epochs": 2, "settings": {"num_requests": 4}, "out": self.sound}
        api.simulate("section-v", methods[:1], **given)
        with Store.open(self.sound) as store:
            self.keys = sorted(store.keys())[:2]
            digest = _instances()[2].coefficients.digest()
            store.write_bound(kept_bound(5, coefficients=digest, certificate='{"tree": {}}'))
        for key in self.keys:
            assert api.show_run(self.sound, key).commands
        assert len(read_epochs(self.sound)) == 2
        assert api.simulate("section-v", methods[:1], **given).num_epochs == 2

    def write(self, rng):
        for left in self.folder.glob("mutated.sqlite*"):
            left.unlink()
        if rng.random() < 0.4:
            self.path.write_bytes(mutated_bytes(self.sound.read_bytes(), rng))
            return
        shutil.copyfile(self.sound, self.path)
        with closing(sqlite3.connect(self.path)) as connection, connection:
            for _ in range(rng.randint(1, 3)):
                self._spoil(connection, rng)

    def _spoil(self, connection, rng):
        query = "SELECT name FROM sqlite_master WHERE type = 'table'"
        table = rng.choice([name for (name,) in connection.execute(query)] or ["runs"])
        columns = [each[1] for each in connection.execute(f"PRAGMA table_info({table})")]
        if not columns:
            return
        column = rng.choice(columns)
        value = rng.choice((*ODD_VALUES, b"\xff\x00", "{", "[1", '{"a": [', '[["a"]]', "[[9]]"))
        if isinstance(value, list | dict):
            value = json.dumps(value)
        if isinstance(value, int) and value >= 2**63:
            value = float(value)
        if isinstance(value, str):
            value = value.encode("utf-8", "replace").decode()
        statements = (
            (f"UPDATE {table} SET {column} = ?", [value]),
            (f"UPDATE {table} SET {column} = ? WHERE rowid = 1", [value]),
            (f"UPDATE {table} SET {column} = CAST(x'ff' AS TEXT) WHERE rowid = 1", []),
            (f"ALTER TABLE {table} DROP COLUMN {column}", []),
            (f"ALTER TABLE {table} RENAME COLUMN {column} TO other", []),
            (f"DROP TABLE {table}", []),
            (f"DELETE FROM {table}", []),
            (f"PRAGMA user_version = {rng.choice((0, 1, 99, 2**31 - 1))}", []),
            ("PRAGMA application_id = 1", []),
            (f"CREATE TRIGGER t AFTER INSERT ON {table} BEGIN DELETE FROM {table}; END", []),
        )
        try:
            connection.execute(*rng.choice(statements[:3] if rng.random() < 0.7 else statements))
        except sqlite3.Error:
            connection.execute(f"DELETE FROM {table}")

    def read(self):
        """Read the file as two of the verbs do, chosen by its bytes: all of them take too long."""
        verbs = (
            self._read_runs,
            self._export,
            self._open,
            self._show,
            lambda: read_epochs(self.path),
            lambda: api.write_certificates(self.path, self.folder / "certificates"),
            lambda: api.status(self.path),
            lambda: api.merge(self.path, self.sound, self.folder / "mutated.sqlite.m"),
        )
        chosen = random.Random(self.path.read_bytes()).sample(verbs, 2)
        self._refusable(chosen[0])
        chosen[1]()

    def _read_runs(self):
        runs = api.runs_table(self.path)
        assert set(runs["status"]) <= {"optimal", "feasible", "infeasible", "none"}
        if len(runs):
            for text in (page.opening(runs), page.troubles(runs), page.conditions(runs)):
                assert "<script>" not in text
            for problem in runs["problem"].unique():
                assert "<script>" not in page.summary_table(runs, problem)
            summary(runs)

    def _export(self):
        api.export_runs(self.path, self.folder / "table.csv")

    def _show(self):
        for key in self.keys:
            api.show_run(self.path, key)

    def _open(self):
        with Store.open(self.path) as store:
            store.keys()
            store.unproved()
            with closing(sqlite3.connect(self.path)) as connection:
                found = connection.execute("SELECT simulation FROM epochs").fetchall()
            for (simulation,) in found:
                store.epochs(simulation)

    @staticmethod
    def _refusable(action):
        try:
            action()
        except InputError as error:
            _one_line(error)


class PluginFormat(Format):
    """The metadata of plug-ins."""

    name, suffix = "plug-in", ".py"

    def __init__(self, folder):
        super().__init__(folder)
        self.text = Path(template.__file__).read_text()
        self.toml = (
            'name = "boards"\nversion = "1"\n[devices.my-board]\ngpu_flop_per_s = 5e12\n'
            "gpu_memory_bytes = 8000000000\ngpu_memory_bytes_per_s = 1e11\n"
            'sources = [{values = ["gpu_flop_per_s"], source = "sheet", verified = true}]\n'
        )

    def write(self, rng):
        is_toml = rng.random() < 0.25
        self.path = self.folder / ("mutated.toml" if is_toml else "mutated.py")
        head, tail = self.text.split("def cheapest_first", 1)
        tail = f"def cheapest_first{tail}"
        head, tail = (self.toml, "") if is_toml else (head, tail)
        if rng.random() < 0.6:
            data = (mutated_lines(head, rng) + tail).encode("utf-8", "surrogatepass")
        else:
            data = mutated_bytes(head.encode(), rng) + tail.encode()
        self.path.write_bytes(data)

    def read(self):
        plugin = Plugin.read(self.path)
        text = self.path.read_bytes().decode()
        if self.path.suffix == ".toml":
            told = tomllib.loads(text)
        else:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # of escapes that a mutation made odd
                body = ast.parse(text).body
            (found,) = [
                each.value
                for each in body
                if isinstance(each, ast.Assign) and each.targets[0].id == "PLUGIN"
            ]
            told = ast.literal_eval(found)
        _holds(plugin.entry.model_dump(mode="json"), json.loads(json.dumps(told)))
        for each in plugin.methods():
            assert each.summary.isprintable()


FORMATS = {
    each.name: each
    for each in (
        InstanceFormat,
        ScheduleFormat,
        CertificateFormat,
        ScenarioFormat,
        TraceFormat,
        StoreFormat,
        PluginFormat,
    )
}


def fuzz(chosen, seeds):
    """Write and read a mutated file for each seed; return what came of them."""
    tally = Tally()
    before = signal.signal(signal.SIGPROF, _hang)
    try:
        for seed in seeds:
            chosen.write(random.Random(seed))
            signal.setitimer(signal.ITIMER_PROF, LONGEST_S)  # of processor time: load is no hang
            try:
                chosen.read()
                tally.accepted += 1
            except InputError as error:
                _one_line(error)
            except Exception as error:
                tally.findings.append(f"seed {seed}: {type(error).__name__}: {str(error)[:200]}")
            finally:
                signal.setitimer(signal.ITIMER_PROF, 0)
            tally.read += 1
            if resource.getrusage(resource.RUSAGE_SELF).ru_maxrss > LARGEST_MEMORY_KB:
                tally.findings.append(f"seed {seed}: more than 1 GiB")
                break
    finally:
        signal.signal(signal.SIGPROF, before)
    return tally


def _hang(number, frame):
    raise TooLong(f"more than {LONGEST_S} s")


def _one_line(error):
    text = str(error)
    assert "\n" not in text, text
    assert len(text) < 2000, text


def _refused(action):
    try:
        action()
    except InputError:
        return
    raise AssertionError("was not refused")


def _same(found, told):
    """Assert that two documents are the same: 1, 1.0 and true are three values."""
    assert type(found) is type(told) or {type(found), type(told)} <= {list, tuple}, (found, told)
    if isinstance(told, dict):
        assert list(found) == list(told), (list(found), list(told))
        for key in told:
            _same(found[key], told[key])
    elif isinstance(told, list | tuple):
        assert len(found) == len(told)
        for each, other in zip(found, told, strict=True):
            _same(each, other)
    else:
        assert found == told, (found, told)


def _holds(found, told):
    """Assert that a document holds all that another says, numbers by their value."""
    if isinstance(told, dict):
        for key, value in told.items():
            assert key in found, key
            _holds(found[key], value)
    elif isinstance(told, list | tuple):
        assert len(found) == len(told)
        for each, other in zip(found, told, strict=True):
            _holds(each, other)
    else:
        assert isinstance(found, bool) == isinstance(told, bool), (found, told)
        assert found == told or math.isclose(found, told, rel_tol=1e-15), (found, told)
