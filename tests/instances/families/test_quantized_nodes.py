import pytest

from tests.helpers.binding import SEEDS, drawn, optimum

FEW = {"num_requests": 40}


@pytest.mark.parametrize("seed", SEEDS)
def test_accuracy_binds(seed):
    """The same requests, asking for no accuracy: more are served."""
    careless = drawn("quantized-nodes", seed, accuracy="0+0", **FEW)
    assert optimum(careless) > optimum(drawn("quantized-nodes", seed, **FEW))


@pytest.mark.parametrize("seed", SEEDS)
def test_compute_binds_next(seed):
    fast = drawn("quantized-nodes", seed, compute_scale=1000, **FEW)
    assert optimum(fast) > optimum(drawn("quantized-nodes", seed, **FEW))


def test_one_llm_offers_another_accuracy_at_each_edge_node():
    """f(dPPL) of BLOOM-7.1B: 0.99 in W8A16, 0.41 by ZeroQuant-Local, 0.46 by GPTQ."""
    data = drawn("quantized-nodes", 0, num_requests=4000, deadline_s="3+3")
    reachable = data.compute_budget > 0
    shares = data.eligible.sum(axis=1) / reachable.sum(axis=1)
    assert shares.tolist() == pytest.approx([0.99, 0.41, 0.46], abs=0.03)
