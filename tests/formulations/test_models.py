import io
import re
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
TAGS_OF = {
    (Problem.P1, None): TAGS,
    (Problem.P2, None): {
        "x": "(13c)",
        "throughput": "(13)",
        "memory": "(13a)",
        "batch_load_sum": "(13b)",
        "deadline": "(13b)",
    },
    (Problem.P3, 2): {
        "x": "(14)",
        "throughput": "(14)",
        "cardinality": "(14a)",
        "memory": "(14b)",
        "batch_load_sum": "(14c)",
        "deadline": "(14c)",
    },
    (Problem.P3PRIME, 2): {
        "x": "(15)",
        "throughput": "(15)",
        "cardinality": "(15a)",
        "uplink": "(15b)",
        "downlink": "(15c)",
        "memory": "(15d)",
        "batch_load_sum": "(15e)",
        "deadline": "(15e)",
    },
}
TAGS_OF[Problem.P3PRIME, None] = {
    name: tag for name, tag in TAGS_OF[Problem.P3PRIME, 2].items() if name != "cardinality"
}
LATENCY = {"k_of_n", "tau_tilde", "big_m"}
MEMORY = {"s_plus_n", "M_tilde"}
SYMBOLS = {
    (Problem.P1, None): {"rho_U", "rho_U_max", "rho_D", "rho_D_max"} | MEMORY | LATENCY,
    (Problem.P2, None): MEMORY | LATENCY,
    (Problem.P3, 2): {"z"} | MEMORY | LATENCY,
    (Problem.P3PRIME, 2): {"z", "rho_U", "rho_U_max", "n", "k_6"} | MEMORY | LATENCY,
    (Problem.P3PRIME, None): {"rho_U", "rho_U_max", "n", "k_6"} | MEMORY | LATENCY,
}
"""Names of the coefficients in each model, by the paper's symbols."""

stated = pytest.mark.parametrize(("name", "z"), TAGS_OF)


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


def some(name, num_requests=12):
    """Return dense data for a problem."""
    return dense(num_requests, num_edge_nodes=3 if name is Problem.P1 else 1)


@pytest.mark.parametrize("language", Language)
@stated
def test_each_constraint_is_named_and_tagged_with_its_equation(language, name, z):
    data = problem() if name is Problem.P1 else problem().at(0)
    assert tags(language, build(language, name, data, z)) == TAGS_OF[name, z]


@pytest.mark.parametrize("language", Language)
@stated
def test_each_module_states_the_formulas_of_its_own_problem(language, name, z):
    """The tags of the rows stand in the docstring, and those of no other problem."""
    text = Language(language).models(name).__doc__
    own = set(TAGS_OF[name, z].values()) - {"(12f)", "(departure 1)"}
    assert own <= set(re.findall(r"\(1[2-5][a-f]?\)", text))
    assert {tag[:3] for tag in re.findall(r"\(1[2-5][a-f]?\)", text)} == {min(own)[:3]}


def coefficients_of(language, model):
    """Return the nonzero coefficients of a model by name and index."""
    if language == "pulp":
        names = set().union(*SYMBOLS.values()) & set(vars(model))
        values = {name: getattr(model, name) for name in names}
    else:
        import pyomo.environ as pyo

        parameters = model.component_objects(pyo.Param)
        values = {
            each.local_name: each.extract_values() if each.is_indexed() else each.value
            for each in parameters
        }
    return {
        name: {index: value for index, value in each.items() if value}
        if isinstance(each, dict)
        else each
        for name, each in values.items()
    }


@pytest.mark.parametrize("language", Language)
@stated
def test_the_coefficients_have_the_symbols_of_the_paper(language, name, z):
    found = coefficients_of(language, build(language, name, some(name), z))
    assert set(found) == SYMBOLS[name, z]
    assert found == coefficients_of("pyomo", build("pyomo", name, some(name), z))


@stated
def test_pyomo_lists_the_coefficients_and_refuses_to_change_them(name, z):
    model = build("pyomo", name, some(name, 3), z)
    text = io.StringIO()
    model.pprint(ostream=text)
    declared = text.getvalue().split("Param Declarations")[1].split("Declarations")[0]
    assert set(re.findall(r"^    (\w+) : \(1", declared, flags=re.MULTILINE)) == SYMBOLS[name, z]
    with pytest.raises(TypeError, match="mutable"):
        model.M_tilde[0] = 1


@pytest.mark.parametrize("language", Language)
@stated
def test_the_coefficients_are_those_of_the_rows(language, name, z):
    model = build(language, name, some(name), z)
    found = coefficients_of(language, model)
    pairs = {"uplink": "rho_U", "memory": "s_plus_n", "batch_load_sum": "k_of_n"}
    pairs["downlink"] = "rho_D" if name is Problem.P1 else "n"
    capacity = {"uplink": "rho_U_max", "downlink": "rho_D_max", "memory": "M_tilde"}
    if name is not Problem.P1:
        capacity["downlink"] = "k_6"
    for (row, index), (terms, _, most) in rows(language, model).items():
        numbers = {key[1:]: abs(value) for key, value in terms.items() if key[0] == "x"}
        if row in pairs:
            demand = found[pairs[row]]
            assert numbers == {pair: value for pair, value in demand.items() if pair[0] == index}
        if row in capacity:
            assert most == found[capacity[row]][index]
        if row == "deadline":
            assert numbers[index] == found["big_m"][index]
            assert most == found["tau_tilde"][index] + found["big_m"][index]


@stated
def test_both_languages_state_the_same_rows(name, z):
    data = some(name)
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
