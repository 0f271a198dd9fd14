"""Errors of knowledge: their text, the truth that all schemes see, and plans with quantiles."""

from dataclasses import replace
from fractions import Fraction
from statistics import NormalDist

import numpy as np
import pytest

from analysis.simulation.epoch import gather
from analysis.simulation.errors import Errors
from analysis.simulation.request import requests_of
from analysis.simulation.truth import Truth
from heuristics.errors import InputError
from heuristics.system_models.assemble import assemble
from heuristics.system_models.template import read_template
from instances.families import drawing

ALL = Errors(output=0.3, gain=3.0, latency=0.1)
NUM_REQUESTS = 4000


@pytest.fixture(scope="module")
def estimate():
    return drawing.draw(read_template("section-v").changed(workload={"num_requests": 40}), 1)


def truth(errors, seed=1, longest=512):
    return Truth(errors, seed=seed, longest_output_tokens=longest)


@pytest.mark.parametrize(
    ("text", "quantile", "told"),
    [
        ("", None, "--error: must be one or more of output=lognormal:SIGMA"),
        ("output", None, "--error: must be one or more of"),
        ("output=normal:0.1", None, "--error: must be one or more of"),
        ("speed=normal:0.1", None, "--error: must be one or more of"),
        ("gain=db:3,", None, "--error: must be one or more of"),
        ("gain=db:3,gain=db:2", None, "--error: gain: must be given once"),
        ("gain=db:x", None, "--error: gain: must have a sigma from 0 to 100, found 'x'"),
        ("gain=db:-1", None, "--error: gain: must have a sigma from 0 to 100, found '-1'"),
        ("gain=db:nan", None, "--error: gain: must have a sigma from 0 to 100, found 'nan'"),
        ("output=lognormal:inf", None, "--error: output: must have a sigma from 0 to 10"),
        ("latency=normal:11", None, "--error: latency: must have a sigma from 0 to 10"),
        ("gain=db:3", "1", "--quantile: must be a number between 0 and 1, found '1'"),
        ("gain=db:3", "x", "--quantile: must be a number between 0 and 1, found 'x'"),
        (None, "0.9", "--quantile: must be left out without --error, found '0.9'"),
    ],
)
def test_a_bad_text_is_refused(text, quantile, told):
    with pytest.raises(InputError) as error:
        Errors.parse(text, quantile)
    assert str(error.value).startswith(told)


def test_errors_of_size_0_are_none():
    assert Errors.parse("output=lognormal:0,gain=db:0.0", "0.9") is None
    assert Errors.parse(None) is None


def test_the_options_parse_to_the_same_errors():
    given = replace(ALL, quantile=0.9)
    options = given.options()
    assert Errors.parse(options["error"], options["quantile"]) == given


def test_without_errors_the_estimates_are_the_truth(estimate):
    epoch = gather(estimate, 0)
    nothing = Truth()
    assert nothing(epoch.requests[0]) == (epoch.requests[0], 1)
    assert nothing.scenario(estimate, 0) is nothing.planned(estimate) is estimate
    assert nothing.executed_epoch(epoch) is nothing.planned_epoch(epoch) is epoch
    assert nothing.latency_ratios(epoch) is None


def test_each_error_changes_its_own_column_alone(estimate):
    outputs = truth(Errors(output=0.3)).scenario(estimate, 0)
    assert outputs.edge_nodes == estimate.edge_nodes
    assert outputs.requests.output_tokens != estimate.requests.output_tokens
    gains = truth(Errors(gain=3.0)).scenario(estimate, 0)
    assert gains.requests == estimate.requests
    assert gains.edge_nodes[0].uplink_gain != estimate.edge_nodes[0].uplink_gain
    assert truth(Errors(latency=0.1)).scenario(estimate, 0) is estimate


def test_the_truth_depends_on_seed_epoch_and_place_alone(estimate):
    first = truth(ALL).scenario(estimate, 3)
    assert truth(ALL).scenario(estimate, 3) == first
    assert truth(ALL, seed=2).scenario(estimate, 3) != first
    assert truth(ALL).scenario(estimate, 4) != first


def test_one_number_a_request_shifts_all_its_channels(estimate):
    true = truth(ALL).scenario(estimate, 0)
    shifts = [
        10 * np.log10(np.array(getattr(after, name)) / getattr(before, name))
        for before, after in zip(estimate.edge_nodes, true.edge_nodes, strict=True)
        for name in ("uplink_gain", "downlink_gain")
    ]
    assert np.allclose(shifts, shifts[0], atol=1e-9)
    assert np.ptp(shifts[0]) > 3


def test_the_same_number_is_scaled_by_the_size_of_the_error(estimate):
    small, large = (
        truth(Errors(gain=sigma)).scenario(estimate, 0).edge_nodes[0] for sigma in (1.0, 4.0)
    )
    before = np.array(estimate.edge_nodes[0].uplink_gain)
    one, four = (np.log10(np.array(each.uplink_gain) / before) for each in (small, large))
    assert np.allclose(four, 4 * one)


def test_the_distributions_are_those_stated():
    template = read_template("section-v").changed(
        workload={"num_requests": NUM_REQUESTS, "output_tokens": (100_000,)}
    )
    many = drawing.draw(template, 0)
    model = truth(ALL, longest=10**9)
    true = model.scenario(many, 0)
    logs = np.log(np.array(true.requests.output_tokens) / 1e5)
    decibel = 10 * np.log10(
        np.array(true.edge_nodes[1].uplink_gain) / many.edge_nodes[1].uplink_gain
    )
    ratios = np.array([float(model(each).latency) for each in requests_of(many, 0)])
    for values, mean, sigma in ((logs, 0, 0.3), (decibel, 0, 3), (ratios, 1, 0.1)):
        error = sigma / NUM_REQUESTS**0.5
        assert abs(values.mean() - mean) < 4 * error
        assert abs(values.std() - sigma) < 4 * error
    assert abs(np.corrcoef(logs, decibel)[0, 1]) < 4 / NUM_REQUESTS**0.5


def test_lengths_are_integers_from_1_to_the_largest_level(estimate):
    outputs = truth(Errors(output=10.0)).scenario(estimate, 0).requests.output_tokens
    assert set(outputs) >= {1, 512}
    assert all(isinstance(each, int) and 1 <= each <= 512 for each in outputs)


def test_the_ratio_of_latency_has_a_floor_and_belongs_to_an_edge_node(estimate):
    epoch = gather(estimate, 0)
    ratios = [truth(Errors(latency=10.0), seed).latency_ratios(epoch) for seed in range(40)]
    assert min(map(min, ratios)) == Fraction(1, 20)
    assert all(len(set(each)) > 1 or set(each) == {Fraction(1, 20)} for each in ratios)
    template = read_template("section-v")
    inference = template.inference.model_copy(update={"quantization": ("w8a16", "w4a16-gptq")})
    choice = drawing.draw(template.model_copy(update={"inference": inference}), 1)
    ratios = truth(ALL).latency_ratios(gather(choice, 0))
    assert len(ratios) == 6
    assert ratios[::2] == ratios[1::2]
    assert ratios[::2] == truth(ALL).latency_ratios(epoch)


def test_a_request_that_waits_keeps_its_truth(estimate):
    model = truth(ALL)
    waiting = requests_of(estimate, 0)[:5]
    epoch = gather(estimate, 1).with_waiting(waiting)
    true = model.executed_epoch(epoch).scenario
    first, second = model.scenario(estimate, 0), model.scenario(estimate, 1)
    outputs = (*first.requests.output_tokens[:5], *second.requests.output_tokens)
    assert true.requests.output_tokens == outputs
    gains = (*first.edge_nodes[2].downlink_gain[:5], *second.edge_nodes[2].downlink_gain)
    assert true.edge_nodes[2].downlink_gain == gains
    assert true.requests.arrival_s == epoch.scenario.requests.arrival_s


def test_a_plan_takes_the_quantile_of_each_error(estimate):
    planned = truth(replace(ALL, quantile=0.9)).planned(estimate)
    above = NormalDist().inv_cdf(0.9)
    expected = np.clip(
        np.rint(np.array(estimate.requests.output_tokens) * np.exp(0.3 * above)), 1, 512
    )
    assert planned.requests.output_tokens == tuple(expected.astype(int).tolist())
    before, after = estimate.edge_nodes[0], planned.edge_nodes[0]
    assert np.allclose(
        np.array(after.uplink_gain) / before.uplink_gain, 10 ** (-3 * above / 10), rtol=1e-9
    )
    assert after.gpu_flop_per_s == pytest.approx(before.gpu_flop_per_s / (1 + 0.1 * above))
    budgets = [assemble(each).compute_budget.max() for each in (estimate, planned)]
    assert budgets[1] < budgets[0]
    assert truth(replace(ALL, quantile=0.5)).planned(estimate) is estimate


def test_more_than_the_quantile_is_true_of_one_request_in_ten():
    many = drawing.draw(
        read_template("section-v").changed(
            workload={"num_requests": NUM_REQUESTS, "output_tokens": (1000,)}
        ),
        0,
    )
    model = truth(replace(ALL, quantile=0.9), longest=10**9)
    planned, true = model.planned(many), model.scenario(many, 0)
    longer = np.array(true.requests.output_tokens) > planned.requests.output_tokens
    weaker = np.array(true.edge_nodes[0].uplink_gain) < planned.edge_nodes[0].uplink_gain
    for each in (longer, weaker):
        assert abs(each.mean() - 0.1) < 4 * (0.09 / NUM_REQUESTS) ** 0.5
