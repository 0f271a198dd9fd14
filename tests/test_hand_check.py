r"""One instance worked through on paper: physical values, integer coefficients, optimum.

**LLM.** One layer, d_m = 1000, 10 heads of 100 (D = D_kv = 1000), d_f = 4000, two matrices:
A = 4 * 1000 * 2000 + 2 * 2 * 1000 * 4000 = 24,000,000. So k1 = 24,000,000 byte and
k2 = 4 * 1000 = 4,000 byte a token. With s' = 2: k3 = (2 - 1)(A + 8,000) = 24,008,000,
k4 = A + 8,000 - 2,000 = 24,006,000, k5 = 2,000. Hence n = 1 takes 48.016 MFLOP, rounded up to 49,
and n = 3 takes 24.008 + 72.018 + 0.018 = 96.044 MFLOP, rounded up to 97.

**Time.** The epoch starts at 2 s; T_U = T_D = 0.25 s, T_C = 1.5 s.

==========  =======  ======  =====  ========  =========================  ==================
request     arrival  s       n      deadline  tau' = deadline - tw - .5   min(tau', T_C)
==========  =======  ======  =====  ========  =========================  ==================
0           1.5      2       1      2.0       2.0 - 0.5 - 0.5 = 1.0       1.0
1           1.0      1       3      3.5       3.5 - 1.0 - 0.5 = 2.0       1.5
2           2.0      2       3      1.25      1.25 - 0.0 - 0.5 = 0.75     0.75
==========  =======  ======  =====  ========  =========================  ==================

**Server.** 200 MFLOP/s, beta = 1: budgets 200, 300, 150 MFLOP. alpha = 0.5: the weights take
12,000,000 of 12,018,000 byte, a token 2,000, so there is room for 9 tokens; the requests need
s' + n = 3, 5, 5. Perplexity differential 0.25, f = 0.75: request 2 wants 0.8 and is not eligible.
Band 1000 Hz, noise 1 mW/Hz, so N0 = 1 W, and p = 1 W: gains 3, 7, 1 give log2(1 + gain) = 2, 3,
1 bit/s/Hz and 500, 750, 250 bit a slot. A token is 100 bit: prompts of 200, 100, 200 bit take
0.4, 0.133333333333 (rounded up to 133,333,334 of 10^9), 0.8 of the band. The worst channel among
the eligible is request 0's: k6 = floor(500 / 100) = 5 tokens. (With request 2's it would be 2.)

**Vehicle.** 150 MFLOP/s: budgets 150, 225, floor(112.5) = 112 MFLOP. Memory as the server's.
Differential 0.1, f = 0.9: accuracy keeps all, but request 1 is out of coverage (gain 0, so its
share is written as one more than the band). Gains 3 and 3 for the others: shares 0.4 and k6 = 5.

**Optimum.** All three: the server batches 0 and 1 (load 49 + 97 = 146 <= 200, memory 8 <= 9,
uplink 0.533333334 <= 1, downlink 4 <= 5), the vehicle batches 2 (97 <= 112). It is the only
schedule of three: request 1 must go to the server and request 2 to the vehicle, where request 0
cannot join it, as 49 + 97 = 146 > 112.
"""

import pytest

from analysis.runs.method_run import perform
from analysis.runs.plan import plan
from heuristics.schedule import Schedule
from heuristics.system_models.assemble import assemble
from heuristics.system_models.scenario import Scenario
from instances.instance import Instance

BAND = 10**9

LLM = {
    "name": "tiny",
    "num_layers": 1,
    "model_dimension": 1000,
    "num_heads": 10,
    "head_dimension": 100,
    "num_kv_heads": 10,
    "ffn_dimension": 4000,
    "num_ffn_matrices": 2,
    "vocabulary_size": 1000,
    "ties_embeddings": True,
}
REQUESTS = {
    "arrival_s": [1.5, 1.0, 2.0],
    "prompt_tokens": [2, 1, 2],
    "output_tokens": [1, 3, 3],
    "deadline_s": [2.0, 3.5, 1.25],
    "accuracy": [0.5, 0.5, 0.8],
}
SETTING = {
    "epoch_start_s": 2.0,
    "uplink_slot_s": 0.25,
    "compute_slot_s": 1.5,
    "downlink_slot_s": 0.25,
    "period_s": 2.0,
    "count_waiting": True,
    "padding_tokens": 2,
    "output_levels_tokens": None,
    "bits_per_token": 100,
    "noise_density_dbm_per_hz": 0.0,
    "noise_figure_db": 0.0,
    "downlink_reading": "worst-channel",
    "accuracy_mode": "absolute",
    "include_embedding": False,
}


def edge_node(name, *, flop_per_s, ppl_differential, covered, gain):
    return {
        "name": name,
        "num_gpus": 1,
        "gpu_flop_per_s": flop_per_s,
        "gpu_memory_bytes": 12_018_000,
        "uplink_bandwidth_hz": 1000.0,
        "downlink_bandwidth_hz": 1000.0,
        "uplink_transmit_power_dbm": 30.0,
        "downlink_transmit_power_dbm": 30.0,
        "llm": LLM,
        "quantization": {
            "name": "halved",
            "alpha_weights": 0.5,
            "alpha_kv_cache": 0.5,
            "beta": 1.0,
            "ppl_differential": ppl_differential,
            "ppl_reference": None,
        },
        "covered": covered,
        "uplink_gain": gain,
        "downlink_gain": gain,
    }


EDGE_NODES = [
    edge_node(
        "server",
        flop_per_s=200e6,
        ppl_differential=0.25,
        covered=[True, True, True],
        gain=[3.0, 7.0, 1.0],
    ),
    edge_node(
        "vehicle",
        flop_per_s=150e6,
        ppl_differential=0.1,
        covered=[True, False, True],
        gain=[3.0, 0.0, 3.0],
    ),
]

COEFFICIENTS = {
    "uplink": [[400_000_000, 133_333_334, 800_000_000], [400_000_000, BAND + 1, 400_000_000]],
    "uplink_capacity": [BAND, BAND],
    "downlink": [[1, 3, 3], [1, 3, 3]],
    "downlink_capacity": [5, 5],
    "memory": [[3, 5, 5], [3, 5, 5]],
    "memory_capacity": [9, 9],
    "compute": [[49, 97, 97], [49, 97, 97]],
    "compute_budget": [[200, 300, 150], [150, 225, 112]],
    "eligible": [[1, 1, 0], [1, 0, 1]],
}


def test_the_physical_values_give_the_integers_worked_out_by_hand():
    data = assemble(Scenario.from_parts(REQUESTS, EDGE_NODES, SETTING))
    assert data.to_lists() == COEFFICIENTS


@pytest.mark.parametrize("method", ["milp-bigm", "milp-bigm-pulp", "ot-gah"])
def test_the_optimum_is_the_one_worked_out_by_hand(method):
    data = assemble(Scenario.from_parts(REQUESTS, EDGE_NODES, SETTING))
    outcome = perform(plan(Instance(name="by hand", coefficients=data), method))
    assert outcome.result.schedule == Schedule.of([[0, 1], [2]])
    assert outcome.violations == ()
