import math

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.metrics import counted_runtime, shifted_geometric_mean, summary
from tests.analysis.rows import table


def proof(objective, **more):
    proved = {"status": "optimal", "ended_by": "proof", "method": "milp-bigm"}
    return proved | {"objective": objective, "bound": objective, "proved_by": "milp-bigm"} | more


def test_the_gap_is_taken_to_the_best_bound_of_the_same_question():
    """Bounds 10 and 8 were proved; 6 served of 8 is a gap of 2/8, and 2 requests short."""
    runs = table(
        {"objective": 6},
        {"objective": 7, "bound": 10, "method": "milp-bigm", "ended_by": "time-limit"},
        {"objective": 7, "bound": 8, "method": "milp-bigm-pulp", "ended_by": "time-limit"},
    )
    assert runs["best_bound"].tolist() == [8, 8, 8]
    assert runs["gap"].tolist() == [0.25, 0.125, 0.125]
    assert runs["short"].tolist() == [2, 1, 1]


def test_a_kept_certificate_gives_every_schedule_a_gap():
    runs = table({"objective": 6, "certified_bound": 8}, {"status": "none", "certified_bound": 8})
    assert runs["best_bound"].tolist() == [8, 8]
    assert runs["gap"].tolist() == [0.25, pd.NA]


@pytest.mark.parametrize(
    ("certified", "bound_by"), [(9, "milp-bigm"), (8, "milp-bigm"), (7, "certificate")]
)
def test_the_best_bound_is_named_after_who_proved_it(certified, bound_by):
    kept = {"certified_bound": certified}
    cut = {"bound": 8, "method": "milp-bigm", "ended_by": "time-limit"}
    runs = table({"objective": 6} | kept, {"objective": 5} | cut | kept)
    assert set(runs["best_bound"]) == {min(8, certified)}
    assert set(runs["bound_by"]) == {bound_by}


def test_nobody_is_named_where_nothing_is_proved():
    assert table({"objective": 6})["bound_by"].isna().all()


@pytest.mark.parametrize(
    "other",
    [{"instance": "b"}, {"problem": "P2"}, {"problem": "P3", "cardinality": 8}],
    ids=["another instance", "another problem", "a cardinality"],
)
def test_a_bound_is_never_carried_to_another_question(other):
    runs = table({"objective": 6}, proof(8, **other))
    assert pd.isna(runs["best_bound"][0])
    assert pd.isna(runs["gap"][0])


def test_two_cardinalities_are_two_questions():
    runs = table(
        proof(2, problem="P3", cardinality=2),
        {"problem": "P3", "cardinality": 3, "status": "infeasible", "ended_by": "proof"},
    )
    assert runs["contradiction"].isna().all()


def test_what_the_file_calls_best_known_is_no_bound_of_a_run():
    runs = table({"objective": 6, "known_bound": 8, "known_objective": 8})
    assert pd.isna(runs["gap"][0])
    assert runs["contradiction"].isna().all()


def test_nothing_served_of_a_bound_of_nothing_is_a_gap_of_zero():
    assert table(proof(0))["gap"].tolist() == [0.0]


def test_a_failed_run_has_no_gap():
    runs = table(proof(8), {"status": "none", "ended_by": "crash"})
    assert runs["failed"].tolist() == [False, True]
    assert pd.isna(runs["gap"][1])


@pytest.mark.parametrize("ended_by", ["time-limit", "node-limit", "memory-limit", "completed"])
def test_a_run_that_ended_at_a_limit_did_not_fail(ended_by):
    assert not table({"ended_by": ended_by})["failed"][0]


CONTRADICTIONS = {
    "milp-bigm proved the bound 8, ot-gah found 9": [{"objective": 9}, proof(8)],
    "milp-bigm proved the optimum 8, scip the optimum 9": [
        proof(9, method="scip"),
        proof(8),
        {"objective": 8},
    ],
    "milp-bigm says infeasible, ot-gah found a schedule": [
        {"objective": 3, "problem": "P3", "cardinality": 3},
        {
            "problem": "P3",
            "cardinality": 3,
            "status": "infeasible",
            "ended_by": "proof",
            "method": "milp-bigm",
        },
    ],
    "the file claims the bound 5, ot-gah found 6": [
        {"objective": 6, "known_bound": 5, "known_objective": 5}
    ],
    "the file claims a schedule of 9, milp-bigm proved the bound 8": [
        proof(8, known_bound=9, known_objective=9)
    ],
    "the certificate proved the bound 8, ot-gah found 9": [
        {"objective": 9, "certified_bound": 8, "certified_objective": 8}
    ],
    "milp-bigm proved the bound 8, the certificate's search found 9": [
        proof(8, certified_bound=9, certified_objective=9)
    ],
    "the file claims a schedule of 9, the certificate proved the bound 8": [
        {"objective": 7, "certified_bound": 8, "known_bound": 9, "known_objective": 9}
    ],
}


@pytest.mark.parametrize(("told", "given_runs"), CONTRADICTIONS.items())
def test_a_contradiction_is_told_and_in_no_mean(told, given_runs):
    sound = proof(4, instance="sound", known_bound=4, known_objective=4)
    runs = table(*given_runs, sound)
    assert set(runs["contradiction"][:-1]) == {told}
    assert runs["gap"][:-1].isna().all()
    assert runs[["best_bound", "bound_by"]][:-1].isna().all(axis=None)
    assert pd.isna(runs["contradiction"].iloc[-1])
    assert runs["gap"].iloc[-1] == 0


def test_what_the_file_claims_of_p1_says_nothing_of_p2():
    runs = table({"objective": 6, "problem": "P2", "known_bound": 5, "known_objective": 5})
    assert runs["contradiction"].isna().all()


def test_the_shifted_geometric_mean_by_hand():
    """Of 0, 3 and 7 with shift 1: the cube root of 1 * 4 * 8 is 3.1748, less 1."""
    assert shifted_geometric_mean([0, 3, 7], shift=1) == pytest.approx(32 ** (1 / 3) - 1)


def test_no_value_has_no_mean():
    assert shifted_geometric_mean([], shift=1) is None


@given(st.lists(st.floats(0, 1e6), min_size=1), st.floats(0.01, 100))
def test_the_shifted_geometric_mean_lies_among_its_values(values, shift):
    mean = shifted_geometric_mean(values, shift=shift)
    slack = 1e-9 * (max(values) + shift)
    assert min(values) - slack <= mean <= max(values) + slack


def test_a_run_without_a_runtime_counts_with_its_limit_and_without_one_with_its_life():
    runs = table(
        {"runtime_s": 1.0, "time_limit_s": 10.0},
        {"ended_by": "crash", "time_limit_s": 10.0, "wall_s": 3.0},
        {"ended_by": "crash", "wall_s": 3.0},
    )
    assert counted_runtime(runs).tolist() == [1.0, 10.0, 3.0]


def test_the_summary_by_hand_with_failures_in_every_count():
    """Three runs of OT-GAH: gaps 0 and 1/4, one crash; of two MILP runs one proved.

    The mean gap is 1/8 over the two that have one. The runtimes count as 0, 0 and 0.7 s (the
    limit), so with shift 0.1 s the mean is (0.1 * 0.1 * 0.8)^(1/3) - 0.1 = 0.1 s.
    """
    milp = {"method": "milp-bigm", "node_kind": "branch-and-bound", "runtime_s": 0.0}
    gah = {"node_kind": "tree", "num_nodes": 90, "runtime_s": 0.0, "time_limit_s": 0.7}
    cut = {"status": "feasible", "ended_by": "time-limit", "proved_by": None}
    runs = table(
        proof(4) | milp | {"num_nodes": 0},
        proof(8, instance="b") | milp | cut | {"objective": 7, "num_nodes": 30},
        {"objective": 4} | gah,
        {"objective": 6, "instance": "b"} | gah,
        {"instance": "c", "status": "none", "ended_by": "crash", "time_limit_s": 0.7},
    )
    milp_row, gah_row = summary(runs).to_dict("records")
    assert milp_row["runs"] == 2
    assert milp_row["proved"] == 1
    assert milp_row["optimal"] == 1
    assert milp_row["branch_and_bound_nodes"] == pytest.approx(math.sqrt(10 * 40) - 10)
    assert pd.isna(milp_row["tree_nodes"])
    assert gah_row["runs"] == 3
    assert gah_row["failed"] == 1
    assert gah_row["proved"] == 0
    assert gah_row["optimal"] == 1
    assert gah_row["with_gap"] == 2
    assert gah_row["mean_gap"] == 0.125
    assert gah_row["max_gap"] == 0.25
    assert gah_row["mean_short"] == 1.0
    assert gah_row["runtime_s"] == pytest.approx(0.1)
    assert gah_row["tree_nodes"] == pytest.approx(90)
    assert pd.isna(gah_row["branch_and_bound_nodes"])


def test_gaps_of_two_problems_never_share_a_row():
    runs = table(proof(4), proof(4, problem="P2"))
    assert summary(runs)["problem"].tolist() == ["P1", "P2"]
