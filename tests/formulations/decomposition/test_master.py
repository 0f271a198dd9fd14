"""The master: it never refutes what exists, and what it finds keeps every row."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from formulations.decomposition.columns import survivors
from formulations.decomposition.dual_ascent import DualAscent
from formulations.decomposition.edge_nodes import EdgeNodes
from formulations.decomposition.master import Counts, MasterProblem, answer
from formulations.evaluation import broken_rows
from heuristics.limits import Limits
from heuristics.problem import Problem
from heuristics.system_models.coefficients import FIELDS, Coefficients
from tests.formulations.decomposition.problems import any_problem, problem, seeds, some_prices
from tests.oracles import optimum
from tests.strategies import coefficients, levelled


def asked(data, nodes, ascent, target):
    """Return the question whether all columns within the slack make a schedule of a size."""
    value, _, values = ascent.evaluate(ascent.point, exact=True)
    slack = max(value - target, 0)
    columns = survivors(nodes, ascent.prices(), values, slack, most=10_000)
    return MasterProblem(data, nodes, ascent.prices(), values, slack, target, columns)


def decided(question):
    return answer(question, Limits(), time_limit=None, seed=0)


def check(data, question):
    """Check the answer against brute force."""
    verdict = decided(question)
    exists = optimum(data) >= question.target
    assert verdict.is_refuted == (not exists)
    assert (verdict.schedule is not None) == exists
    if exists:
        assert verdict.schedule.throughput >= question.target
        assert list(broken_rows(data, verdict.schedule, Problem.P1, None)) == []


@given(any_problem, seeds, st.integers(0, 2))
def test_it_finds_what_exists_and_refutes_what_does_not(data, seed, more):
    nodes, ascent = some_prices(data, seed)
    check(data, asked(data, nodes, ascent, max(0, optimum(data) - 1 + more)))


@given(any_problem, st.integers(0, 1))
def test_it_does_so_at_good_prices(data, more):
    nodes = EdgeNodes.of(data)
    ascent = DualAscent(nodes, data.num_requests)
    ascent.climb(0, Limits(), exact=True, step=1.0, num_steps=40)
    check(data, asked(data, nodes, ascent, optimum(data) + more))


@given(
    st.one_of(
        coefficients(max_edge_nodes=1, max_requests=5, largest=4),
        levelled(max_edge_nodes=1, max_requests=6),
    ),
    seeds,
    st.integers(2, 3),
)
def test_edge_nodes_that_are_alike_share_their_columns(data, seed, num_alike):
    data = Coefficients(
        **{name: np.concatenate([getattr(data, name)] * num_alike) for name in FIELDS}
    )
    nodes, ascent = some_prices(data, seed)
    bands = ascent.point[data.num_requests :].reshape(4, -1)
    bands[:] = bands[:, :1]
    check(data, asked(data, nodes, ascent, optimum(data)))
    check(data, asked(data, nodes, ascent, optimum(data) + 1))


def two_places_for_three_requests(**changes):
    """Return two edge nodes that carry one request each."""
    fields = {
        name: [[1, 1, 1]] * 2
        for name in ("uplink", "downlink", "memory", "compute", "compute_budget", "eligible")
    }
    capacities = {f"{name}_capacity": [1, 1] for name in ("uplink", "downlink", "memory")}
    return problem(**(fields | capacities | changes))


def test_halls_rows_refute_counts_that_ask_for_more_requests_than_there_are():
    """Both edge nodes can serve but the first request: counts of one each ask for two of them."""
    data = two_places_for_three_requests(eligible=[[1, 0, 0]] * 2)
    nodes = EdgeNodes.of(data)
    question = asked(data, nodes, DualAscent(nodes, 3), target=2)
    assert Counts(question).model.solve(Limits(), time_limit=None, seed=0).is_infeasible
    assert decided(question).is_refuted


def test_two_places_serve_two_requests():
    data = two_places_for_three_requests()
    nodes = EdgeNodes.of(data)
    verdict = decided(asked(data, nodes, DualAscent(nodes, 3), target=2))
    assert verdict.schedule.throughput == 2
    assert decided(asked(data, nodes, DualAscent(nodes, 3), target=3)).is_refuted


def test_a_run_out_of_time_refutes_nothing():
    data = two_places_for_three_requests()
    nodes = EdgeNodes.of(data)
    question = asked(data, nodes, DualAscent(nodes, 3), target=2)
    verdict = answer(question, Limits(time_limit=0), time_limit=0, seed=0)
    assert not verdict.is_refuted
