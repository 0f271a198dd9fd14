"""A small scenario to start from, and Hypothesis strategies for any."""

import copy

from hypothesis import strategies as st

from heuristics.system_models.scenario import Scenario

# A = 4 * 2 * 4 + 2 * 2 * 2 * 1 = 40 FLOPs, so k1 = 40 bytes; k2 = 4 * 2 = 8 bytes a token.
# With s' = 4: k3 = 3 * (40 + 32) = 216, k4 = 40 + 32 - 4 = 68, k5 = 4.
LLM = {
    "name": "tiny",
    "num_layers": 1,
    "model_dimension": 2,
    "num_heads": 2,
    "head_dimension": 1,
    "num_kv_heads": 2,
    "ffn_dimension": 1,
    "num_ffn_matrices": 2,
    "vocabulary_size": 3,
    "ties_embeddings": True,
}

FP16 = {
    "name": "w16a16",
    "alpha_weights": 1.0,
    "alpha_kv_cache": 1.0,
    "beta": 1.0,
    "ppl_differential": 0.0,
    "ppl_reference": None,
}

# 0 dBm of noise in 1 Hz is 1 mW; 30 dBm over a band of 1 kHz then has a ratio equal to the gain.
SETTING = {
    "epoch_start_s": 2.0,
    "uplink_slot_s": 0.25,
    "compute_slot_s": 1.5,
    "downlink_slot_s": 0.25,
    "period_s": 2.0,
    "count_waiting": True,
    "padding_tokens": 4,
    "output_levels_tokens": None,
    "bits_per_token": 16,
    "noise_density_dbm_per_hz": 0.0,
    "noise_figure_db": 0.0,
    "downlink_reading": "worst-channel",
    "accuracy_mode": "absolute",
    "include_embedding": False,
}


def requests(num_requests=2, **columns):
    """Requests of prompt 4 and output 2 that just arrived and have 2.5 s."""
    defaults = {
        "arrival_s": 2.0,
        "prompt_tokens": 4,
        "output_tokens": 2,
        "deadline_s": 2.5,
        "accuracy": 0.5,
    }
    return {name: columns.get(name, [each] * num_requests) for name, each in defaults.items()}


def edge_node(num_requests=2, **values):
    """An edge node with 1 GFLOP/s, 1 kB and 1 kHz, and channels of 1 bit/s/Hz."""
    return {
        "name": "node",
        "num_gpus": 1,
        "gpu_flop_per_s": 1e9,
        "gpu_memory_bytes": 1000,
        "uplink_bandwidth_hz": 1000.0,
        "downlink_bandwidth_hz": 1000.0,
        "uplink_transmit_power_dbm": 30.0,
        "downlink_transmit_power_dbm": 30.0,
        "llm": copy.deepcopy(LLM),
        "quantization": copy.deepcopy(FP16),
        "covered": [True] * num_requests,
        "uplink_gain": [1.0] * num_requests,
        "downlink_gain": [1.0] * num_requests,
        **values,
    }


def scenario(num_requests=2, *, edge_nodes=None, columns=None, **setting):
    """Build a scenario of one such edge node, or of those given."""
    return Scenario.from_parts(
        requests(num_requests, **(columns or {})),
        [edge_node(num_requests)] if edge_nodes is None else edge_nodes,
        SETTING | setting,
    )


def _floats(low, high):
    return st.floats(low, high, allow_nan=False).map(lambda value: float(f"{value:.11e}"))


@st.composite
def scenarios(draw, *, max_edge_nodes=3, max_requests=5, **setting):
    """Draw any scenario: both downlink readings, coverage, levels, huge and tiny values."""
    num_requests = draw(st.integers(0, max_requests))

    def column(each):
        return draw(st.lists(each, min_size=num_requests, max_size=num_requests))

    columns = {
        "arrival_s": column(_floats(0, 2)),
        "prompt_tokens": column(st.integers(1, 8)),
        "output_tokens": column(st.integers(1, 8)),
        "deadline_s": column(_floats(0, 5)),
        "accuracy": column(_floats(0, 1)),
    }
    edge_nodes = [
        edge_node(
            num_requests,
            name=f"node-{index}",
            num_gpus=draw(st.integers(1, 3)),
            gpu_flop_per_s=draw(_floats(1, 1e12)),
            gpu_memory_bytes=draw(st.integers(1, 2000)),
            uplink_bandwidth_hz=draw(_floats(1, 1e6)),
            downlink_bandwidth_hz=draw(_floats(1, 1e6)),
            quantization=FP16
            | {
                "alpha_weights": draw(_floats(0.01, 2)),
                "alpha_kv_cache": draw(_floats(0.01, 2)),
                "beta": draw(_floats(0.01, 2)),
                "ppl_differential": draw(_floats(-1, 2)),
            },
            covered=column(st.booleans()),
            uplink_gain=column(_floats(0, 1e6)),
            downlink_gain=column(_floats(0, 1e6)),
        )
        for index in range(draw(st.integers(1, max_edge_nodes)))
    ]
    levels = st.one_of(st.none(), st.just((2, 4)), st.just((8,)))
    reading = st.sampled_from(["worst-channel", "per-user"])
    drawn = {
        "output_levels_tokens": draw(levels),
        "downlink_reading": draw(reading),
        "padding_tokens": draw(st.integers(4, 8)),
        "count_waiting": draw(st.booleans()),
        "include_embedding": draw(st.booleans()),
    }
    return Scenario.from_parts(columns, edge_nodes, SETTING | drawn | setting)
