"""The file of a latency profile: what is written is read again, and nonsense is refused."""

import copy
import tomllib

import pytest

from heuristics.errors import InputError
from heuristics.system_models.latency_profile import parse_profile, profile_text

ESTIMATE = {"value": 0.25, "low": 0.125, "high": 0.5}
TABLE = {
    "format": "otgah-latency-profile",
    "version": 1,
    "device": 'a board "of mine"\x7f\u20ac',
    "base_device": "tx2",
    "llm": "bloom-3b",
    "quantization": "Q4_K_M",
    "engine": "llama.cpp",
    "num_devices": 2,
    "coefficients": {
        "c0_s": dict(ESTIMATE),
        "c1_s": {"value": 1.5e-7, "low": 0.0, "high": 1e-6},
        "d0_s": dict(ESTIMATE),
        "d1_s": {"value": 0.0, "fixed": True, "reason": "the size of the batch does not vary"},
        "d2_s": {"value": 0.0},
    },
    "measured_range": {
        "batch": [1, 8],
        "prompt_tokens": [16, 512],
        "output_tokens": [1, 128],
        "context_tokens": [0, 640],
    },
    "errors": {"num_measurements": 9, "mape": 0.02, "worst": 0.05},
    "margin": 0.05,
    "sources": [{"values": ["coefficients"], "source": "a.md", "verified": True}],
}


def test_a_profile_is_read_as_it_was_written():
    profile = parse_profile(TABLE)
    assert parse_profile(tomllib.loads(profile_text(profile))) == profile
    assert profile.batch_time.c1_s == 1.5e-7


@pytest.mark.parametrize(
    ("path", "value", "told"),
    [
        (("version",), 2, "version: must be one of 1, found 2"),
        (("margin",), -0.1, r"margin: must be at least 0, found -0\.1"),
        (("coefficients", "d0_s", "value"), float("nan"), r"d0_s\.value: must be a finite number"),
        (("coefficients", "d0_s", "low"), 1.0, r"d0_s\.low: must be at most high, found 1\.0"),
        (("measured_range", "batch"), [8, 1], r"batch: must be \[least, largest\]"),
        (("speed",), 1, "speed: is not a known key"),
        (("coefficients", "e0_s"), ESTIMATE, r"e0_s: is not a known key"),
    ],
)
def test_nonsense_is_refused_by_name(path, value, told):
    table = copy.deepcopy(TABLE)
    place = table
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    with pytest.raises(InputError, match=rf"^p\.toml: .*{told}"):
        parse_profile(table, source="p.toml")


def test_a_missing_coefficient_is_named():
    table = copy.deepcopy(TABLE)
    del table["coefficients"]["c1_s"]
    with pytest.raises(InputError, match=r"coefficients\.c1_s: is required"):
        parse_profile(table)
