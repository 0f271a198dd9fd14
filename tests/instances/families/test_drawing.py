import math

import numpy as np
import pytest

from heuristics.errors import InputError
from heuristics.system_models.path_loss import free_space_loss_db
from heuristics.system_models.template import read_template
from instances.families.drawing import Arrivals, draw, draw_arrivals

TEMPLATE = read_template("section-v")


def many(**sections):
    """Section V with enough requests for the law of large numbers."""
    workload = {"num_requests": 20_000} | sections.pop("workload", {})
    return TEMPLATE.changed(workload=workload, **sections)


def significant_digits(value):
    return len(repr(value).split("e")[0].replace(".", "").replace("-", "").strip("0"))


def test_the_same_seed_draws_the_same_scenario_and_another_seed_another():
    assert draw(TEMPLATE, 7) == draw(TEMPLATE, 7)
    assert draw(TEMPLATE, 7) != draw(TEMPLATE, 8)


@pytest.mark.parametrize(
    ("sections", "changed"),
    [
        ({"inference": {"llm": "opt-13b", "padding_tokens": 256}}, ()),
        ({"workload": {"deadline_s": [3.0, 4.0]}}, ("deadline_s",)),
        ({"workload": {"accuracy": [0.5, 1.0]}}, ("accuracy",)),
        ({"workload": {"prompt_tokens": [64, 32]}}, ("prompt_tokens",)),
        ({"workload": {"output_tokens": [64, 32]}}, ("output_tokens",)),
    ],
)
def test_a_change_leaves_all_other_quantities_as_they_were(sections, changed):
    before, after = draw(TEMPLATE, 3), draw(TEMPLATE.changed(**sections), 3)
    for name in type(before.requests).model_fields:
        same = getattr(before.requests, name) == getattr(after.requests, name)
        assert same == (name not in changed), name
    for old, new in zip(before.edge_nodes, after.edge_nodes, strict=True):
        assert (old.uplink_gain, old.downlink_gain) == (new.uplink_gain, new.downlink_gain)


def test_more_requests_begin_with_the_same_deadlines_and_places():
    few, lots = (draw(TEMPLATE.changed(workload={"num_requests": n}), 0) for n in (10, 20))
    assert lots.requests.deadline_s[:10] == few.requests.deadline_s
    assert lots.requests.prompt_tokens[:10] == few.requests.prompt_tokens
    assert lots.edge_nodes[1].uplink_gain[:10] == few.edge_nodes[1].uplink_gain


def test_drawn_values_have_twelve_significant_digits_and_times_nanoseconds():
    scenario = draw(TEMPLATE, 0)
    for edge_node in scenario.edge_nodes:
        assert max(map(significant_digits, edge_node.uplink_gain)) == 12
        assert max(map(significant_digits, edge_node.downlink_gain)) == 12
    assert max(map(significant_digits, scenario.requests.accuracy)) == 12
    for time in scenario.requests.arrival_s + scenario.requests.deadline_s:
        assert time == round(time, 9)


def test_arrivals_are_a_poisson_process_of_one_period():
    counts = [len(draw_arrivals(TEMPLATE.workload, 2.0, seed).arrival_s) for seed in range(400)]
    assert np.mean(counts) == pytest.approx(100, abs=2)
    assert np.var(counts) == pytest.approx(100, rel=0.2)
    scenario = draw(TEMPLATE.changed(epoch={"period": "pipelined"}), 0)
    arrival = scenario.requests.arrival_s
    assert list(arrival) == sorted(arrival)
    assert 0 <= arrival[0] < arrival[-1] <= scenario.setting.epoch_start_s == 1.5


def test_lengths_deadlines_and_accuracies_are_uniform():
    requests = draw(many(), 0).requests
    for name in ("prompt_tokens", "output_tokens"):
        counts = np.unique(getattr(requests, name), return_counts=True)
        assert counts[0].tolist() == [128, 256, 512]
        assert counts[1] == pytest.approx([20_000 / 3] * 3, rel=0.05)
    assert np.mean(requests.deadline_s) == pytest.approx(1.75, abs=0.005)
    assert np.std(requests.deadline_s) == pytest.approx(0.5 / math.sqrt(12), rel=0.02)
    assert min(requests.deadline_s) >= 1.5
    assert np.mean(requests.accuracy) == pytest.approx(0.5, abs=0.01)


def test_prompts_outputs_deadlines_and_accuracies_are_independent():
    requests = draw(many(), 0).requests
    columns = [getattr(requests, name) for name in type(requests).model_fields]
    correlation = np.corrcoef(columns) - np.eye(len(columns))
    assert np.abs(correlation).max() < 0.03


def test_rayleigh_power_gains_are_exponential_and_apart_in_each_direction():
    server = draw(many(), 0).edge_nodes[0]
    for gains in (server.uplink_gain, server.downlink_gain):
        assert np.mean(gains) == pytest.approx(1e-3, rel=0.03)
        assert np.median(gains) == pytest.approx(1e-3 * math.log(2), rel=0.03)
    assert abs(np.corrcoef(server.uplink_gain, server.downlink_gain)[0, 1]) < 0.03


def test_the_uavs_gains_follow_from_slant_ranges_over_the_disc():
    """100 m to sqrt(100^2 + 200^2) = 223.6 m; half within 141 m on the ground."""
    gains = np.array(draw(many(), 0).edge_nodes[1].uplink_gain)
    loss = -10 * np.log10(gains)
    ends = free_space_loss_db([100.0, math.hypot(100, 200), math.hypot(100, 141.42)], 2e9)
    assert ends[0] <= loss.min() < loss.max() <= ends[1]
    assert np.median(loss) == pytest.approx(ends[2], abs=0.1)


def test_the_vehicles_gains_are_the_same_in_both_directions():
    vehicle = draw(TEMPLATE, 0).edge_nodes[2]
    assert vehicle.uplink_gain == vehicle.downlink_gain


def test_shadowing_spreads_the_loss():
    """Around corners sigma is 4 dB; without it only places differ."""
    plain = {"model": "manhattan", "los_shadowing_db": 0.0, "nlos_shadowing_db": 0.0}
    shadowed = {"model": "manhattan"}
    losses = [
        10 * np.log10(draw(many(edge_nodes={"channel": each}), 0).edge_nodes[2].uplink_gain)
        for each in (plain, shadowed)
    ]
    assert np.std(losses[1] - losses[0]) == pytest.approx(4.0, abs=0.2)


def test_the_infrastructure_link_has_8_db_of_shadowing():
    channel = {"model": "infrastructure"}
    template = many(edge_nodes={"channel": channel}, workload={"area_radius_m": 0.0})
    loss = -10 * np.log10(draw(template, 0).edge_nodes[0].uplink_gain)
    assert np.mean(loss) == pytest.approx(128.1 + 37.6 * math.log10(0.035), abs=0.3)
    assert np.std(loss) == pytest.approx(8.0, abs=0.2)


def test_coverage_is_a_disc_around_the_edge_node():
    """Half the radius around the centre covers a quarter of the area; at the rim 200 m, 39 %."""
    for position, radius, share in (([0.0, 0.0], 100.0, 0.25), ([200.0, 0.0], 200.0, 0.391)):
        changes = {"position_m": position, "coverage_radius_m": radius}
        covered = draw(many(edge_nodes=changes), 0).edge_nodes[0].covered
        assert np.mean(covered) == pytest.approx(share, abs=0.015)
    assert all(draw(TEMPLATE, 0).edge_nodes[0].covered)


def test_known_arrivals_are_taken_as_they_are():
    known = Arrivals(arrival_s=[0.1, 1.9], prompt_tokens=[7, 8], output_tokens=[9, 10])
    requests = draw(TEMPLATE, 0, arrivals=known).requests
    assert requests.arrival_s == (0.1, 1.9)
    assert (requests.prompt_tokens, requests.output_tokens) == ((7, 8), (9, 10))
    assert len(requests.deadline_s) == 2


def test_an_arrival_after_the_period_is_refused():
    late = Arrivals(arrival_s=[2.5], prompt_tokens=[1], output_tokens=[1])
    with pytest.raises(InputError, match=r"arrival_s\[0\]: must not be after epoch_start_s, 2.0"):
        draw(TEMPLATE, 0, arrivals=late)


def test_there_may_be_no_requests():
    assert draw(TEMPLATE.changed(workload={"rate_per_s": 0}), 0).num_requests == 0


def test_what_a_node_says_of_its_gpus_comes_before_the_device():
    changes = {"gpu_flop_per_s": 2e12, "gpu_memory_bytes": 5}
    node = draw(TEMPLATE.changed(edge_nodes=changes), 0).edge_nodes[0]
    assert (node.gpu_flop_per_s, node.gpu_memory_bytes) == (2e12, 5)
