import pytest

from tests.helpers.binding import CAPACITIES, SEEDS, drawn, most_by


@pytest.mark.parametrize("seed", SEEDS)
def test_compute_binds(seed):
    """No solver needed: compute lets fewer through than everything else together.

    The server could batch all of its eligible requests but for compute, and those are more
    than compute alone lets through at all three edge nodes.
    """
    data = drawn("dense", seed)
    here = data.eligible[0]
    for name in CAPACITIES:
        assert getattr(data, name)[0, here].sum() <= getattr(data, f"{name}_capacity")[0]
    bound = sum(most_by(data, j, "compute") for j in range(data.num_edge_nodes))
    assert here.sum() > 2 * bound


@pytest.mark.parametrize("seed", SEEDS)
def test_there_are_500_requests_and_batches_of_100(seed):
    data = drawn("dense", seed)
    assert data.num_requests == pytest.approx(500, abs=70)
    assert most_by(data, 0, "compute") == pytest.approx(100, abs=25)


def test_deadlines_differ_by_the_hundreds():
    data = drawn("dense", 0)
    assert len(set(data.compute_budget[0, data.eligible[0]].tolist())) > 200
