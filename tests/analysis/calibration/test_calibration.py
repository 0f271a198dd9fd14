"""Calibration: files to a profile, a profile on other files, and the replay of a log."""

import csv
import json
import os
from pathlib import Path

import numpy as np
import pytest

import otgah
from analysis.calibration.calibration import calibrate
from analysis.calibration.catalogue import RECIPES
from analysis.calibration.check import check_profile
from analysis.calibration.document import (
    calibration_document,
    check_document,
    write_predictions,
    write_profile,
)
from analysis.calibration.efficiency import bits
from analysis.calibration.picture import draw, write_picture
from analysis.calibration.replay import replay
from heuristics.errors import InputError
from heuristics.system_models.batch_time import Work
from heuristics.system_models.catalogue.profiles import profiles, read_profile
from instances.measurements.request_log import ServedRequests

DATA = Path(os.environ.get("OTGAH_DATA", "/nowhere")) / "latency"
TRUTH = np.array([0.02, 3e-4, 0.05, 6e-4, 2e-7])


def plain(tmp_path, name="a.csv", scale=1.0, batches=(1, 2, 4, 8)):
    """Return a file of a device with known coefficients."""
    rows = ["batch,prompt_tokens,output_tokens,prefill_s,decode_s"]
    for batch in batches:
        for prompt, output in ((64, 33), (512, 65), (1024, 17), (256, 129)):
            steps = output - 1
            cached = batch * (steps * prompt + steps * (steps + 1) // 2)
            prefill = scale * np.dot(TRUTH, Work(1, batch * prompt))
            decode = scale * np.dot(TRUTH, Work(0, 0, steps, batch * steps, cached))
            rows.append(f"{batch},{prompt},{output},{prefill:.9g},{decode:.9g}")
    path = tmp_path / name
    path.write_text("\n".join(rows) + "\n")
    return path


NAMES = {"device": "my board", "base_device": "agx-orin-64gb", "llm": "llama-3.1-8b"}


def test_a_profile_has_the_coefficients_of_the_device(tmp_path):
    made = calibrate([plain(tmp_path)], {**NAMES, "quantization": "Q4_K_M", "engine": "mine"})
    assert made.fit.values == pytest.approx(TRUTH, rel=1e-5)
    assert made.errors.worst < 1e-5
    profile = made.profile()
    assert (profile.device, profile.base_device) == ("my board", "agx-orin-64gb")
    assert profile.measured_range.batch == (1, 8)
    assert profile.measured_range.output_tokens == (1, 129)
    assert profile.errors.held_out_by == "batch"
    write_profile(profile, tmp_path / "p.toml")
    assert otgah.read_profile(tmp_path / "p.toml") == profile


def test_a_profile_is_checked_on_other_rows(tmp_path):
    write_profile(calibrate([plain(tmp_path)], NAMES).profile(), tmp_path / "p.toml")
    slower = plain(tmp_path, "b.csv", scale=1.25, batches=(2, 16))
    checked = check_profile([slower], tmp_path / "p.toml")
    assert checked.errors.mape == pytest.approx(0.2, rel=1e-4)
    document = check_document(checked)
    assert list(document["by_batch"]) == ["2", "16"]
    assert list(document["by_lengths"]) == ["64+33", "256+129", "512+65", "1024+17"]
    assert document["covered"] == 0
    write_predictions(checked, tmp_path / "x.csv")
    with (tmp_path / "x.csv").open() as file:
        inside = [(row["batch"], row["in_range"]) for row in csv.DictReader(file)]
    assert set(inside) == {("2", "true"), ("16", "false")}


def test_mape_and_worst_are_those_of_the_predictions(tmp_path):
    path = plain(tmp_path)
    path.write_text(path.read_text().replace("\n1,64,33,0.0", "\n1,64,33,0.1"))  # a slow prefill
    made = calibrate([path])
    document = json.loads(json.dumps(calibration_document(made)))
    write_predictions(made, tmp_path / "x.csv")
    with (tmp_path / "x.csv").open() as file:
        rows = list(csv.DictReader(file))
    errors = [abs(float(r["predicted_s"]) / float(r["measured_s"]) - 1) for r in rows]
    assert len(rows) == document["rows"] == 16
    assert document["mape"] == pytest.approx(np.mean(errors), rel=1e-12)
    assert document["worst"] == pytest.approx(max(errors), rel=1e-12)
    assert document["worst"] > 0
    coefficients = document["coefficients"]
    assert list(coefficients) == ["c0_s", "c1_s", "d0_s", "d1_s", "d2_s"]
    assert set(coefficients["d0_s"]) == {"value", "low", "high", "fixed", "reason"}


def test_what_the_files_do_not_state_is_asked_for(tmp_path):
    made = calibrate([plain(tmp_path)])
    assert made.profile().device == "not stated"
    told = [each for each in made.remarks if "not stated" in each]
    assert [each.split()[0] for each in told] == ["device", "llm", "quantization", "engine"]


def test_efficiency_beside_the_data_sheet(tmp_path):
    """6.98e9 weights: 4 bits in 100 ms of 204.8 GB/s, and 2 FLOPs in 0.6 ms of 42.5 TFLOP/s."""
    path = plain(tmp_path, scale=2)
    made = calibrate([path], {**NAMES, "quantization": "W4A16"}).efficiency
    assert made.bandwidth == pytest.approx(6.979e9 / 2 / 0.1 / 204.8e9, rel=1e-3)
    assert made.flop == pytest.approx(2 * 6.979e9 / 6e-4 / 42.5e12, rel=1e-3)
    assert not made.is_impossible
    assert [bits(each) for each in ("Q8_0", "FP16", "INT4 weight-only", "w4a16-gptq")] == [
        8,
        16,
        4,
        4,
    ]


def test_a_device_faster_than_its_data_sheet_is_doubted(tmp_path):
    fast = plain(tmp_path, scale=1e-3)
    made = calibrate([fast], {**NAMES, "quantization": "FP16"})
    assert made.efficiency.is_impossible
    assert any("check units" in each for each in made.remarks)


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"base_device": "orin"}, "--set: base_device: must be a device of `otgah catalogue dev"),
        ({"num_devices": "two"}, "num_devices: must be a number of devices, found 'two'"),
    ],
)
def test_names_that_mean_nothing_are_refused(tmp_path, settings, told):
    with pytest.raises(InputError, match=told):
        calibrate([plain(tmp_path)], settings)


def test_one_row_is_refused(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("batch,prompt_tokens,output_tokens,seconds\n1,10,3,0.5\n")
    with pytest.raises(InputError, match=r"a\.csv: line 2: must not be the only row to fit"):
        calibrate([path])


def test_rows_of_one_size_are_refused(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("batch,prompt_tokens,output_tokens,seconds\n1,10,3,0.5\n1,10,3,0.6\n")
    with pytest.raises(InputError, match="line 2: must not have the sizes of all other rows"):
        calibrate([path])


def test_a_check_says_where_names_differ(tmp_path):
    write_profile(calibrate([plain(tmp_path)], NAMES).profile(), tmp_path / "p.toml")
    settings = {"device": "another", "llm": "llama-3.1-8b", "num_devices": "2"}
    assert check_profile([plain(tmp_path)], tmp_path / "p.toml", settings).remarks == (
        "device of the profile is my board, of the measurements another",
        "the profile is of 1 device(s), not 2",
    )


def test_a_row_in_another_unit_is_named(tmp_path):
    path = plain(tmp_path)
    lines = path.read_text().splitlines()
    cells = lines[5].split(",")
    lines[5] = ",".join([*cells[:3], *(str(1000 * float(each)) for each in cells[3:])])
    path.write_text("\n".join(lines))
    with pytest.raises(
        InputError, match=r"a\.csv: line 6: must take at most as long as line .* mixed up"
    ):
        calibrate([path])


def test_the_picture_is_drawn(tmp_path):
    made = calibrate([plain(tmp_path)])
    write_picture(made, tmp_path / "p.svg")
    assert (tmp_path / "p.svg").read_bytes()[:5] == b"<?xml"
    assert "16 measurements" in draw(made).caption
    with pytest.raises(InputError, match=r"--picture: must end in \.svg or \.png"):
        write_picture(made, tmp_path / "p.gif")


def served(queued, prompts, outputs, first, last, **settings):
    as_times = [np.array(each, dtype=float) for each in (queued, queued, first, last)]
    return ServedRequests(
        source="a",
        prompt_tokens=np.array(prompts),
        output_tokens=np.array(outputs),
        queued_s=as_times[0],
        scheduled_s=as_times[1],
        first_s=as_times[2],
        last_s=as_times[3],
        settings=settings,
    )


def test_a_replay_worked_by_hand():
    """c0 = 1, c1 = 0.1, d0 = 2, d1 = d2 = 0. The second prompt of 20 tokens joins a step.

    The first request: prefill 1 + 1 = 2 s, then steps of 2 s; the second arrives at 3 s, while the
    first step lasts from 2 to 4 s. Its prefill joins the step from 4 s: 1 + 2 + 2 = 5 s, to 9 s.
    """
    log = served([0, 3], [10, 20], [3, 2], [2, 9], [9, 11])
    ttft, e2e = replay(log, [1, 0.1, 2, 0, 0])
    assert ttft.error == pytest.approx((0, 0))
    assert e2e.error == pytest.approx((0, 0))


def test_a_full_cache_evicts_the_request_admitted_last():
    """Two requests of 4 tokens fit into 9 tokens until each has one more."""
    log = served([0, 0], [4, 4], [4, 4], [1, 1], [9, 9], num_kv_tokens=9)
    (_, alone) = replay(served([0, 0], [4, 4], [4, 4], [1, 1], [9, 9]), [1, 0, 1, 0, 0])
    (_, evicted) = replay(log, [1, 0, 1, 0, 0])
    assert alone.replayed_s == (4, 4)
    assert evicted.replayed_s[1] > 6


def test_a_replay_ends_with_a_request_larger_than_the_cache():
    log = served([0], [40], [9], [1], [9], num_kv_tokens=16, max_num_batched_tokens=16)
    assert replay(log, [1, 0, 1, 0, 0])[1].replayed_s[0] == 3 + 8


def test_profiles_of_the_catalogue_are_found_by_name():
    for name, profile in profiles().items():
        assert read_profile(name.upper()) == profile
    with pytest.raises(InputError, match="profile: must be the file of a profile, or one of"):
        read_profile("no such profile")


SPLITWISE = DATA / "splitwise-sim" / "perf_model_llama2-70b.csv"


@pytest.mark.skipif(not SPLITWISE.exists(), reason="the public measurements are not here")
@pytest.mark.parametrize("hardware", ["a100-80gb", "h100-80gb"])
@pytest.mark.parametrize("parallel", ["2", "4", "8"])
def test_public_measurements_of_batches_are_fitted_closely(hardware, parallel):
    made = calibrate([SPLITWISE], {"hardware": hardware, "tensor_parallel": parallel})
    left = made.measurements.left_out
    assert all(each.contradicts for each in left)
    assert len(made.kept) + len(left) == 105
    assert made.errors.mape <= 0.04
    assert made.held_out.interior.mape <= 0.08


PRESENT = [name for name, recipe in RECIPES.items() if (DATA / recipe.file).exists()]


@pytest.mark.parametrize("name", PRESENT)
def test_a_profile_of_the_catalogue_is_fitted_again_from_public_measurements(name):
    again, kept = RECIPES[name].fitted(DATA), profiles()[name]
    for field in ("device", "llm", "quantization", "engine", "measured_range", "sources"):
        assert getattr(again, field) == getattr(kept, field)
    values = [
        [
            getattr(each.batch_time, coefficient)
            for coefficient in type(each.batch_time).model_fields
        ]
        for each in (again, kept)
    ]
    assert values[0] == pytest.approx(values[1], rel=1e-6)
    assert again.errors.mape == pytest.approx(kept.errors.mape, rel=1e-4)


def test_the_catalogue_has_profiles_with_their_errors_on_rows_left_out():
    assert set(profiles()) == set(RECIPES)
    assert len(profiles()) >= 8
    for profile in profiles().values():
        assert profile.errors.mape < 0.08
        assert profile.errors.held_out_mape < 0.1
        assert profile.sources
        named = {profile.llm, profile.quantization, profile.engine, profile.base_device}
        assert named.isdisjoint({None, "not stated"})
