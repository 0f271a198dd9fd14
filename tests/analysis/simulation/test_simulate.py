"""Simulate: conservation, common random numbers, resuming, and what the store keeps."""

import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from analysis.commands.interrupts import KEPT
from analysis.methods.registry import METHODS
from analysis.simulation import run as run_module
from analysis.simulation.outcome import Simulation
from analysis.simulation.schemes import DynamicBatching
from analysis.simulation.simulate import simulate
from analysis.store.store import Store, read_epochs, read_runs
from analysis.text.simulation import simulation_text
from heuristics.errors import InputError
from heuristics.result import EndedBy, Result, Status
from heuristics.system_models.template import read_template
from instances.traces.excerpt import EXCERPT

ALL = ("ot-gah", "first-come-first-served", "static-batching", "no-batching")
FATES = {"completed", "late", "dropped", "refused"}

needs_azure = pytest.mark.skipif("OTGAH_DATA" not in os.environ, reason="OTGAH_DATA is not set")


def balances(simulation: Simulation, num_arrived):
    """Hold every scheme to the same requests, each with one fate, and every row to its sum."""
    for scheme in simulation.schemes:
        requests = simulation.requests[simulation.requests["scheme"] == scheme]
        assert len(requests) == num_arrived
        assert not requests.duplicated(["epoch", "request"]).any()
        assert set(requests["fate"]) <= FATES
        received = requests["received_s"].notna()
        assert (received == requests["fate"].isin(["completed", "late"])).all()
        rows = simulation.epochs[simulation.epochs["scheme"] == scheme]
        came = rows["num_arrived"] + rows["num_carried_in"]
        ended = sum(rows[f"num_{fate}"] for fate in FATES)
        assert (came == ended + rows["num_carried_out"]).all()
        carried_in = rows["num_carried_in"].tolist()[1:]
        assert carried_in == rows["num_carried_out"].tolist()[:-1]
    summary = simulation.summary()
    assert summary["arrived"].tolist() == [num_arrived] * len(simulation.schemes)


@pytest.mark.parametrize("carry_over", [False, True])
@pytest.mark.parametrize("period", ["epoch", "pipelined"])
@pytest.mark.parametrize("count_waiting", [False, True])
@pytest.mark.parametrize(
    "scenario", ["section-v", pytest.param("mixed-models", marks=pytest.mark.long)]
)
def test_every_request_has_exactly_one_fate(scenario, count_waiting, period, carry_over):
    settings = {"period": period, "count_waiting": count_waiting, "deadline_s": "1.5+4.0"}
    simulation = simulate(scenario, ALL, num_epochs=12, settings=settings, carry_over=carry_over)
    arrived = simulation.epochs.query("scheme == 'static-batching' and epoch < 12")["num_arrived"]
    balances(simulation, int(arrived.sum()))


def test_a_received_output_is_completed_exactly_if_it_is_in_time():
    requests = simulate("section-v", ALL, num_epochs=10, settings={"llm": "bloom-3b"}).requests
    served = requests[requests["received_s"].notna()]
    took = served["received_s"] - served["arrival_s"]
    in_time = took <= served["deadline_s"] + 1e-9
    assert (in_time == (served["fate"] == "completed")).all()
    assert {"completed", "late"} <= set(served["fate"])


def test_schemes_meet_the_same_requests_and_do_not_touch_each_other():
    together = simulate("section-v", ALL, num_epochs=6, seed=4, carry_over=True)
    columns = ["epoch", "request", "arrival_s", "prompt_tokens", "deadline_s", "accuracy"]
    by_scheme = [
        together.requests.loc[together.requests["scheme"] == name, columns].reset_index(drop=True)
        for name in ALL
    ]
    for each in by_scheme[1:]:
        pd.testing.assert_frame_equal(each, by_scheme[0])
    for name in ALL:
        alone = simulate("section-v", [name], num_epochs=6, seed=4, carry_over=True).requests
        same = together.requests[together.requests["scheme"] == name].reset_index(drop=True)
        pd.testing.assert_frame_equal(alone, same)


def test_another_seed_is_another_day_and_the_same_seed_the_same():
    one, again, other = (simulate("section-v", num_epochs=3, seed=s).requests for s in (1, 1, 2))
    pd.testing.assert_frame_equal(one, again)
    assert one["arrival_s"].tolist()[:5] != other["arrival_s"].tolist()[:5]


def test_more_epochs_leave_the_first_ones_as_they_were():
    few, many = (simulate("section-v", ALL, num_epochs=n, carry_over=True) for n in (3, 7))
    first = many.requests[many.requests["epoch"] < 3].reset_index(drop=True)
    pd.testing.assert_frame_equal(few.requests, first)


def test_the_optimum_serves_at_least_as_many_in_each_epoch_and_rivals_no_more():
    """Without carry-over epochs are alone, so a bound of P1 bounds every scheme of batches."""
    names = ("milp-bigm", "ot-gah", "static-batching")
    settings = {"rate_per_s": 8.0, "admission": "in-time"}
    epochs = simulate("mixed-models", names, num_epochs=8, settings=settings).epochs
    by_scheme = {name: epochs[epochs["scheme"] == name].reset_index() for name in names}
    bound = by_scheme["milp-bigm"]["bound"]
    assert bound.notna().all()
    for name in names:
        assert (by_scheme[name]["num_completed"] <= bound).all()


def test_a_template_of_ones_own_is_taken_as_it_is():
    template = read_template("section-v").changed(workload={"rate_per_s": 3.0})
    own = simulate(template, num_epochs=4).requests
    named = simulate("section-v", num_epochs=4, settings={"rate_per_s": 3.0}).requests
    pd.testing.assert_frame_equal(own, named)
    with pytest.raises(InputError, match="must be left out"):
        simulate(template, num_epochs=4, settings={"rate_per_s": 3.0})


def test_nobody_arrives():
    simulation = simulate("section-v", ALL, num_epochs=2, settings={"rate_per_s": 0.0})
    assert simulation.requests.empty
    assert simulation.batches.empty
    assert simulation.summary()["completion_rate"].isna().all()
    assert simulation.to_dict()["schemes"][0]["completion_rate"] is None


def test_a_trace_runs_to_its_end():
    simulation = simulate("trace", ALL, arrivals=EXCERPT, carry_over=True)
    num_requests = len(EXCERPT.read_text().splitlines()) - 1
    balances(simulation, num_requests)
    assert simulation.num_epochs == 58
    part = simulate("trace", ALL, arrivals=EXCERPT, num_epochs=10, carry_over=True)
    first = simulation.requests[simulation.requests["epoch"] < 10].reset_index(drop=True)
    pd.testing.assert_frame_equal(part.requests, first)


@needs_azure
@pytest.mark.long
@pytest.mark.parametrize("carry_over", [False, True])
def test_the_whole_azure_trace(carry_over):
    """8,819 requests over 3,436 s are 1,718 epochs of 2 s."""
    folder = Path(os.environ["OTGAH_DATA"]) / "azure_llm_2023"
    path = folder / "AzureLLMInferenceTrace_code.csv"
    simulation = simulate("trace", ALL, arrivals=path, carry_over=carry_over)
    assert simulation.num_epochs == 1718
    balances(simulation, 8819)
    rates = simulation.summary().set_index("scheme")["completion_rate"]
    assert rates["ot-gah"] > rates["static-batching"] > 0
    of_ot_gah = simulation.epochs[simulation.epochs["scheme"] == "ot-gah"]
    assert of_ot_gah[["num_late", "num_overruns", "num_delayed"]].to_numpy().sum() == 0


@needs_azure
@pytest.mark.long
def test_the_optimum_on_every_epoch_of_the_azure_trace():
    """Proven in each of 1,718 epochs; OT-GAH serves at least half of it in each."""
    folder = Path(os.environ["OTGAH_DATA"]) / "azure_llm_2023"
    path = folder / "AzureLLMInferenceTrace_code.csv"
    epochs = simulate("trace", ["milp-bigm", "ot-gah"], arrivals=path).epochs
    exact, quick = (
        epochs[epochs["scheme"] == name].reset_index() for name in ("milp-bigm", "ot-gah")
    )
    assert (exact["status"] == "optimal").all()
    assert (exact["num_completed"] == exact["bound"]).all()
    assert (quick["num_completed"] <= exact["bound"]).all()
    assert (2 * quick["num_completed"] >= exact["bound"]).all()
    assert quick["num_completed"].sum() < exact["num_completed"].sum()


def test_epochs_without_a_schedule_are_told(monkeypatch):
    """A method that finds nothing serves nobody, and neither a table nor a text hides it."""

    def nothing(task, warm_start):
        return Result(
            problem=task.problem, status=Status.NONE, ended_by=EndedBy.TIME_LIMIT, runtime_s=1.0
        )

    broken = replace(METHODS["ot-gah"], solve=nothing)
    monkeypatch.setitem(METHODS, "ot-gah", broken)
    simulation = simulate("section-v", ["ot-gah", "static-batching"], num_epochs=2)
    assert simulation.summary()["num_unsolved"].tolist() == [2, pd.NA]
    assert simulation.summary()["completed"].tolist()[0] == 0
    told = simulation_text(simulation).splitlines()[-1]
    assert told == "ot-gah found no schedule in 2 epochs, which served nobody"


# The store.


def without_times(epochs):
    return epochs.drop(columns=["made_at", "runtime_s"])


def test_epochs_that_are_there_are_not_decided_again(tmp_path, monkeypatch):
    out = tmp_path / "runs.sqlite"
    names = ("ot-gah", "static-batching", "no-batching")
    whole = simulate("section-v", names, num_epochs=6, carry_over=True)
    simulate("section-v", names, num_epochs=3, carry_over=True, out=out)
    decided = []
    decide = DynamicBatching.decide

    def watched(self, epoch):
        decided.append(epoch.index)
        return decide(self, epoch)

    monkeypatch.setattr(DynamicBatching, "decide", watched)
    resumed = simulate("section-v", names, num_epochs=6, carry_over=True, out=out)
    assert min(decided) >= 3
    pd.testing.assert_frame_equal(resumed.requests, whole.requests)
    pd.testing.assert_frame_equal(resumed.batches, whole.batches)
    pd.testing.assert_frame_equal(without_times(resumed.epochs), without_times(whole.epochs))
    decided.clear()
    again = simulate("section-v", names, num_epochs=6, carry_over=True, out=out)
    assert decided == []
    pd.testing.assert_frame_equal(again.requests, whole.requests)
    pd.testing.assert_frame_equal(read_epochs(out)[whole.epochs.columns], sorted_rows(again.epochs))


def sorted_rows(epochs):
    return epochs.sort_values(["simulation", "epoch"], ignore_index=True)


def test_anything_that_matters_makes_another_simulation(tmp_path):
    out = tmp_path / "runs.sqlite"
    simulate("section-v", num_epochs=1, out=out)
    simulate("section-v", num_epochs=1, out=out)
    assert len(read_epochs(out)) == 1
    for change in (
        {"seed": 1},
        {"time_limit": 9.0},
        {"carry_over": True},
        {"schemes": ["random-order"]},
        {"settings": {"llm": "opt-13b"}},
        {"settings": {"order": "capacity"}},
        {"settings": {"downlink_reading": "per-user"}},
    ):
        simulate("section-v", num_epochs=1, out=out, **change)
    assert read_epochs(out)["simulation"].nunique() == 8


def test_what_a_simulation_is_called_does_not_matter(tmp_path):
    out = tmp_path / "runs.sqlite"
    simulate("section-v", num_epochs=1, out=out)
    for settings in ({"rate_per_s": 50.0}, {"order": "given"}, {"llm": "bloom-3b"}):
        simulate("section-v", num_epochs=1, out=out, settings=settings)
    simulate(read_template("section-v"), num_epochs=1, out=out)
    assert len(read_epochs(out)) == 1


def test_a_file_holds_runs_and_epochs_side_by_side(tmp_path):
    out = tmp_path / "runs.sqlite"
    with Store.open(out):
        pass
    with pytest.raises(InputError, match="must hold epochs of a simulation"):
        read_epochs(out)
    simulate("section-v", num_epochs=1, out=out)
    assert (len(read_runs(out)), len(read_epochs(out))) == (0, 1)


def test_a_row_for_another_problem_is_refused(tmp_path):
    out = tmp_path / "runs.sqlite"
    (row,) = simulate("section-v", num_epochs=1, out=out).epochs.astype(object).to_dict("records")
    row = {key: None if pd.isna(value) else value for key, value in row.items()}
    with Store.open(out) as store:
        store.write_epochs([row | {"coefficients": "0" * 64}])
    with pytest.raises(InputError, match="must have the coefficients that the store holds"):
        simulate("section-v", num_epochs=1, out=out)
    with Store.open(out) as store:
        store.write_epochs([row | {"num_completed": row["num_completed"] + 1}])
    with pytest.raises(InputError, match=r"epoch 0: must come to what the store holds of it"):
        simulate("section-v", num_epochs=1, out=out)


def test_an_interrupt_leaves_what_was_done(tmp_path, monkeypatch):
    out = tmp_path / "runs.sqlite"
    step = run_module.BatchedRun.step

    def interrupted(self, scenario, epoch):
        if epoch == 4:
            raise KeyboardInterrupt
        return step(self, scenario, epoch)

    monkeypatch.setattr(run_module.BatchedRun, "step", interrupted)
    with pytest.raises(KeyboardInterrupt):
        simulate("section-v", num_epochs=9, out=out)
    assert read_epochs(out)["epoch"].tolist() == [0, 1, 2, 3]


def test_the_command_ends_in_order_when_it_is_interrupted(tmp_path):
    out = tmp_path / "runs.sqlite"
    command = [sys.executable, "-c", "from analysis.cli import main; raise SystemExit(main())"]
    command += ["simulate", "section-v", "--epochs", "100000", "--out", str(out)]
    process = subprocess.Popen(
        command, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True, start_new_session=True
    )
    try:
        wait_for_epochs(out)
        process.send_signal(signal.SIGINT)
        shown, told = process.communicate(timeout=60)
    finally:
        process.kill()
    assert process.returncode == 130
    assert shown == ""
    assert told.splitlines()[-1] == f"otgah: {KEPT}"
    assert "Traceback" not in told
    epochs = read_epochs(out)["epoch"].tolist()
    assert epochs == list(range(len(epochs)))


def wait_for_epochs(path):
    until = time.monotonic() + 60
    while time.monotonic() < until:
        try:
            if len(read_epochs(path)) > 0:
                return
        except InputError:
            pass  # not there yet
        time.sleep(0.1)
    raise AssertionError("no epoch within a minute")
