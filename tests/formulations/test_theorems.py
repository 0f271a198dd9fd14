"""Theorems about the optima of P1 to P3', drawn by Hypothesis."""

from hypothesis import given
from hypothesis import strategies as st

from formulations.language import Language
from formulations.milp import milp_bigm
from heuristics.coefficients import FIELDS, Coefficients
from heuristics.problem import Problem
from heuristics.result import EndedBy, Status
from tests.helpers.oracles import is_possible, optimum
from tests.helpers.strategies import coefficients, levelled

SINGLE = {"max_edge_nodes": 1}
any_problem = st.one_of(coefficients(), levelled())
any_edge_node = st.one_of(coefficients(**SINGLE), levelled(**SINGLE))


def record(result):
    """Return what both languages must agree on."""
    return result.problem, result.status, result.ended_by, result.objective, result.bound


def in_both_languages(data, **options):
    """Solve in Pyomo and in PuLP, and return the record they share."""
    first, second = (record(milp_bigm(data, language=each, **options)) for each in Language)
    assert first == second
    return first


def changed(data, **changes):
    return Coefficients(**({name: getattr(data, name) for name in FIELDS} | changes))


@given(any_problem)
def test_p1_in_pyomo_is_p1_in_pulp_is_the_best_of_all_schedules(data):
    best = optimum(data)
    expected = (Problem.P1, Status.OPTIMAL, EndedBy.PROOF, best, best)
    assert in_both_languages(data) == expected


@given(any_edge_node)
def test_p2_in_pyomo_is_p2_in_pulp_is_the_best_of_all_batches(data):
    best = optimum(data, Problem.P2)
    expected = (Problem.P2, Status.OPTIMAL, EndedBy.PROOF, best, best)
    assert in_both_languages(data, problem=Problem.P2) == expected


@given(any_edge_node)
def test_p3prime_in_pyomo_is_p3prime_in_pulp_is_p1_at_one_edge_node(data):
    best = optimum(data)
    expected = (Problem.P3PRIME, Status.OPTIMAL, EndedBy.PROOF, best, best)
    assert in_both_languages(data, problem=Problem.P3PRIME) == expected


@given(any_edge_node, st.sampled_from([Problem.P3, Problem.P3PRIME]), st.integers(0, 8))
def test_a_cardinality_is_reached_exactly_where_some_batch_has_it(data, problem, z):
    possible = is_possible(data, problem, z)
    expected = (
        problem,
        Status.OPTIMAL if possible else Status.INFEASIBLE,
        EndedBy.PROOF,
        z if possible else None,
        z if possible else None,
    )
    assert in_both_languages(data, problem=problem, z=z) == expected


@given(
    any_problem,
    st.sampled_from(["uplink_capacity", "downlink_capacity", "memory_capacity", "compute_budget"]),
    st.integers(1, 10),
)
def test_more_of_a_capacity_never_lowers_the_optimum(data, resource, more):
    larger = changed(data, **{resource: getattr(data, resource) + more})
    assert (larger.eligible == data.eligible).all()
    assert milp_bigm(larger, language="pulp").objective >= milp_bigm(data).objective


@given(any_problem, st.randoms(use_true_random=False))
def test_the_order_of_the_requests_changes_no_optimum(data, random):
    order = list(range(data.num_requests))
    random.shuffle(order)
    assert milp_bigm(data.take(order), language="pulp").objective == milp_bigm(data).objective


@given(any_problem, st.integers(0, 1), st.sampled_from(Language))
def test_no_bound_of_a_run_that_was_cut_lies_below_a_feasible_schedule(data, node_limit, language):
    result = milp_bigm(data, node_limit=node_limit, language=language)
    best = optimum(data)
    assert result.bound is None or result.bound >= best
    assert result.objective is None or result.objective <= best
    assert result.status != Status.OPTIMAL or result.objective == best


@given(any_problem, st.integers(0, 6), st.sampled_from(Language))
def test_a_warm_start_changes_no_optimum(data, seed, language):
    expected = milp_bigm(data)
    found = milp_bigm(data, seed=seed, warm_start=expected.schedule, language=language)
    assert found.objective == expected.objective


@st.composite
def tight(draw):
    """Draw a problem of any magnitude whose rows are met or missed by one unit."""
    magnitude = 10 ** draw(st.integers(1, 13))
    num_requests = draw(st.integers(2, 6))
    demand = st.lists(
        st.integers(magnitude // 2, magnitude), min_size=num_requests, max_size=num_requests
    )
    some = st.sets(st.integers(0, num_requests - 1), min_size=1)

    def near(row):
        total = sum(row[i] for i in draw(some)) + draw(st.integers(-1, 1))
        return min(max(total, 0), 10**15)

    uplink, memory, compute = draw(demand), draw(demand), draw(demand)
    return Coefficients(
        uplink=[uplink],
        uplink_capacity=[near(uplink)],
        downlink=[[1] * num_requests],
        downlink_capacity=[num_requests],
        memory=[memory],
        memory_capacity=[near(memory)],
        compute=[compute],
        compute_budget=[[near(compute) for _ in range(num_requests)]],
        eligible=[[1] * num_requests],
    )


@given(tight(), st.sampled_from(Language))
def test_an_optimum_is_never_claimed_wrongly_whatever_the_magnitude(data, language):
    """Beyond floating point a run may end by an error, and says so."""
    result = milp_bigm(data, language=language)
    if result.status == Status.OPTIMAL:
        assert result.objective == optimum(data)
    else:
        assert result.ended_by == EndedBy.ERROR
        assert result.message
