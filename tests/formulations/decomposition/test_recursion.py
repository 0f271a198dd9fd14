"""Recursion: against brute force, at any prices."""

from hypothesis import given
from hypothesis import strategies as st

from formulations.decomposition.assignment import assign
from formulations.decomposition.columns import survivors
from formulations.decomposition.dual_ascent import DualAscent
from formulations.decomposition.edge_nodes import EdgeNodes
from formulations.decomposition.recursion import Point, Recursion
from heuristics.limits import Limits
from tests.formulations.decomposition.test_refinement import problems
from tests.oracles import optimum


def recursion_at(data, seed, incumbent, num_steps):
    nodes = EdgeNodes.of(data)
    ascent = DualAscent(nodes, data.num_requests)
    ascent.climb(incumbent, Limits(), exact=True, step=0.1 + seed, num_steps=num_steps)
    total, _, value = ascent.evaluate(ascent.point, exact=True)
    slack = total - incumbent - 1
    columns = survivors(nodes, ascent.prices(), value, max(slack, 0), most=10_000)
    points = [Point(ascent.prices(), value, total)]
    return nodes, Recursion(nodes, points, columns, max(slack, 0), incumbent)


@given(problems, st.floats(0, 1), st.integers(0, 2), st.integers(1, 30))
def test_what_it_does_not_find_does_not_exist(data, seed, less, num_steps):
    best = optimum(data)
    _, recursion = recursion_at(data, seed, best - less, num_steps)
    if recursion.is_possible:
        recursion.run(Limits(), until=data.num_requests + 1, most_looks=10**9)
        assert recursion.is_complete
        assert recursion.best >= best


@given(problems, st.floats(0, 1), st.integers(1, 30))
def test_what_it_finds_are_columns_of_that_size(data, seed, num_steps):
    best = optimum(data)
    nodes, recursion = recursion_at(data, seed, best - 1, num_steps)
    if recursion.is_possible:
        recursion.run(Limits(), until=best, most_looks=10**9)
        chosen = recursion.chosen()
        assert chosen is not None
        assert sum(int(column.size.sum()) for column in chosen) == recursion.best
        assert all(len(column.depth) == 1 for column in chosen)
        found = assign(data, nodes, chosen, Limits(), seed=0)
        assert found.schedule is None or found.schedule.throughput == recursion.best <= best
