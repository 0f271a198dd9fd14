"""The claims on Fig. 13, each on tables in which it holds and in which it does not."""

import pytest

from analysis.experiments.claim import Verdict
from analysis.experiments.fig13 import _ACCURACIES, FIG13, QUANTIZATIONS
from analysis.experiments.lines import ALL_LLMS
from heuristics.system_models.catalogue import reader
from tests.helpers.experiment_tables import served, table_of, verdict, verdicts

LOSS = {"w8a16": 0.1, "w4a16-gptq": 0.3, "w4a16-zq-local": 0.4}


def as_printed(row):
    rate = 0.9 - LOSS[row["quantization"]] - 0.3 * row["accuracy_required"]
    return served(rate, row["seed"])


def test_all_claims_hold_where_everything_is_as_printed():
    assert set(verdicts(FIG13, table_of(FIG13, as_printed)).values()) == {Verdict.HOLDS}


@pytest.mark.parametrize(
    ("words", "rate"),
    [
        ("More extensive", lambda row: LOSS[row["quantization"]]),
        ("GPTQ and ZQ-Local", lambda row: 0.5),
        ("More lenient", lambda row: 0.5),
        ("More lenient", lambda row: row["accuracy_required"] / 2),
    ],
)
def test_each_claim_fails_under_all_readings_or_depends_on_one(words, rate):
    def changed(row):
        return served(rate(row))

    def changed_if_relative(row):
        return changed(row) if row["accuracy_mode"] == "relative" else as_printed(row)

    assert verdict(FIG13, table_of(FIG13, changed), words) is Verdict.FAILS
    assert verdict(FIG13, table_of(FIG13, changed_if_relative), words) is Verdict.DEPENDS


def test_no_two_quantizations_of_an_llm_fall_between_the_same_accuracies():
    for name in ALL_LLMS:
        llm = reader.llm(name)
        places = set()
        for quantization in QUANTIZATIONS:
            entry = reader.quantization(quantization, llm)
            accuracy = 1 - entry.ppl_differential
            places.add(sum(a <= accuracy for a in _ACCURACIES))
        assert len(places) == len(QUANTIZATIONS)
