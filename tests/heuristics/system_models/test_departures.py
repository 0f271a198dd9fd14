"""Where the printed models are wrong, the literal reading and what it gets wrong.

Each departure has its number in ``formulations/notation.md``.
"""

from fractions import Fraction

import numpy as np
import pytest

from heuristics.system_models.assemble import assemble
from heuristics.system_models.radio import (
    carried_tokens,
    noise_power_w,
    spectral_efficiency,
    watt_from_dbm,
)
from tests.heuristics.system_models.physics import FP16, edge_node, scenario
from tests.oracles import optimum


def test_departure_02_a_request_out_of_coverage_is_scheduled():
    """P1 as printed sums over all of I: whoever meets (10) and (11) may be scheduled.

    One request out of coverage meets both; literal optimum 1, right optimum 0. So does one of
    no time left at a node that needs none: (10) as printed is 0 <= 0.
    """
    data = assemble(scenario(1, edge_nodes=[edge_node(1, covered=[False])]))
    literal = data.compute <= data.compute_budget  # (10); its accuracy of 0.5 meets (11)
    assert literal.all()
    assert optimum(data) == 0


def test_departure_03_quantization_counts_twice():
    """368 FLOPs at 184 FLOP/s are 2 s; with beta = 0.5 they are 1 s, and 0.5 s if it counts twice.

    T_C is 0.75 s: literally the batch fits, in truth it takes a third longer. With layers a
    million times as many, so that the FLOPs are MFLOPs.
    """
    beta = Fraction(1, 2)
    latency = 2
    once, twice = beta * latency, beta * (beta * latency)  # (9); (9) and (10)
    node = edge_node(1, gpu_flop_per_s=184e6, quantization=FP16 | {"beta": 0.5})
    node["llm"]["num_layers"] = 10**6
    node["gpu_memory_bytes"] = 10**9
    found = scenario(1, edge_nodes=[node], compute_slot_s=0.75)
    assert assemble(found).eligible.tolist() == [[False]]
    assert twice < Fraction(3, 4) < once
    longer = scenario(1, edge_nodes=[node], compute_slot_s=1.0)
    assert assemble(longer).eligible.tolist() == [[True]]
    assert assemble(longer).compute_budget == assemble(longer).compute


def test_departure_04_a_batch_outlasts_its_slot():
    """T_C = 1.5 s, tau' = 5 s: two requests of 1.5 s each run 3 s, into the next epoch.

    As printed nothing but (10) limits the batch, 3 <= 5.
    """
    node = edge_node(2, gpu_flop_per_s=368e6 / 1.5, gpu_memory_bytes=10**9)
    node["llm"]["num_layers"] = 10**6
    node["gpu_flop_per_s"] = 246e6  # 369 MFLOP in 1.5 s, just enough for one of 368
    data = assemble(scenario(2, edge_nodes=[node], columns={"deadline_s": [5.5, 5.5]}))
    seconds = data.compute[0].sum() / 246
    assert 1.5 < seconds < 5
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
