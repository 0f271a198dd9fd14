import json

import pytest

from analysis.campaigns.merge import KEYS, merge
from analysis.cli import main
from analysis.store.columns import MEASUREMENT_COLUMNS, TABLES
from analysis.store.store import Store, read_rows
from heuristics.errors import InputError
from tests.helpers.rows import rows, store_of


@pytest.fixture
def paths(tmp_path):
    return [tmp_path / f"{name}.sqlite" for name in "abc"]


def objectives(path):
    return {row["key"]: row["objective"] for row in read_rows(path, "runs")}


def test_what_only_one_has_and_what_both_have_alike_is_merged(paths):
    first, second, out = paths
    store_of(first, {"key": "one", "objective": 1}, {"key": "both", "objective": 3})
    store_of(second, {"key": "both", "objective": 3}, {"key": "two", "objective": 2})
    merged = merge(first, second, out)
    assert merged.conflicts == ()
    assert merged.num_runs == 3
    assert objectives(out) == {"one": 1, "both": 3, "two": 2}


def test_the_rows_of_experiments_are_merged(paths):
    first, second, out = paths
    for path, keys in ((first, ("one", "both")), (second, ("both", "two"))):
        store_of(path)
        with Store.open(path) as store:
            store.write_measurements([measurement(key) for key in keys])
    assert merge(first, second, out).conflicts == ()
    assert {row["key"] for row in read_rows(out, "measurements")} == {"one", "both", "two"}


def measurement(key):
    told = dict.fromkeys(MEASUREMENT_COLUMNS) | rows()[1]
    told = {name: told[name] for name in MEASUREMENT_COLUMNS}
    documents = {"asked": "{}", "measured": "{}", "times": "{}"}
    return told | documents | {"key": key, "made_at": "2026-01-01T00:00:00+00:00"}


def test_no_table_is_left_out_but_that_of_who_is_at_work():
    assert set(TABLES) - set(KEYS) == {"claims"}


def test_a_conflict_is_listed_and_nothing_is_written(paths, capsys):
    first, second, out = paths
    store_of(first, {"key": "k", "objective": 3, "bound": 3})
    store_of(second, {"key": "k", "objective": 2, "bound": 3})
    command = ["merge", *map(str, (first, second)), "--out", str(out)]
    assert main([*command, "--json"]) == 3
    captured = capsys.readouterr()
    told = json.loads(captured.out)
    assert not told["is_written"]
    [conflict] = told["conflicts"]
    assert (conflict["table"], conflict["key"], conflict["columns"]) == ("runs", "k", ["objective"])
    assert captured.err == "otgah: runs: k a ot-gah 0 P1: objective differ\n"
    assert not out.exists()


@pytest.mark.parametrize(("preferred", "objective"), [("first", 3), ("second", 2)])
def test_a_conflict_is_decided_by_whom_it_concerns(paths, preferred, objective):
    first, second, out = paths
    store_of(first, {"key": "k", "objective": 3})
    store_of(second, {"key": "k", "objective": 2})
    command = ["merge", *map(str, (first, second)), "--out", str(out), "--prefer", preferred]
    assert main(command) == 0
    assert objectives(out) == {"k": objective}


def test_a_run_made_twice_is_a_conflict_of_its_times(paths):
    first, second, out = paths
    store_of(first, {"key": "k", "wall_s": 1.0})
    store_of(second, {"key": "k", "wall_s": 2.0})
    [conflict] = merge(first, second, out).conflicts
    assert conflict.columns == ("wall_s",)


def test_one_name_with_two_problems_is_refused(paths):
    first, second, out = paths
    store_of(first, {"key": "k", "coefficients": "a" * 64})
    store_of(second, {"key": "l", "coefficients": "b" * 64})
    with pytest.raises(InputError, match="must have the coefficients that the first has"):
        merge(first, second, out, prefer="first")
    assert not out.exists()


def test_a_file_that_is_there_is_not_written_over(paths):
    for path in paths:
        store_of(path)
    with pytest.raises(InputError, match="--out: must be a new file"):
        merge(*paths)


def test_another_preference_is_refused(paths):
    with pytest.raises(InputError, match="--prefer: must be one of first, second, found 'both'"):
        merge(*paths, prefer="both")
