"""Edge nodes that change their alternative between epochs, and the time of a change."""

from fractions import Fraction

import pytest

from analysis.simulation.controller import Controller
from analysis.simulation.schemes import Decision
from analysis.simulation.simulate import simulate
from heuristics.errors import InputError
from heuristics.schedule import Schedule
from heuristics.system_models.assemble import assemble
from heuristics.system_models.quantization import stored_bytes
from instances.families import drawing
from instances.families.physical import Physical, adjusted_template
from instances.families.registry import family

TWO = {"edge_node": "server", "quantization": "w8a16+w4a16-gptq", "accuracy": (0.0, 0.0)}


def scenario(seed=0, **settings):
    return drawing.draw(adjusted_template(Physical(**TWO | {"num_requests": 4} | settings)), seed)


def run(rows, **settings):
    """Return the batches and problems of epochs that use the given row each, of one request."""
    controller = Controller(2)
    ran = []
    for epoch, row in enumerate(rows):

        def decide(epoch, row=row):
            (first, *_) = assemble(epoch.scenario).eligible[row].nonzero()[0].tolist()
            return Decision(schedule=Schedule.of([[first] if j == row else [] for j in (0, 1)]))

        ran.append(controller.step(scenario(epoch, **settings), epoch, decide))
    return ran


def test_a_change_delays_the_batch_and_no_change_does_not():
    ran = run([0, 1, 1, 0], switching_s=0.25)
    lost = [each.batches[0].batch_start - each.epoch.start - each.epoch.uplink_slot for each in ran]
    assert lost == [0, Fraction(1, 4), 0, Fraction(1, 4)]
    assert not any(each.batches[0].is_delayed for each in ran)


def test_a_change_leaves_less_time_in_the_coefficients():
    free, ran = run([0, 0], switching_s=0.0), run([0, 0], switching_s=0.25)
    first, second = (assemble(each.epoch.scenario) for each in ran)
    assert (first.compute_budget == assemble(free[0].epoch.scenario).compute_budget).all()
    budget = assemble(free[1].epoch.scenario).compute_budget
    assert (second.compute_budget[0] == budget[0]).all()
    assert (second.compute_budget[1] < budget[1]).any()
    assert (second.compute_budget[1] <= budget[1]).all()


def test_weights_are_loaded_where_they_change_and_not_for_another_padding():
    bandwidth = 7e9
    ran = run([0, 1], storage_bytes_per_s=bandwidth)
    after = ran[1].epoch.scenario.edge_nodes[1]
    weights = stored_bytes(after.llm, after.quantization, include_embedding=False)
    assert after.switching_s == pytest.approx(float(weights) / bandwidth, abs=1e-9)
    settings = {"quantization": "w8a16", "padding_tokens": "256+512"}
    ran = run([0, 1], storage_bytes_per_s=bandwidth, **settings)
    assert [each.switching_s for each in ran[1].epoch.scenario.edge_nodes] == [None, None]


def test_alternatives_share_the_devices_and_the_bands():
    """A batch of the first epoch that is far too long delays one of another row in the second."""
    controller = Controller(2)
    for epoch, row in enumerate((0, 1)):
        drawn = scenario(epoch, num_requests=40)
        batch = list(range(drawn.num_requests)) if epoch == 0 else [0]
        batches = [batch if j == row else [] for j in (0, 1)]
        ran = controller.step(drawn, epoch, lambda _, b=batches: Decision(schedule=Schedule.of(b)))
    assert ran.batches[0].is_delayed


def test_simulation_chooses_and_serves_at_least_as_many_as_without_a_choice():
    settings = {
        "scenario": "section-v",
        "llm": "bloom-7.1b",
        "latency": "serial",
        "num_gpus": 10,
        "epoch_s": 20.0,
        "deadline_s": (16.0, 30.0),
        "rate_per_s": 2.0,
    }

    def completed(quantization):
        template = adjusted_template(Physical(**settings, quantization=quantization))
        outcome = simulate(template, arrivals="poisson", schemes=["ot-gah-fast"], num_epochs=2)
        return int(outcome.epochs["num_completed"].sum())

    assert completed("w8a16+w4a16-gptq") > max(map(completed, ("w8a16", "w4a16-gptq")))


def test_rivals_that_do_not_choose_refuse_alternatives():
    template = adjusted_template(Physical(**TWO))
    for name in ("static-batching", "no-batching"):
        with pytest.raises(InputError, match="method: must be left out where edge nodes have alt"):
            simulate(template, arrivals="poisson", schemes=[name], num_epochs=1)


@pytest.mark.parametrize("name", ["switching_s", "storage_bytes_per_s"])
def test_a_horizon_refuses_the_time_of_a_change(name):
    with pytest.raises(InputError, match=f"{name}: must be left out in a horizon, as P1 does not"):
        list(family("horizon").generate({"num_requests": 2, "num_epochs": 2, name: "0.5"}, 0))


def test_two_times_of_a_change_are_refused():
    with pytest.raises(InputError, match="switching_s: must be left out beside storage_bytes_per"):
        scenario(switching_s=0.5, storage_bytes_per_s=1e9)
