"""The quick form of the league: its file, its standings, and that no run is made twice."""

import re
from pathlib import Path

import pandas as pd
import pytest

from analysis.benchmarks import league
from analysis.benchmarks.league_kinds import SIZES, SMALL, draw
from analysis.metrics.league import COLUMNS, REFERENCE, standings, with_gap
from analysis.reports.report import report
from analysis.runs.method_run import perform
from analysis.runs.outcome import Outcome
from analysis.runs.plan import plan
from analysis.tables.league import read_league
from heuristics.errors import InputError
from heuristics.result import EndedBy, Result, Status
from heuristics.schedule import Schedule
from instances.families.registry import FAMILIES


def test_every_family_but_that_of_traces_is_drawn_in_three_sizes():
    assert SIZES.keys() == FAMILIES.keys() - {"trace"}
    assert {len(each) for each in SIZES.values()} == {3}
    assert draw("half-tight", SMALL, 0).coefficients.num_requests == 12


def here(task, *, target=None):
    """Perform a task, since a process for each run takes seconds."""
    return perform(task)


def test_a_league_is_run_once_and_reported(tmp_path, capsys, monkeypatch):
    path = tmp_path / "league.csv"
    given = ["--quick", "--families", "half-tight", "--reference-limit", "5", "--out", str(path)]
    monkeypatch.setitem(league.QUICK, "families", ["half-tight"])
    monkeypatch.setitem(league.QUICK, "limits", [60.0])
    monkeypatch.setattr(league, "start_server", lambda methods: None)
    monkeypatch.setattr(league, "run_alone", here)
    given += ["--methods", "ot-gah-fast", "greedy-density"]
    league.main(given)
    runs = read_league(path)
    assert list(runs) == list(COLUMNS)
    assert sorted(runs["method"]) == ["decomposition", "greedy-density", "ot-gah-fast"]
    assert runs.set_index("method")["objective"].to_dict()["ot-gah-fast"] == 6
    assert "ot-gah-fast" in capsys.readouterr().out
    monkeypatch.setattr(league, "_measured", None)
    league.main(given)
    pd.testing.assert_frame_equal(read_league(path), runs)


@pytest.fixture
def made(monkeypatch):
    """Have runs that end as a list says, and return the list of those that were made."""
    runs = []

    def run(task, *, target=None):
        runs.append((task.method, task.time_limit, target))
        is_reference = task.method == REFERENCE
        ended_by = EndedBy.TIME_LIMIT
        if not is_reference and task.time_limit >= 1:
            ended_by = {"lns": EndedBy.INTERRUPTED, "regret": EndedBy.COMPLETED}[task.method]
        result = Result(
            problem=task.problem,
            status=Status.FEASIBLE,
            ended_by=ended_by,
            schedule=Schedule.of([range(6), []]),
            bound=6 if is_reference else None,
            runtime_s=0.5,
        )
        return Outcome(task=task, result=result)

    monkeypatch.setattr(league, "run_alone", run)
    monkeypatch.setattr(league, "start_server", lambda methods: None)
    return runs


GIVEN = ["--families", "half-tight", "--sizes", "small", "--seeds", "0:1"]


def test_a_run_that_ended_by_itself_or_at_the_bound_is_not_repeated_under_longer_limits(
    made, tmp_path, capsys
):
    path = tmp_path / "league.csv"
    given = [*GIVEN, "--methods", "lns", "regret", "--out", str(path)]
    league.main([*given, "--limits", "0.1", "1"])
    expected = [(name, limit_s, 6) for name in ("lns", "regret") for limit_s in (0.1, 1.0)]
    assert made == [(REFERENCE, league.REFERENCE_S, None), *expected]
    league.main([*given, "--limits", "10", "0.1", "1"])
    assert len(made) == 5  # the file, read again, has the ends of the shorter runs
    rows = read_league(path).set_index(["method", "limit_s"])
    assert rows.loc["lns", "ended_by"].to_dict() == {0.1: "time-limit", 1: "target", 10: "target"}
    assert rows.loc[("regret", 10), "ended_by"] == "completed"
    assert rows.loc[("regret", 10)].equals(rows.loc[("regret", 1)])


def test_an_interrupted_run_is_not_kept(made, tmp_path, monkeypatch):
    path = tmp_path / "league.csv"
    monkeypatch.setattr(league.League, "bound", lambda self, instance: 7)
    with pytest.raises(SystemExit, match=r"interrupted; .*league\.csv has all finished runs"):
        league.main([*GIVEN, "--methods", "regret", "lns", "--limits", "1", "--out", str(path)])
    assert read_league(path)["method"].tolist() == [REFERENCE, "regret"]


@pytest.mark.parametrize("name", league.HEURISTICS)
def test_a_time_limit_that_is_not_reached_changes_nothing(name):
    """A completed run is thus the run of every longer limit."""
    instance = draw("half-tight", SMALL, 0)
    short, long = (perform(plan(instance, name, time_limit=each)).result for each in (1e3, 1e6))
    assert short.ended_by in league.ENDS
    assert short.schedule == long.schedule
    assert [each.objective for each in short.trajectory] == [
        each.objective for each in long.trajectory
    ]


def test_the_readme_has_the_standings_of_the_league_that_is_kept():
    root = Path(league.__file__).parents[2]
    table = with_gap(read_league(league.RESULTS.with_name("league-reduced.csv")))
    first, last = (standings(table, limit_s) for limit_s in (0.1, 1.0))
    text = (root / "README.md").read_text(encoding="utf-8")
    shown = re.findall(r"^[|] `([a-z-]+)` [|] ([0-9.]+) % [|] ([0-9.]+) % [|]", text, re.MULTILINE)
    assert [name for name, *_ in shown] == [
        name for name in last.index if name in dict.fromkeys(each for each, *_ in shown)
    ]
    assert len(shown) == 8
    for name, *gaps in shown:
        for gap, standing in zip(gaps, (first, last), strict=True):
            assert float(gap) == pytest.approx(100 * standing.loc[name, "mean_gap"], abs=0.006)


def test_a_file_that_is_no_league_is_refused(tmp_path):
    path = tmp_path / "other.csv"
    with pytest.raises(InputError, match="must be the CSV file of a league"):
        read_league(path)
    path.write_text("a,b\n1,2\n")
    with pytest.raises(InputError, match="must have the columns of a league, found 'family'"):
        report(path, tmp_path / "page.html", template="league")
