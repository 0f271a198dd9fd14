"""Reading the weights beside computing, by hand and against the steps that it stands for."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from heuristics.errors import InputError
from heuristics.system_models.assemble import assemble
from heuristics.system_models.catalogue import reader
from heuristics.system_models.latency import (
    LatencyModel,
    batch_s,
    cache_reading_s,
    computing_left,
    executed_reading_s,
    reading_s,
)
from heuristics.system_models.scenario import Scenario
from heuristics.system_models.template import read_template
from instances.families import drawing
from tests.helpers.oracles import feasible_batches
from tests.helpers.physics import edge_node, scenario


def section_v(**inference):
    return drawing.draw(read_template("section-v").changed(inference=inference), 0)


@pytest.mark.parametrize(
    ("llm", "server", "uav"), [("bloom-3b", 1.98, 39.5), ("bloom-7.1b", 5.06, 101.2)]
)
def test_a_step_reads_the_weights_once(llm, server, uav):
    """BLOOM-3B in W8 is 2.36 GB, BLOOM-7.1B 6.04: over 59.7 GB/s, and over 20 times that [ms]."""
    drawn = section_v(llm=llm, latency="roofline")
    steps = [
        float(1000 * reading_s(node, drawn.setting, 1, num_gpus=node.num_gpus))
        for node in drawn.edge_nodes[:2]
    ]
    assert steps == [pytest.approx(server, abs=0.01), pytest.approx(uav, abs=0.05)]


def test_the_paper_reads_nothing():
    drawn = section_v()
    assert drawn.edge_nodes[0].gpu_memory_bytes_per_s is None
    assert reading_s(drawn.edge_nodes[0], drawn.setting, 512, num_gpus=20) == 0


def test_the_head_is_read_where_it_counts():
    """Tiny: 40 bytes of layers and a head of 3 * 2 weights, 12 bytes; ten bytes a second."""
    node = edge_node(1, gpu_memory_bytes_per_s=10.0)
    for head, seconds in ((False, Fraction(4)), (True, Fraction(26, 5))):
        world = scenario(1, edge_nodes=[node], latency="roofline", include_embedding=head)
        assert reading_s(world.edge_nodes[0], world.setting, 1, num_gpus=1) == seconds


@given(st.fractions(0, 5), st.fractions(0, 5), st.fractions(0, 5), st.sampled_from(LatencyModel))
def test_what_is_left_to_compute_just_fits(latency, computing, reading, model):
    fits = batch_s(model, computing, reading) <= latency
    left = computing_left(model, latency, reading)
    if computing > 0:
        assert fits == (computing <= left)


@given(st.lists(st.integers(1, 6), min_size=1, max_size=5), st.fractions(0, 3), st.fractions(0, 9))
def test_the_truth_step_by_step_lies_between_the_longer_and_the_sum(outputs, token, read):
    """A step computes one token of each request that is not done, and reads the weights."""
    steps = [token * sum(n > step for n in outputs) for step in range(max(outputs))]
    computing, reading = sum(steps), max(outputs) * read
    truth = sum(max(step, read) for step in steps)
    assert batch_s(LatencyModel.ROOFLINE, computing, reading) <= truth
    assert truth <= batch_s(LatencyModel.SERIAL, computing, reading)


def reads(model, *, bytes_per_s, **setting):
    """Two requests of 368 FLOPs at 1 kFLOP/s, T_C = 1.5 s; 40 bytes a step, n = 2 and 3."""
    node = edge_node(2, gpu_flop_per_s=1e9, gpu_memory_bytes_per_s=bytes_per_s)
    node["llm"]["num_layers"] = 10**6
    node["gpu_memory_bytes"] = 10**9
    columns = {"output_tokens": [2, 3], "deadline_s": [1.5, 2.5]}
    return assemble(scenario(2, edge_nodes=[node], columns=columns, latency=model, **setting))


def test_coefficients_take_the_longest_output_of_all_candidates():
    """tau' = 1 and 1.5 s at 1 GFLOP/s. 40 MB a step, three steps, at 100 MB/s: 1.2 s.

    Of the longer nothing changes for 1.5 s, and the first request is out: its tau' is 1 s.
    Of the sum 0.3 s are left. At 120 MB/s reading takes 1 s, just what the first has.
    """
    plain = reads("compute", bytes_per_s=None)
    assert plain.compute_budget.tolist() == [[1000, 1500]]
    assert reads("roofline", bytes_per_s=100e6).compute_budget.tolist() == [[0, 1500]]
    assert reads("serial", bytes_per_s=100e6).compute_budget.tolist() == [[0, 300]]
    assert reads("roofline", bytes_per_s=120e6).compute_budget.tolist() == [[1000, 1500]]
    assert reads("serial", bytes_per_s=120e6).compute_budget.tolist() == [[0, 500]]
    levels = reads("serial", bytes_per_s=120e6, output_levels_tokens=[2])
    assert levels.compute_budget[0, 0] == 333  # two steps, two thirds of a second


@given(st.integers(1, 10**6), st.sampled_from(["roofline", "serial"]))
def test_what_the_coefficients_admit_ends_in_time(rate, model):
    """Every set that they admit, with the longest output of the set itself."""
    data = reads(model, bytes_per_s=rate * 1e3)
    for mask in np.flatnonzero(feasible_batches(data, 0))[1:]:
        chosen = [request for request in range(2) if mask >> request & 1]
        computing = Fraction(int(data.compute[0, chosen].sum()), 1000)
        reading = Fraction(max(np.array([2, 3])[chosen].tolist()) * 40_000_000, rate * 1000)
        for request in chosen:
            budget = (Fraction(1), Fraction(3, 2))[request]
            assert batch_s(LatencyModel(model), computing, reading) <= budget


def test_a_request_reads_its_own_cache_at_each_step_after_the_first():
    """k2 = 8 bytes a token, s' = 4: steps of n = 3 read 5 and 6 tokens, 88 bytes at 10 a second."""
    node = edge_node(1, gpu_memory_bytes_per_s=10.0)
    found = {}
    for model, counts in (("serial", True), ("roofline", True), ("serial", False)):
        made = scenario(1, edge_nodes=[node], latency=model, count_kv_reading=counts)
        read = executed_reading_s(made.edge_nodes[0], made.setting, 4, [3, 1], num_gpus=1)
        found[model, counts] = read
        cache = cache_reading_s(made.edge_nodes[0], made.setting, 4, 3, num_gpus=1)
        assert cache == (Fraction(88, 10) if counts else 0)
    assert found["serial", True] == found["roofline", True] == (4, 12 + Fraction(88, 10))
    assert found["serial", False] == (4, 12)
    plain = scenario(1, latency="compute", count_kv_reading=True)
    assert cache_reading_s(plain.edge_nodes[0], plain.setting, 4, 3, num_gpus=1) == 0


def test_a_window_caps_the_cache_that_a_step_reads():
    """Windows of 5 tokens: both steps of n = 3 after s' = 4 read 5 tokens, 80 bytes."""
    node = edge_node(1, gpu_memory_bytes_per_s=10.0)
    node["llm"]["window"] = 5
    made = scenario(1, edge_nodes=[node], latency="serial", count_kv_reading=True)
    assert cache_reading_s(made.edge_nodes[0], made.setting, 4, 3, num_gpus=1) == 8


def test_the_sum_counts_the_cache_as_compute_and_the_longer_does_not():
    """(n - 1)(s' + n/2) k2 = 40 and 88 MB at 100 MB/s: 0.4 and 0.88 s of a GFLOP/s more."""
    without, serial, roofline = (
        reads(model, bytes_per_s=100e6, count_kv_reading=counts)
        for model, counts in (("serial", False), ("serial", True), ("roofline", True))
    )
    assert (serial.compute - without.compute).tolist() == [[400, 880]]
    assert serial.compute_budget.tolist() == without.compute_budget.tolist()
    assert roofline.compute.tolist() == without.compute.tolist()


def test_files_from_before_the_caches_counted_keep_their_coefficients():
    drawn = section_v(latency="serial")
    assert drawn.setting.count_kv_reading
    requests, nodes, setting = drawn.to_parts()
    assert setting.pop("count_kv_reading") is True
    old = Scenario.from_parts(requests, nodes, setting)
    assert not old.setting.count_kv_reading
    assert (assemble(old).compute < assemble(drawn).compute).all()
    assert "count_kv_reading" not in section_v().to_parts()[2]


def test_a_scenario_that_reads_needs_a_bandwidth():
    rule = r"edge_nodes\[0\].gpu_memory_bytes_per_s: must be a number where latency is serial"
    with pytest.raises(InputError, match=rule):
        scenario(latency="serial")


def test_every_device_has_its_bandwidth():
    """Bus width over 8 times the transfers a second, as in the data sheets [GB/s]."""
    sheets = {"tx2": 128 / 8 * 3.733, "orin-nx-8gb": 128 / 8 * 6.4, "agx-orin-64gb": 256 / 8 * 6.4}
    for name, bandwidth in sheets.items():
        found = reader.device(name).gpu_memory_bytes_per_s / 1e9
        assert found == pytest.approx(bandwidth, rel=1e-3)


def test_an_executed_batch_reads_the_experts_that_its_tokens_are_routed_to():
    """Two of four experts: one token reads 2, two tokens 3, many all 4.

    Common: a router of 2 * 4 = 8 elements, 16 bytes; an expert 3 * 2 * 5 = 30, 60 bytes. The
    first step has 8 tokens: 4 * (1 - 1/2^8) experts. Two steps of two requests, one of one.
    """
    mixture = {
        "kind": "mixture",
        "num_experts": 4,
        "num_active": 2,
        "expert_dimension": 5,
        "num_matrices": 3,
        "router_dimension": 4,
    }
    llm = {
        "name": "mixture",
        "model_dimension": 2,
        "vocabulary_size": 3,
        "ties_embeddings": True,
        "layers": [{"count": 1, "ffn": mixture}],
    }
    node = edge_node(2, llm=llm, gpu_memory_bytes_per_s=1.0)
    made = scenario(2, edge_nodes=[node], latency="serial")
    read = executed_reading_s(made.edge_nodes[0], made.setting, 4, [4, 3], num_gpus=1)
    first = 16 + 60 * 4 * (1 - Fraction(1, 2**8))
    assert read == (first, first + 2 * (16 + 60 * 3) + (16 + 60 * 2))
    assert reading_s(made.edge_nodes[0], made.setting, 4, num_gpus=1) == 4 * (16 + 60 * 4)
