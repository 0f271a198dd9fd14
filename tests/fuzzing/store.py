"""Files of runs that are fuzzed."""

import json
import random
import shutil
import sqlite3
from contextlib import closing

import otgah
from analysis.metrics import summary
from analysis.reports.pages import origin, overview, troubles
from analysis.store.store import Store, read_epochs
from heuristics.errors import InputError
from instances.files import write_instance
from tests.fuzzing.agreement import one_line
from tests.fuzzing.format import Format
from tests.fuzzing.instance import small_instances
from tests.helpers.mutators import ODD_VALUES, mutated_bytes
from tests.helpers.rows import kept_bound


class StoreFormat(Format):
    """Files of runs, mutated by bytes, by values and by what the tables are."""

    name, suffix = "store", ".sqlite"

    def __init__(self, folder):
        super().__init__(folder)
        self.sound = self.folder / "sound.sqlite"
        for each in small_instances()[1:]:
            write_instance(each, self.folder / f"{each.name}.json")
        paths = sorted(self.folder.glob("*seed*.json"))
        methods = ["first-come-first-served", "greedy-by-output"]
        otgah.batch(paths, methods, self.sound, prove_bounds=False)
        given = {"num_epochs": 2, "settings": {"num_requests": 4}, "out": self.sound}
        otgah.simulate("section-v", methods[:1], **given)
        with Store.open(self.sound) as store:
            self.keys = sorted(store.keys())[:2]
            digest = small_instances()[2].coefficients.digest()
            store.write_bound(kept_bound(5, coefficients=digest, certificate='{"tree": {}}'))
        for key in self.keys:
            assert otgah.show_run(self.sound, key).commands
        assert len(read_epochs(self.sound)) == 2
        assert otgah.simulate("section-v", methods[:1], **given).num_epochs == 2

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
            lambda: otgah.write_certificates(self.path, self.folder / "certificates"),
            lambda: otgah.status(self.path),
            lambda: otgah.merge(self.path, self.sound, self.folder / "mutated.sqlite.m"),
        )
        chosen = random.Random(self.path.read_bytes()).sample(verbs, 2)
        self._refusable(chosen[0])
        chosen[1]()

    def _read_runs(self):
        runs = otgah.runs_table(self.path)
        assert set(runs["status"]) <= {"optimal", "feasible", "infeasible", "none"}
        if len(runs):
            for text in (
                overview.opening(runs),
                troubles.troubles_table(runs),
                origin.conditions(runs),
            ):
                assert "<script>" not in text
            for problem in runs["problem"].unique():
                assert "<script>" not in overview.summary_table(runs, problem)
            summary(runs)

    def _export(self):
        otgah.export_runs(self.path, self.folder / "table.csv")

    def _show(self):
        for key in self.keys:
            otgah.show_run(self.path, key)

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
            one_line(error)
