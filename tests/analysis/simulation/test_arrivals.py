"""Arrivals: the same for every scheme, and the instances of the families of the same name."""

import os
from pathlib import Path

import numpy as np
import pytest

from analysis.simulation.arrivals import PoissonArrivals, TraceArrivals
from analysis.simulation.request import requests_of
from heuristics.system_models.assemble import assemble
from heuristics.system_models.template import read_template
from instances.families.registry import family
from instances.traces.excerpt import EXCERPT

needs_azure = pytest.mark.skipif("OTGAH_DATA" not in os.environ, reason="OTGAH_DATA is not set")


def poisson(seed=3, **workload):
    template = read_template("section-v").changed(workload=workload)
    return PoissonArrivals(template=template, seed=seed)


def test_an_epoch_does_not_depend_on_those_drawn_before():
    forward = [poisson().scenario(epoch) for epoch in range(4)]
    assert [poisson().scenario(epoch) for epoch in (3, 1)] == [forward[3], forward[1]]
    assert len({each.requests.arrival_s for each in forward}) == 4


def test_other_deadlines_and_llms_meet_the_same_requests():
    other = poisson(deadline_s=(3.0, 4.0))
    template = other.template.changed(inference={"llm": "opt-13b"})
    drawn = PoissonArrivals(template=template, seed=3).scenario(5)
    same = poisson().scenario(5)
    assert drawn.requests.arrival_s == same.requests.arrival_s
    assert drawn.requests.output_tokens == same.requests.output_tokens
    assert drawn.edge_nodes[2].uplink_gain == same.edge_nodes[2].uplink_gain


def test_the_first_epoch_is_the_instance_of_the_family_paper():
    (instance,) = family("paper").generate({}, 3)
    assert assemble(poisson().scenario(0)).digest() == instance.coefficients.digest()


def test_as_many_arrive_as_the_rate_says():
    """Of 400 epochs of 2 s at 10/s: 8000 in the mean, with a deviation of 89."""
    arrived = sum(poisson(rate_per_s=10.0).scenario(epoch).num_requests for epoch in range(400))
    assert abs(arrived - 8000) < 4 * np.sqrt(8000)


@pytest.mark.parametrize(
    "path", [EXCERPT, pytest.param("azure", marks=[needs_azure, pytest.mark.long])]
)
def test_epochs_of_a_trace_are_the_instances_of_the_family_trace(path):
    if path == "azure":
        folder = Path(os.environ["OTGAH_DATA"]) / "azure_llm_2023"
        path = folder / "AzureLLMInferenceTrace_code.csv"
    arrivals = TraceArrivals.read(path, read_template("trace"), 5)
    instances = list(family("trace").generate({"path": str(path), "keep_empty": True}, 5))
    assert arrivals.num_epochs == len(instances)
    for epoch, instance in enumerate(instances):
        digest = assemble(arrivals.scenario(epoch)).digest()
        assert digest == instance.coefficients.digest()
    assert arrivals.scenario(len(instances)).num_requests == 0


def test_the_worst_output_is_known_before_any_arrives():
    assert poisson().longest_output_tokens == 512
    levels = PoissonArrivals(
        template=read_template("section-v").changed(
            inference={"output_levels_tokens": (100, 600, 900)}
        ),
        seed=0,
    )
    assert levels.longest_output_tokens == 600
    trace = TraceArrivals.read(EXCERPT, read_template("trace"), 0)
    assert trace.longest_output_tokens in (32, 128, 512, 2048)
    assert trace.windows.trace.output_tokens.max() <= trace.longest_output_tokens


def test_requests_are_on_one_clock():
    """Epoch 2 of periods of 2 s starts at 6; its requests arrived from 4 on."""
    scenario = poisson(rate_per_s=20.0).scenario(2)
    requests = requests_of(scenario, 2)
    assert all(4 <= request.arrival < 6 for request in requests)
    dues = [float(request.due - request.arrival) for request in requests]
    assert dues == list(scenario.requests.deadline_s)
    setting = scenario.setting.model_copy(update={"count_waiting": False})
    unwaited = scenario.model_copy(update={"setting": setting})
    dues = [float(request.due - 6) for request in requests_of(unwaited, 2)]
    assert dues == list(scenario.requests.deadline_s)
