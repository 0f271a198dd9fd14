"""Latency profiles with known numbers, and scenarios by them."""

from heuristics.system_models.latency_profile import parse_profile
from instances.families.paper import FAMILY
from instances.families.physical import draw_scenario

COEFFICIENTS = {"c0_s": 0.02, "c1_s": 0.0001, "d0_s": 0.01, "d1_s": 0.0005, "d2_s": 1e-7}

WIDE = {
    "batch": [1, 512],
    "prompt_tokens": [1, 4096],
    "output_tokens": [1, 2048],
    "context_tokens": [0, 8192],
}


def profile_table(**changes):
    """Return the table of a profile of Llama-3-8B in 8 bits on one AGX Orin."""
    numbers = COEFFICIENTS | {key: changes.pop(key) for key in COEFFICIENTS if key in changes}
    table = {
        "format": "otgah-latency-profile",
        "version": 1,
        "device": "a board",
        "base_device": "agx-orin-64gb",
        "llm": "Meta-Llama/Llama-3-8B-Instruct",
        "quantization": "Q8_0",
        "engine": "an engine",
        "num_devices": 1,
        "margin": 0.1,
        "coefficients": {name: {"value": value} for name, value in numbers.items()},
        "measured_range": WIDE,
        "errors": {"num_measurements": 9, "mape": 0.01, "worst": 0.02},
    }
    return table | changes


def write_profile(path, **changes):
    """Write the file of a profile, and return its path as text."""
    from heuristics.system_models.latency_profile import profile_text

    path.write_text(profile_text(parse_profile(profile_table(**changes))))
    return str(path)


def measured_scenario(device, seed=0, **changes):
    """Draw a scenario of the recipe ``modern`` whose edge nodes are all of this profile."""
    given = {
        "scenario": "modern",
        "device": device,
        "llm": "llama-3-8b",
        "quantization": "w8a16",
        "num_requests": 30,
        "epoch_s": 12.0,
        "deadline_s": "6+14",
        "accuracy": "0+0",
    }
    return draw_scenario(FAMILY.parse(given | changes), seed)
