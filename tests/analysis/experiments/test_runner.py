"""Running: rows are made once, in any number of processes, and a study that was cut goes on."""

from dataclasses import replace

import pandas as pd
import pytest

from analysis.experiments import runner
from analysis.experiments.measures import Measured, Work
from analysis.store.store import Store
from tests.helpers.tiny import TINY

COUNTED = ["arrived", "completed", "completion_rate"]


@pytest.fixture
def calls(monkeypatch):
    """Count how often a work is done, and let the third fail once when told to."""
    made, real = [], Work.measured

    def measured(work):
        made.append(work)
        return real(work)

    monkeypatch.setattr(Work, "measured", measured)
    return made


def test_a_table_has_a_row_for_each_point_line_and_seed(tmp_path, calls):
    table = runner.run([TINY], tmp_path / "rows.sqlite")["tiny"]
    told = list(table[["rate_per_s", "seed", "line"]].itertuples(index=False, name=None))
    assert told == [(r, s, line) for r in (3, 6) for s in (0, 1) for line in ("OT-GAH", "static")]
    assert len(calls) == len(table) == 8
    assert table["time_cpu_s"].gt(0).all()


def test_all_lines_of_a_point_and_seed_meet_the_same_requests(tmp_path):
    table = runner.run([TINY], tmp_path / "rows.sqlite")["tiny"]
    assert table.groupby(["rate_per_s", "seed"])["arrived"].nunique().eq(1).all()


def test_rows_that_are_there_are_not_made_again(tmp_path, calls):
    store = tmp_path / "rows.sqlite"
    quick = runner.run([TINY], store, is_quick=True)["tiny"]
    assert len(calls) == 2
    full = runner.run([TINY], store)["tiny"]
    assert len(calls) == 8
    again = runner.run([TINY], store)["tiny"]
    assert len(calls) == 8
    pd.testing.assert_frame_equal(full, again)
    assert quick.iloc[0].equals(full.iloc[0])


def test_a_row_of_two_experiments_is_made_once(tmp_path, calls):
    tables = runner.run([TINY, replace(TINY, name="twin")], tmp_path / "rows.sqlite")
    assert len(calls) == 8
    pd.testing.assert_frame_equal(tables["tiny"], tables["twin"])


def test_a_study_that_was_cut_keeps_its_rows_and_goes_on(tmp_path, monkeypatch):
    store, real, done = tmp_path / "rows.sqlite", Work.measured, []

    def measured(work):
        if len(done) == 3:
            raise KeyboardInterrupt
        done.append(work)
        return real(work)

    monkeypatch.setattr(Work, "measured", measured)
    with pytest.raises(KeyboardInterrupt):
        runner.run([TINY], store)
    with Store.open(store) as there:
        assert len(there.measurements()) == 3
    monkeypatch.setattr(Work, "measured", real)
    assert len(runner.run([TINY], store)["tiny"]) == 8


def test_processes_come_to_the_same_rows(tmp_path):
    alone = runner.run([TINY], tmp_path / "alone.sqlite")["tiny"]
    together = runner.run([TINY], tmp_path / "together.sqlite", num_jobs=2)["tiny"]
    timed = [name for name in alone if name.startswith("time_")]
    pd.testing.assert_frame_equal(alone.drop(columns=timed), together.drop(columns=timed))


def test_what_was_not_measured_is_absent_and_not_zero(tmp_path):
    def nothing(work):
        return Measured(values={"objective": None}, times={})

    table = runner.run([replace(TINY, measure=nothing)], tmp_path / "rows.sqlite")["tiny"]
    assert table["objective"].isna().all()
