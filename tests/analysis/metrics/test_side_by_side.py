import pandas as pd

from analysis.metrics import side_by_side
from analysis.tables.named import named_table
from tests.helpers.proofs import proof
from tests.helpers.rows import table

RUNS = (
    proof(8, runtime_s=2.0),
    {"objective": 6, "runtime_s": 0.2, "time_limit_s": 9.0},
    {"objective": 4, "runtime_s": 0.4, "seed": 1, "time_limit_s": 9.0},
    {"instance": "b", "status": "none", "ended_by": "crash", "time_limit_s": 9.0},
)


def test_each_question_has_a_row_and_each_method_its_columns():
    """Seeds 0 and 1 serve 6 and 4 of 8: gaps of 1/4 and 1/2, in the mean 5 requests and 3/8."""
    shown = side_by_side(table(*RUNS)).set_index("instance")
    assert shown.index.tolist() == ["a", "b"]
    assert shown["best_bound"].tolist()[0] == 8
    assert shown.loc["a", "ot-gah objective"] == 5
    assert shown.loc["a", "ot-gah gap"] == 0.375
    assert shown.loc["a", "ot-gah runtime_s"] == 0.30000000000000004
    assert shown.loc["a", "milp-bigm objective"] == 8
    assert shown.loc["a", "milp-bigm ended_by"] == "proof"


def test_what_failed_counts_with_its_limit_and_what_was_not_asked_is_absent():
    shown = side_by_side(table(*RUNS)).set_index("instance")
    assert shown.loc["b", "ot-gah runtime_s"] == 9.0
    assert shown.loc["b", "ot-gah ended_by"] == "crash"
    for name in ("best_bound", "ot-gah objective", "milp-bigm objective", "milp-bigm ended_by"):
        assert pd.isna(shown.loc["b", name])


def test_different_ends_of_several_seeds_are_joined():
    cut = {"objective": 6, "runtime_s": 0.2, "seed": 1, "ended_by": "time-limit"}
    shown = side_by_side(table({"objective": 6}, cut))
    assert shown["ot-gah ended_by"].tolist() == ["completed, time-limit"]


def test_the_table_can_be_exported_problem_by_problem():
    runs = table(*RUNS, proof(3, problem="P2"))
    shown = named_table("side-by-side", runs)
    assert shown["problem"].tolist() == ["P1", "P1", "P2"]
    assert pd.isna(shown["ot-gah objective"].iloc[2])
