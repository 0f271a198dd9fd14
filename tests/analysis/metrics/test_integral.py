import json

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.metrics import time_to_target, with_best_bound, with_integrals
from tests.helpers.proofs import proof
from tests.helpers.rows import table

WAY = {
    "objective": 8,
    "bound": 10,
    "runtime_s": 4.0,
    "time_limit_s": 6.0,
    "ended_by": "time-limit",
    "trajectory": json.dumps([[1.0, 4, None], [2.0, 6, 16], [3.0, 8, 12]]),
}


def test_the_integrals_by_hand():
    """To the best known 8: gap 1 for 1 s, 1/2 for 1 s, 1/4 for 1 s, then 0.

    Dual gaps to 8: 1 for 2 s, (16 - 8)/16 for 1 s, 4/12 for 1 s, then 2/10 for 2 s.
    Primal-dual: 1 for 2 s, 10/16 for 1 s, 4/12 for 1 s, then 2/10 for 2 s.
    """
    row = with_integrals(table(WAY)).iloc[0]
    assert row["horizon_s"] == 6
    assert row["primal_integral_s"] == pytest.approx(1.75)
    assert row["dual_integral_s"] == pytest.approx(2 + 1 / 2 + 1 / 3 + 0.4)
    assert row["primal_dual_integral_s"] == pytest.approx(2 + 10 / 16 + 1 / 3 + 0.4)


def test_the_reference_may_be_the_bound():
    """To the bound 10: 1 s at 1, then 6/10, 4/10, and 2/10 for 3 s."""
    row = with_integrals(table(WAY), reference="best_bound").iloc[0]
    assert row["primal_integral_s"] == pytest.approx(1 + 0.6 + 0.4 + 0.6)


def test_a_horizon_cuts_what_comes_later():
    row = with_integrals(table(WAY), horizon_s=1.5).iloc[0]
    assert row["primal_integral_s"] == pytest.approx(1.25)


def test_without_a_limit_the_slowest_run_of_the_question_is_the_horizon():
    runs = with_integrals(
        table({"objective": 4, "runtime_s": 1.0}, {"objective": 4, "runtime_s": 3.0, "seed": 1})
    )
    assert runs["horizon_s"].tolist() == [3.0, 3.0]
    assert runs["primal_integral_s"].tolist() == [1.0, 3.0]


def test_a_failed_run_has_gap_1_throughout():
    failed = {"ended_by": "crash", "status": "none", "time_limit_s": 5.0, "method": "scip"}
    runs = with_integrals(table({"objective": 4, "runtime_s": 1.0, "time_limit_s": 5.0}, failed))
    assert runs["primal_integral_s"].tolist() == [1.0, 5.0]
    assert runs["primal_dual_integral_s"].tolist() == [5.0, 5.0]


def test_there_is_no_integral_without_a_reference_or_with_a_contradiction():
    runs = with_integrals(
        table(
            {"ended_by": "crash", "status": "none"},
            proof(4, instance="b"),
            {"objective": 5, "instance": "b"},
        )
    )
    assert runs["primal_integral_s"].isna().all()
    assert runs["dual_integral_s"].isna().all()
    assert runs["primal_dual_integral_s"].isna().tolist() == [False, True, True]


def test_the_time_to_a_target_by_hand():
    """To the bound 10: 6 is within 40 %, 8 within 20 %, and nothing nearer is reached."""
    runs = table(WAY, {"objective": 10, "bound": 10, "runtime_s": 0.5, "method": "scip"})
    for gap, expected in ((0.6, 1.0), (0.4, 2.0), (0.2, 3.0), (0.1, None)):
        first, second = time_to_target(runs, gap=gap).tolist()
        assert first == expected or (expected is None and pd.isna(first))
        assert second == 0.5


def test_a_target_is_absent_where_nothing_is_proved():
    runs = table({"objective": 4, "runtime_s": 1.0})
    assert time_to_target(runs).isna().all()
    assert time_to_target(runs, reference="best_known").tolist() == [1.0]


def integral(points, end_s, final, reference, horizon_s):
    """Walk along the time axis in plain Python."""
    total, at, gap = 0.0, 0.0, 1.0
    for time_s, objective in sorted([*points, (end_s, final)], key=lambda point: point[0]):
        total += gap * max(0.0, min(time_s, horizon_s) - at)
        at = max(at, min(time_s, horizon_s))
        gap = min(gap, (reference - min(objective, final)) / reference)
    return total + gap * (horizon_s - at)


@given(
    st.lists(st.tuples(st.floats(0, 9), st.integers(1, 9)), max_size=5),
    st.integers(1, 9),
    st.integers(9, 12),
    st.floats(0, 12),
)
def test_the_primal_integral_is_that_of_a_walk_along_the_axis(points, final, reference, horizon_s):
    run = {
        "instance": "a",
        "coefficients": "0",
        "problem": "P1",
        "cardinality": None,
        "method": "ot",
        "status": "feasible",
        "ended_by": "completed",
        "objective": final,
        "bound": None,
        "known_objective": reference,
        "known_bound": None,
        "certified_objective": None,
        "certified_bound": None,
        "runtime_s": 10.0,
        "wall_s": 10.0,
        "time_limit_s": None,
        "trajectory": json.dumps([[time_s, objective, None] for time_s, objective in points]),
    }
    whole = ("cardinality", "objective", "bound", "certified_objective", "certified_bound")
    types = dict.fromkeys((*whole, "known_objective", "known_bound"), "Int64")
    runs = with_best_bound(pd.DataFrame([run]).astype(types | {"time_limit_s": "Float64"}))
    found = with_integrals(runs, horizon_s=horizon_s)["primal_integral_s"].iloc[0]
    assert found == pytest.approx(integral(points, 10.0, final, reference, horizon_s))
