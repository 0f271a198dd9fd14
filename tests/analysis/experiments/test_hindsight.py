"""The price of myopia: each verdict of the claims, and one measured run."""

import pandas as pd
import pytest

from analysis.experiments.claim import Verdict
from analysis.experiments.hindsight import ALONG, HINDSIGHTS, KNOWING, MYOPIA, prices
from analysis.experiments.lines import OPTIMUM, OT_GAH
from tests.helpers.experiment_tables import served, table_of, verdicts


def told(*, of_heuristic=1.0, of_myopia=3.0, bound=0):
    """Return a story of losses per second of the longest deadline, in 1,000 requests."""

    def story(row):
        completed = 600
        if row["line"] != KNOWING.label:
            completed -= round(of_myopia * row[ALONG] * 5)
        if row["line"] == OT_GAH.label:
            completed -= round(of_heuristic * row[ALONG] * 5)
        found = served(completed / 1000, row["seed"])
        is_known = row["line"] == KNOWING.label
        return found | {"bound": found["completed"] + bound if is_known else None}

    return table_of(HINDSIGHTS, story)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, [Verdict.HOLDS] * 4),
        ({"bound": -60}, [Verdict.FAILS, *[Verdict.HOLDS] * 3]),
        ({"of_heuristic": 5.0}, [Verdict.HOLDS, Verdict.HOLDS, Verdict.FAILS, Verdict.HOLDS]),
        ({"of_myopia": 0.0}, [Verdict.HOLDS, Verdict.FAILS, Verdict.FAILS, Verdict.CANNOT_BE_TOLD]),
    ],
)
def test_losses_decide(given, expected):
    found = verdicts(HINDSIGHTS, told(**given))
    assert list(found.values()) == expected


def test_prices_are_in_percent_of_hindsight():
    found = prices(told())
    first = found[(found["seed"] == 0) & (found[ALONG] == 4.0)]
    assert first[MYOPIA].tolist() == pytest.approx([10.0, 10.0])


def test_the_page_has_a_picture_and_a_table():
    table = told()
    assert len(HINDSIGHTS.draw(table, "made up")) == 1
    shown = HINDSIGHTS.tabulate(table)
    assert isinstance(shown, pd.DataFrame)
    assert len(shown) == 6


def test_a_point_is_measured():
    point = {"rate_per_s": 10, ALONG: 8.0}
    works = {
        line.label: HINDSIGHTS.work(point, line, 0, 2).measured().values
        for line in HINDSIGHTS.lines
    }
    assert len({each["arrived"] for each in works.values()}) == 1
    reached = works[KNOWING.label]
    assert works[OT_GAH.label]["completed"] <= reached["bound"]
    assert works[OPTIMUM.label]["completed"] <= reached["completed"] <= reached["bound"]
