"""Rows that no batch has written are refused where they are read, with row, column and value."""

import sqlite3
from contextlib import closing

import pytest

import otgah
from analysis.tables.runs import runs_table
from heuristics.errors import InputError
from tests.helpers.rows import store_of

BROKEN = {
    "a word that is none": ("runs", "status", "best", "row 1: status: must be one of optimal"),
    "another problem": ("runs", "problem", '"><script>', "row 1: problem: must be one of P1"),
    "a text as a number": ("runs", "objective", "many", "objective: must be of the kind integer"),
    "a fraction as a count": ("runs", "num_nodes", 0.5, "num_nodes: must be of the kind integer"),
    "a negative count": ("runs", "objective", -1, "objective: must be an integer of 0..2"),
    "bytes as a text": ("runs", "method", b"ot", "method: must be of the kind text"),
    "time without end": ("runs", "wall_s", float("inf"), "wall_s: must be a finite number"),
    "no instance": ("runs", "instance", None, None),
    "a moment that is none": ("runs", "started_at", "noon", "started_at: must be a time of UTC"),
    "a moment without a zone": ("runs", "started_at", "2026-01-01T00:00:00", "must be a time of"),
    "half a document": ("runs", "options", '{"a": [', "options: must be JSON, a dict"),
    "a document of another kind": ("runs", "violations", "{}", "violations: must be JSON, a list"),
    "a plug-in without its digest": (
        "runs",
        "plugin",
        "mine",
        "plugin_sha256: must be there where",
    ),
    "a known bound alone": ("instances", "known_bound", 3, "known_objective: must be there where"),
    "no jobs": ("runs", "num_jobs", 0, "num_jobs: must be at least 1"),
}


@pytest.mark.parametrize(("table", "column", "value", "told"), BROKEN.values(), ids=BROKEN)
def test_a_broken_value_is_refused_with_its_row_and_column(tmp_path, table, column, value, told):
    path = store_of(tmp_path / "runs.sqlite", {"objective": 3}, {"method": "ot", "objective": 3})
    assert len(runs_table(path)) == 2
    with closing(sqlite3.connect(path)) as connection, connection:
        try:
            connection.execute(f"UPDATE {table} SET {column} = ?", [value])
        except sqlite3.IntegrityError:
            assert told is None  # the declaration of the table refuses it
            return
    with pytest.raises(InputError, match=told) as caught:
        runs_table(path)
    assert str(caught.value).startswith(f"{path}: row 1: ")


def test_the_row_that_is_broken_is_named(tmp_path):
    path = store_of(tmp_path / "runs.sqlite", {"objective": 3}, {"method": "ot", "objective": 3})
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE runs SET seed = 'x' WHERE method = 'ot'")
    with pytest.raises(InputError, match="row 2: seed: must be of the kind integer, found 'x'"):
        runs_table(path)


def test_a_missing_column_is_refused(tmp_path):
    path = store_of(tmp_path / "runs.sqlite", {"objective": 3})
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("ALTER TABLE runs RENAME COLUMN solver TO other")
    with pytest.raises(InputError, match="no such column: solver"):
        otgah.runs_table(path)
