import tomllib

import pytest

from heuristics.errors import InputError
from heuristics.system_models.catalogue import reader
from heuristics.system_models.hosting import hosted
from heuristics.system_models.path_loss import FreeSpace, Infrastructure, Manhattan
from heuristics.system_models.template import Inference, Radio, Template, read_template

SECTION_V = reader.catalogue_text("scenarios/section-v.toml")


@pytest.mark.parametrize("name", reader.scenario_names())
def test_every_scenario_of_the_catalogue_can_be_read_and_hosted(name):
    template = read_template(name)
    for edge_node in template.edge_nodes:
        hosted(template, edge_node)


def test_section_v_is_what_the_text_says():
    template = read_template("section-v")
    assert template.workload.prompt_tokens == template.workload.output_tokens == (128, 256, 512)
    assert (template.epoch.compute_slot_s, template.epoch.period_s) == (1.5, 2.0)
    server, uav, vehicle = template.edge_nodes
    assert [each.num_gpus for each in template.edge_nodes] == [20, 1, 3]
    assert [each.uplink_bandwidth_hz for each in template.edge_nodes] == [20e6, 1e6, 2e6]
    powers = [
        (each.uplink_transmit_power_dbm, each.downlink_transmit_power_dbm)
        for each in (server, uav, vehicle)
    ]
    assert powers == [(20, 43), (10, 10), (30, 23)]
    device = reader.device(server.device)
    assert (device.gpu_flop_per_s, device.gpu_memory_bytes) == (1.33e12, 32 * 10**9)


def test_section_v_spells_out_every_default():
    """What another scenario leaves out is as in section-v.toml."""
    template = read_template("section-v")
    assert template.radio == Radio()
    channels = [each.channel for each in template.edge_nodes[1:]]
    assert channels == [FreeSpace(model="free-space"), Manhattan(model="manhattan")]
    left_out = {"llm": "bloom-3b", "quantization": "w8a16", "padding_tokens": 512}
    assert template.inference == Inference.parse(left_out)
    spelled_out = tomllib.loads(SECTION_V)
    assert set(spelled_out["radio"]) == set(Radio.model_fields)
    assert set(spelled_out["edge_nodes"][2]["channel"]) == set(Manhattan.model_fields)


def test_a_copy_of_the_file_gives_the_same_template(tmp_path):
    path = tmp_path / "my.toml"
    path.write_text(SECTION_V)
    assert read_template(str(path)) == read_template("section-v")


def test_pipelined_epochs_have_a_shorter_period():
    template = read_template("section-v").changed(epoch={"period": "pipelined"})
    assert template.epoch.period_s == 1.5


def test_an_edge_node_may_host_its_own_llm():
    template = read_template("mixed-models")
    names = [hosted(template, each)[0].name for each in template.edge_nodes]
    assert names == ["opt-13b", "bloom-3b", "bloom-7.1b"]


def test_an_edge_nodes_own_values_come_first():
    template = read_template("section-v").changed(
        inference={"beta": 0.5, "ppl_differential": 0.2}, edge_nodes={"beta": 0.3}
    )
    _, quantization, _ = hosted(template, template.edge_nodes[0])
    assert (quantization.beta, quantization.ppl_differential) == (0.3, 0.2)


def test_a_change_is_checked():
    with pytest.raises(InputError, match=r"workload.rate_per_s: must be at least 0, found -1"):
        read_template("section-v").changed(workload={"rate_per_s": -1})


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("rate_per_s = 50.0", "rate_per_s = ", "must be TOML (Invalid value (at line 11"),
        ("rate_per_s = 50.0", "rate_per_s = nan", "workload.rate_per_s: must be a finite number"),
        ("rate_per_s = 50.0", "rate_per_s = -5", "workload.rate_per_s: must be at least 0"),
        ("rate_per_s = 50.0", 'rate_per_s = "5"', "workload.rate_per_s: must be a number"),
        ("rate_per_s = 50.0", "rate_per_s = true", "workload.rate_per_s: must be a number"),
        ("rate_per_s = 50.0", "", "workload.rate_per_s: is required"),
        ("rate_per_s = 50.0", "rate_per_h = 5", "workload.rate_per_s: is required"),
        ("accuracy = [0.0, 1.0]", "accuracy = [1.0, 0.0]", "workload.accuracy: must be its least"),
        ("accuracy = [0.0, 1.0]", "accuracy = [0.0]", "workload.accuracy[1]: is required"),
        ("[128, 256, 512]", "[]", "workload.prompt_tokens: must hold at least 1 value(s)"),
        ("[128, 256, 512]", "[1.5]", "workload.prompt_tokens[0]: must be an integer, found 1.5"),
        ("epoch_s = 2.0", "epoch_s = 0.5", "epoch.epoch_s: must be longer than uplink_slot_s"),
        ('period = "epoch"', 'period = "hour"', "epoch.period: must be one of"),
        ('llm = "bloom-3b"', 'llm = "gpt-4"', "inference.llm: must be one of bloom-3b"),
        (
            'llm = "bloom-3b"',
            'llm = "absent/config.json"',
            "absent/config.json: cannot be read: No such file",
        ),
        ('"w8a16"', '"w1a1"', "inference.quantization: must be one of w16a16"),
        ('device = "tx2-paper"', 'device = "tx"', "edge_nodes[0].device: must be one of tx2-paper"),
        ("num_gpus = 20 ", "num_gpus = 0 ", "edge_nodes[0].num_gpus: must be at least 1, found 0"),
        ('name = "uav"', 'name = "server"', "edge_nodes[1].name: must differ"),
        (
            'model = "rayleigh"',
            'model = "rice"',
            "edge_nodes[0].channel: must have a 'model' among",
        ),
        ('model = "rayleigh", ', "", "edge_nodes[0].channel: must have the key 'model'"),
        ("mean_gain = 1e-3", "mean_gain = 0", "edge_nodes[0].channel.mean_gain: must be"),
        ("[radio]", "[wireless]", "wireless: is not a known key"),
    ],
)
def test_a_bad_file_is_told_in_one_line_with_file_and_field(tmp_path, old, new, message):
    path = tmp_path / "my.toml"
    assert old in SECTION_V
    path.write_text(SECTION_V.replace(old, new, 1))
    with pytest.raises(InputError) as caught:
        read_template(str(path))
    told = str(caught.value)
    assert "\n" not in told
    assert message in told
    assert told.startswith((f"{path}: ", f"{tmp_path / 'absent/config.json'}: "))


def test_a_scenario_without_edge_nodes_is_refused(tmp_path):
    path = tmp_path / "my.toml"
    path.write_text("edge_nodes = []\n" + SECTION_V.split("[[edge_nodes]]", maxsplit=1)[0])
    with pytest.raises(InputError, match=r"edge_nodes: must hold at least 1 value"):
        read_template(str(path))


def test_an_unknown_scenario_is_refused_with_those_there_are():
    with pytest.raises(InputError, match=r"must be one of .*section-v.*, found 'section-6'"):
        read_template("section-6")


def test_a_file_that_is_not_there_is_refused():
    with pytest.raises(InputError, match=r"my.toml: cannot be read: No such file"):
        read_template("nowhere/my.toml")


def test_all_channel_models_can_be_written():
    template = read_template("section-v").changed(
        edge_nodes={"channel": {"model": "infrastructure"}}
    )
    assert {type(each.channel) for each in template.edge_nodes} == {Infrastructure}
    assert isinstance(template, Template)
