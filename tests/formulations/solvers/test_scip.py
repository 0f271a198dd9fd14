"""SCIP: its answers, and what is made of them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from formulations.solvers import scip_run as module
from formulations.solvers.exact_run import TOLERANCES
from formulations.solvers.scip import scip
from heuristics.errors import InputError
from heuristics.problem import Problem
from heuristics.result import EndedBy, NodeKind, Status
from heuristics.schedule import Schedule
from tests.formulations.test_theorems import tight
from tests.helpers.dense import dense
from tests.helpers.examples import problem
from tests.helpers.oracles import is_possible, optimum
from tests.helpers.strategies import coefficients, levelled

any_edge_node = st.one_of(coefficients(max_edge_nodes=1), levelled(max_edge_nodes=1))


@given(any_edge_node, st.sampled_from([Problem.P2, Problem.P3PRIME]))
def test_the_problems_of_one_edge_node_have_their_optima(data, name):
    assert scip(data, problem=name).objective == optimum(data, name)


@given(any_edge_node, st.sampled_from([Problem.P3, Problem.P3PRIME]), st.integers(0, 8))
def test_a_cardinality_is_reached_exactly_where_some_batch_has_it(data, name, z):
    found = scip(data, problem=name, z=z)
    possible = is_possible(data, name, z)
    assert found.status == (Status.OPTIMAL if possible else Status.INFEASIBLE)


@given(tight())
def test_an_optimum_is_never_claimed_wrongly_whatever_the_magnitude(data):
    result = scip(data)
    if result.status == Status.OPTIMAL:
        assert result.objective == optimum(data)
    else:
        assert result.ended_by == EndedBy.ERROR
        assert result.message


def test_the_record_is_complete(capfd):
    result = scip(dense(20))
    assert result.status == Status.OPTIMAL
    assert result.node_kind == NodeKind.BRANCH_AND_BOUND
    assert result.num_nodes >= 1
    assert result.simplex_iterations >= 1
    assert result.solver.startswith("SCIP ")
    assert result.build_s > 0
    assert result.trajectory[-1] == (result.runtime_s, result.objective, result.bound)
    found = [each.objective for each in result.trajectory]
    assert found == sorted(found)
    assert capfd.readouterr() == ("", "")


def fake_first_readings(monkeypatch, count):
    """Let SCIP return three requests of memory 9 for 7 so many times, as within a tolerance."""
    tolerances, read = [], module.Run.read

    def wrong(run):
        tolerances.append(run._scip.getParam("numerics/feastol"))
        reading = read(run)
        if len(tolerances) > count:
            return reading
        return type(reading)(**{**vars(reading), "schedule": Schedule.of([[0, 1, 2], []])})

    monkeypatch.setattr(module.Run, "read", wrong)
    return tolerances


def test_a_schedule_that_breaks_a_row_is_solved_for_once_more(monkeypatch):
    tolerances = fake_first_readings(monkeypatch, 1)
    result = scip(problem(), warm_start=Schedule.of([[0], []]))
    assert tuple(tolerances) == TOLERANCES
    assert (result.status, result.objective) == (Status.OPTIMAL, 3)


def test_a_schedule_that_breaks_a_row_twice_is_an_error_with_its_claim(monkeypatch):
    fake_first_readings(monkeypatch, 2)
    result = scip(problem())
    assert (result.status, result.ended_by) == (Status.NONE, EndedBy.ERROR)
    assert (result.objective, result.bound, result.claimed_objective) == (None, None, 3)
    assert "memory (12c) at edge node 0: 9 exceeds 7" in result.message


def test_a_status_that_nobody_knows_is_an_error(monkeypatch):
    monkeypatch.setattr(module, "ENDINGS", {})
    result = scip(problem())
    assert (result.status, result.ended_by) == (Status.FEASIBLE, EndedBy.ERROR)
    assert result.bound is None
    assert result.message == "SCIP ended with optimal"


def test_what_cannot_be_asked_is_refused():
    with pytest.raises(InputError, match="must have one edge node"):
        scip(problem(), problem=Problem.P2)
    with pytest.raises(InputError, match="node_limit: must lie in"):
        scip(problem(), node_limit=-1)
    with pytest.raises(InputError, match="warm_start: must be feasible, but breaks memory"):
        scip(problem(), warm_start=Schedule.of([[0, 1, 2], []]))
