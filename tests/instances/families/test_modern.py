import pytest

from instances.families.registry import family
from tests.helpers.binding import CAPACITIES, SEEDS, bound, drawn, optimum, without


@pytest.mark.parametrize("seed", SEEDS)
def test_compute_binds_and_memory_does_not(seed):
    data = drawn("modern", seed)
    best = optimum(data)
    for resource in CAPACITIES:
        assert optimum(without(data, resource)) == best
    assert optimum(drawn("modern", seed, compute_scale=10)) > 2 * bound(data)


def test_grouped_query_attention_leaves_room_on_8_gb():
    """Qwen2.5-7B on an Orin Nano: 8 GB - 6.53 GB, over 57,344 bytes a token."""
    (instance,) = family("modern").generate({}, 0)
    llm = instance.scenario.edge_nodes[1].llm
    assert (llm.name, llm.num_kv_heads) == ("qwen2.5-7b", 4)
    weights = 28 * (4 * 3584 * (3584 + 512) + 6 * 3584 * 18944) // 2
    assert instance.coefficients.memory_capacity[1] == (8 * 10**9 - weights) // 57_344
    assert instance.coefficients.memory_capacity[1] == 25_716


def test_every_edge_node_serves_somebody():
    assert drawn("modern", 0).eligible.any(axis=1).all()
