"""A horizon has the requests and channels of a simulation, and is the hindsight of its epochs."""

import numpy as np
import pytest

from analysis.runs.method_run import perform
from analysis.runs.plan import plan
from analysis.simulation.arrivals import PoissonArrivals
from analysis.simulation.controller import Controller
from analysis.simulation.schemes import Decision
from analysis.simulation.simulate import simulate
from heuristics.errors import InputError
from heuristics.judges.checker import check
from heuristics.pairs import AMOUNTS
from heuristics.result import Status
from heuristics.schedule import Schedule
from heuristics.system_models.assemble import assemble
from instances.families import drawing
from instances.families.horizon import FAMILY
from instances.families.physical import adjusted_template
from instances.families.trace import FAMILY as TRACE

WAITING = {"compute_scale": "4", "deadline_s": "2+6", "num_requests": "12"}
"""Settings under which requests wait for several epochs."""


def generated(seed=0, **settings):
    (instance,) = FAMILY.generate(settings, seed)
    return instance


def epochs_of(instance):
    return [each.epoch for each in instance.scenario.edge_nodes]


def first_epochs(instance):
    """The first epoch that starts after each arrival."""
    period = instance.scenario.setting.period_s
    return np.floor(np.array(instance.requests["arrival_s"]) / period).astype(int)


def channels(edge_node, num_requests):
    """Gains by request, and 0 where a request is not covered."""
    gains = np.zeros((2, num_requests))
    gains[:, list(edge_node.covered)] = edge_node.uplink_gain, edge_node.downlink_gain
    return gains


def test_rows_are_epoch_by_epoch_and_named_after_edge_node_and_epoch():
    instance = generated(num_epochs="2", num_requests="3", deadline_s="5+5")
    names = [f"{name}@{epoch}" for epoch in range(4) for name in ("server", "uav", "vehicle")]
    assert list(instance.edge_node_names) == names
    assert epochs_of(instance) == sorted([0, 1, 2, 3] * 3)
    assert instance.at(9).name == f"{instance.name}@server@3"
    assert instance.edge_node_index("server@3") == 9


def test_rows_end_with_the_last_epoch_in_which_a_request_has_time_left():
    instance = generated(num_epochs="3", **WAITING)
    scenario = instance.scenario
    requests = scenario.requests
    left = np.array(requests.arrival_s) + requests.deadline_s - 0.5
    starts = 2.0 * (1 + np.arange(20))
    expected = max(3, int((left[None, :] > starts[:, None]).any(axis=1).sum()))
    assert len(instance.edge_node_names) == 3 * expected
    assert scenario.edge_nodes[-1].covered


def test_rows_without_an_eligible_pair_are_kept():
    """No deadline of 0.5 s leaves time to compute, and epochs without requests have rows too."""
    lost = generated(num_epochs="4", num_requests="2", deadline_s="0.5+0.5")
    assert lost.coefficients.pairs.num_pairs == 0
    assert epochs_of(lost) == sorted([0, 1, 2, 3] * 3)
    empty = generated(num_epochs="2", num_requests="0")
    assert empty.coefficients.num_requests == 0
    assert empty.derived().digest() == empty.coefficients.digest()
    assert len(empty.edge_node_names) == 6


@pytest.mark.parametrize("count_waiting", [True, False])
def test_requests_and_channels_are_those_of_a_simulation(count_waiting):
    settings = {**WAITING, "count_waiting": str(count_waiting)}
    instance = generated(seed=3, num_epochs="4", **settings)
    arrivals = PoissonArrivals(template=adjusted_template(FAMILY.parse(settings)), seed=3)
    scenario = instance.scenario
    first = first_epochs(instance)
    for epoch in range(4):
        drawn = arrivals.scenario(epoch)
        here = first == epoch
        assert here.sum() == drawn.num_requests
        for name, column in drawn.requests.model_dump().items():
            shift = 2.0 * epoch if name == "arrival_s" else 0.0
            found = np.array(getattr(scenario.requests, name))[here]
            assert found.tolist() == pytest.approx([each + shift for each in column], abs=1e-12)
        for row in scenario.edge_nodes:
            if row.epoch < epoch:
                assert not set(np.flatnonzero(here)) & set(row.covered)
            if row.epoch != epoch:
                continue
            index = next(
                j for j, e in enumerate(drawn.edge_nodes) if row.name == f"{e.name}@{epoch}"
            )
            gains = drawn.edge_nodes[index].uplink_gain, drawn.edge_nodes[index].downlink_gain
            covered = channels(row, scenario.num_requests)[:, here]
            assert np.all((covered == np.array(gains)) | (covered == 0))


def test_a_waiting_request_keeps_its_channels():
    instance = generated(num_epochs="3", **WAITING)
    num_requests = instance.coefficients.num_requests
    by_name = {}
    for row in instance.scenario.edge_nodes:
        by_name.setdefault(row.name.split("@")[0], []).append(channels(row, num_requests))
    waited = 0
    for rows in by_name.values():
        for gains in zip(*(each[0] for each in rows), strict=True):
            seen = {gain for gain in gains if gain}
            assert len(seen) <= 1
            waited += sum(gain > 0 for gain in gains) > 1
    assert waited


@pytest.mark.parametrize("count_waiting", [True, False])
@pytest.mark.parametrize("seed", range(3))
def test_coefficients_are_those_of_a_controller_whose_requests_all_wait(seed, count_waiting):
    settings = {**WAITING, "count_waiting": str(count_waiting)}
    data = generated(seed, num_epochs="3", **settings).coefficients
    arrivals = PoissonArrivals(template=adjusted_template(FAMILY.parse(settings)), seed=seed)
    controller = Controller(3, carry_over=True)
    num_compared = 0
    for epoch in range(3):
        ran = controller.step(
            arrivals.scenario(epoch), epoch, lambda _: Decision(schedule=Schedule.empty(3))
        )
        expected = assemble(ran.epoch.scenario)
        requests = [12 * each.epoch + each.index for each in ran.epoch.requests]
        rows = slice(3 * epoch, 3 * epoch + 3)
        assert np.array_equal(data.eligible[rows, requests], expected.eligible)
        for name in AMOUNTS:
            found = getattr(data, name)[rows, requests]
            assert np.array_equal(
                found[expected.eligible], getattr(expected, name)[expected.eligible]
            )
        num_compared += int(expected.eligible.sum())
    assert num_compared > 36


def simulated(instance, num_epochs, seed, settings):
    """The schedule of the horizon that each scheme of a simulation has served in time."""
    first = np.searchsorted(first_epochs(instance), range(num_epochs + 1))
    rows = {name: j for j, name in enumerate(instance.edge_node_names)}
    outcome = simulate(
        "section-v",
        ["ot-gah", "first-come-first-served"],
        num_epochs=num_epochs,
        seed=seed,
        settings=settings,
        carry_over=True,
    )
    for scheme, requests in outcome.requests.groupby("scheme"):
        batches = [[] for _ in rows]
        for row in requests[requests["fate"] == "completed"].itertuples():
            batch = batches[rows[f"{row.edge_node}@{row.decided_epoch}"]]
            batch.append(int(first[row.epoch] + row.request))
        yield scheme, Schedule.of(batches)


@pytest.mark.parametrize("seed", range(3))
def test_what_a_simulation_serves_in_time_is_a_schedule_of_the_horizon(seed):
    instance = generated(seed, num_epochs="4", **WAITING)
    for scheme, schedule in simulated(instance, 4, seed, WAITING):
        assert not check(instance.coefficients, schedule), scheme
        assert schedule.throughput > 0


@pytest.mark.long
@pytest.mark.parametrize("seed", range(5))
def test_no_simulation_serves_more_than_the_optimum_of_the_horizon(seed):
    settings = {**WAITING, "compute_scale": "2"}
    instance = generated(seed, num_epochs="4", **settings)
    optimum = perform(plan(instance, "cp-sat", time_limit=60.0)).result
    assert optimum.status is Status.OPTIMAL
    for scheme, schedule in simulated(instance, 4, seed, settings):
        assert not check(instance.coefficients, schedule), scheme
        assert 0 < schedule.throughput <= optimum.objective


def test_a_trace_has_the_requests_that_the_family_trace_takes():
    epochs = list(TRACE.generate({"num_epochs": "3", "keep_empty": "true"}, 5))
    path = str(TRACE.parse({}).path)
    horizon = generated(5, path=path, num_epochs="3", scenario="trace")
    for name in ("prompt_tokens", "output_tokens", "deadline_s", "accuracy"):
        joined = [value for each in epochs for value in each.requests[name]]
        assert list(horizon.requests[name]) == joined
    notes = horizon.parameters["notes"]
    assert notes["first_epoch"] == epochs[0].parameters["notes"]["epoch"]
    assert notes["drawn"] == epochs[0].parameters["notes"]["drawn"]
    assert str(path) not in str(horizon.parameters)


def test_a_part_of_a_trace_is_taken_by_epochs_or_by_a_window():
    path = str(TRACE.parse({}).path)
    whole = generated(path=path, num_epochs="6", scenario="trace")
    first = first_epochs(whole)
    part = generated(path=path, first_epoch="2", num_epochs="4", scenario="trace")
    assert list(part.requests["deadline_s"]) == [
        value
        for value, epoch in zip(whole.requests["deadline_s"], first, strict=True)
        if epoch >= 2
    ]
    window = generated(path=path, window="0+8", scenario="trace")
    assert window.coefficients.num_requests == int((first < 4).sum())


def test_an_arrival_at_the_end_of_a_period_belongs_to_the_next_epoch(tmp_path):
    path = tmp_path / "my.csv"
    path.write_text("arrival_s,prompt_tokens,output_tokens\n0,10,1\n2,20,1\n3.999999999,30,1\n")
    settings = {"scenario": "trace", "edge_node": "server", "deadline_s": "2.5+2.5"}
    instance = generated(path=str(path), **settings)
    assert list(instance.requests["arrival_s"]) == [0, 2, 3.999999999]
    covered = {row.epoch: row.covered for row in instance.scenario.edge_nodes}
    assert covered == {0: (), 1: (2,)}


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"num_epochs": "0"}, "family horizon: num_epochs: must be at least 1, found"),
        ({"num_epochs": "33334"}, "family horizon: num_epochs: must give at most 100000 rows"),
        ({"num_epochs": "2", "deadline_s": "1+1e9"}, "num_epochs: must give at most 100000 rows"),
        ({"window": "0+4"}, "window: must be left out, as no trace is given by path, found [0.0"),
        ({"sample": "0.5"}, "sample: must be left out, as no trace is given by path, found 0.5"),
        ({"path": "PATH", "num_requests": "4"}, "num_requests: must be left out, as the trace has"),
        ({"path": "PATH", "window": "0+4", "num_epochs": "2"}, "window: must be left out beside"),
        ({"path": "no.csv"}, "no.csv"),
        ({"path": "PATH", "rate_per_s": "0"}, "rate_per_s: must be greater than 0 beside path"),
        ({"num_requests": "400000", "num_epochs": "3"}, "must give at most 1000000 requests"),
    ],
)
def test_a_bad_setting_is_refused_in_one_line(settings, message):
    path = str(TRACE.parse({}).path)
    given = {key: path if value == "PATH" else value for key, value in settings.items()}
    with pytest.raises(InputError) as caught:
        generated(**given)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_too_many_covered_pairs_are_refused(monkeypatch):
    monkeypatch.setattr(drawing, "LARGEST_COVERED", 100)
    with pytest.raises(InputError) as caught:
        generated(num_epochs="4", **WAITING)
    rule = "must give at most 100 covered pairs of an edge node and a request"
    assert str(caught.value).startswith(f"family horizon: num_epochs: {rule}, found ")
