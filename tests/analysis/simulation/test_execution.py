"""What requests take, by arithmetic that is worked here from the tables of the paper."""

from fractions import Fraction

import numpy as np
import pytest

from analysis.simulation import execution
from heuristics.system_models.assemble import assemble
from heuristics.system_models.template import read_template
from instances.families import drawing
from tests.helpers.worlds import MEGABYTE, edge_node, scenario


def section_v(**inference):
    template = read_template("section-v").changed(inference=inference)
    return drawing.draw(template, 0)


@pytest.mark.parametrize(
    ("llm", "computing_s", "with_slots_s"),
    [("bloom-7.1b", 2.33, 2.83), ("bloom-3b", 0.91, 1.41)],
)
def test_one_short_request_on_one_tx2(llm, computing_s, with_slots_s):
    """BLOOM-7.1B at s = n = 128 is 3.10 TFLOP, at 1.33 TFLOPS 2.33 s, with T_U and T_D 2.83 s.

    So none is served without batching by 2 s, and some from 3 s on, as Section V-B says.
    A = 8 d_m D + 4 d_m d_f is 8 * 4096^2 + 4 * 4096 * 16384 = 402,653,184; (6) is
    30 (128 A + 4 * 128^2 * 4096) and (7) is 30 * 127 (A + 2 (2 * 128 + 128) * 4096).
    """
    drawn = section_v(llm=llm)
    uav = drawn.edge_nodes[1]
    took = execution.prefill_s(uav, 128, num_gpus=1) + execution.decoding_s(
        uav, drawn.setting, 128, 128, num_gpus=1
    )
    assert round(float(took), 2) == computing_s
    assert round(float(took) + 0.25 + 0.25, 2) == with_slots_s
    if llm == "bloom-7.1b":
        a = 8 * 4096**2 + 4 * 4096 * 16384
        flop = 30 * (128 * a + 4 * 128**2 * 4096) + 30 * 127 * (a + 2 * 384 * 4096)
        assert took == Fraction(flop, 1_330_000_000_000)


def test_half_of_beta_halves_the_time_and_gpus_share_the_work():
    drawn = section_v(beta=0.5)
    server = drawn.edge_nodes[0]
    whole = execution.prefill_s(section_v().edge_nodes[0], 512, num_gpus=20)
    assert execution.prefill_s(server, 512, num_gpus=20) == whole / 2
    assert execution.prefill_s(server, 512, num_gpus=1) == 10 * whole


def test_the_head_counts_once_for_each_token_where_the_setting_says_so():
    plain, counted = section_v(), section_v(include_embedding=True)
    server = plain.edge_nodes[0]
    took = [
        execution.decoding_s(server, each.setting, 512, 128, num_gpus=1)
        for each in (plain, counted)
    ]
    head = 2 * 250_880 * 2560 * 128
    assert took[1] - took[0] == Fraction(head, 1_330_000_000_000)
    at_all = execution.memory_bytes(server, counted.setting, 0)
    assert at_all - execution.memory_bytes(server, plain.setting, 0) == 250_880 * 2560  # W8: 1 byte


def test_memory_is_weights_and_cache():
    """BLOOM-3B in W8A16 as the paper scales it: half of 4.718592 GB and of 307,200 a token."""
    drawn = section_v()
    held = execution.memory_bytes(drawn.edge_nodes[0], drawn.setting, 1000)
    assert held == 4_718_592_000 // 2 + 1000 * 307_200 // 2


def test_airtimes_are_parts_of_the_slot():
    world = scenario(arrivals=[0, 0], deadlines=[9, 9], edge_nodes=[edge_node(2, uplink=4.0)])
    airtimes = execution.uplink_airtimes(world.edge_nodes[0], world)
    assert airtimes == pytest.approx([0.25, 0.25])
    assert execution.airtime_s(airtimes, Fraction(1)) == Fraction(1, 2)


def test_a_channel_that_carries_nothing_never_ends():
    node = edge_node(1) | {"uplink_gain": [0.0]}
    world = scenario(edge_nodes=[node])
    airtimes = execution.uplink_airtimes(world.edge_nodes[0], world)
    assert airtimes.tolist() == [np.inf]
    with pytest.raises(ValueError, match="carries nothing"):
        execution.airtime_s(airtimes, Fraction(1))
    assert not execution.suits_batches(world.edge_nodes[0], world).any()


SPOILT = {
    "coverage": {"covered": [False]},
    "accuracy": {"quantization": None},
    "memory": {"gpu_memory_bytes": 19 * MEGABYTE},
    "weights": {"gpu_memory_bytes": 11 * MEGABYTE},
    "uplink": {"uplink_bandwidth_hz": 0.5, "uplink_gain": [0.5]},
    "downlink": {"downlink_bandwidth_hz": 0.5, "downlink_gain": [0.5]},
}


@pytest.mark.parametrize("spoilt", SPOILT)
def test_what_an_edge_node_can_serve(spoilt):
    """One request holds 12 + 2 * 4 = 20 MB and takes one bit of the air each way."""
    node = edge_node(1, memory=20, uplink=1.0, downlink=1.0)
    world = scenario(edge_nodes=[node])
    assert execution.suits_batches(world.edge_nodes[0], world).all()
    assert execution.suits_one_gpu(world.edge_nodes[0], world).all()
    changes = SPOILT[spoilt]
    if spoilt == "accuracy":
        changes = {"quantization": node["quantization"] | {"ppl_differential": 0.6}}
    world = scenario(edge_nodes=[node | changes], accuracy=[0.5])
    assert not execution.suits_batches(world.edge_nodes[0], world).any()
    assert not execution.suits_one_gpu(world.edge_nodes[0], world).any()


def test_lengths_beyond_padding_and_levels_suit_no_batch_but_one_device():
    world = scenario(outputs=[2], output_levels_tokens=[1])
    assert not execution.suits_batches(world.edge_nodes[0], world).any()
    assert execution.suits_one_gpu(world.edge_nodes[0], world).all()


@pytest.mark.parametrize(
    "name", ["section-v", "scarce-spectrum", "mixed-models", "quantized-nodes", "modern", "trace"]
)
def test_what_is_eligible_in_the_model_can_be_served(name):
    template = read_template(name)
    for seed in range(5):
        drawn = drawing.draw(template, seed)
        eligible = assemble(drawn).eligible
        for row, node in zip(eligible, drawn.edge_nodes, strict=True):
            assert not (row & ~execution.suits_batches(node, drawn)).any()


@pytest.mark.parametrize(
    ("latency", "first_s", "whole_s"),
    [("compute", 2, 4.75), ("roofline", 4, 12), ("serial", 6, 16.75)],
)
def test_reading_the_weights_takes_each_step(latency, first_s, whole_s):
    """Two requests of n = 1 and 3 at 16 MFLOP/s: 2 * 16 MFLOP by (6) take 2 s.

    (7) is nothing for n = 1 and 2 * (12 + 2 * (2 * 1 + 3)) = 44 MFLOP for n = 3, 2.75 s.
    Weights of 12 MB at 3 MB/s take 4 s a step, and there are three, one for each token.
    """
    world = scenario(
        arrivals=[0.0, 0.0],
        deadlines=[9.0, 9.0],
        edge_nodes=[edge_node(2) | {"gpu_memory_bytes_per_s": 3e6}],
        latency=latency,
    )
    node, setting = world.edge_nodes[0], world.setting
    found = execution.stages_s(node, setting, 1, [1, 3], num_gpus=1)
    assert [float(each) for each in found] == [first_s, whole_s]
