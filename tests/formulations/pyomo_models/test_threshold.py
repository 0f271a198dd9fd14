"""The form with ordered thresholds, against big-M and brute force."""

import numpy as np
import pyomo.environ as pyo
import pytest
from hypothesis import given
from hypothesis import strategies as st

from formulations.export import export
from formulations.language import Form, Language
from formulations.milp import milp_bigm, milp_threshold
from formulations.parameters import Parameters
from heuristics.errors import InputError
from heuristics.problem import Problem
from heuristics.result import EndedBy, Status
from tests.formulations.test_models import TAGS, TAGS_OF, rows, tags
from tests.formulations.test_theorems import tight
from tests.helpers.dense import dense
from tests.helpers.examples import one_edge_node, problem
from tests.helpers.oracles import is_possible, optimum
from tests.helpers.strategies import coefficients, levelled

any_problem = st.one_of(coefficients(), levelled())
any_edge_node = st.one_of(coefficients(max_edge_nodes=1), levelled(max_edge_nodes=1))


def build(data, form=Form.THRESHOLD, name=Problem.P1, z=None):
    return Language.PYOMO.build(data, problem=name, form=form, z=z)


def relaxed(data, form):
    """Return the optimum of the linear relaxation."""
    highs = Language.PYOMO.to_highs(build(data, form)).highs
    highs.setOptionValue("output_flag", False)
    highs.setOptionValue("solve_relaxation", True)
    highs.setOptionValue("threads", 1)
    highs.run()
    assert highs.getModelStatus().name == "kOptimal"
    return highs.getInfo().objective_function_value


@given(any_problem)
def test_the_optimum_is_that_of_big_m_and_of_all_schedules(data):
    found = milp_threshold(data)
    assert (found.status, found.ended_by) == (Status.OPTIMAL, EndedBy.PROOF)
    assert found.objective == milp_bigm(data).objective == optimum(data)
    assert found.proved_by == "milp-threshold"


@given(any_edge_node, st.sampled_from([Problem.P2, Problem.P3PRIME]))
def test_the_problems_of_one_edge_node_have_it_too(data, name):
    assert milp_threshold(data, problem=name).objective == optimum(data, name)


@given(any_edge_node, st.sampled_from([Problem.P3, Problem.P3PRIME]), st.integers(0, 8))
def test_a_cardinality_is_reached_exactly_where_some_batch_has_it(data, name, z):
    found = milp_threshold(data, problem=name, z=z)
    possible = is_possible(data, name, z)
    assert found.status == (Status.OPTIMAL if possible else Status.INFEASIBLE)


@given(st.one_of(any_problem, st.integers(2, 12).map(dense)))
def test_the_linear_relaxation_is_never_weaker(data):
    """The third paragraph of the proof in notation.md."""
    if data.eligible.any():
        assert relaxed(data, Form.THRESHOLD) <= relaxed(data, Form.BIG_M) + 1e-6


def test_the_linear_relaxation_is_tighter_where_budgets_differ():
    assert relaxed(dense(60), Form.THRESHOLD) < relaxed(dense(60), Form.BIG_M) - 1


@given(tight())
def test_an_optimum_is_never_claimed_wrongly_whatever_the_magnitude(data):
    result = milp_threshold(data)
    if result.status == Status.OPTIMAL:
        assert result.objective == optimum(data)
    else:
        assert result.ended_by == EndedBy.ERROR
        assert result.message


@given(any_problem)
def test_the_point_of_a_schedule_keeps_every_row(data):
    """So HiGHS takes it as it is, in all columns."""
    if not data.eligible.any():
        return
    model = build(data)
    point = Parameters.of(data).point(milp_bigm(data).schedule)
    for variables in model.component_objects(pyo.Var):
        assert set(variables) == set(point[variables.local_name])
        for index, value in point[variables.local_name].items():
            variables[index].set_value(value)  # refuses what is out of bounds
    for row in model.component_data_objects(pyo.Constraint):
        assert row.uslack() >= -1e-9
        assert row.lslack() >= -1e-9


def test_all_but_the_deadlines_is_called_as_in_big_m():
    data = dense(12)
    big_m, threshold = (rows("pyomo", build(data, Form.BIG_M)), threshold_rows(data))
    shared = {key: row for key, row in big_m.items() if key[0] != "deadline"}
    own = {key: row for key, row in threshold.items() if key[0].startswith("threshold")}
    assert threshold == shared | own
    assert {name for name, _ in own} == {
        "threshold_order",
        "threshold_load",
        "threshold_deadline",
    }
    assert tags("pyomo", build(data)) == {
        **{name: tag for name, tag in TAGS.items() if name != "deadline"},
        **dict.fromkeys({name for name, _ in own}, "(12d)"),
    }


@pytest.mark.parametrize(("name", "z"), TAGS_OF)
def test_the_thresholds_have_the_tag_of_the_deadlines_that_they_replace(name, z):
    data = problem() if name is Problem.P1 else problem().at(0)
    found = tags("pyomo", build(data, name=name, z=z))
    new = {constraint for constraint in found if constraint.startswith("threshold")}
    assert {found[each] for each in new} == {TAGS_OF[name, z]["deadline"]}
    assert found.keys() - new == TAGS_OF[name, z].keys() - {"deadline"}


def threshold_rows(data):
    model = build(data)
    return rows("pyomo", model, {id(v): ("threshold", *k) for k, v in model.threshold.items()})


def test_the_rows_are_those_worked_by_hand():
    """Three requests of compute 2 with budgets 4, 2 and 4, in units of 2: 1 with 2, 1 and 2.

    By falling budget the load is 1, then 2 against 2, then 3 against 1: the largest is 2, so one
    budget lies below it, 1, of request 1, with a step of 1 to the largest.
    """
    data = one_edge_node(memory=[0] * 3, compute=[2] * 3, budget=[4, 2, 4])
    x1, load, above = ("x", 0, 1), ("batch_load", 0), ("threshold", 0, 0)
    found = threshold_rows(data)
    assert {key: row for key, row in found.items() if key[0] != "batch_load_sum"} == {
        ("threshold_load", 0): ({load: 1, above: -1}, None, 1),
        ("threshold_deadline", (0, 1)): ({x1: 1, above: 1}, None, 1),
    }


def test_a_budget_that_never_binds_has_no_threshold():
    model = build(one_edge_node(memory=[1], compute=[1], budget=[5]))
    assert len(model.threshold) == len(model.threshold_load) == len(model.threshold_deadline) == 0


def test_the_number_of_rows_grows_with_the_pairs():
    data = dense(200)
    pairs = int(np.count_nonzero(data.eligible))
    found = Language.PYOMO.to_highs(build(data)).highs.getNumRow()
    assert found <= 2 * pairs + data.num_requests + 5 * data.num_edge_nodes


def test_pulp_does_not_state_it():
    with pytest.raises(InputError, match="language: must be pyomo for the threshold form"):
        Language.PULP.build(problem(), problem=Problem.P1, form=Form.THRESHOLD, z=None)


@pytest.mark.parametrize("limit", [{"node_limit": 0}, {"time_limit": 0.0}])
def test_a_warm_start_is_where_the_run_starts(limit):
    start = milp_bigm(dense(30), node_limit=1).schedule
    result = milp_threshold(dense(30), warm_start=start, **limit)
    assert result.objective >= start.throughput


@pytest.mark.parametrize("suffix", [".mps", ".lp"])
def test_another_solver_finds_the_same_optimum_in_the_file(tmp_path, suffix):
    import highspy

    path = tmp_path / f"model{suffix}"
    export(dense(15), path, form="threshold")
    model = highspy.Highs()
    model.silent()
    model.readModel(str(path))
    assert {"x(0_2)", "batch_load(0)", "threshold(0_0)"} <= set(model.getLp().col_names_)
    model.setOptionValue("mip_rel_gap", 0.0)
    model.run()
    assert model.getInfo().objective_function_value == pytest.approx(milp_bigm(dense(15)).objective)
