"""The page of a league: its standings, its gaps by family, and its curve."""

import pytest

from analysis.cli import main
from analysis.reports.pages import league
from tests.analysis.metrics.test_league import table


@pytest.fixture
def path(tmp_path):
    made = tmp_path / "league.csv"
    table().to_csv(made, index=False)
    return made


def test_the_page_has_every_method_and_family(path):
    runs = table()
    assert league.limits(runs) == [1.0]
    assert league.source(path, runs) == "league.csv, 8 runs"
    told = league.opening(runs)
    assert "lns with 5.00" in told
    assert "2 instances, 1 of them with a proven optimum" in told
    plain = told.replace("\xa0", " ")
    assert "lns serves 100.0 % of the requests missing to ot-gah-fast where the" in plain
    assert "and 66.7 % of those missing to the best bound on all instances" in plain
    for part in (league.standings_table, league.family_table):
        assert all(name in part(runs, 1.0) for name in ("lns", "ot-gah-fast", "regret"))
    assert "1.00 [1.00, 1.00]" in league.standings_table(runs, 1.0)
    assert "dense" in league.family_table(runs, 1.0)


def test_the_curves_end_at_the_mean_gaps():
    chart = league.curves(table(), "a source")
    ends = {trace["name"]: trace["y"] for trace in chart.traces}
    assert ends.keys() == {"lns", "ot-gah-fast", "regret"}
    assert "lns 5.00" in chart.alternative


def test_rules_of_runs_are_refused(path, capsys):
    status = main(["report", str(path), "--template", "league", "--fail-if", "gap.mean > 0"])
    assert status == 2
    capsys.readouterr()


@pytest.mark.long
def test_the_report_is_made(path, capsys):
    out = path.with_suffix(".html")
    assert main(["report", str(path), "--template", "league", "--out", str(out)]) == 0
    assert "Standings" in out.read_text(encoding="utf-8")
