"""The ledger of benchmarks, from invented runs."""

import json

import pandas as pd
import pytest

from analysis.benchmarks import ledger


def document(median, **told):
    """What pytest-benchmark writes, as far as it is read."""
    return {
        "datetime": "2026-02-03T04:05:06+00:00",
        "machine_info": {
            "cpu": {"brand_raw": "A CPU"},
            "machine": "x86_64",
            "system": "Linux",
            "python_version": "3.11.7",
        },
        "benchmarks": [
            {
                "name": "bench_tree_nodes[none]",
                "stats": {"median": median, "rounds": 5},
                "extra_info": told,
            }
        ],
    }


def test_a_figure_is_the_median_time_or_what_is_done_in_a_second_of_it():
    (time,) = ledger.figures(document(0.02))
    assert (time.benchmark, str(time)) == ("tree_nodes[none]", "20 ms")
    (rate,) = ledger.figures(document(0.02, amount=10**7, unit="tree nodes"))
    assert str(rate) == "5e+08 tree nodes/s"
    assert rate.value == 5e8


@pytest.fixture
def runs(tmp_path):
    """Write a run and keep it or not."""

    def show(median, *options):
        path = tmp_path / "run.json"
        path.write_text(json.dumps(document(median)), encoding="utf-8")
        ledger.main([str(path), "--ledger", str(tmp_path / "ledger.csv"), *options])
        kept = tmp_path / "ledger.csv"
        return pd.read_csv(kept, dtype=str) if kept.exists() else None

    return show


def test_a_run_is_shown_with_versions_and_machine(runs, capsys):
    assert runs(0.02) is None
    shown = capsys.readouterr().out
    for part in ("A CPU, Linux", "2026-02-03", "3.11.7", "numba", "tree_nodes[none]", "20 ms"):
        assert part in shown


def test_the_ledger_has_one_line_a_release(runs, monkeypatch):
    column = "tree_nodes[none] [s]"
    assert runs(0.02, "--keep")[column].tolist() == ["0.02"]
    assert runs(0.03, "--keep")[column].tolist() == ["0.03"]
    monkeypatch.setattr(ledger.metadata, "version", lambda _: "9.9")
    kept = runs(0.04, "--keep")
    assert kept[column].tolist() == ["0.03", "0.04"]
    assert kept["release"].tolist()[1] == "9.9"
    assert kept.columns[0] == "release"
    assert kept.columns[-1] == ledger.NOTE
