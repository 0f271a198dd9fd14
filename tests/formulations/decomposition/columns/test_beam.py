"""Beam: schedules of the target against brute force, and no others."""

import pytest

from formulations.decomposition.columns.beam import Beam
from formulations.decomposition.columns.columns import survivors
from formulations.decomposition.columns.master import MasterProblem
from formulations.decomposition.pricing.dual_ascent import DualAscent
from formulations.decomposition.pricing.edge_nodes import EdgeNodes
from formulations.evaluation import broken_rows
from heuristics.limits import Limits, Stopped
from heuristics.problem import Problem
from tests.helpers.dense import dense
from tests.helpers.oracles import optimum


def beam_for(data, target, *, num_steps=20, loss=9):
    """Return a beam of the columns that a schedule of the target may have, up to a loss."""
    nodes = EdgeNodes.of(data)
    ascent = DualAscent(nodes, data.num_requests, sorts=True)
    ascent.climb(target - 1, Limits(), exact=True, step=0.3, num_steps=num_steps)
    total, _, value = ascent.evaluate(ascent.point, exact=True)
    allowed = min(max(total - target, 0), loss)
    columns = survivors(nodes, ascent.prices(), value, allowed, most=5000)
    problem = MasterProblem(data, nodes, ascent.prices(), value, total - target, target)
    return Beam(problem, columns, ascent.nested)


@pytest.mark.parametrize("seed", range(6))
def test_a_wide_beam_finds_a_schedule_of_the_optimum_and_none_above_it(seed):
    data = dense(8, seed=seed)
    best = optimum(data)
    found = beam_for(data, best).run(1000, Limits())
    assert found.throughput == best
    assert list(broken_rows(data, found, Problem.P1, None)) == []
    assert beam_for(data, best + 1).run(1000, Limits()) is None


def test_a_narrow_beam_makes_a_schedule_that_may_be_worse():
    data = dense(80)
    beam = beam_for(data, 15, num_steps=100, loss=0.5)
    wide, narrow = (beam.run(width, Limits()) for width in (200, 2))
    assert wide.throughput >= narrow.throughput >= 15
    for found in (wide, narrow):
        assert list(broken_rows(data, found, Problem.P1, None)) == []


def test_the_same_prices_give_the_same_schedule():
    first, second = (beam_for(dense(60), 10, loss=0.5).run(50, Limits()) for _ in range(2))
    assert first == second


def test_a_time_limit_ends_it():
    with pytest.raises(Stopped):
        beam_for(dense(60), 10, loss=0.5).run(50, Limits(time_limit=0))
