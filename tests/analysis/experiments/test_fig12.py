"""The claims on Fig. 12, each on tables in which it holds and in which it does not."""

from analysis.experiments.claim import Verdict
from analysis.experiments.fig12 import FIG12
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
