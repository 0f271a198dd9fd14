"""What every exact method must do, whichever solver is behind it.

A method joins by saying in the registry that it is exact.
"""

from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.generation.library import LIBRARY
from analysis.methods.registry import METHODS, methods
from analysis.runs.method_run import perform
from analysis.runs.plan import plan
from heuristics.problem import Problem
from heuristics.result import EndedBy, Status
from heuristics.schedule import Schedule
from instances.families.registry import family
from instances.files import read_instance
from instances.instance import Instance
from tests.helpers.dense import dense
from tests.helpers.examples import one_edge_node, problem
from tests.helpers.oracles import optimum
from tests.helpers.strategies import coefficients, levelled

EXACT = [
    each.name
    for each in methods()
    if each.is_exact and Problem.P1 in each.problems and not each.single_node
]

every_exact_method = pytest.mark.parametrize("name", EXACT)


def run(data, name, *, warm_start=None, **options):
    task = plan(Instance(name="instance", coefficients=data), name, **options)
    return perform(task, warm_start=warm_start, started_from=warm_start and "a test")


def library(most_requests, *, most_edge_nodes=5):
    """Return the small instances of the library, with the optimum that was proved twice."""
    paths = sorted(LIBRARY.glob("*.json"))
    read = [read_instance(path) for path in paths]
    return [
        each
        for each in read
        if each.coefficients.num_requests <= most_requests
        and each.coefficients.num_edge_nodes <= most_edge_nodes
    ]


@cache
def large():
    """Return a problem that no method solves in a moment."""
    (instance,) = family("dense").generate({}, 0)
    return instance.coefficients


@cache
def start():
    """Return a schedule of the large problem."""
    return run(large(), "ot-gah").result.schedule


def test_the_methods_of_the_toolkit_are_among_them():
    assert {"milp-bigm", "milp-bigm-pulp", "milp-threshold", "cp-sat", "scip"} <= set(EXACT)


KNOWN = {
    "two edge nodes": (problem(), 3),
    "a band for one request": (problem(uplink_capacity=[3, 1]), 2),
    "a deadline that binds": (one_edge_node(memory=[1] * 3, compute=[2] * 3, budget=[9, 4, 2]), 2),
    "nothing is demanded": (
        problem(memory=[[0] * 3] * 2, compute=[[0] * 3] * 2, compute_budget=[[0] * 3] * 2),
        3,
    ),
}


@pytest.mark.parametrize(("data", "best"), KNOWN.values(), ids=KNOWN)
@every_exact_method
def test_a_case_worked_by_hand_is_proved_with_a_complete_record(name, data, best):
    outcome = run(data, name)
    result = outcome.result
    assert (result.status, result.ended_by) == (Status.OPTIMAL, EndedBy.PROOF)
    assert result.objective == result.bound == best
    assert result.gap == 0
    assert outcome.violations == ()
    assert result.proved_by == name
    assert result.runtime_s >= 0
    assert result.build_s is None or result.build_s >= 0
    assert result.node_kind == METHODS[name].node_kind
    assert (result.num_nodes is None) == (result.node_kind is None)
    assert result.bound_raw is None or best <= result.bound_raw + 1e-6 < best + 1
    assert result.solver is None or any(letter.isdigit() for letter in result.solver)
    assert result.claimed_objective is result.message is None


@given(st.one_of(coefficients(), levelled()))
def test_all_of_them_find_and_prove_the_same(data):
    best = optimum(data)
    for name in EXACT:
        result = run(data, name).result
        assert (result.status, result.objective, result.bound) == (Status.OPTIMAL, best, best), name


@pytest.mark.parametrize("instance", library(14), ids=lambda each: each.name)
def test_all_of_them_prove_the_optimum_of_a_small_instance_of_the_library(instance):
    best = instance.best_known.objective
    for name in EXACT:
        result = perform(plan(instance, name)).result
        assert (result.status, result.objective, result.bound) == (Status.OPTIMAL, best, best), name


@every_exact_method
def test_none_of_them_contradicts_the_optimum_at_forty_edge_nodes(name):
    """Where the edge nodes are many and alike, a search may not end in time."""
    (instance,) = (
        each for each in library(14, most_edge_nodes=40) if each.coefficients.num_edge_nodes == 40
    )
    result = perform(plan(instance, name, time_limit=0.4)).result
    best = instance.best_known.objective
    assert result.objective is None or result.objective <= best
    assert result.bound is None or result.bound >= best
    assert result.ended_by in (EndedBy.PROOF, EndedBy.TIME_LIMIT)


@pytest.mark.long
@pytest.mark.parametrize("instance", library(40), ids=lambda each: each.name)
@every_exact_method
def test_each_of_them_proves_the_optimum_of_a_larger_instance_of_the_library(name, instance):
    result = perform(plan(instance, name, time_limit=300)).result
    assert (result.status, result.objective) == (Status.OPTIMAL, instance.best_known.objective)


@every_exact_method
def test_no_time_leaves_a_schedule_and_a_bound_or_nothing(name):
    outcome = run(large(), name, time_limit=1e-3)
    result = outcome.result
    assert result.status in (Status.NONE, Status.FEASIBLE)
    assert result.ended_by is EndedBy.TIME_LIMIT
    assert result.proved_by is None
    assert (result.objective is None) == (result.status is Status.NONE)
    assert result.bound is None or result.bound >= start().throughput
    assert outcome.violations == ()


@every_exact_method
def test_no_time_leaves_the_schedule_that_it_started_from(name):
    outcome = run(large(), name, time_limit=1e-3, warm_start=start())
    result = outcome.result
    assert (result.status, result.ended_by) == (Status.FEASIBLE, EndedBy.TIME_LIMIT)
    assert result.objective >= start().throughput
    assert result.bound is None or result.bound >= result.objective
    assert outcome.violations == ()
    assert outcome.warm_start == "a test"


@every_exact_method
def test_a_time_limit_keeps_what_was_found_with_its_bound(name):
    outcome = run(large(), name, time_limit=0.4, warm_start=start())
    result = outcome.result
    assert result.status in (Status.FEASIBLE, Status.OPTIMAL)
    assert result.objective >= start().throughput
    assert result.bound is None or result.bound >= result.objective
    assert (result.ended_by is EndedBy.PROOF) == (result.status is Status.OPTIMAL)
    assert outcome.violations == ()
    times = [each.runtime_s for each in result.trajectory]
    assert times == sorted(times)


@pytest.mark.parametrize("name", [name for name in EXACT if METHODS[name].takes_node_limit])
def test_a_node_limit_keeps_what_was_found_with_its_bound(name):
    outcome = run(dense(60), name, node_limit=1)
    result = outcome.result
    assert result.ended_by in (EndedBy.NODE_LIMIT, EndedBy.PROOF)
    assert (result.ended_by is EndedBy.PROOF) == (result.status is Status.OPTIMAL)
    assert result.objective is None or result.objective <= 48
    assert result.bound is None or result.bound >= 48
    assert result.num_nodes is not None
    assert outcome.violations == ()


@given(st.one_of(coefficients(), levelled()))
def test_no_warm_start_changes_an_optimum(data):
    """Neither the best schedule nor the empty one."""
    best = run(data, "milp-bigm").result
    for name in [name for name in EXACT if METHODS[name].takes_warm_start]:
        for given_start in (best.schedule, Schedule.empty(data.num_edge_nodes)):
            result = run(data, name, warm_start=given_start).result
            assert (result.status, result.objective) == (Status.OPTIMAL, best.objective), name


@every_exact_method
def test_an_empty_instance_and_one_without_an_eligible_pair_are_proved(name):
    for data in (problem().take([]), problem(eligible=[[0] * 3] * 2)):
        result = run(data, name).result
        assert (result.status, result.ended_by) == (Status.OPTIMAL, EndedBy.PROOF)
        assert (result.objective, result.bound, result.gap) == (0, 0, 0)
        assert result.proved_by == name
        assert result.schedule == Schedule.empty(2)


@every_exact_method
def test_the_same_seed_gives_the_same_schedule(name):
    first, second = (run(dense(25), name, seed=7).result for _ in range(2))
    assert first.schedule == second.schedule
    assert first.num_nodes == second.num_nodes
