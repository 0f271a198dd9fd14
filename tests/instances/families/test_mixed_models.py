import pytest

from tests.helpers.binding import SEEDS, drawn, optimum


@pytest.mark.parametrize("seed", SEEDS)
def test_accuracy_binds(seed):
    """The same requests, asking for no accuracy: more are served."""
    careless = drawn("mixed-models", seed, accuracy="0+0")
    assert optimum(careless) > optimum(drawn("mixed-models", seed))


@pytest.mark.parametrize("seed", SEEDS)
def test_compute_binds_next(seed):
    assert optimum(drawn("mixed-models", seed, compute_scale=1000)) > optimum(
        drawn("mixed-models", seed)
    )


def test_each_edge_node_has_its_own_levels_and_its_own_accuracy():
    """Requests that only OPT-13B satisfies, those that BLOOM-7.1B does too, and all three."""
    data = drawn("mixed-models", 0, num_requests=4000, deadline_s="3+3")
    assert len({tuple(row) for row in data.compute.tolist()}) == 3
    reachable = data.compute_budget > 0
    shares = data.eligible.sum(axis=1) / reachable.sum(axis=1)
    assert shares.tolist() == pytest.approx([0.80, 0.25, 0.46], abs=0.05)
