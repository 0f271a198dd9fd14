"""The contract that every registered method keeps, on random problems and on the extremes."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.methods.registry import METHODS, methods
from analysis.runs.method_run import perform
from analysis.runs.plan import plan
from heuristics.coefficients import FIELDS, Coefficients
from heuristics.result import EndedBy, Status
from instances.instance import Instance
from tests.helpers.alternatives import few
from tests.helpers.examples import one_edge_node, problem
from tests.helpers.oracles import optimum
from tests.helpers.strategies import coefficients, levelled

NAMES = tuple(METHODS)
RIVALS = METHODS.keys() & {
    "greedy-density",
    "regret",
    "local-search",
    "configuration-lp",
    "lns",
    "simulated-annealing",
    "genetic",
}
"""Methods that are tested on few examples in the quick suite: each run takes milliseconds."""


def run(data, name, **options):
    return perform(plan(Instance(name="instance", coefficients=data), name, **options))


@st.composite
def small(draw, name):
    """Draw a problem that the method can solve, of either kind."""
    num_edge_nodes = 1 if METHODS[name].single_node else 3
    kind = draw(st.sampled_from([coefficients, levelled]))
    return draw(kind(max_edge_nodes=num_edge_nodes, max_requests=5))


@pytest.mark.parametrize("name", sorted(METHODS.keys() - RIVALS))
@given(st.data())
def test_every_method_keeps_the_contract(name, data):
    keeps_the_contract(name, data)


@pytest.mark.parametrize("name", sorted(RIVALS))
@few
@given(st.data())
def test_every_rival_keeps_the_contract(name, data):
    keeps_the_contract(name, data)


def keeps_the_contract(name, data):
    """The judge finds nothing, no bound lies below the optimum, and the seed decides."""
    drawn = data.draw(small(name))
    before = drawn.digest()
    outcome = run(drawn, name, seed=3)
    result = outcome.result
    best = optimum(drawn, result.problem)
    assert outcome.violations == ()
    assert drawn.digest() == before
    assert result.status in (Status.OPTIMAL, Status.FEASIBLE)
    assert result.objective <= best
    assert result.bound is None or result.bound >= best
    if result.status is Status.OPTIMAL:
        assert result.objective == best
        assert result.proved_by
    if not drawn.eligible.any():
        assert (result.status, result.objective, result.bound) == (Status.OPTIMAL, 0, 0)
    assert result.node_kind == METHODS[name].node_kind
    assert result.runtime_s >= 0
    again = run(drawn, name, seed=3).result
    assert again.schedule == result.schedule
    assert (again.bound, again.num_nodes) == (result.bound, result.num_nodes)


@pytest.mark.parametrize(
    "name",
    [each.name for each in methods() if each.takes_node_limit and each.name not in RIVALS],
)
@given(st.data())
def test_every_method_keeps_what_it_has_at_a_node_limit(name, data):
    keeps_what_it_has_at_a_node_limit(name, data)


@pytest.mark.parametrize(
    "name", [name for name in sorted(RIVALS) if METHODS[name].takes_node_limit]
)
@few
@given(st.data())
def test_every_rival_keeps_what_it_has_at_a_node_limit(name, data):
    keeps_what_it_has_at_a_node_limit(name, data)


def keeps_what_it_has_at_a_node_limit(name, data):
    drawn = data.draw(small(name))
    outcome = run(drawn, name, node_limit=1)
    best = optimum(drawn, outcome.result.problem)
    assert outcome.violations == ()
    assert outcome.result.ended_by in (EndedBy.PROOF, EndedBy.COMPLETED, EndedBy.NODE_LIMIT)
    if outcome.result.objective is not None:
        assert outcome.result.objective <= best
    if outcome.result.bound is not None:
        assert outcome.result.bound >= best


def empty(num_edge_nodes):
    return Coefficients(
        **{
            field: [7] * num_edge_nodes if field.endswith("_capacity") else [[]] * num_edge_nodes
            for field in FIELDS
        }
    )


def many(num_edge_nodes, num_requests=30):
    """Return edge nodes that hold one request each, whichever."""
    matrix = np.ones((num_edge_nodes, num_requests), dtype=int)
    return Coefficients(
        **{
            field: [1] * num_edge_nodes if field.endswith("_capacity") else matrix
            for field in FIELDS
        }
    )


EXTREMES = {
    "no request": (empty(1), 0),
    "no request at two edge nodes": (empty(2), 0),
    "no eligible pair": (problem(eligible=[[0, 0, 0], [0, 0, 0]]), 0),
    "no pair that fits": (problem(memory_capacity=[0, 0]), 0),
    "one request at one edge node": (one_edge_node(memory=[1], compute=[1], budget=[1]), 1),
    "forty edge nodes": (many(40), 30),
    "more requests than forty edge nodes hold": (many(40, num_requests=50), 40),
}


@pytest.mark.parametrize(("data", "best"), EXTREMES.values(), ids=EXTREMES)
@pytest.mark.parametrize("name", NAMES)
def test_every_method_takes_every_size(name, data, best):
    edge_node = None
    if METHODS[name].single_node and data.num_edge_nodes > 1:
        edge_node, best = data.num_edge_nodes - 1, min(best, 1)
    outcome = run(data, name, edge_node=edge_node, time_limit=60)
    assert outcome.result.objective == best
    assert outcome.violations == ()
    assert len(outcome.assignment) == data.num_edge_nodes
