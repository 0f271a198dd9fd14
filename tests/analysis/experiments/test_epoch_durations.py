"""The claims on Figs. 9 and 10, each on tables in which it holds and in which it does not."""

import pytest

from analysis.experiments.claim import Verdict
from analysis.experiments.epoch_durations import FIG9, FIG10
from tests.helpers.experiment_tables import served, table_of, verdict, verdicts

RATE = {1.0: 0.2, 1.4: 0.4, 1.7: 0.35, 2.0: 0.3, 3.0: 0.5}
"""Grows at first and then decreases; what is after 2 s is not judged."""


def as_printed(row):
    rate = RATE[row["epoch_s"]]
    if "no batching" in row["line"]:
        rate = 0.1 + 0.01 * row["epoch_s"]
    counts = served(rate, row["seed"])
    return counts | {"completed_per_epoch": 10 * row["epoch_s"], "batch_s": 0.9}


@pytest.mark.parametrize("experiment", [FIG9, FIG10])
def test_all_claims_hold_where_everything_is_as_printed(experiment):
    table = table_of(experiment, as_printed)
    assert set(verdicts(experiment, table).values()) == {Verdict.HOLDS}


@pytest.mark.parametrize(
    ("experiment", "words", "changes"),
    [
        (FIG9, "more requests per epoch", lambda row: {"completed_per_epoch": 5 - row["epoch_s"]}),
        (FIG10, "grows at first", lambda row: served(row["epoch_s"] / 10, row["seed"])),
        (FIG10, "From 1.7 to 2.0 s", lambda row: served(row["epoch_s"] / 10, row["seed"])),
        (FIG10, "well before T_C ends", lambda row: {"batch_s": 1.45}),
        (FIG10, "slightly increasing", lambda row: served(0.5 - row["epoch_s"] / 10, row["seed"])),
        (FIG10, "slightly increasing", lambda row: served(row["epoch_s"] / 4, row["seed"])),
    ],
)
def test_each_claim_fails_under_all_readings_or_depends_on_one(experiment, words, changes):
    def changed(row):
        return as_printed(row) | changes(row)

    def changed_where_waiting_counts(row):
        return changed(row) if row["count_waiting"] else as_printed(row)

    assert verdict(experiment, table_of(experiment, changed), words) is Verdict.FAILS
    found = verdict(experiment, table_of(experiment, changed_where_waiting_counts), words)
    assert found is Verdict.DEPENDS


def test_a_peak_that_may_be_chance_is_not_told():
    def noisy(row):
        rate = RATE[row["epoch_s"]] if row["epoch_s"] != 1.0 else 0.2 + 0.1 * row["seed"]
        return as_printed(row) | served(rate)

    assert verdict(FIG10, table_of(FIG10, noisy), "grows at first") is Verdict.CANNOT_BE_TOLD


def test_both_figures_are_of_the_same_rows():
    rows = [{work.key() for _, work in each.works(each.full)} for each in (FIG9, FIG10)]
    assert rows[0] == rows[1]
