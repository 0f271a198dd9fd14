"""Errors of knowledge: each verdict of the claims, and the rows of one point."""

import pytest

from analysis.experiments.claim import Verdict
from analysis.experiments.errors import CONTINUOUS, ERRORS, KIND, SAFE, SIZE
from analysis.experiments.lines import OPTIMUM, OT_GAH
from tests.helpers.experiment_tables import served, table_of, verdicts


def told(*, lost=0.1, lead=0.04, lead_lost=0.04, regained=0.08):
    """Return a story: shares lost by any error, the optimum's lead and its loss, and what
    planning with a quantile regains."""

    def story(row):
        rate = 0.5 - (lost if row[SIZE] else 0)
        if row["line"].startswith(OPTIMUM.label):
            rate += lead - (lead_lost if row[SIZE] else 0)
        if "quantile" in row["line"]:
            rate += regained
        return served(rate, row["seed"]) | {"late": 3}

    return table_of(ERRORS, story)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, [Verdict.HOLDS] * 4),
        ({"lost": -0.1}, [Verdict.FAILS, *[Verdict.HOLDS] * 3]),
        ({"lead_lost": 0.0}, [Verdict.HOLDS, Verdict.FAILS, Verdict.HOLDS, Verdict.HOLDS]),
        ({"regained": -0.08}, [Verdict.HOLDS, Verdict.HOLDS, Verdict.FAILS, Verdict.FAILS]),
    ],
)
def test_losses_decide(given, expected):
    assert list(verdicts(ERRORS, told(**given)).values()) == expected


def test_the_evidence_names_the_sizes_at_which_the_lead_is_gone():
    claim = ERRORS.claims[1]
    assert all("not above 0 at 2" in each for each in claim.judge(told()).evidence)


def test_the_page_has_two_pictures_and_a_table():
    table = told()
    assert [each.name for each in ERRORS.draw(table, "made up")] == [
        "errors-completed",
        "errors-late",
    ]
    assert len(ERRORS.tabulate(table)) == 6


def test_rows_without_an_error_are_those_of_every_kind():
    works = [work.key() for row, work in ERRORS.works(ERRORS.quick) if row[SIZE] == 0.0]
    assert len(set(works)) * 3 == len(works)


def test_an_error_is_measured_and_a_quantile_leaves_fewer_late():
    point = {KIND: "latency", SIZE: 4.0}
    late = [
        ERRORS.work(point, line, 0, 3).measured().values["late"]
        for line in (OT_GAH, SAFE[OT_GAH.label])
    ]
    assert late[0] > late[1]
    values = ERRORS.work(point, CONTINUOUS, 0, 2).measured().values
    assert values["completed"] > 0
