"""OT-GAH against the optimum: ratios by hand, and claims that hold and that do not."""

import pytest

from analysis.experiments.claim import Verdict
from analysis.experiments.half import HALF_OPTIMAL, ratios
from tests.helpers.experiment_tables import table_of, verdict


def table(served, *, bound=20, best=20):
    def story(row):
        if row["line"] == "optimum":
            return {"objective": best, "bound": bound}
        return {"objective": served(row), "bound": None}

    return table_of(HALF_OPTIMAL, story)


@pytest.mark.parametrize(
    ("served", "half", "surpasses", "close"),
    [
        (20, Verdict.HOLDS, Verdict.HOLDS, Verdict.HOLDS),
        (15, Verdict.HOLDS, Verdict.HOLDS, Verdict.FAILS),
        (10, Verdict.HOLDS, Verdict.FAILS, Verdict.FAILS),
        (9, Verdict.FAILS, Verdict.FAILS, Verdict.FAILS),
    ],
)
def test_a_share_of_the_optimum_decides(served, half, surpasses, close):
    found = table(lambda row: served)
    assert verdict(HALF_OPTIMAL, found, "at least half") is half
    assert verdict(HALF_OPTIMAL, found, "surpasses") is surpasses
    assert verdict(HALF_OPTIMAL, found, "close") is close


def test_it_depends_on_the_settings_whether_it_is_close():
    found = table(lambda row: 15 if "5 requests" in row["case"] else 20)
    assert verdict(HALF_OPTIMAL, found, "close") is Verdict.DEPENDS


def test_below_half_of_a_bound_that_nothing_reaches_is_not_told():
    """9 of at most 20, where 16 is the best that was found: between 45 % and 56 %."""
    found = table(lambda row: 9, bound=20, best=16)
    assert verdict(HALF_OPTIMAL, found, "at least half") is Verdict.CANNOT_BE_TOLD


def test_epochs_in_which_nobody_can_be_served_have_no_ratio():
    assert ratios(table(lambda row: 0, bound=0, best=0)).empty
