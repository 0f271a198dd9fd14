"""Matchings against brute force, and prices that move from band to band."""

import numpy as np
from hypothesis import assume, given
from hypothesis import strategies as st

from formulations.decomposition.columns.columns import Columns
from formulations.decomposition.columns.matching import match
from formulations.decomposition.pricing.edge_nodes import EdgeNodes
from formulations.evaluation import broken_rows
from heuristics.coefficients import Coefficients
from heuristics.problem import Problem
from tests.formulations.decomposition.columns.test_refinement import (
    columns_at_random,
    combinations_of_size,
    counts_of,
    problems,
)


@given(problems, st.integers(0, 2**32 - 1), st.data())
def test_it_finds_a_schedule_exactly_if_there_is_one(data, seed, draw):
    nodes, _, columns = columns_at_random(data, seed, -50)
    assume(columns is not None)
    which = [draw.draw(st.integers(0, len(each.depth) - 1)) for each in columns]
    chosen = [each.take(np.array([at])) for each, at in zip(columns, which, strict=True)]
    wanted = tuple(tuple(each.counts[0].tolist()) for each in chosen)
    found = match(data, nodes, chosen)
    if found is None:
        return
    exists = wanted in set(combinations_of_size(data, nodes, sum(map(sum, wanted))))
    assert (found.schedule is not None, found.is_refuted) == (exists, not exists)
    if found.schedule is not None:
        assert list(broken_rows(data, found.schedule, Problem.P1, None)) == []
        masks = [sum(1 << i for i in batch) for batch in found.schedule.batches]
        assert tuple(counts_of(nodes, j, mask) for j, mask in enumerate(masks)) == wanted


def two_of_four():
    """Requests 0 and 1 use least of both bands together, but only 0 or 1 with 2 fits uplink."""
    data = Coefficients(
        uplink=[[6, 6, 4, 9]],
        uplink_capacity=[10],
        downlink=[[1, 1, 6, 9]],
        downlink_capacity=[10],
        memory=[[0] * 4],
        memory_capacity=[0],
        compute=[[0] * 4],
        compute_budget=[[0] * 4],
        eligible=[[1] * 4],
    )
    return data, EdgeNodes.of(data)


def column(count):
    return [Columns(np.array([[count]]), np.array([4]), np.zeros(1))]


def test_prices_move_to_the_band_that_is_exceeded():
    found = match(*two_of_four(), column(2))
    assert found.schedule.throughput == 2
    assert 2 in found.schedule.batches[0]


def test_no_matching_is_left_or_none_fits():
    assert match(*two_of_four(), column(5)).is_refuted
    assert match(*two_of_four(), column(3)).is_refuted


def test_a_place_for_nobody_is_a_schedule_without_requests():
    assert match(*two_of_four(), column(0)).schedule.throughput == 0
