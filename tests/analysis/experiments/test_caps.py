"""Batches padded to caps of their own, against every schedule with its own lengths."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.experiments.caps import best_caps
from heuristics.coefficients import FIELDS
from heuristics.errors import InputError
from heuristics.system_models.assemble import assemble
from heuristics.system_models.caps import Cap, capped, caps
from heuristics.system_models.template import read_template
from heuristics.system_models.transformer import Transformer, decoding_flop, prefill_flop
from instances.families import drawing
from tests.helpers.physics import LLM, edge_node, scenario

LATENCIES = ("compute", "roofline", "serial")


def world(prompts, outputs, *, latency="compute", speeds=(1000.0, 600.0), read=400.0):
    """Two edge nodes of some hundred FLOP/s in units of 10^6, which read 40 bytes a step."""
    number = len(prompts)
    nodes = [
        edge_node(
            number,
            name=f"node {index}",
            gpu_flop_per_s=speed * 1e6,
            gpu_memory_bytes=10**12,
            gpu_memory_bytes_per_s=read * 1e6,
            uplink_bandwidth_hz=1e9,
            downlink_bandwidth_hz=1e9,
            uplink_gain=[1e6] * number,
            downlink_gain=[1e6] * number,
        )
        for index, speed in enumerate(speeds)
    ]
    for node in nodes:
        node["llm"]["num_layers"] = 10**6
    columns = {"prompt_tokens": prompts, "output_tokens": outputs}
    return scenario(number, edge_nodes=nodes, columns=columns, padding_tokens=8, latency=latency)


def own_lengths_fit(drawn, batch, index):
    """Whether a batch padded to its own longest prompt ends within T_C = 1.5 s."""
    requests, node = drawn.requests, drawn.edge_nodes[index]
    llm = Transformer(**LLM | {"num_layers": 10**6})
    padded = max(requests.prompt_tokens[i] for i in batch)
    flop = sum(
        prefill_flop(llm, padded) + decoding_flop(llm, padded, requests.output_tokens[i])
        for i in batch
    )
    computing = flop / node.gpu_flop_per_s
    reading = max(requests.output_tokens[i] for i in batch) * 40e6 / node.gpu_memory_bytes_per_s
    return {
        "compute": computing,
        "roofline": max(computing, reading),
        "serial": computing + reading,
    }[drawn.setting.latency] <= 1.5


def best_of_all(drawn):
    """Return the optimum by looking at every assignment."""
    most = 0
    for places in itertools.product(range(-1, 2), repeat=drawn.num_requests):
        batches = [[i for i, place in enumerate(places) if place == j] for j in range(2)]
        if all(own_lengths_fit(drawn, batch, j) for j, batch in enumerate(batches) if batch):
            most = max(most, sum(map(len, batches)))
    return most


@st.composite
def worlds(draw):
    number = draw(st.integers(1, 4))
    lengths = st.lists(st.sampled_from([1, 3, 8]), min_size=number, max_size=number)
    return world(
        draw(lengths),
        draw(lengths),
        latency=draw(st.sampled_from(LATENCIES)),
        speeds=draw(st.sampled_from([(1000.0, 600.0), (2500.0, 300.0)])),
        read=draw(st.sampled_from([50.0, 200.0, 1000.0])),
    )


@pytest.mark.long
@given(worlds())
def test_the_best_of_all_caps_is_the_optimum_with_own_lengths(drawn):
    """And a heuristic that reaches half with alternatives reaches half of it."""
    found = best_caps(drawn, "decomposition")
    assert found.objective == found.bound == best_of_all(drawn)
    fixed = best_caps(drawn, "decomposition", prompt_levels=[8])
    heuristic = best_caps(drawn, "ot-gah")
    assert max(fixed.objective, heuristic.objective) <= found.objective
    assert found.objective <= 2 * heuristic.objective


def test_a_short_batch_need_not_pay_for_a_long_prompt():
    """One layer of A = 40: s' = 8 costs 8 * 40 + 4 * 64 * 2 = 832, s' = 1 only 48.

    Padded to 8 one request fits 1000 MFLOP/s * 1.5 s, and none 300; to its own length of 1, one
    edge node holds all three short ones and the other none of the long.
    """
    drawn = world([1, 1, 1, 8], [1, 1, 1, 1], speeds=(1000.0, 300.0))
    fixed = best_caps(drawn, "decomposition", prompt_levels=[8])
    assert (fixed.objective, fixed.caps) == (1, (Cap(8), Cap(8)))
    found = best_caps(drawn, "decomposition")
    assert found.objective == 4
    assert found.caps == (Cap(8), Cap(1))
    assert found.schedule.batches == ((3,), (0, 1, 2))


def test_the_largest_cap_alone_is_the_scenario():
    drawn = drawing.draw(read_template("section-v").changed(workload={"num_requests": 20}), 0)
    assert [cap.prompt_tokens for cap in caps(drawn)] == [128, 256, 512]
    assert assemble(drawn).digest() == assemble(capped(drawn, [Cap(512)])).digest()


def test_each_edge_node_has_a_row_for_each_cap():
    template = read_template("section-v").changed(workload={"num_requests": 20})
    drawn = drawing.draw(template, 0)
    data = assemble(capped(drawn, caps(drawn)))
    assert data.alternatives == ((0, 1, 2), (3, 4, 5), (6, 7, 8))
    for number, length in enumerate((128, 256, 512)):
        part = assemble(drawing.draw(template.changed(inference={"padding_tokens": length}), 0))
        for name in FIELDS:
            assert (getattr(data, name)[number::3] == getattr(part, name)).all()


def test_outputs_are_capped_only_where_their_reading_counts():
    template = read_template("section-v").changed(workload={"num_requests": 20})
    assert len(caps(drawing.draw(template, 0))) == 3
    reads = template.changed(inference={"latency": "roofline"})
    assert len(caps(drawing.draw(reads, 0))) == 9
    drawn = drawing.draw(template, 0)
    assert caps(drawn, [64, 300, 4096]) == (Cap(64), Cap(300), Cap(512))


def test_nobody_arrived():
    drawn = drawing.draw(read_template("section-v").changed(workload={"num_requests": 0}), 0)
    found = best_caps(drawn, "decomposition")
    assert (found.objective, found.bound, found.caps) == (0, 0, (Cap(512),) * 3)


def test_too_many_caps_are_refused():
    lengths = list(range(1, 70))
    workload = {"num_requests": 500, "prompt_tokens": lengths}
    drawn = drawing.draw(read_template("section-v").changed(workload=workload), 0)
    with pytest.raises(InputError, match="at most 64 caps of an edge node, found 69"):
        best_caps(drawn, "ot-gah")
