import numpy as np
import pytest

from heuristics.coefficients import RESOURCES
from heuristics.errors import InputError
from instances.families.uniform_random import FAMILY
from tests.helpers.binding import without
from tests.helpers.oracles import optimum

CONSTRAINTS = (*RESOURCES, "compute")


def problem(seed=0, **settings):
    (instance,) = FAMILY.generate(settings, seed)
    return instance.coefficients


@pytest.mark.parametrize("name", CONSTRAINTS)
@pytest.mark.parametrize("num_levels", [0, 3])
def test_the_constraint_with_the_small_share_binds_and_no_other(name, num_levels):
    """Shares of J = 2 let each edge node carry everything."""
    shares = dict.fromkeys(CONSTRAINTS, 2) | {name: 0.3}
    binds = dict.fromkeys(CONSTRAINTS, 0)
    for seed in range(5):
        data = problem(
            seed,
            num_edge_nodes=2,
            num_requests=7,
            deadline_spread=0,
            eligible=1,
            num_levels=num_levels,
            **shares,
        )
        best = optimum(data)
        for other in CONSTRAINTS:
            binds[other] += optimum(without(data, other)) > best
    assert binds[name] == 5
    assert sum(binds.values()) == 5


def test_by_default_every_constraint_binds_somewhere():
    binding = set()
    for seed in range(12):
        data = problem(seed, num_edge_nodes=2, num_requests=7, num_levels=0)
        binding |= {each for each in CONSTRAINTS if optimum(without(data, each)) > optimum(data)}
    assert binding == set(CONSTRAINTS)


def test_levels_tie_memory_and_compute_to_the_output_length():
    data = problem(num_requests=200, num_levels=4)
    for edge_node in range(data.num_edge_nodes):
        rows = data.downlink[edge_node], data.memory[edge_node], data.compute[edge_node]
        levels = np.unique(np.stack(rows), axis=1)
        assert levels.shape[1] <= 4
        assert (np.diff(levels) > 0).all()


def test_without_levels_memory_and_compute_order_the_requests_differently():
    data = problem(num_requests=200, num_levels=0)
    order = np.argsort(data.memory[0], kind="stable")
    assert (np.diff(data.compute[0][order]) < 0).any()


def test_a_downlink_of_its_own_varies_inside_a_level():
    data = problem(num_requests=200, num_levels=2, per_user_downlink="yes")
    assert len(np.unique(data.memory[0])) <= 2
    assert len(np.unique(data.downlink[0])) > 50


def test_the_largest_size_and_values_stay_inside_the_contract():
    data = problem(num_requests=100_000, num_edge_nodes=1, largest=10_000, compute=1000)
    assert data.num_requests == 100_000


def test_no_requests_and_no_share_are_problems_too():
    assert problem(num_requests=0).num_requests == 0
    assert problem(num_edge_nodes=1, num_requests=3, eligible=0).eligible.sum() == 0
    assert optimum(problem(num_edge_nodes=1, num_requests=3, memory=0)) == 0


@pytest.mark.parametrize(
    "settings",
    [{"num_edge_nodes": "0"}, {"num_requests": "-1"}, {"eligible": "1.1"}, {"memory": "-0.1"}],
)
def test_impossible_parameters_are_refused(settings):
    with pytest.raises(InputError, match="must be"):
        list(FAMILY.generate(settings, 0))
