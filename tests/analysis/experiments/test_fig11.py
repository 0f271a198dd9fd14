"""The claims on Fig. 11, and the two durations that arithmetic pins."""

import pytest

from analysis.experiments.claim import Verdict
from analysis.experiments.fig11 import FIG11
from tests.helpers.experiment_tables import served, table_of, verdict, verdicts


def as_printed(row):
    latency, large = row["latency_s"], row["llm"] == "bloom-7.1b"
    if "no batching" in row["line"] and large and latency <= 3:
        return served(0.0)
    return served((0.01 if large else 0.05) * latency, row["seed"])


def test_all_claims_hold_where_everything_is_as_printed():
    assert set(verdicts(FIG11, table_of(FIG11, as_printed)).values()) == {Verdict.HOLDS}


@pytest.mark.parametrize(
    ("words", "rate"),
    [
        ("more relaxed", lambda row: 0.5 - row["latency_s"] / 20),
        ("consistently outperforms", lambda row: 0.2 if row["llm"] == "bloom-3b" else 0.4),
        ("starts to be served", lambda row: 0.1),
        ("starts to be served", lambda row: 0.0),
    ],
)
def test_each_claim_fails_under_all_readings_or_depends_on_one(words, rate):
    def changed(row):
        return served(rate(row), row["seed"])

    def changed_where_waiting_counts(row):
        return changed(row) if row["count_waiting"] else as_printed(row)

    assert verdict(FIG11, table_of(FIG11, changed), words) is Verdict.FAILS
    assert verdict(FIG11, table_of(FIG11, changed_where_waiting_counts), words) is Verdict.DEPENDS


def test_the_epoch_lasts_as_long_as_the_latency_that_is_required():
    point = {"count_waiting": True, "llm": "bloom-3b", "latency_s": 2.5}
    assert FIG11.settings(point) == {
        "count_waiting": True,
        "llm": "bloom-3b",
        "epoch_s": 2.5,
        "deadline_s": [2.5, 2.5],
    }
