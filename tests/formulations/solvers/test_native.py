"""Solvers that a MILP method can use: the same optima, one record, and refusals in one line."""

import json
import re
import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.methods import option as option_module
from analysis.methods.registry import METHODS
from analysis.runs.method_run import perform
from analysis.runs.plan import plan
from formulations.milp import milp_bigm, milp_threshold
from formulations.solvers.endings import ENDINGS
from formulations.solvers.exact_run import TOLERANCES
from formulations.solvers.licence import size_limit
from formulations.solvers.native import NativeRun
from formulations.solvers.solver_entry import COMMERCIAL, SOLVERS
from heuristics.errors import InputError
from heuristics.problem import Problem
from heuristics.result import EndedBy, NodeKind, Status
from heuristics.schedule import Schedule
from instances.files import write_instance
from instances.instance import Instance
from tests.helpers.dense import dense
from tests.helpers.examples import one_edge_node, problem
from tests.helpers.oracles import is_possible, optimum
from tests.helpers.strategies import levelled

METHODS_WITH_SOLVERS = ("milp-bigm", "milp-bigm-pulp", "milp-threshold")


def installed(names):
    return [
        pytest.param(
            name, marks=pytest.mark.skipif(not SOLVERS[name].is_installed, reason="not installed")
        )
        for name in names
    ]


every_solver = pytest.mark.parametrize("solver", installed([*COMMERCIAL, "scip"]))
every_commercial_solver = pytest.mark.parametrize("solver", installed(COMMERCIAL))
every_method = pytest.mark.parametrize("method", METHODS_WITH_SOLVERS)


def run(data, method, solver, *, warm_start=None, **options):
    settings = {"solver": solver} | options.pop("settings", {})
    task = plan(Instance(name="instance", coefficients=data), method, settings=settings, **options)
    return perform(task, warm_start=warm_start)


@every_solver
@every_method
def test_the_optimum_is_found_and_nothing_is_printed(method, solver, capfd):
    result = run(problem(), method, solver).result
    assert (result.status, result.objective, result.bound) == (Status.OPTIMAL, 3, 3)
    assert (result.ended_by, result.proved_by) == (EndedBy.PROOF, method)
    assert result.solver.startswith(f"{SOLVERS[solver].title} ")
    assert result.node_kind == NodeKind.BRANCH_AND_BOUND
    assert result.num_nodes >= 0
    assert result.simplex_iterations >= 0
    assert capfd.readouterr() == ("", "")


@every_solver
@every_method
def test_the_problems_of_one_edge_node_are_solved(method, solver):
    data = one_edge_node(memory=[1] * 3, compute=[2] * 3, budget=[9, 4, 2])
    for name in (Problem.P2, Problem.P3PRIME):
        assert run(data, method, solver, problem=name).result.objective == optimum(data, name)
    for z in (2, 3):
        result = run(data, method, solver, problem=Problem.P3, settings={"z": z}).result
        is_feasible = is_possible(data, Problem.P3, z)
        assert result.status == (Status.OPTIMAL if is_feasible else Status.INFEASIBLE)


@every_solver
def test_limits_end_the_run_and_a_warm_start_is_kept(solver):
    data = dense(30)
    start = Schedule.of([[0], [], []])
    for limit in ({"time_limit": 0.01}, {"node_limit": 1}):
        result = run(data, "milp-bigm", solver, warm_start=start, **limit).result
        assert result.objective >= 1
        assert result.ended_by in (EndedBy.PROOF, EndedBy.TIME_LIMIT, EndedBy.NODE_LIMIT)


@every_commercial_solver
def test_a_model_beyond_the_licence_ends_in_the_message_of_the_solver(solver):
    result = run(dense(1700), "milp-bigm-pulp", solver, time_limit=0.01).result
    if result.message is None:
        pytest.skip("the licence has no such limit")
    assert (result.status, result.ended_by) == (Status.NONE, EndedBy.ERROR)
    assert result.message.startswith(f"{SOLVERS[solver].title} ended with ")
    assert "\n" not in result.message


@every_commercial_solver
def test_the_limit_of_a_licence_is_named(solver):
    limit = size_limit(solver)
    assert limit is None or re.search("licen|limit|maximum", limit, re.IGNORECASE)
    assert size_limit(solver, num_columns=5) is None


@every_commercial_solver
def test_a_schedule_that_breaks_a_row_is_solved_for_once_more(solver, monkeypatch):
    readings, read = [], NativeRun.read

    def wrong(run):
        reading = read(run)
        readings.append(reading)
        if len(readings) > 1:
            return reading
        return type(reading)(**{**vars(reading), "schedule": Schedule.of([[0, 1, 2], []])})

    monkeypatch.setattr(NativeRun, "read", wrong)
    result = milp_bigm(problem(), solver=solver, warm_start=Schedule.of([[0], []]))
    assert len(readings) == len(TOLERANCES)
    assert (result.status, result.objective) == (Status.OPTIMAL, 3)


@every_commercial_solver
def test_a_status_that_nobody_knows_is_an_error(solver, monkeypatch):
    monkeypatch.setitem(ENDINGS, solver, {})
    result = milp_threshold(problem(), solver=solver)
    assert (result.status, result.ended_by) == (Status.FEASIBLE, EndedBy.ERROR)
    assert result.message.startswith(f"{SOLVERS[solver].title} ended with ")


@every_commercial_solver
def test_standard_output_is_one_document(solver, tmp_path):
    path = tmp_path / "instance.json"
    write_instance(Instance(name="instance", coefficients=problem()), path)
    command = [sys.executable, "-m", "otgah", "solve", path, "--method", "milp-bigm-pulp"]
    found = subprocess.run(
        [*command, "--set", f"solver={solver}", "--json"], capture_output=True, check=True
    )
    assert json.loads(found.stdout)["options"] == {"z": None, "solver": solver}


@every_solver
@pytest.mark.long
@settings(max_examples=200)
@given(data=levelled(), method=st.sampled_from(METHODS_WITH_SOLVERS))
def test_the_objective_equals_that_of_highs(solver, data, method):
    expected = run(data, "milp-threshold", "highs").result.objective
    assert run(data, method, solver).result.objective == expected


def test_the_default_leaves_the_keys_of_runs_as_they_were():
    instance = Instance(name="instance", coefficients=problem())
    plain = plan(instance, "milp-bigm")
    named = plan(instance, "milp-bigm", settings={"solver": "highs"})
    assert dict(plain.options) == {"z": None}
    assert plain.identity() == named.identity()
    assert plan(instance, "milp-bigm", settings={"solver": "scip"}).identity() != plain.identity()


def test_a_solver_that_is_missing_or_unknown_is_refused(monkeypatch):
    instance = Instance(name="instance", coefficients=problem())
    monkeypatch.setattr(option_module, "find_spec", lambda name: None)
    with pytest.raises(InputError, match=r'installed first: pip install "otgah\[gurobi\]"'):
        plan(instance, "milp-bigm", settings={"solver": "gurobi"})
    with pytest.raises(InputError, match="solver: must be one of highs, gurobi, cplex"):
        plan(instance, "milp-bigm", settings={"solver": "glpk"})
    with pytest.raises(InputError, match="solver: must be one of highs, gurobi, cplex"):
        milp_bigm(problem(), solver="glpk")
    (option,) = (each for each in METHODS["milp-bigm"].options if each.name == "solver")
    assert set(option.usable) == {"highs"}
    assert set(option.missing) == {*COMMERCIAL, "scip"}
