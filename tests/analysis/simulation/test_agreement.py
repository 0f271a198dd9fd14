"""What is measured agrees with what the model promised, in random epochs, for every method.

Worlds are drawn from every scenario of the catalogue with scarce and ample spectrum, both
readings of the downlink, both periods, waiting counted or not, with carry-over or without. A
schedule that a method made for P1 then has no late request, no batch beyond T_C or delayed, no
memory above its limit, and no upload or download beyond its slot.
"""

import numpy as np
import pytest

from analysis.methods.registry import methods
from analysis.simulation.simulate import simulate
from heuristics.problem import Problem

MEASURED = (
    "num_late",
    "num_overruns",
    "num_delayed",
    "num_over_memory",
    "num_late_uploads",
    "num_late_downloads",
)

SCENARIOS = ("section-v", "scarce-spectrum", "mixed-models", "quantized-nodes", "modern", "trace")
EPOCHS_A_WORLD = 20

FOR_ALL = [each.name for each in methods() if Problem.P1 in each.problems and each.missing is None]
BASELINES = ("greedy-by-output", "greedy-by-deadline", "first-come-first-served", "random-order")
QUICK = ("single-node", "ot", "ot-gah", *BASELINES)
SINGLE = [each.name for each in methods() if each.single_node]
QUICK_FOR_ALL = [name for name in QUICK if name not in SINGLE]
QUICK_SINGLE = [name for name in QUICK if name in SINGLE]


def world(rng, downlink_reading):
    """Draw a scenario, its settings, and whether requests are carried over."""
    settings = {
        "downlink_reading": downlink_reading,
        "rate_per_s": float(rng.choice([2, 8, 20])),
        "period": str(rng.choice(["epoch", "pipelined"])),
        "count_waiting": bool(rng.integers(2)),
        "compute_scale": float(rng.choice([1, 3, 10])),
    }
    if rng.integers(2):
        settings["downlink_bandwidth_hz"] = float(rng.choice([2e3, 1e4, 1e5]))
    if rng.integers(2):
        settings["uplink_bandwidth_hz"] = float(rng.choice([1e4, 1e5]))
    if rng.integers(3) == 0:
        settings["epoch_s"] = float(rng.choice([0.8, 1.2, 3.0]))
    if rng.integers(3) == 0:
        settings["num_gpus"] = int(rng.choice([1, 8]))
    return str(rng.choice(SCENARIOS)), settings, bool(rng.integers(2))


def measured(names, num_epochs, seed, downlink_reading, *, also=None, **given):
    """Return what was measured in so many random epochs of each method, and what was served."""
    rng = np.random.default_rng(seed)
    found = dict.fromkeys((*MEASURED, "num_completed", "num_epochs"), 0)
    while found["num_epochs"] < num_epochs * len(names):
        scenario, settings, carry_over = world(rng, downlink_reading)
        settings |= also or {}
        epochs = simulate(
            scenario,
            names,
            num_epochs=EPOCHS_A_WORLD,
            seed=int(rng.integers(2**31)),
            settings=settings,
            carry_over=carry_over,
            **given,
        ).epochs
        found["num_epochs"] += EPOCHS_A_WORLD * len(names)
        for name in (*MEASURED, "num_completed"):
            found[name] += int(epochs[name].sum())
    return found


READINGS = pytest.mark.parametrize("downlink_reading", ["worst-channel", "per-user"])


def agrees(found):
    assert {name: found[name] for name in MEASURED} == dict.fromkeys(MEASURED, 0)
    assert found["num_completed"] > found["num_epochs"] / 4


@READINGS
def test_no_schedule_of_a_quick_method_is_contradicted(downlink_reading):
    agrees(measured(QUICK_FOR_ALL, 60, 1, downlink_reading))


@READINGS
def test_no_schedule_of_a_slow_method_is_contradicted(downlink_reading):
    names = ["milp-bigm", "ot-gah-plus"]
    agrees(measured(names, EPOCHS_A_WORLD, 2, downlink_reading, time_limit=0.5))


@READINGS
def test_no_schedule_for_one_edge_node_is_contradicted(downlink_reading):
    found = measured(
        QUICK_SINGLE, 20, 3, downlink_reading, also={"edge_node": "server"}, time_limit=0.5
    )
    agrees(found)


LATENCIES = pytest.mark.parametrize("latency", ["roofline", "serial"])


ORIN = {"compute_scale": 1.0, "device": "agx-orin-64gb", "num_gpus": 8}


@READINGS
@LATENCIES
def test_no_schedule_is_contradicted_where_reading_the_weights_counts(downlink_reading, latency):
    """The sum also has the caches; the coefficients of the longer have the weights alone."""
    also = {**ORIN, "latency": latency, "count_kv_reading": latency == "serial"}
    agrees(measured(["ot-gah"], 60, 4, downlink_reading, also=also))


def test_the_longer_of_computing_and_reading_weights_is_optimistic_where_caches_are_read():
    also = {**ORIN, "latency": "roofline"}
    found = measured(["ot-gah-fast"], 20, 4, "worst-channel", also=also)
    assert found["num_late"] > 0


@pytest.mark.long
@READINGS
@LATENCIES
def test_thousands_of_epochs_where_reading_the_weights_counts(downlink_reading, latency):
    also = {**ORIN, "latency": latency, "count_kv_reading": latency == "serial"}
    agrees(measured(QUICK_FOR_ALL, 2500, 15, downlink_reading, also=also))


@pytest.mark.long
@READINGS
def test_ten_thousand_epochs_of_every_quick_method(downlink_reading):
    agrees(measured(QUICK_FOR_ALL, 5000, 11, downlink_reading))


@pytest.mark.long
@READINGS
def test_ten_thousand_epochs_of_every_method_for_one_edge_node(downlink_reading):
    agrees(
        measured(
            QUICK_SINGLE, 5000, 12, downlink_reading, also={"edge_node": "server"}, time_limit=0.1
        )
    )


@pytest.mark.long
@READINGS
def test_many_epochs_of_every_slow_method(downlink_reading):
    names = [name for name in FOR_ALL if name not in QUICK and name not in SINGLE]
    agrees(measured(names, 200, 13, downlink_reading, time_limit=0.5))
    names = [name for name in FOR_ALL if name not in QUICK and name in SINGLE]
    agrees(measured(names, 200, 14, downlink_reading, also={"edge_node": "server"}, time_limit=0.1))


def test_pipelining_is_contradicted_where_an_upload_outlasts_the_computing():
    """T_U = 0.25 and T_C = 0.1 s: the next epoch's prompts meet these on the band.

    P1 promises that each epoch's uploads fit, one at a time; Fig. 3 has them overlap in time.
    """
    settings = {"period": "pipelined", "epoch_s": 0.6, "rate_per_s": 20.0, "compute_scale": 2.0}
    settings |= {"downlink_reading": "per-user"}
    worlds = [
        simulate("scarce-spectrum", num_epochs=25, seed=seed, settings=settings, carry_over=True)
        for seed in range(3)
    ]
    assert sum(int(each.epochs["num_late_uploads"].sum()) for each in worlds) > 0
