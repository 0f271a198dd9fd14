import sqlite3

import pandas as pd
import pytest

from analysis.store.file import APPLICATION_ID
from analysis.store.store import Store, read_runs
from analysis.tables.runs import FIRST_COLUMNS, export_runs, runs_table
from heuristics.errors import InputError
from tests.helpers.rows import kept_bound, rows, store_of

PROOF = {
    "method": "milp-bigm",
    "status": "optimal",
    "ended_by": "proof",
    "proved_by": "milp-bigm",
    "objective": 4,
    "bound": 4,
    "num_nodes": 7,
    "node_kind": "branch-and-bound",
    "runtime_s": 0.5,
}


def test_what_is_written_is_read_with_absent_values_absent(tmp_path):
    path = store_of(tmp_path / "r.sqlite", PROOF, {"status": "none", "ended_by": "crash"})
    runs = read_runs(path)
    assert runs["objective"].tolist() == [4, pd.NA]
    assert str(runs["objective"].dtype) == "Int64"
    assert runs["runtime_s"].tolist() == [0.5, pd.NA]
    assert runs["family"].tolist() == ["paper", "paper"]


def test_a_run_of_the_same_key_is_replaced(tmp_path):
    lost = {"key": "k", "status": "none", "ended_by": "crash"}
    path = store_of(tmp_path / "r.sqlite", lost, {"key": "k", "objective": 3})
    assert read_runs(path)["objective"].tolist() == [3]


def test_only_failed_runs_are_left_out_of_the_keys(tmp_path):
    path = store_of(
        tmp_path / "r.sqlite",
        {"key": "crashed", "ended_by": "crash"},
        {"key": "raised", "ended_by": "error"},
        {"key": "cut", "ended_by": "time-limit"},
        {"key": "full", "ended_by": "memory-limit"},
        {"key": "done"},
    )
    with Store.open(path) as store:
        assert store.keys() == {"crashed", "raised", "cut", "full", "done"}
        assert store.keys(without_failed=True) == {"cut", "full", "done"}


def test_one_name_has_one_set_of_coefficients(tmp_path):
    path = store_of(tmp_path / "r.sqlite", {"coefficients": "f" * 64})
    with Store.open(path) as store:
        store.refuse_other_coefficients("a", "f" * 64)
        store.refuse_other_coefficients("b", "e" * 64)
        with pytest.raises(InputError, match="a: coefficients: must have the coefficients that"):
            store.refuse_other_coefficients("a", "e" * 64)


def test_a_row_that_cannot_be_written_leaves_no_part_of_it(tmp_path):
    path = tmp_path / "r.sqlite"
    instance, run = rows()
    with Store.open(path) as store, pytest.raises(sqlite3.IntegrityError):
        store.write(instance, run | {"status": None})
    with sqlite3.connect(path) as connection:
        assert connection.execute("SELECT count(*) FROM instances").fetchone() == (0,)


def database(path, application_id, version):
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE t (x)")
        connection.execute(f"PRAGMA application_id = {application_id}")
        connection.execute(f"PRAGMA user_version = {version}")
    connection.close()


def test_another_database_is_refused(tmp_path):
    database(tmp_path / "r.sqlite", 0, 0)
    for use in (read_runs, lambda path: Store.open(path).__enter__()):
        with pytest.raises(InputError, match="must be a file of runs, found another database"):
            use(tmp_path / "r.sqlite")


def test_another_version_is_refused(tmp_path):
    database(tmp_path / "r.sqlite", APPLICATION_ID, 99)
    for use in (read_runs, lambda path: Store.open(path).__enter__()):
        with pytest.raises(
            InputError,
            match=r"version: must be 5 \(read it with the newer otgah that wrote it\), found 99",
        ):
            use(tmp_path / "r.sqlite")


def test_a_file_that_is_no_database_is_refused_and_left_as_it_was(tmp_path):
    path = tmp_path / "r.sqlite"
    path.write_text("not a database, but long enough to have a header of one" * 40)
    before = path.read_bytes()
    for use in (read_runs, lambda path: Store.open(path).__enter__()):
        with pytest.raises(InputError, match="must be a file of runs: file is not a database"):
            use(path)
    assert path.read_bytes() == before


def test_a_missing_store_is_made_to_write_and_refused_to_read(tmp_path):
    with pytest.raises(InputError, match="must be a file of runs, found none"):
        read_runs(tmp_path / "r.sqlite")
    with Store.open(tmp_path / "new" / "r.sqlite"):
        pass
    assert read_runs(tmp_path / "new" / "r.sqlite").empty


UNPROVED = {
    "a schedule and no bound": ([{"objective": 3}], True),
    "a bound above the best schedule": ([PROOF | {"bound": 6, "objective": 5}], True),
    "a bound below it": ([PROOF | {"bound": 4}, {"objective": 5}], True),
    "a proof": ([PROOF, {"objective": 3}], False),
    "no schedule": ([{"status": "none", "ended_by": "crash"}], False),
    "a cardinality": ([{"objective": 3, "problem": "P3", "cardinality": 3}], False),
    "P3' as maximisation": ([{"objective": 3, "problem": "P3prime"}], True),
    "a proof of P3' for P1": ([PROOF | {"problem": "P3prime"}, {"objective": 3}], False),
    "a cardinality of P3'": ([{"objective": 3, "problem": "P3prime", "cardinality": 3}], False),
}


@pytest.mark.parametrize(("runs", "is_wanted"), UNPROVED.values(), ids=UNPROVED)
def test_a_bound_is_wanted_where_a_schedule_is_and_no_proof(tmp_path, runs, is_wanted):
    path = store_of(tmp_path / "r.sqlite", *runs)
    with Store.open(path) as store:
        assert store.unproved() == ({("0" * 64, "P1")} if is_wanted else set())


def test_a_kept_bound_is_wanted_no_more_and_joins_the_runs_of_its_question(tmp_path):
    path = store_of(
        tmp_path / "r.sqlite",
        {"objective": 3},
        {"objective": 2, "instance": "twin"},
        {"objective": 2, "instance": "other", "coefficients": "1" * 64},
        {"objective": 2, "instance": "of P2", "problem": "P2"},
        {"objective": 2, "instance": "of P3'", "problem": "P3prime"},
        {"objective": 2, "instance": "z", "problem": "P3prime", "cardinality": 2},
    )
    with Store.open(path) as store:
        store.write_bound(kept_bound(9))
        store.write_bound(kept_bound(5, objective=4))
        assert store.unproved() == {("1" * 64, "P1"), ("0" * 64, "P2")}
    table = read_runs(path).set_index(["instance", "problem"])
    bounds = table["certified_bound"].dropna().to_dict()
    assert bounds == {("a", "P1"): 5, ("twin", "P1"): 5, ("of P3'", "P3prime"): 5}
    assert table["certified_objective"].dropna().to_dict() == dict.fromkeys(bounds, 4)


def test_the_table_starts_with_the_columns_that_answer_the_question(tmp_path):
    table = runs_table(store_of(tmp_path / "r.sqlite", PROOF))
    assert tuple(table.columns[: len(FIRST_COLUMNS)]) == FIRST_COLUMNS
    assert FIRST_COLUMNS[:4] == ("instance", "family", "method", "problem")
    assert FIRST_COLUMNS[4:9] == ("status", "ended_by", "objective", "bound", "best_bound")
    assert FIRST_COLUMNS[9:] == ("gap", "runtime_s", "num_nodes", "node_kind")


@pytest.fixture
def store(tmp_path):
    return store_of(
        tmp_path / "r.sqlite",
        PROOF,
        {"objective": 3},
        {"instance": "cut_1", "objective": 3, "bound": 5, "ended_by": "time-limit"},
        {"instance": "only served", "objective": 2},
        {"instance": "lost", "status": "none", "ended_by": "crash"},
        PROOF | {"instance": "wrong"},
        {"instance": "wrong", "objective": 5},
        PROOF | {"instance": "of P2", "problem": "P2"},
    )


def test_csv_and_parquet_hold_every_column_and_the_same_values(tmp_path, store):
    table = export_runs(store, tmp_path / "t.csv")
    export_runs(store, tmp_path / "t.parquet")
    assert len((tmp_path / "t.csv").read_text().splitlines()) == 1 + len(table)
    parquet = pd.read_parquet(tmp_path / "t.parquet")
    csv = pd.read_csv(tmp_path / "t.csv")
    assert list(csv.columns) == list(parquet.columns) == list(table.columns)
    for name in ("instance", "method"):
        assert csv[name].tolist() == parquet[name].tolist() == table[name].tolist()
    for name in ("objective", "best_bound", "gap"):
        expected = table[name].astype("Float64").tolist()
        assert parquet[name].astype("Float64").tolist() == expected
        assert csv[name].astype("Float64").tolist() == expected


def test_latex_is_a_longtable_with_escaped_names(tmp_path, store):
    export_runs(store, tmp_path / "t.tex")
    text = (tmp_path / "t.tex").read_text()
    assert text.startswith(r"\begin{longtable}")
    assert r"cut\_1" in text
    assert "NA" not in text


def test_solu_says_of_p1_what_is_proved(tmp_path, store):
    export_runs(store, tmp_path / "t.solu")
    assert (tmp_path / "t.solu").read_text().splitlines() == [
        "=opt= a 4",
        "=best= cut_1 3",
        "=bestdual= cut_1 5",
        "=unkn= lost",
        "=best= only served 2",
        "=unkn= wrong",
    ]


def test_solu_counts_what_a_certificate_proves_and_its_search_found(tmp_path):
    path = store_of(tmp_path / "r.sqlite", {"objective": 3})
    for objective, told in ((None, ["=best= a 3", "=bestdual= a 4"]), (4, ["=opt= a 4"])):
        with Store.open(path) as store:
            store.write_bound(kept_bound(4, objective=objective))
        export_runs(path, tmp_path / "t.solu")
        assert (tmp_path / "t.solu").read_text().splitlines() == told


def test_another_suffix_is_refused(tmp_path, store):
    with pytest.raises(InputError, match="must end in "):
        export_runs(store, tmp_path / "t.xlsx")
    assert not (tmp_path / "t.xlsx").exists()


def test_a_file_of_an_older_version_says_what_to_do(tmp_path):
    database(tmp_path / "r.sqlite", APPLICATION_ID, 4)
    with pytest.raises(InputError, match=r"must be 5 \(run the batch again .*\), found 4"):
        read_runs(tmp_path / "r.sqlite")
