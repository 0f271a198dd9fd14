"""The quick form of the league: its file, its standings, and that no run is made twice."""

from pathlib import Path

import pandas as pd
import pytest

from analysis.benchmarks import league, league_summary
from analysis.benchmarks.league_kinds import SIZES, SMALL, draw
from analysis.metrics.league import COLUMNS, INSTANCE, REFERENCE, with_gap
from analysis.reports.report import report
from analysis.runs.method_run import perform
from analysis.runs.outcome import Outcome
from analysis.runs.plan import plan
from analysis.tables.league import read_league
from analysis.text.league import extent
from heuristics.errors import InputError
from heuristics.result import EndedBy, Result, Status
from heuristics.schedule import Schedule
from instances.families.registry import FAMILIES
from tests.analysis.metrics.test_league import table as example


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
            ended_by = EndedBy.INTERRUPTED if task.method == "lns" else EndedBy.COMPLETED
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


def test_a_method_that_adapts_to_the_limit_is_repeated_under_longer_limits(made, tmp_path):
    given = [*GIVEN, "--methods", *league.ADAPTIVE, "--out", str(tmp_path / "league.csv")]
    league.main([*given, "--limits", "1", "10"])
    assert made[1:] == [("ot-gah-plus", 1.0, 6), ("ot-gah-plus", 10.0, 6)]


@pytest.mark.parametrize(
    "name", [each for each in league.HEURISTICS if each not in league.ADAPTIVE]
)
def test_a_time_limit_that_is_not_reached_changes_nothing(name):
    """A completed run is thus the run of every longer limit."""
    instance = draw("half-tight", SMALL, 0)
    short, long = (perform(plan(instance, name, time_limit=each)).result for each in (1e3, 1e6))
    assert short.ended_by in (EndedBy.PROOF, EndedBy.COMPLETED)
    assert short.schedule == long.schedule
    assert [each.objective for each in short.trajectory] == [
        each.objective for each in long.trajectory
    ]


def kept():
    """Return the league that the repository keeps."""
    return with_gap(read_league(league.RESULTS))


def test_the_readme_has_the_summary_of_the_league_that_is_kept():
    text = (Path(league.__file__).parents[2] / "README.md").read_text(encoding="utf-8")
    table = league_summary.markdown(kept())
    assert len(table.splitlines()) == 10
    assert table in text
    assert extent(kept()) in text


def test_the_kept_league_has_whole_seeds_and_all_runs_of_each():
    runs = read_league(league.RESULTS)
    num_runs = 1 + len(league.HEURISTICS) * len(league.LIMITS_S)
    assert set(runs.groupby(INSTANCE).size()) == {num_runs}
    assert set(runs.groupby("seed").size()) == {3 * len(SIZES) * num_runs}


def test_the_ledger_of_leagues_has_one_line_a_release(tmp_path, capsys):
    path, ledger = tmp_path / "league.csv", tmp_path / "leagues.csv"
    example().assign(otgah="0.1.0", machine="one").to_csv(path, index=False)
    for _ in range(2):
        league_summary.main([str(path), "--keep", "--ledger", str(ledger)])
    (line,) = pd.read_csv(ledger).to_dict("records")
    assert (line["release"], line["instances"], line["proven"]) == ("0.1.0", 2, 1)
    assert line["lns 1 s [%]"] == 5
    assert "| `lns` | 5.00 % | 50.0 % | 1.00 [1.00, 1.00] |" in capsys.readouterr().out


def test_a_file_that_is_no_league_is_refused(tmp_path):
    path = tmp_path / "other.csv"
    with pytest.raises(InputError, match="must be the CSV file of a league"):
        read_league(path)
    path.write_text("a,b\n1,2\n")
    with pytest.raises(InputError, match="must have the columns of a league, found 'family'"):
        report(path, tmp_path / "page.html", template="league")
