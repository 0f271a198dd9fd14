"""Integers from physics, by hand and against exact rationals.

The scenario of ``physics`` by hand: a request of n = 2 takes k3 + 2 k4 + 4 k5 = 216 + 136 + 16 =
368 FLOPs; 1 GFLOP/s in min(2, 1.5) s are 1500 MFLOP. Memory: floor((1000 - 40) / 8) = 120 tokens,
6 a request. Uplink: 64 bits of the 250 that 1 kHz and 1 bit/s/Hz carry in 0.25 s, 0.256 of the
band. Downlink: k6 = floor(250 / 16) = 15 tokens.
"""

from fractions import Fraction
from math import ceil, floor

import numpy as np
import pytest
from hypothesis import given

from heuristics.integers import LARGEST_VALUE
from heuristics.system_models.assemble import BAND_UNITS, assemble, served_output_tokens
from heuristics.system_models.rounding import as_fraction
from heuristics.system_models.scenario import DownlinkReading
from tests.helpers.physics import FP16, LLM, edge_node, scenario, scenarios


def quantized(**values):
    return edge_node(quantization=FP16 | values)


def one_node(num_requests=2, columns=None, setting=None, **values):
    return assemble(
        scenario(
            num_requests,
            edge_nodes=[edge_node(num_requests, **values)],
            columns=columns,
            **(setting or {}),
        )
    )


def test_the_scenario_worked_by_hand():
    assert assemble(scenario(1)).to_lists() == {
        "uplink": [[256_000_000]],
        "uplink_capacity": [BAND_UNITS],
        "downlink": [[2]],
        "downlink_capacity": [15],
        "memory": [[6]],
        "memory_capacity": [120],
        "compute": [[1]],
        "compute_budget": [[1500]],
        "eligible": [[1]],
    }


def test_compute_is_rounded_up_and_its_budget_down():
    """Tenfold layers: 3680 FLOPs are 1 MFLOP; 1 GFLOP/s in 0.0019999 s is 1.9999, so 1 MFLOP."""
    data = one_node(1, {"deadline_s": [0.5019999]}, llm=LLM | {"num_layers": 10})
    assert data.compute.tolist() == [[1]]
    assert data.compute_budget.tolist() == [[1]]


def test_decimals_of_a_file_are_exact_where_floats_are_not():
    """0.8 - 0.3 - 0.25 - 0.25 is 0: no time is left, though in floats 5.6e-17 would be."""
    data = one_node(1, {"arrival_s": [1.7], "deadline_s": [0.8]})
    assert data.compute_budget.tolist() == [[0]]
    assert not data.eligible.any()


def test_a_lost_deadline_has_no_budget_and_is_not_eligible():
    data = one_node(2, {"arrival_s": [0.0, 2.0], "deadline_s": [1.0, 1.0]})
    assert data.compute_budget.tolist() == [[0, 500]]
    assert data.eligible.tolist() == [[False, True]]


def test_accuracy_equal_to_what_is_provided_is_kept():
    """18.33 - 17.58 = 0.75 leaves 0.25 exactly; in floats 1 - 0.75 is 0.25 too, 1 - 0.9 is not."""
    for differential, accuracy in ((0.75, 0.25), (0.9, 0.1), (0.92, 0.08)):
        node = quantized(ppl_differential=differential)
        columns = {"accuracy": [accuracy, accuracy + 1e-12]}
        data = assemble(scenario(edge_nodes=[node], columns=columns))
        assert data.eligible.tolist() == [[True, False]]


def test_a_request_out_of_coverage_is_not_eligible():
    assert one_node(covered=[True, False]).eligible.tolist() == [[True, False]]


def test_nobody_is_eligible_where_the_weights_do_not_fit():
    fits, lacks = (one_node(gpu_memory_bytes=size) for size in (40 + 48, 39))
    assert fits.memory_capacity.tolist() == [6]
    assert fits.eligible.all()
    assert lacks.memory_capacity.tolist() == [0]
    assert not lacks.eligible.any()


def test_weights_are_stored_once_and_gpus_are_pooled():
    """Three of 44 bytes hold 40 of weights and 92 of cache; 3 GFLOP/s."""
    data = one_node(num_gpus=3, gpu_memory_bytes=44)
    assert data.memory_capacity.tolist() == [92 // 8]
    assert data.compute_budget.max() == 4500


def test_quantization_scales_weights_cache_and_time_once():
    """alpha 0.5 and 0.25: (1000 - 20) / 2 = 490 tokens; beta 0.5 doubles the budget."""
    node = quantized(alpha_weights=0.5, alpha_kv_cache=0.25, beta=0.5)
    data = assemble(scenario(edge_nodes=[node]))
    assert data.memory_capacity.tolist() == [490]
    assert data.compute_budget.tolist() == [[3000, 3000]]


def test_what_is_longer_than_padding_or_levels_is_not_eligible():
    columns = {"prompt_tokens": [4, 5, 4], "output_tokens": [3, 3, 9]}
    data = one_node(3, columns, {"output_levels_tokens": (2, 8)})
    assert data.eligible.tolist() == [[True, False, False]]
    assert data.downlink.tolist() == [[8, 8, 9]]


def test_outputs_are_rounded_up_to_levels():
    found = scenario(4, columns={"output_tokens": [1, 2, 3, 9]}, output_levels_tokens=(2, 8))
    assert served_output_tokens(found).tolist() == [2, 2, 8, 9]


def test_k6_takes_the_worst_channel_of_those_who_could_be_served():
    """Gains 3, 1, 0.1, 0.1, 0.1: the last three are uncovered, too exacting and too late.

    1 bit/s/Hz carries 250 bits, 15 tokens. The sixth, of gain 0.5, has a prompt that takes more
    than the whole band: it fits not alone and still counts: log2(1.5) * 250 / 16 = 9.14.
    """
    columns = {
        "accuracy": [0.5, 0.5, 0.5, 1.0, 0.5],
        "deadline_s": [2.5, 2.5, 2.5, 2.5, 0.1],
    }
    values = {
        "covered": [True, True, False, True, True],
        "downlink_gain": [3.0, 1.0, 0.1, 0.1, 0.1],
        "quantization": FP16 | {"ppl_differential": 0.25},
    }
    assert one_node(5, columns, **values).downlink_capacity.tolist() == [15]
    values["covered"] += [True]
    values["downlink_gain"] += [0.5]
    columns = {name: [*column, column[0]] for name, column in columns.items()}
    data = one_node(6, columns, uplink_gain=[1.0] * 5 + [0.01], **values)
    assert not data.eligible[0, 5]
    assert data.downlink_capacity.tolist() == [9]


def test_k6_of_nobody_is_nothing():
    assert one_node(covered=[False, False]).downlink_capacity.tolist() == [0]


def test_per_user_downlink_counts_each_share():
    """Output 2: 32 bits of 250, 0.128 of the band; with 2 bits/s/Hz 0.064."""
    setting = {"downlink_reading": DownlinkReading.PER_USER}
    data = one_node(2, downlink_gain=[1.0, 3.0], setting=setting)
    assert data.downlink.tolist() == [[128_000_000, 64_000_000]]
    assert data.downlink_capacity.tolist() == [BAND_UNITS]


def test_the_embedding_takes_memory_and_time_where_it_counts():
    """3 * 2 parameters of 2 bytes: (1000 - 52) / 8 = 118.5."""
    assert one_node(setting={"include_embedding": True}).memory_capacity.tolist() == [118]


def test_a_dead_channel_takes_just_more_than_the_band():
    data = one_node(uplink_gain=[0.0, 1.0])
    assert data.uplink.tolist() == [[BAND_UNITS + 1, 256_000_000]]
    assert data.eligible.tolist() == [[False, True]]


def test_absurd_demands_stay_within_a_row_of_62_bits():
    """A prompt of 10^9 tokens over a gain of 10^-300; an LLM of 10^27 FLOPs a token."""
    huge = dict.fromkeys(("num_layers", "model_dimension", "ffn_dimension"), 10**9)
    data = one_node(
        2,
        {"prompt_tokens": [10**9, 1], "output_tokens": [10**9, 1]},
        {"padding_tokens": 10**9},
        llm=LLM | huge,
        gpu_memory_bytes=10**18,
        uplink_gain=[1e-300, 1e-300],
        downlink_gain=[1e-300, 1.0],
    )
    assert data.uplink.tolist() == [[BAND_UNITS + 1] * 2]
    assert (data.compute == data.compute_budget.max() + 1).all()
    assert not data.eligible.any()


def test_the_faintest_noise_and_the_narrowest_band_are_still_numbers():
    setting = {"noise_density_dbm_per_hz": -400.0, "noise_figure_db": -400.0}
    values = {"uplink_bandwidth_hz": 1e-3, "uplink_transmit_power_dbm": 400.0}
    data = one_node(1, uplink_gain=[1e21], setting=setting, **values)
    assert data.uplink[0, 0] > data.uplink_capacity[0]


def test_absurd_capacities_are_cut_down():
    fast = edge_node(1, gpu_flop_per_s=1e21, num_gpus=10**9, downlink_bandwidth_hz=1e15)
    fast |= {"quantization": FP16 | {"beta": 1e-300, "alpha_kv_cache": 1e-300}}
    setting = {"downlink_slot_s": 2.0, "noise_density_dbm_per_hz": -200.0}
    columns = {"deadline_s": [5.0]}
    data = assemble(scenario(1, edge_nodes=[fast], columns=columns, **setting))
    assert data.compute_budget.tolist() == [[LARGEST_VALUE - 1]]
    assert data.memory_capacity.tolist() == [LARGEST_VALUE - 1]
    assert data.downlink_capacity.tolist() == [LARGEST_VALUE - 1]


@given(scenarios())
def test_no_integer_is_optimistic(drawn):
    """Against exact rationals: demands at least, capacities at most, both by less than one."""
    data = assemble(drawn)
    setting = drawn.setting
    outputs = served_output_tokens(drawn).tolist()
    for j, node in enumerate(drawn.edge_nodes):
        alpha_k1, alpha_k2, flop = exact_constants(node, setting, outputs)
        free = node.num_gpus * node.gpu_memory_bytes - alpha_k1
        assert data.memory_capacity[j] == max(floor(free / alpha_k2), 0)
        assert data.memory[j].tolist() == [setting.padding_tokens + n for n in outputs]
        assert data.compute[j].tolist() == [ceil(each / 10**6) for each in flop]
        speed = node.num_gpus * as_fraction(node.gpu_flop_per_s)
        speed /= as_fraction(node.quantization.beta)
        for i, (arrival, deadline) in enumerate(
            zip(drawn.requests.arrival_s, drawn.requests.deadline_s, strict=True)
        ):
            waiting = 2 - as_fraction(arrival) if setting.count_waiting else 0
            left = as_fraction(deadline) - waiting - Fraction(1, 2)
            budget = floor(max(min(left, Fraction(3, 2)), 0) * speed / 10**6)
            assert data.compute_budget[j, i] == budget


def exact_constants(node, setting, outputs):
    """(3)-(8) once more, written for the tiny LLM alone."""
    s = setting.padding_tokens
    head = 2 * 3 * 2 if setting.include_embedding else 0
    k1, k2 = 40 + head, 8
    k3, k4, k5 = (s - 1) * (40 + 8 * s), 40 + 8 * s - 4 + head, 4
    return (
        k1 * as_fraction(node.quantization.alpha_weights),
        k2 * as_fraction(node.quantization.alpha_kv_cache),
        [k3 + k4 * n + k5 * n * n for n in outputs],
    )


@given(scenarios())
def test_eligible_pairs_keep_every_condition_and_the_others_break_one(drawn):
    data = assemble(drawn)
    assert not data.unfit.any()
    setting, requests = drawn.setting, drawn.requests
    levels = setting.output_levels_tokens or (10**9,)
    for j, node in enumerate(drawn.edge_nodes):
        accuracy = 1 - as_fraction(node.quantization.ppl_differential)
        for i in range(drawn.num_requests):
            waiting = 2 - as_fraction(requests.arrival_s[i]) if setting.count_waiting else 0
            conditions = [
                node.covered[i],
                as_fraction(requests.accuracy[i]) <= min(max(accuracy, 0), 1),
                as_fraction(requests.deadline_s[i]) - waiting - Fraction(1, 2) > 0,
                requests.prompt_tokens[i] <= setting.padding_tokens,
                requests.output_tokens[i] <= levels[-1],
                data.uplink[j, i] <= data.uplink_capacity[j],
                data.downlink[j, i] <= data.downlink_capacity[j],
                data.memory[j, i] <= data.memory_capacity[j],
                data.compute[j, i] <= data.compute_budget[j, i],
            ]
            assert data.eligible[j, i] == all(conditions)


@given(scenarios(downlink_reading="per-user"))
def test_the_worst_channel_reading_is_the_cautious_one(drawn):
    """Whoever fits by (15c) at k6 fits by (2): the sum of n_i / k6 is at least that of shares."""
    per_user = assemble(drawn)
    setting = drawn.setting.model_copy(update={"downlink_reading": DownlinkReading.WORST_CHANNEL})
    worst = assemble(drawn.model_copy(update={"setting": setting}))
    for j in range(per_user.num_edge_nodes):
        batch = np.flatnonzero(worst.eligible[j])
        if worst.downlink[j, batch].sum() <= worst.downlink_capacity[j]:
            # Each share is rounded up, by less than one unit.
            assert per_user.downlink[j, batch].sum() <= BAND_UNITS + batch.size


@given(scenarios())
def test_the_order_of_requests_does_not_matter(drawn):
    columns, edge_nodes, setting = drawn.to_parts()
    flipped = [
        node | {name: node[name][::-1] for name in ("covered", "uplink_gain", "downlink_gain")}
        for node in edge_nodes
    ]
    columns = {name: column[::-1] for name, column in columns.items()}
    data = assemble(drawn)
    order = np.arange(drawn.num_requests)[::-1]
    found = assemble(type(drawn).from_parts(columns, flipped, setting))
    assert found.digest() == data.take(order).digest()


@given(scenarios(max_edge_nodes=1, max_requests=3, downlink_reading="per-user"))
def test_more_of_a_resource_never_lowers_a_capacity(drawn):
    node = drawn.edge_nodes[0]
    better = node.model_copy(
        update={"num_gpus": node.num_gpus + 1, "uplink_bandwidth_hz": 2 * node.uplink_bandwidth_hz}
    )
    data = assemble(drawn)
    improved = assemble(drawn.model_copy(update={"edge_nodes": (better,)}))
    assert (improved.compute_budget >= data.compute_budget).all()
    assert (improved.memory_capacity >= data.memory_capacity).all()
    # Twice the band has twice the noise: the ratio falls, but what is carried does not.
    assert (improved.uplink <= data.uplink + 1).all()


def test_a_time_of_many_digits_does_not_change_the_others():
    """Decimals beyond the fast path take the exact one, all of the column's."""
    usual, odd = (one_node(2, {"arrival_s": [1.123456789, other]}) for other in (1.5, 1e-17))
    assert usual.compute_budget[0, 0] == odd.compute_budget[0, 0] == 1123


@pytest.mark.parametrize("num_requests", [0, 1])
def test_small_epochs_have_rows_of_their_length(num_requests):
    nodes = [edge_node(num_requests, name=name) for name in "abc"]
    data = assemble(scenario(num_requests, edge_nodes=nodes))
    assert data.uplink.shape == (3, num_requests)
