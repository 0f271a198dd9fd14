import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.metrics import with_best_bound
from analysis.metrics.contradiction import contradiction_of
from tests.helpers.proofs import proof
from tests.helpers.rows import table


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


def test_p3prime_shares_its_bounds_with_p1_and_the_table_says_so():
    """P3' without z is P1 at one edge node; with z it is another question."""
    runs = table(
        proof(8, problem="P3prime", method="ot"),
        {"objective": 6},
        {"objective": 5, "problem": "P3prime", "cardinality": 5},
        proof(9, problem="P2", method="algorithm-1"),
    )
    assert runs["best_bound"].tolist() == [8, 8, pd.NA, 9]
    assert runs["bound_by"].tolist() == ["ot", "ot", pd.NA, "algorithm-1"]
    assert runs["bound_problem"].tolist() == ["P3prime", "P3prime", pd.NA, "P2"]
    assert runs["problem"].tolist() == ["P3prime", "P1", "P3prime", "P2"]


def test_p3prime_and_p1_contradict_each_other_and_the_file():
    runs = table({"objective": 9, "problem": "P3prime"}, proof(8))
    assert runs["contradiction"].notna().all()
    known = {"known_bound": 8, "known_objective": 8}
    assert table({"objective": 9, "problem": "P3prime"} | known)["contradiction"].notna().all()
    assert table({"objective": 9, "problem": "P2"} | known)["contradiction"].isna().all()


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


def test_a_run_is_also_measured_against_the_best_known():
    """Of 8, 6 and a claimed 9: the best known is the file's, 1/9 and 1/3 above the two runs."""
    claimed = {"known_objective": 9, "known_bound": 12}
    runs = table({"objective": 8} | claimed, {"objective": 6, "method": "ot"} | claimed)
    assert runs["best_known"].tolist() == [9, 9]
    assert set(runs["best_known_by"]) == {"the file"}
    assert runs["gap_to_best_known"].tolist() == pytest.approx([1 / 9, 1 / 3])
    assert runs["short_of_best_known"].tolist() == [1, 3]
    assert runs["gap"].isna().all()


def test_of_several_who_found_the_best_known_the_first_is_named():
    runs = table({"objective": 6, "method": "ot"}, {"objective": 6}, {"objective": 5})
    assert set(runs["best_known_by"]) == {"ot"}
    assert runs["gap_to_best_known"].tolist() == pytest.approx([0, 0, 1 / 6])


def test_the_best_known_of_p2_is_not_what_the_file_says_of_p1():
    runs = table({"objective": 6, "problem": "P2", "known_objective": 9, "known_bound": 9})
    assert runs["best_known"].tolist() == [6]


def test_a_solver_prints_another_gap_than_its_own_bound_gives():
    """Objective 4, bound 5: 1/5 here, 1/4 as HiGHS and Gurobi print it; at 0 they say infinite."""
    cut = {"method": "milp-bigm", "ended_by": "time-limit"}
    runs = table(
        {"objective": 4, "bound": 5} | cut,
        {"objective": 0, "bound": 5, "instance": "b"} | cut,
        {"objective": 0, "bound": 0, "instance": "c"} | cut,
        {"objective": 4, "instance": "d"},
    )
    assert runs["own_gap"].tolist() == [0.2, 1.0, 0.0, pd.NA]
    assert runs["solver_gap"].tolist() == [0.25, pd.NA, 0.0, pd.NA]


def test_an_empty_table_has_all_columns_too():
    runs = table({"objective": 3})
    assert list(with_best_bound(runs.iloc[:0]).columns) == list(runs.columns)


numbers = st.none() | st.integers(0, 3)
RUN = st.fixed_dictionaries(
    {
        "instance": st.sampled_from("ab"),
        "method": st.sampled_from(["ot", "ot-gah", "scip"]),
        "problem": st.sampled_from(["P1", "P2", "P3"]),
        "cardinality": st.sampled_from([None, 2]),
        "status": st.sampled_from(["optimal", "feasible", "infeasible", "none"]),
        "objective": numbers,
        "bound": numbers,
        "certified_objective": numbers,
        "certified_bound": numbers,
    }
)


@given(st.lists(RUN, min_size=1, max_size=6), st.sampled_from([(None, None), (1, 2), (2, 2)]))
def test_all_questions_at_once_say_what_each_says_alone(given_runs, known):
    """Row by row in plain Python: the least claim, who made it first, and what contradicts it."""
    more = dict(zip(("known_objective", "known_bound"), known, strict=True))
    more |= {"coefficients": "0", "ended_by": "completed"}
    given_runs = [each | more for each in given_runs]
    runs = with_best_bound(pd.DataFrame(given_runs).astype(TYPES))
    for place, run in enumerate(given_runs):
        same = [each for each in given_runs if all(each[key] == run[key] for key in KEYS)]
        bounds = [(each["bound"], each["method"]) for each in same]
        bounds += [(each["certified_bound"], "certificate") for each in same]
        told = contradiction_of(same)
        least = min((each for each in bounds if each[0] is not None), key=first, default=None)
        expected = (told, *((None, None) if told or least is None else least))
        found = runs.iloc[place][["contradiction", "best_bound", "bound_by"]]
        assert tuple(None if pd.isna(each) else each for each in found) == expected


KEYS = ("instance", "problem", "cardinality")
TYPES = dict.fromkeys(("objective", "bound", "cardinality"), "Int64")
TYPES |= {
    f"{whose}_{name}": "Int64"
    for whose in ("certified", "known")
    for name in ("objective", "bound")
}


def first(claim):
    return claim[0]
