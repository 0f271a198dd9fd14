"""Hindsight equals brute force of its rows, and bounds every registered method."""

import json

import numpy as np
import pytest

from analysis.checks.brute_force import brute_force
from analysis.cli import main
from analysis.methods.registry import methods
from analysis.simulation.hindsight import HindsightProblem, hindsight_of
from analysis.simulation.request import Fate
from analysis.simulation.rows import REQUEST_COLUMNS
from analysis.simulation.setup import Setup
from analysis.simulation.simulate import go_through, simulate
from analysis.text.phrases import ABSENT
from heuristics.problem import Problem
from instances.families.horizon import FAMILY

ORIN = {"device": "agx-orin-64gb", "num_gpus": 8, "compute_scale": 1.0}
BOARD = {"device": "agx-orin-llama-3-8b-int4", "llm": "llama-3-8b", "quantization": "w4a16-rtn"}
LATENCIES = (
    {},
    {},
    {**ORIN, "latency": "serial"},
    {**ORIN, "latency": "roofline"},
    {**ORIN, "latency": "serial", "count_kv_reading": False},
    {
        **BOARD,
        "latency": "measured",
        "extrapolate": True,
        "compute_scale": 1.0,
        "epoch_s": 8.0,
        "accuracy": "0+0",
    },
)
"""Latency models; the last has a longest output for each alternative of an edge node."""

EPOCH, FATE = (list(REQUEST_COLUMNS).index(name) for name in ("epoch", "fate"))

FAST = ("ot-gah-fast", "greedy-by-output", "greedy-by-deadline", "first-come-first-served")
FOR_ALL = [each for each in methods() if each.missing is None and Problem.P1 in each.problems]
ALTERNATIVES = {each.name for each in FOR_ALL if each.takes_alternatives}
SINGLE = [each.name for each in methods() if each.missing is None and each.single_node]


def world(rng, num_requests):
    """Draw the settings of a scenario in which requests wait and some constraint binds."""
    settings = {
        "num_requests": num_requests,
        "downlink_reading": str(rng.choice(["worst-channel", "worst-channel", "per-user"])),
        "period": str(rng.choice(["epoch", "pipelined"])),
        "count_waiting": bool(rng.integers(4)),
        "compute_scale": float(rng.choice([1, 4, 20])),
        "epoch_s": float(rng.choice([1.0, 2.0])),
        "accuracy": str(rng.choice(["0+0", "0+1"])),
    }
    settings |= LATENCIES[rng.integers(len(LATENCIES))]
    longest = float(rng.choice([1, 3, 4])) * settings["epoch_s"]
    settings["deadline_s"] = f"{settings['epoch_s']}+{longest}"
    if rng.integers(2):
        settings["downlink_bandwidth_hz"] = float(rng.choice([1e3, 4e3, 1e4]))
    if rng.integers(3) == 0:
        settings["uplink_bandwidth_hz"] = float(rng.choice([1e4, 1e5]))
    return settings


def problem_of(settings, num_epochs, seed, scenario="section-v"):
    setup = Setup.of(
        scenario,
        arrivals="poisson",
        schemes=["ot-gah-fast"],
        num_epochs=num_epochs,
        seed=seed,
        settings=settings,
        carry_over=True,
        time_limit=None,
    )
    return HindsightProblem.of(setup)


def equal_brute_force(num_runs, seed, most_requests):
    """Return the number of runs in which the bound lies above the objective."""
    rng = np.random.default_rng(seed)
    num_apart = 0
    for _ in range(num_runs):
        num_epochs = int(rng.integers(1, 5))
        settings = world(rng, int(rng.integers(1, most_requests // num_epochs + 1)))
        settings |= {"edge_node": "server", "copies": int(rng.integers(1, 3))}
        problem = problem_of(settings, num_epochs, int(rng.integers(2**31)))
        found = problem.solve(seed=0, time_limit=None)
        assert found.objective == brute_force(problem.rows)
        assert found.bound == brute_force(problem.relaxed)
        num_apart += found.bound > found.objective
    return num_apart


def test_small_runs_equal_brute_force_of_their_rows():
    equal_brute_force(20, 0, 6)


@pytest.mark.long
def test_two_hundred_small_runs_equal_brute_force_of_their_rows():
    assert equal_brute_force(200, 1, 10) > 10


def never_below(num_runs, seed, names, most_requests, most_epochs=4, **also):
    """Return how often a method completed as much as the bound, or more than the objective."""
    rng = np.random.default_rng(seed)
    reached = {"bound": 0, "above objective": 0}
    for _ in range(num_runs):
        settings = world(rng, int(rng.integers(1, most_requests))) | also
        chosen = str(rng.choice(names))
        if settings.get("latency") == "measured" and chosen not in ALTERNATIVES:
            chosen = "ot-gah-fast"
        setup = Setup.of(
            "section-v",
            arrivals="poisson",
            schemes=[chosen],
            num_epochs=int(rng.integers(1, most_epochs + 1)),
            seed=int(rng.integers(2**31)),
            settings=settings,
            carry_over=bool(rng.integers(4)),
            time_limit=2.0,
        )
        (run,) = go_through(setup, setup.runs(None), None)
        completed = sum(
            row[EPOCH] < setup.num_epochs and row[FATE] == Fate.COMPLETED for row in run.requests
        )
        found = hindsight_of(setup, HindsightProblem.of(setup), 2.0)[chosen]
        assert completed <= found.bound, (setup, found)
        assert found.objective <= found.bound
        reached["bound"] += completed == found.bound > 0
        reached["above objective"] += completed > found.objective
    return reached


def test_no_fast_method_completes_more_than_the_bound():
    assert never_below(50, 2, FAST, 8, most_epochs=2, edge_node="server")["bound"] > 10


@pytest.mark.long
def test_no_method_completes_more_than_the_bound_in_a_thousand_runs():
    names = [each.name for each in FOR_ALL if not each.single_node]
    reached = never_below(900, 3, names, 12)
    assert reached["bound"] > 100
    assert reached["above objective"] > 0  # the relaxed rows are needed
    never_below(100, 4, SINGLE, 12, edge_node="server")


def run_of(names, **given):
    given = {"settings": {"deadline_s": "2+6", "num_requests": "8"}} | given
    return simulate("section-v", names, num_epochs=2, seed=1, hindsight=True, **given)


def test_rows_without_a_difference_to_relaxed_ones_are_those_of_the_family():
    settings = {"deadline_s": "2+6", "num_requests": "8", "downlink_reading": "per-user"}
    problem = problem_of(settings, 2, 1)
    (instance,) = FAMILY.generate(settings | {"num_epochs": "2"}, 1)
    assert problem.rows.digest() == problem.relaxed.digest() == instance.coefficients.digest()


def test_a_scheme_that_keeps_no_slots_has_no_hindsight():
    rivals = ["static-batching", "no-batching", "continuous-batching"]
    rows = run_of(["ot-gah-fast", *rivals]).to_dict()["schemes"]
    assert rows[0]["hindsight"]["objective"] >= rows[0]["completed"] > 0
    assert [row["hindsight"] for row in rows[1:]] == [None] * 3
    assert "hindsight" not in simulate("section-v", num_epochs=1).to_dict()["schemes"][0]


def test_the_table_of_schemes_has_no_column_without_numbers_of_hindsight():
    table = run_of(["ot-gah-fast", "no-batching"]).serving()
    assert "hindsight" not in table.columns
    assert table["hindsight.bound"].notna().tolist() == [True, False]


def test_a_method_for_p2_is_bounded_without_spectrum():
    settings = {"edge_node": "server", "uplink_bandwidth_hz": "800", "num_requests": "20"}
    names = ["algorithm-1", "ot-gah-fast"]
    of_p2, of_p1 = run_of(names, settings=settings).to_dict()["schemes"]
    assert of_p2["completed"] <= of_p2["hindsight"]["bound"]
    assert of_p1["hindsight"]["bound"] < of_p2["hindsight"]["bound"]


def test_changes_of_the_alternative_take_no_time_in_hindsight():
    settings = {"quantization": "w8a16+w4a16-gptq", "switching_s": "0.5", "num_requests": "6"}
    (row,) = run_of(["ot-gah-fast"], settings=settings).to_dict()["schemes"]
    assert row["completed"] <= row["hindsight"]["objective"]


def test_epochs_without_requests():
    (row,) = run_of(["ot-gah-fast"], settings={"num_requests": "0"}).to_dict()["schemes"]
    assert row["hindsight"] == {"objective": 0, "bound": 0}


def test_the_command_shows_both_numbers(capsys):
    arguments = ["simulate", "section-v", "--epochs", "2", "--hindsight"]
    arguments += ["--method", "ot-gah-fast,no-batching", "--set", "num_requests=5"]
    assert main([*arguments, "--hindsight-time-limit", "5"]) == 0
    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert lines[0][-3:] == ["hindsight", "at", "most"]
    assert lines[3][-2:] == [ABSENT, ABSENT]
    assert main([*arguments, "--json"]) == 0
    shown = json.loads(capsys.readouterr().out)["schemes"][0]["hindsight"]
    assert lines[2][-2:] == [str(shown["objective"]), str(shown["bound"])]


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (["--tune-slots", "2"], "--hindsight: tune-slots: must be left out where slots are tuned"),
        (["--hindsight-time-limit", "0"], "--hindsight-time-limit: must be a positive number"),
        (["--hindsight-time-limit", "x"], "--hindsight-time-limit: must be a positive number"),
        (["--epochs", "40000"], "--hindsight: num_epochs: must give at most 100000 rows"),
        (
            ["--set", "period=pipelined", "--set", "epoch_s=0.6"],
            "--hindsight: uplink and downlink slot: must be at most T_C, 0.1",
        ),
    ],
)
def test_bad_input(capsys, given, told):
    assert main(["simulate", "section-v", "--epochs", "2", "--hindsight", *given]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith(f"otgah: {told}")


def test_a_time_limit_leaves_an_objective_and_a_bound():
    problem = problem_of({"deadline_s": "2+10", "num_requests": "150"}, 6, 0)
    found = problem.solve(seed=0, time_limit=0.02)
    assert 0 <= found.objective <= found.bound
