"""The claims on Fig. 8, each on a table in which it holds and on ones in which it does not."""

import pytest

from analysis.experiments.claim import Verdict
from analysis.experiments.fig8 import FIG8
from tests.helpers.experiment_tables import served, table_of, verdict, verdicts

SHARE = {"OT-GAH": 1.0, "optimum": 1.0, "static": 0.7, "static, in time": 0.7}
NOBODY = "no batching"


def as_printed(row):
    """The paper's words: all fall with the rate, OT-GAH above static above none, 3B above 7.1B."""
    large = row["llm"] == "bloom-7.1b"
    rate = SHARE.get(row["line"], 0.0 if large else 0.3) * (0.5 if large else 1.0)
    return served(rate * 4 / (5 + row["rate_per_s"]), row["seed"])


def test_all_claims_hold_where_everything_is_as_printed():
    assert set(verdicts(FIG8, table_of(FIG8, as_printed)).values()) == {Verdict.HOLDS}


@pytest.mark.parametrize(
    ("words", "is_changed", "rate"),
    [
        ("Increased arrival rates", lambda row: True, lambda row: row["rate_per_s"] / 500),
        ("outperforms static", lambda row: "static" in row["line"], lambda row: 0.9),
        ("outperforms no batching", lambda row: NOBODY in row["line"], lambda row: 0.9),
        ("Static batching is above", lambda row: NOBODY in row["line"], lambda row: 0.9),
        ("most requests are dropped", lambda row: NOBODY in row["line"], lambda row: 0.9),
        ("lower completion rate", lambda row: row["llm"] == "bloom-7.1b", lambda row: 0.9),
        ("no BLOOM-7.1B request", lambda row: NOBODY in row["line"], lambda row: 0.1),
    ],
)
def test_each_claim_fails_under_all_readings_or_depends_on_one(words, is_changed, rate):
    def changed(row):
        return served(rate(row), row["seed"]) if is_changed(row) else as_printed(row)

    def changed_where_waiting_counts(row):
        return changed(row) if row["count_waiting"] else as_printed(row)

    assert verdict(FIG8, table_of(FIG8, changed), words) is Verdict.FAILS
    found = verdict(FIG8, table_of(FIG8, changed_where_waiting_counts), words)
    assert found is Verdict.DEPENDS


def test_schemes_that_complete_nothing_are_no_evidence_of_falling():
    def nothing(row):
        return served(0.0)

    assert verdict(FIG8, table_of(FIG8, nothing), "Increased") is Verdict.CANNOT_BE_TOLD
