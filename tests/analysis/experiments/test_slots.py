"""Tuned slots beside fixed ones: each verdict of the claim, and what tuning does to an epoch."""

import pytest

from analysis.experiments.claim import Verdict
from analysis.experiments.slots import SLOTS, TUNED
from tests.helpers.experiment_tables import served, table_of, verdict


@pytest.mark.parametrize(
    ("gain", "expected"),
    [(0.1, Verdict.HOLDS), (0.0, Verdict.FAILS), (-0.1, Verdict.FAILS)],
)
def test_a_gain_at_every_reading_decides(gain, expected):
    def story(row):
        return served(0.4 + gain * (row["line"] == TUNED.label), row["seed"])

    found = table_of(SLOTS, story)
    assert verdict(SLOTS, found, "adjust") is expected
    assert len(SLOTS.draw(found, "made up")) == 2


def test_a_gain_where_waiting_is_ignored_alone_depends():
    def story(row):
        gains = row["line"] == TUNED.label and not row["count_waiting"]
        return served(0.5 if gains else 0.4, row["seed"])

    assert verdict(SLOTS, table_of(SLOTS, story), "adjust") is Verdict.DEPENDS
