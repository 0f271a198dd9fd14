"""Extension E1 in the exact methods: of each group of rows at most one is used."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from formulations.export import export
from formulations.language import Form, Language
from formulations.milp import milp_bigm, milp_threshold
from formulations.solvers.cp_sat import cp_sat
from formulations.solvers.scip import scip
from heuristics.errors import InputError
from heuristics.judges.checker import check
from heuristics.problem import Problem
from heuristics.result import EndedBy, Status
from heuristics.schedule import Schedule
from tests.helpers.alternatives import few, grouped, with_alternatives
from tests.helpers.examples import problem
from tests.helpers.oracles import is_possible, optimum

WAYS = (
    lambda data, **options: milp_bigm(data, **options),
    lambda data, **options: milp_bigm(data, language="pulp", **options),
    lambda data, **options: milp_threshold(data, **options),
    lambda data, **options: cp_sat(data, **options),
    lambda data, **options: scip(data, **options),
)


def one_group(data):
    """Return the same rows as the alternatives of one edge node."""
    return grouped(data, [range(data.num_edge_nodes)])


def answered(data, **options):
    """Solve in every way, judge each schedule, and return the optimum they share."""
    found = set()
    for solve in WAYS:
        result = solve(data, **options)
        assert (result.status, result.ended_by) == (Status.OPTIMAL, EndedBy.PROOF)
        assert result.bound == result.objective
        assert not check(data, result.schedule, result.problem, cardinality=options.get("z"))
        found.add(result.objective)
    (best,) = found
    return best


@few
@given(with_alternatives())
def test_p1_in_both_languages_and_forms_is_the_best_of_all_schedules(data):
    assert answered(data) == optimum(data)


@few
@given(with_alternatives(), st.sampled_from([Problem.P2, Problem.P3PRIME]))
def test_p2_and_p3prime_take_the_best_alternative_of_one_edge_node(data, asked):
    data = one_group(data)
    expected = max(optimum(data.at(row), asked) for row in range(data.num_edge_nodes))
    assert answered(data, problem=asked) == optimum(data, asked) == expected


@pytest.mark.long
@given(with_alternatives(), st.sampled_from([Problem.P3, Problem.P3PRIME]), st.integers(0, 6))
def test_a_cardinality_is_reached_exactly_where_some_alternative_has_it(data, asked, z):
    data = one_group(data)
    results = [solve(data, problem=asked, z=z) for solve in WAYS]
    possible = is_possible(data, asked, z)
    assert {each.status for each in results} == {Status.OPTIMAL if possible else Status.INFEASIBLE}


@pytest.mark.long
@given(with_alternatives())
def test_the_optimum_is_the_best_over_all_fixed_choices(data):
    choices = product(*data.alternatives)
    assert milp_bigm(data).objective == max(
        milp_bigm(data.of_rows(choice)).objective for choice in choices
    )


@pytest.mark.long
@given(with_alternatives(), st.data())
def test_another_alternative_never_lowers_the_optimum(data, drawn):
    removed = drawn.draw(st.sampled_from(range(data.num_edge_nodes)))
    kept = [row for row in range(data.num_edge_nodes) if row != removed]
    if kept:
        assert milp_bigm(data.of_rows(kept)).objective <= milp_bigm(data).objective


@pytest.mark.long
@given(with_alternatives(), st.data())
def test_one_of_two_equal_alternatives_can_be_removed(data, drawn):
    row = drawn.draw(st.sampled_from(range(data.num_edge_nodes)))
    last = data.num_edge_nodes
    groups = [(*rows, last) if row in rows else rows for rows in data.alternatives]
    twice = grouped(grouped(data, None).of_rows([*range(last), row]), groups)
    assert milp_bigm(twice).objective == milp_bigm(data).objective


@pytest.mark.long
@given(with_alternatives(), st.sampled_from(WAYS))
def test_a_warm_start_changes_no_optimum(data, solve):
    expected = milp_bigm(data)
    found = solve(data, warm_start=expected.schedule)
    assert found.objective == expected.objective


@pytest.mark.parametrize("solve", WAYS)
def test_a_start_that_uses_two_rows_of_an_edge_node_is_refused(solve):
    data = problem(alternatives=[[0, 1]])
    with pytest.raises(InputError, match=r"breaks alternative \(E1\): .* rows \[0, 1\]"):
        solve(data, warm_start=Schedule.of([[0], [1]]))


@pytest.mark.parametrize("language", Language)
def test_single_rows_give_the_file_without_extension(tmp_path, language):
    texts = set()
    for groups in (None, [[1], [0]]):
        export(problem(alternatives=groups), tmp_path / "a.lp", language=language)
        texts.add((tmp_path / "a.lp").read_text())
    (text,) = texts
    assert "use" not in text


@pytest.mark.parametrize("language", Language)
def test_an_exported_file_names_the_rows_of_the_extension(tmp_path, language):
    data = problem(alternatives=[[0, 1]])
    export(data, tmp_path / "a.lp", language=language, problem=Problem.P2)
    text = (tmp_path / "a.lp").read_text()
    for name in ("use", "alternative_E1", "alternative_used_E1"):
        assert name in text


def test_both_languages_name_the_variables_and_rows():
    data = problem(alternatives=[[0, 1]])
    pyomo = Language.PYOMO.build(data, problem=Problem.P2, form=Form.BIG_M, z=None)
    pulp = Language.PULP.build(data, problem=Problem.P2, form=Form.BIG_M, z=None)
    for name, size in {"use": 2, "alternative": 1, "alternative_used": 6}.items():
        assert pyomo.component(name).doc == pulp.doc[name] == "(E1)"
        assert len(pyomo.component(name)) == len(getattr(pulp, name)) == size


def test_a_problem_of_one_edge_node_refuses_two_groups():
    with pytest.raises(InputError, match="must have one edge node, as P2 is stated for one, fou"):
        milp_bigm(problem(), problem=Problem.P2)
