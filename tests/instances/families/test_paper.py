import pytest

from tests.helpers.binding import CAPACITIES, SEEDS, bound, drawn, most_by, optimum, without


@pytest.mark.parametrize("seed", SEEDS)
def test_neither_spectrum_nor_memory_changes_the_optimum(seed):
    data = drawn("paper", seed)
    best = optimum(data)
    for resource in CAPACITIES:
        assert optimum(without(data, resource)) == best


@pytest.mark.parametrize("seed", SEEDS)
def test_compute_binds(seed):
    """Thirty times the speed and far more requests are served."""
    assert optimum(drawn("paper", seed, compute_scale=30)) > 4 * bound(drawn("paper", seed))


@pytest.mark.parametrize("seed", SEEDS)
def test_the_server_computes_a_dozen_requests_at_most_and_the_uav_none(seed):
    """26.6 TFLOPS in 1.5 s are 39.9 TFLOP, 12 requests of 3.12 TFLOP; the UAV does 2 TFLOP."""
    data = drawn("paper", seed)
    assert most_by(data, 0, "compute") <= 12
    assert not data.eligible[1].any()


def test_requests_arrive_within_one_epoch_at_50_a_second():
    counts = [drawn("paper", seed).num_requests for seed in range(50)]
    assert sum(counts) / len(counts) == pytest.approx(100, abs=5)


def test_five_eighths_of_the_requests_have_time_left():
    """tau uniform in [1.5, 2], waiting in [0, 2]: P(tau - tw > 0.5) = 62.5 %."""
    data = drawn("paper", 0, num_requests=20_000)
    assert (data.compute_budget[0] > 0).mean() == pytest.approx(0.625, abs=0.01)
    pipelined = drawn("paper", 0, num_requests=20_000, period="pipelined")
    assert (pipelined.compute_budget[0] > 0).mean() == pytest.approx(0.83, abs=0.01)
