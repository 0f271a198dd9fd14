"""The unit of (12c), its demands and its capacity."""

from fractions import Fraction

import pytest

from heuristics.system_models.assemble import assemble
from heuristics.system_models.memory import memory_unit, request_bytes, unit_name
from heuristics.system_models.scenario import Scenario
from tests.helpers.physics import FP16, LLM, SETTING, edge_node, requests

WINDOW = {**LLM, "window": 5}


def world(llm, num_requests=2, **node):
    columns = requests(num_requests) | {"output_tokens": [1, 4] * (num_requests // 2)}
    return Scenario.from_parts(columns, [edge_node(num_requests, llm=llm, **node)], SETTING)


def test_tokens_are_the_unit_where_the_cache_is_linear_in_them():
    plain = world(LLM)
    assert memory_unit(plain) is None
    assert unit_name(plain) is None
    assert assemble(plain).memory.tolist() == [[5, 8]]


def test_bytes_are_the_unit_where_a_window_caps_the_cache():
    """Weights of 40 bytes; 8 bytes a token in FP16, 5 tokens at most: 1,000 - 40 = 960."""
    capped = world(WINDOW)
    assert unit_name(capped) == "bytes"
    data = assemble(capped)
    assert data.memory.tolist() == [[40, 40]]
    assert data.memory_capacity.tolist() == [960]


def test_a_demand_in_bytes_is_rounded_up():
    data = assemble(world(WINDOW, quantization={**FP16, "alpha_kv_cache": 0.33}))
    assert data.memory.tolist() == [[14, 14]]  # 13.2


def test_a_state_counts_once_a_request_whatever_its_length():
    layers = [
        {
            "count": 1,
            "state": {"form": "mamba2", "weights": 10, "state_bytes": 7, "scan_flop": 1},
        }
    ]
    llm = {
        "name": "states",
        "model_dimension": 2,
        "vocabulary_size": 3,
        "ties_embeddings": True,
        "layers": layers,
    }
    made = world(llm)
    assert assemble(made).memory.tolist() == [[7, 7]]
    assert request_bytes(made.edge_nodes[0], 100) == Fraction(7)


@pytest.mark.parametrize(
    ("memory", "name"), [(10**14, "bytes"), (10**15, "10 bytes"), (10**18, "10000 bytes")]
)
def test_the_unit_grows_until_capacities_stay_below_10_to_the_15(memory, name):
    made = world(WINDOW, gpu_memory_bytes=memory)
    assert unit_name(made) == name
    assert assemble(made).memory_capacity[0] < 10**15


def test_all_edge_nodes_share_the_unit():
    columns = requests(2)
    nodes = [edge_node(2, name="a"), edge_node(2, name="b", llm=WINDOW)]
    made = Scenario.from_parts(columns, nodes, SETTING)
    assert unit_name(made) == "bytes"
    assert assemble(made).memory.tolist() == [[48, 48], [40, 40]]
