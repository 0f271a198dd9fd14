import pandas as pd
import pytest

from analysis.metrics import node_counts
from tests.helpers.rows import table


def test_counts_of_two_kinds_by_hand():
    """Tree nodes 0 and 30 of OT, shift 10: sqrt(10 * 40) - 10 = 10, and 30 nodes in 2 s."""
    tree = {"method": "ot", "node_kind": "tree", "runtime_s": 1.0}
    runs = table(
        tree | {"num_nodes": 0},
        tree | {"num_nodes": 30, "instance": "b"},
        {"method": "ot", "instance": "c", "ended_by": "crash"},
        {"method": "scip", "node_kind": "branch-and-bound", "num_nodes": 7},
        {"method": "greedy-by-output"},
    )
    counts = node_counts(runs)
    assert counts["method"].tolist() == ["ot", "scip"]
    assert counts["node_kind"].tolist() == ["tree", "branch-and-bound"]
    ot, scip = counts.to_dict("records")
    assert (ot["runs"], ot["counted"]) == (3, 2)
    assert ot["mean"] == pytest.approx(10)
    assert (ot["median"], ot["largest"], ot["total"], ot["per_second"]) == (15, 30, 30, 15)
    assert pd.isna(scip["per_second"])


def test_a_method_that_counts_both_kinds_has_a_row_for_each():
    runs = table(
        {"node_kind": "tree", "num_nodes": 3},
        {"node_kind": "branch-and-bound", "num_nodes": 5, "instance": "b"},
    )
    assert node_counts(runs, by=("family", "method"))["total"].tolist() == [3, 5]
    assert node_counts(runs)["runs"].tolist() == [2, 2]


def test_where_nothing_is_counted_there_is_no_row():
    assert node_counts(table({"objective": 3})).empty
