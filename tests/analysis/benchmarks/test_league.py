"""The quick form of the league: its file, its standings, and that no run is made twice."""

import re
from pathlib import Path

import pandas as pd
import pytest

from analysis.benchmarks import league
from analysis.benchmarks.league_kinds import SIZES, SMALL, draw
from analysis.metrics.league import COLUMNS, standings, with_gap
from analysis.reports.report import report
from analysis.runs.method_run import perform
from analysis.tables.league import read_league
from heuristics.errors import InputError
from instances.families.registry import FAMILIES


def test_every_family_but_that_of_traces_is_drawn_in_three_sizes():
    assert SIZES.keys() == FAMILIES.keys() - {"trace"}
    assert {len(each) for each in SIZES.values()} == {3}
    assert draw("half-tight", SMALL, 0).coefficients.num_requests == 12


def test_a_league_is_run_once_and_reported(tmp_path, capsys, monkeypatch):
    path = tmp_path / "league.csv"
    given = ["--quick", "--families", "half-tight", "--reference-limit", "5", "--out", str(path)]
    monkeypatch.setitem(league.QUICK, "families", ["half-tight"])
    monkeypatch.setitem(league.QUICK, "limits", [60.0])
    monkeypatch.setattr(league, "start_server", lambda methods: None)
    monkeypatch.setattr(league, "run_alone", perform)  # a process for each run takes seconds
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
