"""A world in which one request takes one second, and one token one second of one hertz.

The LLM has 10^6 layers and widths of 1, so A of (3) is 8 + 4 = 12. Padded to s' = 1, one request
of n = 1 is 12 + 4 = 16 MFLOP by (6) and nothing by (7); at 16 MFLOP/s that is 1 s. It holds s' + n
= 2 tokens of 4 MB beside the 12 MB of the weights. The signal-to-noise ratio is 1, so a band of b
hertz carries b bits, which are b tokens, in a second.
"""

from fractions import Fraction

from analysis.simulation.epoch import gather
from heuristics.system_models.scenario import Scenario

MEGABYTE = 10**6

THIN = {
    "name": "thin",
    "num_layers": 10**6,
    "model_dimension": 1,
    "num_heads": 1,
    "head_dimension": 1,
    "num_kv_heads": 1,
    "ffn_dimension": 1,
    "num_ffn_matrices": 2,
    "vocabulary_size": 1,
    "ties_embeddings": True,
}
FP16 = {
    "name": "fp16",
    "alpha_weights": 1.0,
    "alpha_kv_cache": 1.0,
    "beta": 1.0,
    "ppl_differential": 0.0,
}


def edge_node(
    num_requests, *, name="server", num_gpus=1, memory=1000, uplink=100.0, downlink=100.0
):
    """Return an edge node that covers all requests, memory in MB; the gains make each ratio 1."""
    return {
        "name": name,
        "num_gpus": num_gpus,
        "gpu_flop_per_s": 16e6,
        "gpu_memory_bytes": memory * MEGABYTE,
        "uplink_bandwidth_hz": uplink,
        "downlink_bandwidth_hz": downlink,
        "uplink_transmit_power_dbm": 30.0,
        "downlink_transmit_power_dbm": 30.0,
        "llm": THIN,
        "quantization": FP16,
        "covered": [True] * num_requests,
        "uplink_gain": [uplink] * num_requests,
        "downlink_gain": [downlink] * num_requests,
    }


def scenario(
    *, arrivals=(0.0,), deadlines=(10.0,), outputs=None, edge_nodes=None, accuracy=None, **setting
):
    """Return a scenario of slots T_U = 1, T_C = 2, T_D = 1 s and a period of 4 s."""
    num_requests = len(arrivals)
    requests = {
        "arrival_s": list(arrivals),
        "prompt_tokens": [1] * num_requests,
        "output_tokens": list(outputs or [1] * num_requests),
        "deadline_s": list(deadlines),
        "accuracy": list(accuracy or [0.0] * num_requests),
    }
    values = {
        "period_s": 4.0,
        "uplink_slot_s": 1.0,
        "compute_slot_s": 2.0,
        "downlink_slot_s": 1.0,
        "count_waiting": True,
        "padding_tokens": 1,
        "output_levels_tokens": None,
        "bits_per_token": 1,
        "noise_density_dbm_per_hz": 30.0,
        "noise_figure_db": 0.0,
        "downlink_reading": "per-user",
        "accuracy_mode": "absolute",
        "include_embedding": False,
        **setting,
    }
    values["epoch_start_s"] = values["period_s"]
    return Scenario.from_parts(requests, edge_nodes or [edge_node(num_requests)], values)


def epoch(index=0, **given):
    """Return an epoch of this world."""
    return gather(scenario(**given), index)


def seconds(*values):
    """Return exact times."""
    return tuple(Fraction(value) for value in values)
