import warnings

import numpy as np
import pytest

from formulations.language import Language
from heuristics.errors import InputError
from heuristics.problem import Problem
from tests.helpers.dense import dense
from tests.helpers.examples import one_edge_node, problem

TAGS = {
    "x": "(12f)",
    "throughput": "(12)",
    "once": "(departure 1)",
    "uplink": "(12a)",
    "downlink": "(12b)",
    "memory": "(12c)",
    "batch_load_sum": "(12d)",
    "deadline": "(12d)",
}
SPECTRUM = {"uplink", "downlink"}


def build(language, name, data, z=None):
    return Language(language).models(name).build(data, z=z)


def tags(language, model):
    """Return the tag of each named component."""
    if language == "pulp":
        return model.doc
    import pyomo.environ as pyo

    components = model.component_objects((pyo.Var, pyo.Constraint, pyo.Objective))
    return {component.local_name: component.doc for component in components if component.doc}


def rows(language, model, more_names=None):
    """Return each row as name, index, coefficients by variable, sense and right side."""
    result = {}
    if language == "pulp":
        names = {id(v): ("x", *pair) for pair, v in model.x.items()}
        names |= {id(v): ("batch_load", j) for j, v in model.batch_load.items()}
        for name in set(model.doc) - {"x", "throughput"}:
            for index, row in getattr(model, name).items():
                terms = {names[id(v)]: c for v, c in row.items()}
                result[name, index] = terms, row.getLb(), row.getUb()
        return result
    import pyomo.environ as pyo
    from pyomo.repn import generate_standard_repn

    names = {id(v): ("x", *pair) for pair, v in model.x.items()}
    names |= {id(v): ("batch_load", j) for j, v in model.batch_load.items()} | (more_names or {})
    for component in model.component_objects(pyo.Constraint):
        for index, row in component.items():
            linear = generate_standard_repn(row.body)
            terms = {
                names[id(v)]: c
                for v, c in zip(linear.linear_vars, linear.linear_coefs, strict=True)
            }
            lower, upper = (
                None if side is None else pyo.value(side) - linear.constant
                for side in (row.lower, row.upper)
            )
            key = () if index is None else index
            result[component.local_name, key] = terms, lower, upper
    return result


def nonzeros(language, model):
    return len(Language(language).to_highs(model).highs.getLp().a_matrix_.value_)


@pytest.mark.parametrize("language", Language)
def test_each_constraint_is_named_and_tagged_with_its_equation(language):
    one = problem().at(0)
    assert tags(language, build(language, Problem.P1, problem())) == TAGS
    assert tags(language, build(language, Problem.P3PRIME, one)) == TAGS
    without_spectrum = {name: tag for name, tag in TAGS.items() if name not in SPECTRUM}
    assert tags(language, build(language, Problem.P2, one)) == without_spectrum
    p3 = tags(language, build(language, Problem.P3, one, z=2))
    assert p3 == without_spectrum | {"cardinality": "(14a)"}
    p3prime = tags(language, build(language, Problem.P3PRIME, one, z=2))
    assert p3prime == TAGS | {"cardinality": "(15a)"}


@pytest.mark.parametrize(
    ("name", "z"),
    [(Problem.P1, None), (Problem.P2, None), (Problem.P3, 2), (Problem.P3PRIME, 2)],
)
def test_both_languages_state_the_same_rows(name, z):
    data = dense(12, num_edge_nodes=3 if name is Problem.P1 else 1)
    by_language = [rows(language, build(language, name, data, z)) for language in Language]
    assert by_language[0] == by_language[1]
    assert {row for row, _ in by_language[0]} >= {"memory", "batch_load_sum", "deadline"}


@pytest.mark.parametrize("language", Language)
def test_the_rows_are_those_worked_by_hand(language):
    """Two requests of compute 4 and 6, in units of 2: 2 and 3, budgets 7 // 2 and 10 // 2.

    By falling budget the load is 3 against 5, then 5 against 3: the largest is 3, so no budget
    lies below it and the bound of the load variable says all. With a budget of 5 for the first
    request, 2 units, it is 3 still and M = 1.
    """
    data = one_edge_node(memory=[2, 4], compute=[4, 6], budget=[5, 10], memory_capacity=5)
    x0, x1, load = ("x", 0, 0), ("x", 0, 1), ("batch_load", 0)
    assert rows(language, build(language, Problem.P2, data)) == {
        ("memory", 0): ({x0: 1, x1: 2}, None, 2),
        ("batch_load_sum", 0): ({load: 1, x0: -2, x1: -3}, 0, 0),
        ("deadline", (0, 0)): ({load: 1, x0: 1}, None, 3),
    }


@pytest.mark.parametrize("language", Language)
def test_the_number_of_nonzeros_grows_with_the_pairs_and_not_with_their_square(language):
    """At most seven a pair: once, (12a) to (12c), the load, and two in (12d)."""
    for num_requests in (50, 500):
        data = dense(num_requests)
        found = nonzeros(language, build(language, Problem.P1, data))
        pairs = int(np.count_nonzero(data.eligible))
        assert pairs == 3 * num_requests
        assert 5 * pairs < found <= 7 * pairs + data.num_edge_nodes


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("name", [Problem.P2, Problem.P3, Problem.P3PRIME])
def test_problems_of_one_edge_node_refuse_more(language, name):
    with pytest.raises(ValueError, match="must have one edge node"):
        build(language, name, problem(), z=1 if name is Problem.P3 else None)


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("name", [Problem.P1, Problem.P2])
def test_maximisations_refuse_a_cardinality(language, name):
    with pytest.raises(InputError, match="z: must be absent"):
        build(language, name, problem().at(0), z=1)


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("z", [None, -1, True, 1.0])
def test_p3_refuses_what_is_no_cardinality(language, z):
    with pytest.raises(InputError, match="z: must be"):
        build(language, Problem.P3, problem().at(0), z=z)


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("name", [Problem.P3, Problem.P3PRIME])
def test_a_cardinality_of_no_variables_is_refused(language, name):
    data = problem(eligible=[[0] * 3] * 2).at(0)
    with pytest.raises(InputError, match="where no request is eligible, found 2"):
        build(language, name, data, z=2)


@pytest.mark.parametrize("language", Language)
def test_building_and_translating_calls_nothing_deprecated(language):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        Language(language).to_highs(build(language, Problem.P3PRIME, problem().at(0), z=1))


def test_an_unknown_language_is_refused():
    with pytest.raises(InputError, match="language: must be pyomo or pulp, found 'ampl'"):
        Language.named("ampl")
