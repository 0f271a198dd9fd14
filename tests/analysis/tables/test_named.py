"""The table of runs and what it says, written and read again by other readers."""

import json
import re

import jsonschema
import pandas as pd
import pytest

from analysis.tables.named import TABLES, named_table
from analysis.tables.runs import export_runs, runs_table
from analysis.tables.schemas import schema
from heuristics.errors import InputError
from tests.helpers.proofs import proof
from tests.helpers.rows import store_of

TREE = {"node_kind": "tree", "num_nodes": 4, "time_limit_s": 5.0}
NAMES = "abcd"
RUNS = (
    *(proof(10, instance=name, runtime_s=1.0 + place) for place, name in enumerate(NAMES)),
    *(
        TREE
        | {"instance": name, "objective": 9 - place, "runtime_s": 0.1 * (place + 1)}
        | {"num_eligible": 8 * (place + 1), "trajectory": f"[[0.05, {5 - place}, null]]"}
        for place, name in enumerate(NAMES)
    ),
    {"instance": "a", "method": "random & order", "objective": 3, "runtime_s": 1e-5},
    {"instance": "b", "method": "random & order", "ended_by": "crash", "status": "none"},
    proof(4, instance="a", problem="P2", runtime_s=0.5, key="of P2"),
)


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    return store_of(tmp_path_factory.mktemp("runs") / "runs.sqlite", *RUNS)


@pytest.fixture(scope="module")
def runs(store):
    return runs_table(store)


@pytest.mark.parametrize("name", TABLES)
def test_every_table_says_of_which_problem_it_speaks(runs, name):
    table = named_table(name, runs)
    assert "problem" in table
    if name != "contradictions":
        assert set(table["problem"]) <= {"P1", "P2"}
        assert len(table) > 0


def test_a_table_holds_what_its_metric_says(runs):
    means = named_table("means", runs).set_index(["problem", "contestant"])
    assert means.loc[("P1", "milp-bigm"), "runs"] == 4
    assert means.loc[("P2", "milp-bigm"), "solved"] == 1
    best = named_table("virtual-best", runs).set_index(["problem", "contestant"])["share"]
    assert best["P2", "milp-bigm"] == 1
    assert named_table("contradictions", runs).empty


@pytest.mark.parametrize("name", ["nodes", "summary"])
def test_a_table_with_tree_nodes_says_which_trees_they_are_of(tmp_path, name):
    """The last column, so that readers of the columns before it read on."""
    kept = store_of(
        tmp_path / "r.sqlite",
        TREE | {"options": '{"start": "bound"}', "objective": 3},
        TREE | {"options": '{"start": "all"}', "objective": 3, "method": "ot"},
        proof(4, num_nodes=7, node_kind="branch-and-bound"),
        {"method": "random-order", "objective": 2},
    )
    table = named_table(name, runs_table(kept))
    assert table.columns[-1] == "trees"
    told = table.set_index("contestant")["trees"].dropna().to_dict()
    assert told == {"ot": "all (start=all)", "ot-gah": "left by the bound (start=bound)"}


def test_a_table_that_is_not_is_refused(runs):
    with pytest.raises(InputError, match="--table: must be one of runs, contradictions, summary"):
        named_table("averages", runs)


@pytest.mark.parametrize("name", ["runs", "summary", "means", "pairs", "performance-profile"])
def test_other_readers_read_what_is_written(store, runs, tmp_path, name):
    expected = named_table(name, runs)
    for suffix, read in ((".csv", pd.read_csv), (".parquet", pd.read_parquet)):
        export_runs(store, tmp_path / f"t{suffix}", table=name)
        found = read(tmp_path / f"t{suffix}")
        assert list(found.columns) == list(expected.columns)
        assert len(found) == len(expected)
        for column in expected.select_dtypes("number"):
            pd.testing.assert_series_equal(
                found[column].astype("Float64"),
                expected[column].astype("Float64"),
                check_index_type=False,
            )
    export_runs(store, tmp_path / "t.json", table=name)
    document = json.loads((tmp_path / "t.json").read_text())
    rows = document["runs"] if name == "runs" else document
    assert len(rows) == len(expected)


@pytest.mark.parametrize("name", ["runs", "summary", "pairs", "virtual-best"])
def test_a_latex_table_has_a_line_a_row_and_as_many_cells_as_heads(store, runs, tmp_path, name):
    """Read by its ampersands, of which those of a name are escaped."""
    export_runs(store, tmp_path / "t.tex", table=name)
    text = (tmp_path / "t.tex").read_text()
    assert text.startswith("\\begin{longtable}")
    body = text.split("\\endlastfoot")[1].split("\\end{longtable}")[0]
    lines = [line for line in body.splitlines() if line.endswith("\\\\")]
    assert len(lines) == len(named_table(name, runs))
    heads = len(re.findall(r"(?<!\\)&", text.split("\\toprule")[1].split("\\\\")[0]))
    assert {len(re.findall(r"(?<!\\)&", line)) for line in lines} <= {heads}
    assert not re.search(r"(?<!\\)[_%]", body)


def test_the_document_of_runs_keeps_to_its_schema(store, tmp_path):
    """A positive control, and three documents that do not."""
    export_runs(store, tmp_path / "t.json")
    document = json.loads((tmp_path / "t.json").read_text())
    runs_schema = schema("runs")
    jsonschema.Draft202012Validator.check_schema(runs_schema)
    jsonschema.validate(document, runs_schema)
    assert document["runs"][0]["options"] == {}
    run = next(run for run in document["runs"] if run["method"] == "random & order")
    assert (run["objective"], run["bound"]) == (3, None)
    for spoilt in ({"objective": 3.5}, {"status": "good"}, {"trajectory": [[1.0, 2]]}):
        wrong = document | {"runs": [document["runs"][0] | spoilt]}
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(wrong, runs_schema)


def test_the_trajectory_of_a_run_comes_back(store, tmp_path):
    export_runs(store, tmp_path / "t.json")
    document = json.loads((tmp_path / "t.json").read_text())
    told = [run["trajectory"] for run in document["runs"] if run["method"] == "ot-gah"]
    assert told == [[[0.05, 5 - place, None]] for place in range(4)]


def test_a_solu_file_is_of_runs_alone(store, tmp_path):
    with pytest.raises(InputError, match=r"--table: must be runs for a \.solu file, found"):
        export_runs(store, tmp_path / "t.solu", table="summary")
    assert list(tmp_path.iterdir()) == []


def test_a_solu_file_is_read_as_the_collections_of_solvers_read_theirs(tmp_path):
    """An optimum, a best schedule with its bound, a contradiction; a line a fact."""
    path = store_of(
        tmp_path / "r.sqlite",
        proof(4, instance="proved"),
        {"instance": "open", "objective": 5, "bound": 8, "ended_by": "time-limit"},
        proof(4, instance="wrong"),
        {"instance": "wrong", "objective": 5},
    )
    export_runs(path, tmp_path / "t.solu")
    read = {}
    for line in (tmp_path / "t.solu").read_text().splitlines():
        marker, name, *value = line.split()
        read.setdefault(name, {})[marker.strip("=")] = int(value[0]) if value else None
    assert read == {
        "open": {"best": 5, "bestdual": 8},
        "proved": {"opt": 4},
        "wrong": {"unkn": None},
    }
