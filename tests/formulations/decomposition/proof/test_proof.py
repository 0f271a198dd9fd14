"""Certificates made of prices: they prove what they claim, and as much as the prices do."""

from math import floor

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from formulations.decomposition.pricing.dual_ascent import DualAscent
from formulations.decomposition.pricing.edge_nodes import EdgeNodes
from formulations.decomposition.pricing.prices import DualPrices
from formulations.decomposition.proof import edge_node_proof, proof
from formulations.decomposition.proof.proof import PriceProof, certificate
from heuristics.certificate import Branch, Multipliers, Proof
from heuristics.coefficients import Coefficients
from heuristics.judges.verifier import cells, verify
from heuristics.limits import Limits
from tests.helpers.dense import dense
from tests.helpers.oracles import optimum
from tests.helpers.strategies import coefficients, levelled

ROUNDING = 1e-6


def ascended(data, *, steps=60, incumbent=0):
    """Return the edge nodes, prices after some steps, and their L with the best batches."""
    nodes = EdgeNodes.of(data)
    ascent = DualAscent(nodes, data.num_requests)
    ascent.climb(incumbent, Limits(), exact=True, step=1.0, num_steps=steps)
    value, _, _ = ascent.evaluate(ascent.point, exact=True)
    return nodes, ascent.prices(), value


def tree_value(data, made):
    """Return what the tree is worth, in requests."""
    (cell,) = cells(data, made)
    return cell.value / made.denominator


def num_leaves(tree):
    if isinstance(tree, Branch):
        return num_leaves(tree.lower) + num_leaves(tree.upper)
    return 1


def own_levels(num_requests, *, memory=1.0, downlink=1.0, seed=0):
    """Return a problem where every request is a level of its own, and spectrum is scarce."""
    rng = np.random.default_rng(seed)
    output = rng.permutation(np.arange(50, 50 + 10 * num_requests, 10))
    shape, size = (2, num_requests), num_requests // 3
    compute = (1000 * output + output**2 // 4) * np.array([[2], [3]])
    typical = np.median(compute, axis=1)[:, None] * size
    return Coefficients(
        uplink=(10**9 / size * rng.uniform(0.4, 1.6, shape)).astype(int),
        uplink_capacity=[10**9] * 2,
        downlink=[output] * 2,
        downlink_capacity=[int(downlink * size * np.median(output))] * 2,
        memory=output + np.array([[100], [200]]),
        memory_capacity=[int(memory * size * np.median(output + 100))] * 2,
        compute=compute,
        compute_budget=(rng.uniform(0.3, 1.0, shape) * typical).astype(int),
        eligible=rng.random(shape) < 0.8,
    )


def test_two_requests_that_want_one_place_are_priced_at_a_half():
    """U = 2 for demands of 2 and 1: at a price of 1 for the band, V = max(0, 1 - 1/2) = 1/2.

    So L = 1 + 1/2 < 2, and the optimum of 1 is proved by a single leaf: y_U = Q/2 a unit.
    """
    data = Coefficients(
        uplink=[[2, 1]],
        uplink_capacity=[2],
        downlink=[[1, 1]],
        downlink_capacity=[2],
        memory=[[1, 1]],
        memory_capacity=[2],
        compute=[[1, 1]],
        compute_budget=[[2, 2]],
        eligible=[[1, 1]],
    )
    one = np.ones(1)
    prices = DualPrices(np.zeros(2), one, 0 * one, 0 * one, 0 * one)
    made = certificate(data, EdgeNodes.of(data), prices, 1, Limits())
    (tree,) = made.tree.edge_nodes
    assert made.bound == 1
    assert tree == Multipliers(made.denominator // 2, 0, 0, 0)
    assert tree_value(data, made) == 1.5


@given(
    data=coefficients() | levelled() | coefficients(largest=10**9) | coefficients(largest=10**14),
    steps=st.sampled_from([0, 3, 60]),
    excess=st.integers(-1, 1),
)
def test_a_certificate_claims_what_its_tree_proves_and_no_less_than_the_optimum(
    data, steps, excess
):
    best = optimum(data)
    nodes, prices, value = ascended(data, steps=steps, incumbent=best)
    target = best + excess
    made = certificate(data, nodes, prices, target, Limits())
    assert made.bound == verify(data, made)
    assert made.proof is Proof.BOUND
    assert best <= made.bound <= max(target, floor(value + ROUNDING))


@given(
    data=coefficients() | levelled() | coefficients(largest=10**14),
    headroom=st.sampled_from([0.0, 0.01, 0.3]),
)
def test_a_tree_exceeds_the_bound_of_its_prices_by_the_headroom_at_most(data, headroom):
    nodes, prices, value = ascended(data)
    made = certificate(data, nodes, prices, floor(value), Limits(), headroom=headroom)
    assert tree_value(data, made) <= value + headroom + ROUNDING


@given(data=coefficients() | levelled(), seed=st.integers(0, 2**32 - 1))
def test_any_prices_at_all_make_a_certificate(data, seed):
    rng = np.random.default_rng(seed)
    drawn = rng.exponential(1.0, (4, data.num_edge_nodes)) * rng.integers(0, 3)
    prices = DualPrices(rng.exponential(0.5, data.num_requests), *drawn)
    made = certificate(data, EdgeNodes.of(data), prices, optimum(data), Limits())
    assert made.bound == verify(data, made) >= optimum(data)


@pytest.mark.parametrize(
    "data",
    [
        dense(60),
        dense(150, seed=1),
        own_levels(60),
        own_levels(60, memory=0.6, downlink=0.5, seed=1),
        own_levels(90, memory=0.5, seed=2),
    ],
    ids=["60 in levels", "150 in levels", "own levels", "scarce downlink", "scarce memory"],
)
@pytest.mark.parametrize("headroom", [1.0, 1e-3])
def test_larger_problems_are_proved_in_few_leaves(data, headroom):
    nodes, prices, value = ascended(data, steps=100)
    made = certificate(data, nodes, prices, floor(value), Limits(), headroom=headroom)
    assert made.bound == verify(data, made) <= floor(value)
    assert tree_value(data, made) <= value + headroom + ROUNDING
    assert all(num_leaves(tree) <= 1000 for tree in made.tree.edge_nodes)


def test_a_target_that_prices_do_not_prove_is_raised_to_the_least_that_they_do():
    data = dense(60)
    nodes, prices, value = ascended(data, steps=30)
    made = certificate(data, nodes, prices, 0, Limits())
    assert made.bound == verify(data, made) == floor(value) > 0


@pytest.mark.parametrize("downlink", [1.0, 0.3], ids=["slack", "scarce"])
def test_edge_nodes_with_smaller_capacities_share_a_tree_that_proves_as_much(downlink):
    """Three copies of an edge node, with less and less downlink; where it is scarce, V is less."""
    data = dense(60, num_edge_nodes=1)
    fields = {name: getattr(data, name) for name in data.__dataclass_fields__ if name != "unfit"}
    most = int(data.downlink[0].sum() * downlink / 4)
    fields = {name: np.repeat(each, 3, axis=0) for name, each in fields.items()}
    data = Coefficients(**fields | {"downlink_capacity": [most, most // 2, most]})
    nodes, prices, value = ascended(data)
    proofs = PriceProof(data, nodes, prices)
    proofs.grow(floor(value), Limits(), headroom=0.01)
    made = proofs.certificate()
    assert made.bound == verify(data, made) == floor(value)
    assert tree_value(data, made) <= value + 0.01 + ROUNDING


def test_trees_cut_back_prove_what_they_proved_before():
    data = dense(60)
    nodes, prices, value = ascended(data)
    proofs = PriceProof(data, nodes, prices)
    proofs.grow(floor(value) + 2, Limits())
    before, sizes = proofs.certificate(), proofs.sizes()
    proofs.grow(floor(value), Limits())
    assert proofs.certificate().bound < before.bound
    proofs.cut_back(sizes)
    assert proofs.certificate() == before


def test_demands_beyond_machine_words_are_counted_in_integers_of_any_size():
    data = dense(40)
    large = {name: getattr(data, name) * 10**9 + 1 for name in ("compute", "compute_budget")}
    fields = {name: getattr(data, name) for name in data.__dataclass_fields__ if name != "unfit"}
    data = Coefficients(**(fields | large))
    nodes, prices, value = ascended(data, steps=60)
    made = certificate(data, nodes, prices, floor(value), Limits(), headroom=0.01)
    assert made.denominator > 2**62
    assert made.bound == verify(data, made) == floor(value)


@pytest.mark.parametrize("how", ["out of time", "out of leaves"])
def test_a_tree_that_must_end_early_claims_what_it_proves(how, monkeypatch):
    data = dense(60)
    nodes, prices, value = ascended(data)
    whole = certificate(data, nodes, prices, floor(value), Limits())
    limits = Limits()
    if how == "out of time":
        limits = Limits(time_limit=0)
    else:
        monkeypatch.setattr(edge_node_proof, "MOST_LEAVES", 3)
    made = certificate(data, nodes, prices, floor(value), limits)
    assert max(map(num_leaves, made.tree.edge_nodes)) <= (1 if how == "out of time" else 4)
    assert made.bound == verify(data, made) > whole.bound


def test_nothing_eligible_is_proved_by_nothing():
    data = Coefficients(
        uplink=[[1], [1]],
        uplink_capacity=[0, 0],
        downlink=[[1], [1]],
        downlink_capacity=[0, 0],
        memory=[[0], [0]],
        memory_capacity=[0, 0],
        compute=[[0], [0]],
        compute_budget=[[0], [0]],
        eligible=[[1], [0]],
    )
    prices = DualPrices(np.ones(1), *np.ones((4, 2)))
    made = certificate(data, EdgeNodes.of(data), prices, 5, Limits())
    assert made.bound == verify(data, made) == 0
    assert made.tree.requests == (0,)
    assert set(made.tree.edge_nodes) == {Multipliers(0, 0, 0, 0)}


def test_requests_that_demand_nothing_are_all_counted():
    data = Coefficients(
        uplink=[[0, 0, 0]],
        uplink_capacity=[0],
        downlink=[[0, 0, 0]],
        downlink_capacity=[0],
        memory=[[0, 0, 0]],
        memory_capacity=[0],
        compute=[[0, 0, 0]],
        compute_budget=[[0, 0, 0]],
        eligible=[[1, 1, 0]],
    )
    nodes, prices, _ = ascended(data, incumbent=2)
    made = certificate(data, nodes, prices, 2, Limits())
    assert made.bound == verify(data, made) == 2


def test_the_bound_of_the_prices_is_proved_where_a_short_search_does_not_find_it(monkeypatch):
    """The screen's bounds stand in for batches that are not searched, and prove less."""
    data = own_levels(24, seed=3)
    nodes, prices, value = ascended(data)
    monkeypatch.setattr(proof, "SEARCH_NODES", 1)
    monkeypatch.setattr(proof, "LOOSE", data.num_requests)
    assert certificate(data, nodes, prices, floor(value), Limits()).bound == floor(value)
    monkeypatch.setattr(proof, "MORE_NODES", 1)
    assert certificate(data, nodes, prices, floor(value), Limits()).bound > floor(value)
