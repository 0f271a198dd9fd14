"""The modern page: what is counted of a trace, and each verdict that its claims can come to."""

import pandas as pd
import pytest

from analysis.experiments.claim import Verdict
from analysis.experiments.measures import Work
from analysis.experiments.modern import (
    ANYTIME,
    BASELINES,
    CAPPED,
    LATENCIES,
    MODERN,
    NONES,
    OPTIMUM,
    OT_GAH,
    STATICS,
)
from analysis.experiments.traced import AZURE, DATA, SYNTHETIC, trace_at_hand, traced

ABOVE_STATIC, ABOVE_NONE, CAP_ABOVE_NONE, RANKING, ABOVE_GREEDY, NEAR, FITS, GAIN = MODERN.claims


def measured(scheme, num_epochs=6, **settings):
    settings = {"scenario": "trace", "trace": SYNTHETIC, **settings}
    work = Work(measure=traced, scheme=scheme, settings=settings, seed=0, num_epochs=num_epochs)
    return work.measured()


def test_all_that_serve_meet_the_same_requests():
    rows = [measured(line.scheme, **line.settings).values for line in MODERN.lines]
    assert len({(row["arrived"], row["busy_arrived"]) for row in rows}) == 1
    for row in rows:
        assert 0 <= row["busy_completed"] <= row["completed"] <= row["arrived"]
        assert row["num_epochs"] == 6
        assert row["completion_rate"] == row["completed"] / row["arrived"]


def test_the_busy_epochs_are_those_with_the_most_arrivals():
    """One of six epochs is 10 % of them, rounded up; it has more arrivals than the mean."""
    row = measured("ot-gah").values
    assert row["busy_arrived"] > row["arrived"] / row["num_epochs"]


def test_a_cap_serves_at_least_what_a_constant_does():
    plain, capped = (
        measured("decomposition", num_epochs=3, **more).values for more in ({}, {"is_capped": True})
    )
    assert capped["completed"] >= plain["completed"] > 0
    assert capped["num_unproved"] == plain["num_unproved"] == 0


def test_reading_weights_never_serves_more():
    plain, counted = (
        measured("decomposition", latency=latency).values["completed"] for latency in LATENCIES
    )
    assert counted <= plain


def test_a_scheme_that_solves_nothing_has_no_proof_and_no_time():
    found = measured("no-batching")
    assert found.values["num_unproved"] is None
    assert found.times["solve_max_s"] is None
    assert found.times["cpu_s"] > 0


def test_the_synthetic_excerpt_stands_in_where_there_are_no_data(monkeypatch, tmp_path):
    monkeypatch.delenv(DATA, raising=False)
    assert trace_at_hand() == SYNTHETIC
    monkeypatch.setenv(DATA, str(tmp_path))
    assert trace_at_hand() == SYNTHETIC
    (tmp_path / "azure_llm_2023").mkdir()
    (tmp_path / "azure_llm_2023" / "AzureLLMInferenceTrace_code.csv").write_text("x")
    assert trace_at_hand() == AZURE


def table(completed, *, latencies=tuple(LATENCIES), **other):
    """Return a row a seed of each label, 100 requests arrived, with so many completed."""
    return pd.DataFrame(
        [
            {
                "latency": latency,
                "line": line,
                "seed": seed,
                "arrived": 100,
                "completed": value,
                "completion_rate": value / 100,
                "busy_arrived": 10,
                "busy_completed": value // 10,
                "busy_completion_rate": value / 100,
                "num_epochs": 5,
                "num_unproved": 0,
                "time_solve_max_s": 0.1,
                "time_solve_99_s": 0.1,
                "time_cpu_s": 9.9,
                "time_wall_s": 10.0,
                **other,
            }
            for latency in latencies
            for line, values in completed.items()
            for seed, value in enumerate(values)
        ]
    )


@pytest.mark.parametrize(
    ("claim", "ones", "others"),
    [
        (ABOVE_STATIC, (OT_GAH,), STATICS),
        (ABOVE_NONE, (OT_GAH,), NONES),
        (CAP_ABOVE_NONE, (CAPPED,), NONES),
        (RANKING, STATICS, NONES),
        (ABOVE_GREEDY, (OT_GAH,), BASELINES),
    ],
)
def test_one_is_above_others_at_every_verdict(claim, ones, others):
    def verdict(of_others):
        made = {line.label: [50, 60] for line in ones}
        labels = [line.label for line in others]
        return claim.judge(table(made | dict(zip(labels, of_others, strict=False)))).verdict

    assert verdict([[40, 50]] * 3) is Verdict.HOLDS
    assert verdict([[60, 70]] * 3) is Verdict.FAILS
    assert verdict([[50, 60]] * 3) is Verdict.FAILS
    assert verdict([[40, 50], [60, 70]]) is Verdict.DEPENDS
    assert verdict([[40, 70]] * 3) is Verdict.CANNOT_BE_TOLD
    assert verdict([]) is Verdict.CANNOT_BE_TOLD


@pytest.mark.parametrize(
    ("quick", "verdict"),
    [
        ([99, 99], Verdict.HOLDS),
        ([95, 96, 95, 96], Verdict.FAILS),
        ([95, 99], Verdict.CANNOT_BE_TOLD),
        ([95], Verdict.CANNOT_BE_TOLD),
    ],
)
def test_near_is_within_two_percent(quick, verdict):
    made = {OT_GAH.label: quick, OPTIMUM.label: [100] * len(quick)}
    assert NEAR.judge(table(made)).verdict is verdict


@pytest.mark.parametrize(
    ("unproved", "cpu_s", "verdict"),
    [
        (0, 1.0, Verdict.HOLDS),
        (1, 9.9, Verdict.FAILS),
        (1, 1.0, Verdict.CANNOT_BE_TOLD),
    ],
)
def test_a_busy_machine_is_no_slow_method(unproved, cpu_s, verdict):
    made = table({ANYTIME.label: [50, 60]}, num_unproved=unproved, time_cpu_s=cpu_s)
    finding = FITS.judge(made)
    assert finding.verdict is verdict
    assert f"had {10 * cpu_s:.0f} % of a processor" in finding.evidence[0]
    assert FITS.judge(table({OT_GAH.label: [1]})).verdict is Verdict.CANNOT_BE_TOLD


@pytest.mark.parametrize(
    ("best", "verdict"),
    [
        ([55, 66, 55, 66], Verdict.HOLDS),
        ([50, 60, 50, 60], Verdict.FAILS),
        ([50, 66, 50, 66], Verdict.CANNOT_BE_TOLD),
    ],
)
def test_the_gain_is_told_in_requests(best, verdict):
    finding = GAIN.judge(table({OT_GAH.label: [50, 60, 50, 60], ANYTIME.label: best}))
    assert finding.verdict is verdict
    if verdict is Verdict.HOLDS:
        assert "+6 [+5, +6] requests of 100 in 5 epochs, +10.0 %" in finding.evidence[0]


def test_the_figure_says_which_trace_it_is(monkeypatch):
    monkeypatch.delenv(DATA, raising=False)
    made = table({OT_GAH.label: [50, 60], OPTIMUM.label: [60, 70], NONES[0].label: [90, 90]})
    first, second = MODERN.draw(made, "made up")
    assert "synthetic excerpt" in first.picture.caption
    assert "Most completes no batching, least OT-GAH" in first.picture.caption
    assert (first.name, second.name) == ("modern-compute", "modern-roofline")
