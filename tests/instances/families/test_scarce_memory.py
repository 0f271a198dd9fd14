import pytest

from tests.helpers.binding import SEEDS, bound, drawn, optimum, without


@pytest.mark.parametrize("seed", SEEDS)
def test_memory_binds(seed):
    data = drawn("scarce-memory", seed)
    assert optimum(without(data, "memory")) > bound(data)


@pytest.mark.parametrize("seed", SEEDS)
def test_nothing_else_does(seed):
    data = drawn("scarce-memory", seed)
    best = optimum(data)
    for resource in ("uplink", "downlink"):
        assert optimum(without(data, resource)) == best
    assert optimum(drawn("scarce-memory", seed, compute_scale=100)) == best


@pytest.mark.parametrize("seed", SEEDS)
def test_the_papers_memory_of_32_gb_serves_more_requests(seed):
    roomy = drawn("scarce-memory", seed, device="tx2-paper")
    assert optimum(roomy) > optimum(drawn("scarce-memory", seed))


def test_a_board_has_room_for_3988_tokens():
    """8 GB - 6.04 GB of weights in W8A16, over 491,520 bytes a token in FP16."""
    data = drawn("scarce-memory", 0)
    assert data.memory_capacity.tolist() == [(8 * 10**9 - 12_079_595_520 // 2) // 491_520] * 3
    assert data.memory_capacity[0] == 3988


def test_weights_in_fp16_do_not_fit_at_all():
    """BLOOM-7.1B takes 12.1 GB of 8."""
    data = drawn("scarce-memory", 0, quantization="w16a16")
    assert data.num_requests > 0
    assert not data.eligible.any()
