"""The claims on Fig. 12, each on tables in which it holds and in which it does not."""

import pytest

from analysis.experiments.claim import Verdict
from analysis.experiments.fig12 import FIG12, MEMORY_ALONE
from tests.helpers.experiment_tables import served, table_of, verdict, verdicts

SIZE = {"bloom-3b": 1, "bloom-7.1b": 2, "opt-13b": 4}
GAIN = {"w16a16": 1.0, "w8a16": 1.5, "w4a16-gptq": 2.0}


def as_printed(row):
    return served(0.4 * GAIN[row["quantization"]] / SIZE[row["llm"]], row["seed"])


def test_all_claims_hold_where_everything_is_as_printed():
    assert set(verdicts(FIG12, table_of(FIG12, as_printed)).values()) == {Verdict.HOLDS}


def test_a_larger_llm_that_completes_as_much_breaks_the_first_claim():
    def equal(row):
        return served(0.4 * GAIN[row["quantization"]], row["seed"])

    table = table_of(FIG12, equal)
    assert verdict(FIG12, table, "larger LLM") is Verdict.FAILS


def test_a_rise_of_five_percent_is_not_substantial_and_one_reading_of_beta_may_differ():
    def weak(row):
        gain = 1 + 0.05 * list(GAIN).index(row["quantization"])
        return served(0.4 * gain / SIZE[row["llm"]], row["seed"])

    def weak_with_16_bits(row):
        return weak(row) if row["arithmetic"] == "16 bits" else as_printed(row)

    assert verdict(FIG12, table_of(FIG12, weak), "aggressive") is Verdict.FAILS
    assert verdict(FIG12, table_of(FIG12, weak_with_16_bits), "aggressive") is Verdict.DEPENDS


def test_products_as_stored_take_the_time_of_their_bits():
    point = {"arithmetic": "as stored", "llm": "opt-13b", "quantization": "w4a16-gptq"}
    assert FIG12.settings(point)["beta"] == 0.25
    assert "beta" not in FIG12.settings({**point, "arithmetic": "16 bits"})


def test_memory_is_no_cause_where_it_changes_nothing_alone():
    def by_time(row):
        if row["arithmetic"] in MEMORY_ALONE:
            return served(0.4 / SIZE[row["llm"]], row["seed"])
        return as_printed(row)

    def by_time_and_small_boards(row):
        return as_printed(row) if row["arithmetic"] == "8 GB a TX2" else by_time(row)

    assert verdict(FIG12, table_of(FIG12, by_time), "memory") is Verdict.FAILS
    assert verdict(FIG12, table_of(FIG12, by_time_and_small_boards), "memory") is Verdict.DEPENDS


def test_llms_of_which_nothing_is_completed_are_not_compared():
    """Where reading counts, the larger LLMs complete nothing, and BLOOM-3B starts from nothing."""

    def reading(row):
        if row["arithmetic"] != "reading in series":
            return as_printed(row)
        is_served = row["llm"] == "bloom-3b" and row["quantization"] != "w16a16"
        return served(0.2 * GAIN[row["quantization"]] if is_served else 0.0, row["seed"])

    found = table_of(FIG12, reading)
    assert verdict(FIG12, found, "larger LLM") is Verdict.HOLDS
    assert verdict(FIG12, found, "aggressive") is Verdict.HOLDS


@pytest.mark.parametrize(
    ("reading", "settings"),
    [
        ("matmul cost", {"beta": 0.0625}),
        ("weights in overlap", {"latency": "roofline"}),
        ("reading in series", {"latency": "serial"}),
        ("8 GB a TX2", {"device": "tx2"}),
    ],
)
def test_each_reading_has_its_settings(reading, settings):
    point = {"llm": "opt-13b", "quantization": "w4a16-gptq", "rate_per_s": 5}
    assert FIG12.settings({**point, "arithmetic": reading}) == {**point, **settings}
