"""Recursion: against brute force, at any prices."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from formulations.decomposition.columns.assignment import assign
from formulations.decomposition.columns.columns import survivors
from formulations.decomposition.columns.master import MasterProblem
from formulations.decomposition.columns.recursion import Recursion
from formulations.decomposition.decomposition import decomposition
from formulations.decomposition.pricing.dual_ascent import DualAscent
from formulations.decomposition.pricing.edge_nodes import EdgeNodes
from heuristics.limits import Limits
from tests.formulations.decomposition.columns.test_refinement import problems
from tests.helpers.decomposition_problems import problem, seeds, some_prices
from tests.helpers.oracles import optimum

sparse = arrays(bool, (8, 16))


def recursion_at(data, ascent, target):
    nodes = ascent.nodes
    total, _, value = ascent.evaluate(ascent.point, exact=True)
    slack = max(total - target, 0)
    columns = survivors(nodes, ascent.prices(), value, slack, most=10_000)
    problem = MasterProblem(data, nodes, ascent.prices(), value, total - target, target)
    return Recursion(problem, columns, slack)


def climbed(data, seed, incumbent, num_steps):
    ascent = DualAscent(EdgeNodes.of(data), data.num_requests)
    ascent.climb(incumbent, Limits(), exact=True, step=0.1 + seed, num_steps=num_steps)
    return ascent


@given(problems, st.floats(0, 1), st.integers(0, 2), st.integers(1, 30))
def test_what_it_does_not_find_does_not_exist(data, seed, less, num_steps):
    best = optimum(data)
    ascent = climbed(data, seed, best - less, num_steps)
    recursion = recursion_at(data, ascent, best - less + 1)
    if recursion.is_possible:
        recursion.run(Limits(), until=data.num_requests + 1, most_looks=10**9)
        assert recursion.is_complete
        assert recursion.best >= best


@given(problems, sparse, seeds)
def test_what_it_does_not_find_at_random_prices_does_not_exist(data, eligible, seed):
    data = replace(data, eligible=eligible[: data.num_edge_nodes, : data.num_requests])
    best = optimum(data)
    _, ascent = some_prices(data, seed)
    recursion = recursion_at(data, ascent, best)
    if recursion.is_possible:
        recursion.run(Limits(), until=data.num_requests + 1, most_looks=10**9)
        assert recursion.best >= best


def test_edge_nodes_of_the_same_columns_and_other_values_are_told_apart():
    """Edge nodes 1 and 4 ask for one request each, as deep as the other, and differ in V."""
    ones = np.ones((5, 7), dtype=int)
    data = problem(
        uplink=ones,
        uplink_capacity=[100] * 5,
        downlink=ones,
        downlink_capacity=[100] * 5,
        memory=ones,
        memory_capacity=[1, 1, 3, 1, 3],
        compute=ones,
        compute_budget=np.tile([1, 1, 2, 4, 4, 5, 5], (5, 1)),
        eligible=[
            [1, 0, 1, 1, 0, 0, 1],
            [1, 1, 1, 1, 0, 1, 0],
            [1, 1, 0, 0, 1, 1, 1],
            [0, 0, 0, 1, 0, 1, 1],
            [0, 1, 0, 1, 0, 1, 1],
        ],
    )
    ascent = DualAscent(EdgeNodes.of(data), 7)
    ascent.point[:7] = [0, 0.12552115, 0, 0.63399443, 0, 0.85549147, 1]
    recursion = recursion_at(data, ascent, 7)
    recursion.run(Limits(), until=7, most_looks=10**9)
    assert recursion.best == optimum(data) == 7


@given(problems, st.floats(0, 1), st.integers(1, 30))
def test_what_it_finds_are_columns_of_that_size(data, seed, num_steps):
    best = optimum(data)
    ascent = climbed(data, seed, best - 1, num_steps)
    recursion = recursion_at(data, ascent, best)
    if recursion.is_possible:
        recursion.run(Limits(), until=best, most_looks=10**9)
        chosen = recursion.chosen()
        assert chosen is not None
        assert sum(int(column.size.sum()) for column in chosen) == recursion.best
        assert all(len(column.depth) == 1 for column in chosen)
        found = assign(data, ascent.nodes, chosen, Limits(), seed=0)
        assert found.schedule is None or found.schedule.throughput == recursion.best <= best


@pytest.mark.parametrize("num_rows", [63, 64, 105])
def test_many_types_of_edge_nodes_are_too_many_states(num_rows):
    """Each row may serve one request of another set: 2 to the power of 63, 64, 105 states."""
    ones = np.ones((num_rows, 7), dtype=int)
    data = problem(
        uplink=ones,
        uplink_capacity=[7] * num_rows,
        downlink=ones,
        downlink_capacity=[7] * num_rows,
        memory=ones * np.arange(1, 8),
        memory_capacity=[7] * num_rows,
        compute=ones * 5,
        compute_budget=ones * 9,
        eligible=(np.arange(1, num_rows + 1)[:, None] >> np.arange(7)) & 1,
    )
    ascent = DualAscent(EdgeNodes.of(data), 7)
    recursion = recursion_at(data, ascent, 7)
    assert not recursion.is_possible
    recursion.run(Limits(), until=7, most_looks=10**6)
    assert not recursion.is_complete
    assert decomposition(data, time_limit=10).objective == int(data.eligible.any(axis=0).sum())
