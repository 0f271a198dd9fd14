import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.metrics import virtual_best
from tests.analysis.metrics.test_profile import timed
from tests.helpers.rows import table


def test_shares_in_the_virtual_best_by_hand():
    """Four questions: fast wins one alone and ties one, slow ties one and solves one alone.

    Nobody solves the fourth. With shift 1 the means over the three solved are of 1, 2, 3.
    """
    runs = table(*timed({"fast": [1.0, 2.0, None, None], "slow": [7.0, 2.0, 3.0, None]}))
    best, fast, slow, worst = virtual_best(runs, shift=1).to_dict("records")
    assert (best["method"], best["questions"], best["solved"]) == ("virtual best", 4, 3)
    assert best["mean"] == pytest.approx((2 * 3 * 4) ** (1 / 3) - 1)
    assert (fast["best"], fast["alone"], fast["solved"], fast["only"]) == (2, 1, 2, 0)
    assert fast["share"] == pytest.approx(1.5 / 3)
    assert pd.isna(fast["mean"])
    assert fast["loss"] == pytest.approx(
        ((8 * 3 * 4) ** (1 / 3) - 1) / ((2 * 3 * 4) ** (1 / 3) - 1)
    )
    assert (slow["best"], slow["alone"], slow["only"]) == (2, 1, 1)
    assert slow["share"] == pytest.approx(1.5 / 3)
    assert slow["mean"] == pytest.approx((8 * 3 * 4) ** (1 / 3) - 1)
    assert slow["loss"] == 1  # on what fast solves, fast is never beaten
    assert (worst["method"], worst["solved"]) == ("virtual worst", 2)


def test_near_ties_are_ties_where_that_is_asked():
    runs = table(*timed({"fast": [1.0], "slow": [1.05]}))
    assert virtual_best(runs)["alone"].tolist()[1:3] == [1, 0]
    assert virtual_best(runs, relative_tolerance=0.1)["share"].tolist()[1:3] == [0.5, 0.5]


def test_the_virtual_best_of_schedules_goes_by_the_gap():
    proved = {"method": "scip", "bound": 10, "objective": 10, "ended_by": "proof"}
    runs = table({"objective": 9}, {"objective": 8, "method": "ot"}, proved)
    heuristics = runs[runs["method"] != "scip"]
    best = virtual_best(heuristics, heuristics["gap"].notna(), cost="gap")
    assert best["alone"].tolist()[1:3] == [1, 0]


@given(st.lists(st.tuples(*[st.none() | st.integers(1, 4)] * 3), min_size=1, max_size=8))
def test_the_shares_add_up_to_one(times):
    runs = pd.DataFrame(
        [
            {"instance": place, "coefficients": "0", "problem": "P1", "cardinality": 0}
            | {"method": method, "cost": time_s, "is_solved": time_s is not None}
            for place, row in enumerate(times)
            for method, time_s in zip("abc", row, strict=True)
        ]
    )
    shares = virtual_best(runs, runs["is_solved"], cost="cost")["share"]
    assert shares.sum() == pytest.approx(float(runs["is_solved"].any()))
