"""Where the printed models are wrong, the literal reading and what it gets wrong.

Each departure has its number in ``formulations/notation.md``.
"""

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from heuristics.system_models.assemble import assemble
from heuristics.system_models.latency import reading_s
from heuristics.system_models.radio import (
    carried_tokens,
    noise_power_w,
    spectral_efficiency,
    watt_from_dbm,
)
from heuristics.system_models.template import read_template
from instances.families import drawing
from tests.helpers.oracles import optimum
from tests.helpers.physics import FP16, edge_node, scenario


def mega(**values):
    """Return an edge node whose LLM has a million layers: 368 MFLOP a request of 368 FLOPs."""
    node = edge_node(gpu_memory_bytes=10**9, **values)
    node["llm"]["num_layers"] = 10**6
    return node


def test_departure_02_a_request_out_of_coverage_is_scheduled():
    """P1 as printed sums over all of I and J, and whoever meets (10) and (11) may be scheduled.

    Two requests meet both, one of them out of coverage: literal optimum 2, right optimum 1.
    """
    data = assemble(scenario(edge_nodes=[edge_node(covered=[True, False])]))
    literal = replace(data, eligible=np.ones((1, 2), dtype=int))
    assert optimum(literal) == 2
    assert optimum(data) == 1


def test_departure_03_quantization_counts_twice():
    """368 MFLOP at 184 MFLOP/s are 2 s; with beta = 0.5 they are 1 s, or 0.5 s if it counts twice.

    In a slot T_C of 0.75 s the request fits literally and not in truth; in 1 s it just fits.
    """
    node = mega(gpu_flop_per_s=184e6, quantization=FP16 | {"beta": 0.5})
    literal = Fraction(1, 2) * (Fraction(1, 2) * 2)  # (10) of (9)
    short, just = (scenario(edge_nodes=[node], compute_slot_s=slot) for slot in (0.75, 1.0))
    assert literal <= Fraction(3, 4)
    assert optimum(assemble(short)) == 0
    assert optimum(assemble(just)) == 1
    assert (assemble(just).compute == assemble(just).compute_budget).all()


def test_departure_04_a_batch_outlasts_its_slot():
    """T_C = 1.5 s, tau' = 5 s: two requests of almost 1.5 s each run into the next epoch.

    As printed nothing but (10) limits the batch, and 2 * 368 / 246 = 2.99 s are below 5 s.
    """
    columns = {"deadline_s": [5.5, 5.5]}
    data = assemble(scenario(edge_nodes=[mega(gpu_flop_per_s=246e6)], columns=columns))
    assert 1.5 < data.compute[0].sum() / 246 < 5
    assert optimum(data) == 1


def test_departure_07_a_token_is_taken_for_a_bit():
    """1 kHz at 1 bit/s/Hz carries 250 bits in T_U: 15 tokens of 16 bits, and not 250 tokens."""
    literal = 0.25 * 1000 * 1.0
    assert literal / carried_tokens(0.25, 1000.0, 1.0, 16) == 16
    columns = {"prompt_tokens": [20], "output_tokens": [2]}
    data = assemble(scenario(1, columns=columns, padding_tokens=20))
    assert literal >= 20
    assert data.uplink[0, 0] > data.uplink_capacity[0]
    assert optimum(data) == 0


def test_departure_08_noise_is_taken_for_one_hertz():
    """-174 dBm as the power of the noise is 73 dB too little in 20 MHz: 54 bit/s/Hz for 30."""
    literal = spectral_efficiency([1e-3], 20.0, watt_from_dbm(-174.0))
    right = spectral_efficiency([1e-3], 20.0, noise_power_w(20e6, -174.0))
    assert 10 * np.log10(20e6) == pytest.approx(73.0, abs=0.02)
    assert float(literal[0]) == pytest.approx(54.5, abs=0.05)
    assert float(right[0]) == pytest.approx(30.2, abs=0.05)
    # At 0 dB the literal reading takes an uplink for 24 times as wide as it is.
    node = edge_node(1, uplink_gain=[1.0], uplink_bandwidth_hz=100.0)
    data = assemble(scenario(1, edge_nodes=[node], noise_density_dbm_per_hz=10.0))
    wrong = spectral_efficiency([1.0], 30.0, watt_from_dbm(10.0))
    assert 0.25 * 100 * wrong[0] >= 4 * 16
    assert optimum(data) == 0


def test_departure_19_reading_the_weights_takes_longer_than_computing():
    """One TX2 and one request of BLOOM-3B, s' = n = 128: 0.91 s of computing, as the text says.

    Its memory reads 2.36 GB for each of the 128 tokens, 39.5 ms at 59.7 GB/s: 5.1 s. Within a
    T_C of 1.5 s the request is served literally and not in truth, whether the two overlap or not.
    """
    template = read_template("section-v").changed(
        workload={"num_requests": 1, "prompt_tokens": [128], "output_tokens": [128]},
        epoch={"count_waiting": False},
        inference={"padding_tokens": 128},
    )
    template = template.with_edge_nodes(template.edge_nodes[1:2])
    scenarios = {
        model: drawing.draw(template.changed(inference={"latency": model}), 0)
        for model in ("compute", "roofline", "serial")
    }
    literal = assemble(scenarios["compute"])
    computing = literal.compute[0, 0] / 1.33e6
    read = scenarios["roofline"]
    reading = float(reading_s(read.edge_nodes[0], read.setting, 128, num_gpus=1))
    assert computing == pytest.approx(0.91, abs=0.005)
    assert reading == pytest.approx(5.06, abs=0.01)
    assert reading > 1.5 > computing
    assert {model: optimum(assemble(each)) for model, each in scenarios.items()} == {
        "compute": 1,
        "roofline": 0,
        "serial": 0,
    }
