"""A controller that decides on estimates: what breaks, and what stays the same for all schemes."""

import json
from collections import Counter

import pytest

from analysis.cli import main
from analysis.simulation.continuous.continuous_batching import ContinuousBatching
from analysis.simulation.continuous.policy import Cache, Overdue, Policy
from analysis.simulation.errors import Errors
from analysis.simulation.request import Fate
from analysis.simulation.simulate import simulate
from analysis.simulation.truth import Truth
from instances.families import drawing
from instances.families.physical import Physical, adjusted_template

ERROR = "output=lognormal:0.5,gain=db:6,latency=normal:0.2"
NONE = "output=lognormal:0,gain=db:0,latency=normal:0"
SCHEMES = ("ot-gah-fast", "static-batching", "no-batching", "continuous-batching")
UNTIMED = ("made_at", "runtime_s", "num_cpus", "load")
BOARD = {
    "device": "tx2",
    "llm": "bloom-7.1b",
    "num_gpus": "1",
    "kv_cache": "stored",
    "epoch_s": "60",
}
"""A board whose memory holds few requests."""

FATES = [str(each) for each in Fate]


def run(schemes=SCHEMES, num_epochs=3, seed=1, **given):
    given = {"settings": {"deadline_s": "2+4", "num_requests": "30"}, "carry_over": True} | given
    return simulate("section-v", schemes, num_epochs=num_epochs, seed=seed, **given)


@pytest.fixture(scope="module")
def without():
    return run()


@pytest.fixture(scope="module")
def broken():
    return run(error=ERROR)


def tables(simulation):
    kept = [name for name in simulation.epochs if name not in UNTIMED]
    return (simulation.epochs[kept], simulation.requests, simulation.batches, simulation.edge_nodes)


def test_errors_of_size_0_change_nothing(without):
    for one, other in zip(tables(run(error=NONE, quantile=0.9)), tables(without), strict=True):
        assert one.equals(other)


def test_all_schemes_see_the_same_truth_and_not_the_estimates(without, broken):
    columns = ["epoch", "request", "arrival_s", "prompt_tokens", "output_tokens", "deadline_s"]
    seen = [
        broken.requests.loc[broken.requests["scheme"] == name, columns].reset_index(drop=True)
        for name in SCHEMES
    ]
    assert all(each.equals(seen[0]) for each in seen)
    estimated = without.requests.loc[without.requests["scheme"] == SCHEMES[0], columns]
    assert (seen[0]["output_tokens"] != estimated["output_tokens"].reset_index(drop=True)).any()
    assert (
        seen[0]
        .drop(columns="output_tokens")
        .equals(estimated.drop(columns="output_tokens").reset_index(drop=True))
    )


def test_every_request_has_one_fate(broken):
    for row in broken.to_dict()["schemes"]:
        assert sum(row[fate] for fate in FATES) == row["arrived"] == 90


def test_plans_break_where_the_truth_is_worse(without, broken):
    columns = ["num_late", "num_overruns"]
    assert not without.epochs.loc[without.epochs["scheme"] == "ot-gah-fast", columns].any(axis=None)
    found = broken.epochs.loc[broken.epochs["scheme"] == "ot-gah-fast", columns]
    assert (found.sum() > 0).all()


def test_a_decision_is_that_of_the_estimates(without, broken):
    """Without waiting requests a broken epoch changes nothing in later decisions."""
    at = {"carry_over": False, "schemes": ["ot-gah-fast"]}
    kept = ["epoch", "coefficients", "assignment"]
    assert run(**at).epochs[kept].equals(run(error=ERROR, **at).epochs[kept])


def test_a_quantile_makes_plans_safer(broken):
    safe = run(error=ERROR, quantile=0.95)
    late = [
        each.epochs["num_late"].where(each.epochs["scheme"] == "ot-gah-fast").sum()
        for each in (broken, safe)
    ]
    assert late[1] < late[0]


def test_a_batch_that_outgrows_the_memory_loses_its_youngest():
    settings = BOARD | {"num_requests": "20", "deadline_s": "60+120"}
    simulation = run(["ot-gah-fast"], settings=settings, error="output=lognormal:1")
    assert simulation.epochs["num_over_memory"].sum() > 0
    batches, requests = simulation.batches, simulation.requests
    assert (batches["peak_memory_bytes"] <= batches["memory_limit_bytes"]).all()
    lost = requests[(requests["fate"] == "dropped") & requests["edge_node"].notna()]
    assert len(lost)
    assert lost["last_token_s"].isna().all()
    assert lost["first_token_s"].notna().all()
    served = requests[requests["fate"].isin(["completed", "late"])]
    for row in lost.itertuples():
        batch = served.query("decided_epoch == @row.decided_epoch and edge_node == @row.edge_node")
        younger = batch[batch["arrival_s"] > row.arrival_s]
        assert (younger["output_tokens"] < row.output_tokens).all()


@pytest.mark.parametrize("cache", ["reserved", "paged"])
@pytest.mark.parametrize("error", ["output=lognormal:1", ERROR])
def test_continuous_batching_keeps_its_memory_and_loses_requests_that_outgrow_it(cache, error):
    steps = []
    scheme = ContinuousBatching(
        Policy(cache=Cache(cache), overdue=Overdue.SERVE),
        observe=steps.append,
        truth=Truth(Errors.parse(error), seed=1, longest_output_tokens=512),
    )
    template = adjusted_template(Physical(**BOARD, num_requests="60", deadline_s="600+600"))
    for epoch in range(2):
        scheme.add(drawing.draw(template, drawing.epoch_seed(1, epoch)), epoch)
    fates = Counter(each.fate for each in scheme.finish())
    assert sum(fates.values()) == 120
    assert all(each.held <= each.capacity for each in steps)
    assert (fates[Fate.DROPPED] > 0) == (cache == "reserved")


def test_a_store_keeps_epochs_with_errors_apart_and_executes_them_again(tmp_path):
    given = {"out": tmp_path / "epochs.sqlite", "schemes": ["ot-gah-fast"]}
    plain, first = run(**given), run(error=ERROR, **given)
    again = run(error=ERROR, **given)
    assert first.summary().equals(again.summary())
    assert set(plain.epochs["simulation"]).isdisjoint(first.epochs["simulation"])
    assert json.loads(first.epochs["options"].iloc[0])["quantile"] == 0.5


def test_slots_may_be_tuned_beside_errors():
    assert len(run(["ot-gah-fast"], error=ERROR, tune_slots=2, carry_over=False).epochs) == 3


def test_no_batching_starts_what_the_estimates_have_in_time():
    settings = {"admission": "in-time", "deadline_s": "1.5+3", "num_requests": "30"}
    given = {"settings": settings, "schemes": ["no-batching"], "carry_over": False}

    def in_vain(simulation):
        requests = simulation.requests
        return int((requests["compute_start_s"].notna() & (requests["fate"] != "completed")).sum())

    assert in_vain(run(**given)) == 0 < in_vain(run(error="latency=normal:0.3", **given))


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (["--error", "speed=db:1"], "--error: must be one or more of output=lognormal:SIGMA"),
        (["--error", "gain=db:-1"], "--error: gain: must have a sigma from 0 to 100, found '-1'"),
        (["--quantile", "0.9"], "--quantile: must be left out without --error, found '0.9'"),
        (["--error", ERROR, "--quantile", "2"], "--quantile: must be a number between 0 and 1"),
        (["--error", ERROR, "--hindsight"], "--hindsight: must be left out beside --error"),
    ],
)
def test_bad_input(capsys, given, told):
    assert main(["simulate", "section-v", "--epochs", "2", *given]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith(f"otgah: {told}")
    assert len(captured.err.splitlines()) == 1


def test_the_command_with_errors(capsys):
    arguments = ["simulate", "section-v", "--epochs", "2", "--set", "num_requests=10", "--json"]
    arguments += ["--method", "ot-gah-fast"]
    assert main([*arguments, "--error", ERROR, "--quantile", "0.9"]) == 0
    with_errors = capsys.readouterr().out
    assert main(arguments) == 0
    plain = capsys.readouterr().out
    assert main([*arguments, "--error", NONE]) == 0
    assert capsys.readouterr().out == plain != with_errors
