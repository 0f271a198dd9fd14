import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from heuristics.errors import InputError
from heuristics.system_models.assemble import assemble
from heuristics.system_models.catalogue import reader
from heuristics.system_models.template import read_template
from instances.families.physical import Physical, adjusted_template
from instances.families.registry import family

FAMILIES = (
    "paper",
    "scarce-spectrum",
    "scarce-memory",
    "dense",
    "single-node",
    "mixed-models",
    "quantized-nodes",
    "choose-quantization",
    "modern",
)


def generate(settings, seed=0, name="paper"):
    (instance,) = family(name).generate(settings, seed)
    return instance


@pytest.mark.parametrize("name", FAMILIES)
def test_deriving_again_gives_the_same_integers(name):
    instance = generate({}, 1, name)
    requests, edge_nodes, setting = instance.scenario.to_parts()
    assert (instance.requests, list(instance.edge_nodes)) == (requests, edge_nodes)
    parts = json.loads(json.dumps([requests, edge_nodes, setting], allow_nan=False))
    again = type(instance.scenario).from_parts(*parts)
    assert assemble(again).digest() == instance.coefficients.digest()


def test_another_process_with_another_hash_seed_draws_the_same(tmp_path):
    program = (
        "from instances.families.registry import family\n"
        f"for name in {FAMILIES}:\n"
        "    for instance in family(name).generate({}, 5):\n"
        "        print(name, instance.coefficients.digest(), hash(name))\n"
    )
    outputs = [
        subprocess.run(
            [sys.executable, "-c", program],
            env=os.environ | {"PYTHONHASHSEED": hash_seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout.split()
        for hash_seed in ("1", "2")
    ]
    assert outputs[0][1::3] == outputs[1][1::3]
    assert outputs[0][2::3] != outputs[1][2::3]


def test_without_settings_a_family_is_its_scenario():
    assert adjusted_template(Physical()) == read_template("section-v")


@pytest.mark.parametrize(
    ("setting", "value", "read"),
    [
        ("rate_per_s", 7.0, lambda t: t.workload.rate_per_s),
        ("num_requests", 3, lambda t: t.workload.num_requests),
        ("prompt_tokens", (1, 2), lambda t: t.workload.prompt_tokens),
        ("output_tokens", (1, 2), lambda t: t.workload.output_tokens),
        ("deadline_s", (1.0, 4.0), lambda t: t.workload.deadline_s),
        ("accuracy", (0.5, 0.5), lambda t: t.workload.accuracy),
        ("epoch_s", 3.0, lambda t: t.epoch.epoch_s),
        ("uplink_slot_s", 0.125, lambda t: t.epoch.uplink_slot_s),
        ("compute_slot_s", 3.0, lambda t: t.epoch.compute_slot_s),
        ("downlink_slot_s", 0.125, lambda t: t.epoch.downlink_slot_s),
        ("period", "pipelined", lambda t: t.epoch.period),
        ("count_waiting", False, lambda t: t.epoch.count_waiting),
        ("llm", "opt-13b", lambda t: t.inference.llm),
        ("quantization", "w8a8", lambda t: t.inference.quantization),
        ("kv_cache", "stored", lambda t: t.inference.kv_cache),
        ("beta", 0.3, lambda t: t.inference.beta),
        ("ppl_differential", 0.3, lambda t: t.inference.ppl_differential),
        ("accuracy_mode", "relative", lambda t: t.inference.accuracy_mode),
        ("padding_tokens", 1024, lambda t: t.inference.padding_tokens),
        ("output_levels_tokens", (256, 512), lambda t: t.inference.output_levels_tokens),
        ("longest_output_tokens", 256, lambda t: t.inference.longest_output_tokens),
        ("latency", "roofline", lambda t: t.inference.latency),
        ("count_kv_reading", False, lambda t: t.inference.count_kv_reading),
        ("margin", 0.1, lambda t: t.inference.margin),
        ("extrapolate", True, lambda t: t.inference.extrapolate),
        ("switching_s", 0.5, lambda t: t.inference.switching_s),
        ("storage_bytes_per_s", 1e9, lambda t: t.inference.storage_bytes_per_s),
        ("bits_per_token", 18, lambda t: t.radio.bits_per_token),
        ("downlink_reading", "per-user", lambda t: t.radio.downlink_reading),
        ("device", "agx-orin-64gb", lambda t: t.edge_nodes[2].device),
        ("num_gpus", 2, lambda t: t.edge_nodes[0].num_gpus),
        ("uplink_bandwidth_hz", 5.0, lambda t: t.edge_nodes[1].uplink_bandwidth_hz),
        ("downlink_bandwidth_hz", 5.0, lambda t: t.edge_nodes[1].downlink_bandwidth_hz),
        ("mean_gain", 1e-6, lambda t: t.edge_nodes[0].channel.mean_gain),
        ("compute_scale", 2.0, lambda t: (t.edge_nodes[0].gpu_flop_per_s or 0) / 1.33e12),
    ],
)
def test_each_parameter_replaces_a_value_of_the_scenario(setting, value, read):
    assert read(adjusted_template(Physical())) != value
    assert read(adjusted_template(Physical(**{setting: value}))) == value


def test_every_parameter_but_three_is_tested_above():
    mark = next(
        each
        for each in test_each_parameter_replaces_a_value_of_the_scenario.pytestmark
        if each.name == "parametrize"
    )
    tested = {setting for setting, _, _ in mark.args[1]}
    assert set(Physical.model_fields) - tested == {"scenario", "edge_node", "copies"}


def test_one_edge_node_may_be_kept():
    (kept,) = adjusted_template(Physical(edge_node="uav")).edge_nodes
    assert kept.name == "uav"


def test_a_mean_gain_without_a_channel_that_has_one_is_refused():
    with pytest.raises(InputError, match="mean_gain: must be left out, as no edge node has"):
        adjusted_template(Physical(edge_node="uav", mean_gain=1e-6))


def test_an_llm_for_all_overrules_those_of_single_edge_nodes():
    template = adjusted_template(Physical(scenario="mixed-models", llm="phi-3-mini"))
    assert [each.llm for each in template.edge_nodes] == [None] * 3


def test_a_device_for_all_overrules_the_speed_of_single_edge_nodes():
    template = adjusted_template(
        Physical(scenario="scarce-spectrum", device="tx2", compute_scale=2.0)
    )
    assert {each.gpu_flop_per_s for each in template.edge_nodes} == {2.66e12}


def test_an_edited_copy_of_the_scenario_is_taken(tmp_path):
    path = tmp_path / "my.toml"
    text = reader.catalogue_text("scenarios/section-v.toml")
    path.write_text(text.replace("padding_tokens = 512", "padding_tokens = 256"))
    instance = generate({"scenario": str(path)})
    assert instance.scenario.setting.padding_tokens == 256
    assert str(tmp_path) not in repr(instance.parameters)


def test_a_config_json_is_taken_in_place_of_a_name(tmp_path):
    path = tmp_path / "config.json"
    config = {
        "model_type": "llama",
        "hidden_size": 64,
        "intermediate_size": 128,
        "num_attention_heads": 4,
        "num_hidden_layers": 2,
        "vocab_size": 100,
    }
    path.write_text(json.dumps(config))
    instance = generate({"llm": str(path)})
    assert instance.edge_nodes[0]["llm"]["model_dimension"] == 64
    assert instance.edge_nodes[0]["llm"]["name"] == "llama"
    assert str(tmp_path) not in repr([instance.parameters, instance.edge_nodes])


@pytest.mark.skipif("OTGAH_DATA" not in os.environ, reason="outside data, see OTGAH_DATA")
def test_every_outside_config_json_of_a_decoder_makes_instances():
    """The collection has one encoder-decoder, t5-base, and methods without a perplexity."""
    paths = sorted(Path(os.environ["OTGAH_DATA"]).glob("hf_configs/*/config.json"))
    assert paths
    for path in paths:
        settings = {"llm": str(path), "accuracy": "0+0"}
        if path.parent.name == "t5-base":
            with pytest.raises(InputError, match="is_encoder_decoder: must be false"):
                generate(settings, name="modern")
        else:
            assert generate(settings, name="modern").coefficients.num_requests > 0


def test_a_grid_over_text_settings_is_parsed():
    instance = generate({"deadline_s": "2+3", "rate_per_s": "10", "count_waiting": "false"})
    assert min(instance.requests["deadline_s"]) >= 2
    assert instance.scenario.setting.count_waiting is False


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"rate_per_s": "-1"}, "rate_per_s: must be at least 0, found '-1'"),
        ({"rate_per_s": "nan"}, "rate_per_s: must be a finite number"),
        ({"num_gpus": "0"}, "num_gpus: must be at least 1"),
        ({"num_requests": "1.5"}, "num_requests: must be an integer"),
        ({"period": "hour"}, "period: must be one of"),
        ({"deadline_s": "3+2"}, "deadline_s: must be its least and its largest value"),
        ({"deadline_s": "3"}, r"deadline_s\[1\]: is required"),
        ({"prompt_tokens": "0"}, r"prompt_tokens\[0\]: must be at least 1, found 0"),
        ({"epoch_s": "0.4"}, "epoch_s: must be longer than uplink_slot_s"),
        ({"llm": "gpt-4"}, "llm: must be one of bloom-3b, .*, found 'gpt-4'"),
        ({"quantization": "w3"}, "quantization: must be one of w16a16"),
        ({"device": "gpu"}, "device: must be one of tx2-paper"),
        ({"edge_node": "car"}, "edge_node: must be one of server, uav, vehicle, found 'car'"),
        ({"scenario": "paper"}, "scenario: must be one of .*section-v"),
        ({"quantization": "w4a16-awq"}, "ppl_differential: must be given"),
        ({"llm": "absent/config.json"}, "absent/config.json: must be a file that can be read"),
    ],
)
def test_an_impossible_setting_is_refused_in_one_line(settings, message):
    with pytest.raises(InputError, match=message) as caught:
        generate(settings)
    assert "\n" not in str(caught.value)
    assert "workload" not in str(caught.value)


def test_copies_are_edge_nodes_of_their_own_with_channels_of_their_own():
    one, three = generate({"num_requests": "8"}), generate({"num_requests": "8", "copies": "3"})
    names = ["server", "uav", "vehicle"]
    assert [each["name"] for each in three.edge_nodes] == [
        *names,
        *(f"{name}-2" for name in names),
        *(f"{name}-3" for name in names),
    ]
    first, second = three.coefficients.uplink[:3], three.coefficients.uplink[3:6]
    assert (first == one.coefficients.uplink).all()
    assert (first != second).any()
    assert (three.coefficients.memory_capacity[:3] == three.coefficients.memory_capacity[3:6]).all()
    assert three.derived().digest() == three.coefficients.digest()
    assert three.parameters["copies"] == 3
    assert three.name.endswith("copies=3-num_requests=8-seed0")


def test_a_file_of_before_there_were_copies_is_generated_to_the_same_bytes():
    assert "copies" not in generate({}).parameters
    with pytest.raises(InputError, match="copies: must be at least 1, found '0'"):
        generate({"copies": "0"})


def test_slots_are_parameters_and_the_epoch_follows_from_the_computation_slot():
    given = Physical(uplink_slot_s=0.1, compute_slot_s=1.6, downlink_slot_s=0.2)
    epoch = adjusted_template(given).epoch
    assert (epoch.uplink_slot_s, epoch.downlink_slot_s, epoch.epoch_s) == (0.1, 0.2, 1.9)
    assert epoch.compute_slot_s == 1.6
    shorter = adjusted_template(Physical(uplink_slot_s=0.1)).epoch
    assert (shorter.epoch_s, shorter.compute_slot_s) == (2.0, 1.65)


def test_an_epoch_that_its_slots_do_not_fill_is_refused():
    rule = "epoch_s: must be T_U \\+ T_C \\+ T_D, 2.0, where compute_slot_s is given, found 3.0"
    with pytest.raises(InputError, match=rule):
        adjusted_template(Physical(compute_slot_s=1.5, epoch_s=3.0))
    assert adjusted_template(Physical(compute_slot_s=1.5, epoch_s=2.0)).epoch.epoch_s == 2.0
