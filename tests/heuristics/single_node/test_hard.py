"""Cases made to be hard: never a false optimum, always a valid bound."""

import numpy as np
import pytest

from analysis.benchmarks.single_node_kinds import KINDS, draw
from heuristics.coefficients import Coefficients
from heuristics.judges.checker import check
from heuristics.limits import Limits
from heuristics.single_node import feasibility_oracle
from heuristics.single_node.lattice import MOST_LEVELS
from heuristics.single_node.single_node import best_batch, single_node
from tests.helpers.oracles import feasible_batches


def all_unlike(num_requests):
    """Every request its own level, all four resources scarce: half of everything."""
    rng = np.random.default_rng(0)
    demand = {
        name: rng.integers(10**5, 10**6, (1, num_requests))
        for name in ("uplink", "downlink", "memory", "compute")
    }
    half = {name: each.sum(axis=1) // 2 for name, each in demand.items()}
    budget = np.full((1, num_requests), half.pop("compute"))
    return Coefficients(
        **demand,
        **{f"{name}_capacity": each for name, each in half.items()},
        compute_budget=budget,
        eligible=np.ones((1, num_requests), dtype=bool),
    )


def test_it_stops_at_its_limit_where_every_request_is_unlike_the_others():
    data = all_unlike(300)
    assert data.num_requests > MOST_LEVELS
    result = single_node(data, node_limit=200_000)
    assert (result.status, result.ended_by) == ("feasible", "node-limit")
    assert check(data, result.schedule) == ()
    assert result.objective < result.bound <= result.objective + 5


@pytest.mark.parametrize(("num_requests", "times"), [(1000, 3), (12_500, 10)])
def test_without_the_lattice_twelve_levels_take_many_times_the_steps(
    num_requests, times, monkeypatch
):
    """What the module of the lattice is for."""
    data = draw(KINDS["twelve levels"], num_requests, seed=1)
    limits = Limits()
    batch = best_batch(data, 0, limits=limits)
    assert batch.ended_by == "proof"
    monkeypatch.setattr(feasibility_oracle, "MOST_LEVELS", 2)
    walk_alone = Limits(node_limit=times * limits.num_nodes)
    best_batch(data, 0, limits=walk_alone)
    assert walk_alone.num_nodes >= times * limits.num_nodes


def subset_sum(num_requests, num_levels, seed):
    """Uplinks constant in each level and collinear with compute: both capacities meet in one."""
    rng = np.random.default_rng(seed)
    output = rng.integers(10**5, 10**6, num_levels)[rng.integers(0, num_levels, num_requests)]
    chosen = int(output[rng.random(num_requests) < 0.4].sum())
    return Coefficients(
        uplink=[7 * output],
        uplink_capacity=[7 * chosen + 3],
        downlink=[output // 2],
        downlink_capacity=[chosen // 2],
        memory=[np.ones_like(output)],
        memory_capacity=[num_requests],
        compute=[output],
        compute_budget=[np.full_like(output, chosen)],
        eligible=np.ones((1, num_requests), dtype=bool),
    )


def largest_batch_of(data):
    """The optimum of one edge node, faster than that of many."""
    return max(int(mask).bit_count() for mask in np.flatnonzero(feasible_batches(data, 0)))


@pytest.mark.parametrize("num_levels", [5, 8, 12])
def test_subset_sums_end_with_a_proof_or_a_valid_bound(num_levels):
    for seed in range(3):
        data = subset_sum(14, num_levels, seed)
        result = single_node(data)
        assert result.objective <= largest_batch_of(data) <= result.bound
        large = subset_sum(3000, num_levels, seed)
        result = single_node(large, node_limit=1_000_000)
        assert check(large, result.schedule) == ()
        assert result.objective <= result.bound
        assert (result.status == "optimal") == (result.objective == result.bound)


def flat_bounds(num_requests, cardinality):
    """Levels whose mixtures of z requests meet both capacities to 1e-4 of a request, for all d.

    Odd demands of memory and of compute are traded one for one, and each budget is a bit above
    what z requests ask for, so the bound lies just above z + 1 wherever it is asked for.
    """
    level = np.arange(num_requests) % 4
    memory = np.array([1500007, 1400033, 1200089, 1000003])[level]
    compute = np.array([1000003, 1100017, 1300069, 1500007])[level]
    scarce = int((cardinality + 1 + 1e-4) * 1_250_000)
    return Coefficients(
        uplink=[np.ones_like(memory)],
        uplink_capacity=[num_requests],
        downlink=[np.ones_like(memory)],
        downlink_capacity=[num_requests],
        memory=[memory],
        memory_capacity=[scarce],
        compute=[compute],
        compute_budget=[scarce + np.arange(num_requests)[::-1] % 97],
        eligible=np.ones((1, num_requests), dtype=bool),
    )


def test_flat_bounds_end_with_a_proof_or_a_valid_bound():
    data = flat_bounds(16, 6)
    assert single_node(data).objective == largest_batch_of(data)
    large = flat_bounds(5000, 1500)
    result = single_node(large)
    assert check(large, result.schedule) == ()
    assert result.objective <= result.bound
    assert (result.status == "optimal") == (result.objective == result.bound)
