"""Table III, with few and small epochs."""

import pandas as pd
import pytest

from analysis import api, table3
from analysis.table3 import BENCHMARK, PRUNED, Point, main, reductions, table_text
from tests.analysis.rows import table as table_of

DRAWN = pd.DataFrame({"drawn": ["a", "b"], "rate_per_s": [200, 200], "waiting": [True, True]})


def invented(**given):
    """OT at one edge node of two instances: nodes and times by method, instance after instance."""
    methods = (BENCHMARK, *PRUNED)
    nodes = {"a": (100, 64, 11, 6), "b": (200, 100, 20, 10)}
    seconds = {"a": (1.0, 0.75, 0.5, 0.25), "b": (4.0, 3.0, 1.0, 0.4)}
    rows = [
        {
            "instance": f"{name}@server",
            "method": method,
            "num_edge_nodes": 1,
            "objective": 3,
            "num_nodes": nodes[name][k],
            "runtime_s": seconds[name][k],
        }
        for name in ("a", "b")
        for k, method in enumerate(methods)
    ]
    rows[-1] |= given
    return table_of(*rows)


def test_reductions_are_medians_over_instances_of_what_each_rule_saves():
    """The text's rule: 36 of 100 nodes and 100 of 200, in the median 43 %; 25 % of the time."""
    found = reductions(invented(), DRAWN).set_index("method")
    assert found.index.tolist() == [BENCHMARK, *PRUNED]
    assert found["num_nodes"].tolist() == [150, 82, 15.5, 8]
    assert found["runtime_s"].tolist() == pytest.approx([2.5, 1.875, 0.75, 0.325])
    assert found["fewer_nodes"].tolist() == pytest.approx([0, 0.43, 0.895, 0.945])
    assert found["less_time"].tolist() == pytest.approx([0, 0.25, 0.625, 0.825])
    assert found["num_instances"].tolist() == [2] * 4


def test_the_table_sets_nodes_and_time_beside_what_the_paper_says():
    line = table_text(reductions(invented(), DRAWN)).splitlines()[2].split()
    assert line[:7] == ["counts", "1", "200", "8", "150", "2.5", "s"]
    assert [each for each in line[7:] if each != "%"] == [
        *("43.0", "89.5", "94.5"),
        *("25.0", "62.5", "82.5"),
        "97.92",
    ]


@pytest.mark.parametrize("given", [{"objective": 4}, {"objective": None}])
def test_a_pruning_that_finds_another_batch_or_none_is_no_table(given):
    with pytest.raises(ValueError, match="must find as many requests as none does"):
        reductions(invented(**given), DRAWN)


def test_a_missing_run_is_no_table():
    with pytest.raises(ValueError, match="must find as many requests as none does"):
        reductions(invented().iloc[:-1], DRAWN)


def test_small_epochs_end_in_a_table_and_a_second_run_makes_nothing_again(tmp_path, capsys):
    points = [Point(rate_per_s=3, num_seeds=2)]
    main(points, tmp_path)
    shown = capsys.readouterr().out
    assert "3/s: 32 runs, 0 of them were there" in shown
    table = pd.read_csv(tmp_path / "table3.csv")
    assert len(table) == 2 * 2 * 4
    assert (table["num_instances"] == 2).all()
    text = (tmp_path / "table3.txt").read_text(encoding="utf-8")
    assert text.rstrip("\n") in shown
    assert text.count(table3.AT_LEAST) == 4
    main(points, tmp_path)
    assert "3/s: 32 runs, 32 of them were there" in capsys.readouterr().out
    runs = api.runs_table(tmp_path / "runs.sqlite")
    assert (runs["node_kind"] == "tree").all()
