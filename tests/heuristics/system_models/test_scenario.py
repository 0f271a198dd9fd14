import json

import pytest
from hypothesis import given
from pydantic import ValidationError

from heuristics.errors import InputError
from heuristics.system_models.scenario import Scenario
from tests.helpers.physics import (
    FP16,
    LLM,
    SETTING,
    edge_node,
    requests,
    scenario,
    scenarios,
)


@given(scenarios())
def test_a_scenario_survives_json(drawn):
    parts = json.loads(json.dumps(drawn.to_parts(), allow_nan=False))
    assert Scenario.from_parts(*parts) == drawn
    assert list(parts) == [*Scenario.from_parts(*parts).to_parts()]


def test_requests_have_the_five_columns_of_an_instance_file():
    columns, _, _ = scenario().to_parts()
    assert list(columns) == [
        "arrival_s",
        "prompt_tokens",
        "output_tokens",
        "deadline_s",
        "accuracy",
    ]


def test_an_epoch_may_have_no_requests():
    assert scenario(0).num_requests == 0


def test_a_scenario_cannot_be_changed():
    with pytest.raises(ValidationError):
        scenario().setting.padding_tokens = 3


def parts(**changes):
    found = {"requests": requests(), "edge_nodes": [edge_node()], "scenario": dict(SETTING)}
    return found | changes


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (
            {"requests": requests(deadline_s=[1.0, -1.0])},
            "requests.deadline_s[1]: must be at least 0, found -1.0",
        ),
        (
            {"requests": requests(deadline_s=[1.0])},
            "requests.deadline_s: must have one value a request, 2 as arrival_s has, found 1",
        ),
        (
            {"requests": requests(arrival_s=[0.0, 2.5])},
            "requests.arrival_s[1]: must not be after epoch_start_s, 2.0, found 2.5",
        ),
        (
            {"requests": requests(prompt_tokens=[4, True])},
            "requests.prompt_tokens[1]: must be an integer, found true",
        ),
        (
            {"requests": requests(output_tokens=[4, 1.0])},
            "requests.output_tokens[1]: must be an integer, found 1.0",
        ),
        (
            {"requests": requests(accuracy=[0.1, 1.1])},
            "requests.accuracy[1]: must be at most 1, found 1.1",
        ),
        (
            {"requests": requests() | {"weight": [1, 1]}},
            "requests.weight: is not a known key, found [1, 1]",
        ),
        ({"requests": None}, "requests: must be a table of keys and values, found null"),
        ({"edge_nodes": []}, "edge_nodes: must hold at least 1 value(s), found []"),
        (
            {"edge_nodes": [edge_node(), edge_node()]},
            "edge_nodes[1].name: must differ from the other edge nodes' names, found 'node'",
        ),
        (
            {"edge_nodes": [edge_node(uplink_gain=[1.0])]},
            "edge_nodes[0].uplink_gain: must have one value a request, 2, found 1",
        ),
        (
            {"edge_nodes": [edge_node(uplink_bandwidth_hz=1e-300)]},
            "edge_nodes[0].uplink_bandwidth_hz: must be at least 0.001, found 1e-300",
        ),
        (
            {"edge_nodes": [edge_node(covered=[True, 1])]},
            "edge_nodes[0].covered[1]: must be true or false, found 1",
        ),
        (
            {"edge_nodes": [edge_node(gpu_flop_per_s=float("nan"))]},
            "edge_nodes[0].gpu_flop_per_s: must be a finite number, found nan",
        ),
        (
            {"edge_nodes": [edge_node(uplink_transmit_power_dbm=1e4)]},
            "edge_nodes[0].uplink_transmit_power_dbm: must be at most 400, found 10000.0",
        ),
        (
            {"edge_nodes": [edge_node(llm=LLM | {"num_kv_heads": 3})]},
            "edge_nodes[0].llm.num_kv_heads: must divide num_heads, 2, found 3",
        ),
        (
            {"edge_nodes": [edge_node(quantization=FP16 | {"beta": 0})]},
            "edge_nodes[0].quantization.beta: must be greater than 0, found 0",
        ),
        (
            {
                "edge_nodes": [edge_node(quantization=FP16 | {"ppl_differential": 0.1})],
                "scenario": SETTING | {"accuracy_mode": "relative"},
            },
            "edge_nodes[0].quantization.ppl_reference: must be a number where accuracy_mode is "
            "relative, found null",
        ),
        (
            {"scenario": SETTING | {"output_levels_tokens": [4, 2]}},
            "scenario.output_levels_tokens: must be null or rise from level to level, found [4, 2]",
        ),
        (
            {"scenario": SETTING | {"downlink_reading": "best"}},
            "scenario.downlink_reading: must be one of 'worst-channel' or 'per-user', found 'best'",
        ),
        (
            {"scenario": {k: v for k, v in SETTING.items() if k != "period_s"}},
            "scenario.period_s: is required",
        ),
    ],
)
def test_bad_values_are_told_with_their_path_in_the_file(changes, message):
    with pytest.raises(InputError) as caught:
        Scenario.from_parts(**parts(**changes), source="a.json")
    assert str(caught.value) == f"a.json: {message}"
