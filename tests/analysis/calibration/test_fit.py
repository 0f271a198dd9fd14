"""The fit: coefficients that are known are found, and what rows do not tell is fixed."""

from dataclasses import replace

import numpy as np
import pytest

from analysis.calibration.errors import held_out, margin, relative_errors
from analysis.calibration.fit import fit
from analysis.calibration.knee import knees
from heuristics.system_models.batch_time import COEFFICIENTS
from instances.measurements.measurement import (
    Measurement,
    decoding_part,
    prefill_part,
    whole_part,
)

TRUTH = np.array([0.02, 3e-4, 0.05, 6e-4, 2e-7])


def row(batch, prompt, output, rng=None, noise=0.0, whole=False, truth=TRUTH):
    """Return a measurement of a device with known coefficients."""
    parts = (
        [whole_part(1.0, batch, prompt, output)]
        if whole
        else [prefill_part(1.0, batch, prompt), decoding_part(1.0, batch, prompt, output - 1)]
    )
    parts = [each for each in parts if any(each.work)]
    timed = []
    for part in parts:
        factor = 1.0 if rng is None else float(np.exp(rng.normal(0, noise)))
        timed.append(
            type(part)(name=part.name, work=part.work, seconds=factor * (part.work @ truth))
        )
    return Measurement(
        source="a",
        place="line",
        parts=tuple(timed),
        batch=batch,
        prompt_tokens=prompt,
        output_tokens=output,
    )


def device(rng=None, noise=0.0, whole=False):
    return [
        row(batch, prompt, output, rng, noise, whole)
        for batch in (1, 2, 4, 8, 16)
        for prompt in (64, 512, 2048)
        for output in (32, 256)
    ]


@pytest.mark.parametrize("whole", [False, True])
def test_a_device_without_noise_is_recovered(whole):
    model = fit(device(whole=whole))
    assert model.values == pytest.approx(TRUTH, rel=1e-6)
    assert model.free == COEFFICIENTS


def inside(model):
    return all(
        each.low <= true <= each.high
        for each, true in zip(model.estimates.values(), TRUTH, strict=True)
    )


def test_a_noisy_device_is_recovered_within_its_intervals():
    draws = [fit(device(np.random.default_rng(seed), 0.03)) for seed in range(20)]
    assert sum(map(inside, draws)) >= 19


@pytest.mark.long
@pytest.mark.parametrize("noise", [0.01, 0.05, 0.1])
@pytest.mark.parametrize("whole", [False, True])
@pytest.mark.parametrize("is_grid", [False, True])
def test_a_noisy_device_is_recovered_in_95_of_100_draws(noise, whole, is_grid):
    sizes = np.random.default_rng(5)
    scattered = [
        (2 ** int(sizes.integers(0, 6)), int(sizes.integers(32, 2048)), int(sizes.integers(8, 512)))
        for _ in range(60)
    ]
    draws = []
    for seed in range(100):
        rng = np.random.default_rng(seed)
        rows = (
            device(rng, noise, whole)
            if is_grid
            else [row(*each, rng, noise, whole) for each in scattered]
        )
        draws.append(fit(rows))
    assert sum(map(inside, draws)) >= 95


def test_a_column_without_variation_is_fixed_and_said_so():
    one = fit([row(1, prompt, output) for prompt in (64, 512) for output in (32, 256)])
    assert (
        one.estimates["d1_s"].reason == "the size of the batch does not vary, so d1 is part of d0"
    )
    assert one.estimates["d1_s"].value == 0
    assert one.estimates["d0_s"].value == pytest.approx(TRUTH[2] + TRUTH[3])
    alike = fit([row(batch, 512, 32) for batch in (1, 2, 4)])
    # The cached tokens of a step are in proportion to the batch.
    assert alike.estimates["d2_s"].fixed
    assert not alike.estimates["d1_s"].fixed
    prompts = fit([row(1, 512, 32), row(1, 512, 64)])
    assert prompts.estimates["c0_s"].reason.startswith(
        "the number of prompt tokens in a batch does"
    )


def test_prefill_alone_fixes_all_of_decoding():
    parts = [(prefill_part(0.02 + 3e-4 * tokens, 1, tokens),) for tokens in (64, 512, 1024)]
    rows = [
        Measurement(source="a", place="", parts=each, batch=1, prompt_tokens=5, output_tokens=0)
        for each in parts
    ]
    model = fit(rows)
    assert {model.estimates[name].reason for name in COEFFICIENTS[2:]} == {
        "no row has a decoding step"
    }


def test_coefficients_are_never_negative():
    """Decoding that becomes faster with its batch."""
    rows = [row(1, 64, 32), row(2, 64, 32), row(4, 64, 32)]
    slow = [
        Measurement(
            source="a",
            place="",
            parts=(decoding_part(31 * step, each.batch, 64, 31),),
            batch=each.batch,
            prompt_tokens=64,
            output_tokens=32,
        )
        for each, step in zip(rows, (0.06, 0.05, 0.04), strict=True)
    ]
    assert (fit(slow).values >= 0).all()


def test_an_interval_needs_more_rows_than_columns():
    prefill = [row(1, tokens, 1) for tokens in (64, 128, 512, 1024)]
    rows = [
        *(replace(each, parts=each.parts[:1]) for each in prefill),
        *(replace(each, parts=each.parts[1:]) for each in (row(1, 64, 32), row(2, 64, 32))),
    ]
    model = fit(rows)
    assert model.estimates["c1_s"].low is not None
    assert model.estimates["d0_s"].low is None


def test_one_outlier_shows_in_the_worst_error_and_in_the_intervals():
    rows = device(np.random.default_rng(1), 0.02)
    model = fit(rows)
    spoiled = [*rows[:-1], row(16, 2048, 256, truth=3 * TRUTH)]
    other = fit(spoiled)
    measured = np.array([each.seconds for each in spoiled])
    assert relative_errors(measured, other.predicted(spoiled)).worst > 0.5
    width = [each.estimates["d1_s"].high - each.estimates["d1_s"].low for each in (model, other)]
    assert width[1] > 1.3 * width[0]


def test_each_batch_size_is_left_out_in_turn():
    rows = device(np.random.default_rng(3), 0.02)
    held = held_out(rows, fit(rows))
    assert (held.by, list(held.groups)) == ("batch", ["1", "2", "4", "8", "16"])
    without = [each for each in rows if each.batch != 4]
    expected = fit(without).predicted([each for each in rows if each.batch == 4])
    at = [index for index, each in enumerate(rows) if each.batch == 4]
    assert held.predicted[at] == pytest.approx(expected)
    assert held.interior.count == 18


def test_one_batch_size_is_left_out_by_lengths():
    rows = [row(1, s, n, np.random.default_rng(0), 0.01) for s in (64, 256, 512) for n in (32, 128)]
    assert held_out(rows, fit(rows)).by == "lengths"
    assert held_out(rows[:1], fit(rows[:1])) is None


def test_the_margin_covers_most_times():
    measured = np.linspace(1.0, 1.2, 101)
    assert margin(measured, np.ones(101)) == pytest.approx(0.19)
    assert margin(measured, np.full(101, 2.0)) == 0
    assert margin(np.array([1.0, 3.0]), np.array([np.nan, 2.0])) == pytest.approx(0.5)


def test_a_knee_is_found_where_a_step_becomes_slower():
    rows = device()
    assert knees(rows) == []
    bent = [*(each for each in rows if each.batch < 16), row(16, 512, 256, truth=1.3 * TRUTH)]
    assert [(each.part, each.batch) for each in knees(bent)] == [("prefill", 16), ("decoding", 16)]
    assert knees(bent)[1].excess == pytest.approx(0.3)
