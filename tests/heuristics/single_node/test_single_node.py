import importlib
import pkgutil
from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numba.core.registry import CPUDispatcher

import heuristics.single_node
from analysis.benchmarks.single_node_kinds import KINDS, draw, relaxed, small
from heuristics.coefficients import Coefficients
from heuristics.errors import InputError
from heuristics.judges.checker import check
from heuristics.limits import Limits
from heuristics.ot import Start, largest_batch, ot
from heuristics.problem import Problem
from heuristics.schedule import Schedule
from heuristics.single_node.batch_search import BatchSearch
from heuristics.single_node.feasibility_oracle import FeasibilityOracle
from heuristics.single_node.single_node import best_batch, single_node, warm_up
from heuristics.single_node.sorted_requests import SortedRequests
from heuristics.tree_search.search_tree import Pruning
from heuristics.tree_search.sorted_edge_node import SortedEdgeNode
from tests.helpers.oracles import optimum
from tests.helpers.plain_single_node import first_batch
from tests.helpers.problems import one_edge_node
from tests.helpers.strategies import coefficients, levelled

SEEDS = st.integers(0, 2**32)


def assert_proven(result, data, problem=Problem.P1):
    assert (result.status, result.ended_by, result.proved_by) == ("optimal", "proof", "single-node")
    assert result.objective == result.bound
    assert result.num_nodes is None
    assert result.problem == problem
    assert check(data, result.schedule, problem) == ()


def two_lengths():
    """Outputs 1, 1, 2, 2 with uplinks 5, 3, 1, 1 and 6 of it; memory for 5; budgets fall.

    All four ask for 10 of the uplink. Three of the first three ask for 9; of all four, the two
    long ones and the cheaper short one for 5, with memory 5 and compute 5 of at least 6.
    """
    return one_edge_node([1, 1, 2, 2], [9, 8, 7, 6], uplink=[5, 3, 1, 1], uplink_capacity=6, room=5)


def test_a_problem_worked_by_hand():
    result = single_node(two_lengths())
    assert_proven(result, two_lengths())
    assert result.schedule == Schedule.of([[1, 2, 3]])


def test_memory_and_compute_may_order_the_requests_differently():
    """Memory 5, 1, 3, 3 of 7, compute 2, 5, 3, 2 of 6: requests 2 and 3 fit, as do 0 and nobody.

    Algorithm 1 takes the smallest memory first, and finds no two.
    """
    data = Coefficients(
        uplink=[[0] * 4],
        uplink_capacity=[0],
        downlink=[[0] * 4],
        downlink_capacity=[0],
        memory=[[5, 1, 3, 3]],
        memory_capacity=[7],
        compute=[[2, 5, 3, 2]],
        compute_budget=[[6] * 4],
        eligible=[[1] * 4],
    )
    result = single_node(data, problem=Problem.P2)
    assert_proven(result, data, Problem.P2)
    assert result.schedule == Schedule.of([[2, 3]])


@given(levelled(max_edge_nodes=1))
def test_it_finds_what_ot_finds_first(data):
    result = single_node(data)
    assert_proven(result, data)
    assert result.schedule == ot(data).schedule


@given(levelled(max_edge_nodes=1))
def test_it_is_optimal_where_everything_follows_from_the_output_length(data):
    for problem in (Problem.P1, Problem.P2):
        result = single_node(data, problem=problem)
        assert_proven(result, data, problem)
        assert result.objective == optimum(data, problem)


@given(coefficients(max_edge_nodes=1))
def test_it_is_optimal_with_any_levels_and_a_downlink_per_user(data):
    for problem in (Problem.P1, Problem.P2):
        result = single_node(data, problem=problem)
        assert_proven(result, data, problem)
        assert result.objective == optimum(data, problem)


@given(SEEDS)
def test_its_batch_is_the_first_one_with_levels_of_any_order(seed):
    data = small(seed, most_requests=9, most_levels=5, size=12)
    for problem in (Problem.P1, Problem.P2):
        result = single_node(data, problem=problem)
        assert result.schedule.batches == (first_batch(data, problem),)


@given(SEEDS)
def test_large_numbers_change_nothing(seed):
    small_numbers = small(seed, most_requests=9, most_levels=4, size=12)
    names = small_numbers.to_lists()
    scaled = {name: np.array(each) * 10**12 for name, each in names.items() if name != "eligible"}
    data = Coefficients(**scaled, eligible=small_numbers.eligible)
    assert single_node(data).schedule == single_node(small_numbers).schedule


@given(st.data())
def test_what_is_left_and_preferred_counts_as_it_does_for_ot(data):
    problem = data.draw(levelled(max_edge_nodes=2, max_requests=6))
    flags = st.lists(st.booleans(), min_size=problem.num_requests, max_size=problem.num_requests)
    remaining = np.array(data.draw(flags), dtype=bool)
    preference = np.array(data.draw(flags), dtype=np.int64)
    view = SortedEdgeNode.of(problem, 0, remaining=remaining, preference=preference)
    found = best_batch(problem, 0, limits=Limits(), remaining=remaining, preference=preference)
    expected = largest_batch(view, pruning=Pruning.EXACT, start=Start.ALL, limits=Limits())
    assert sorted(found.requests) == sorted(expected.batch)


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_every_kind_is_proven_and_what_it_names_does_bind(kind):
    data = draw(kind, 2000)
    result = single_node(data, problem=kind.problem)
    assert_proven(result, data, Problem.P2 if kind.problem is Problem.P2 else Problem.P1)
    for resource in kind.binding:
        more = single_node(relaxed(data, resource), problem=kind.problem)
        assert more.objective > result.objective


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_walk_and_lattice_find_the_same_batch(kind):
    requests = SortedRequests.of(draw(kind, 400), 0, kind.problem)
    batches = []
    for few_visits in (1, 1 << 30):
        search = BatchSearch(requests, Limits(), few_visits=few_visits)
        search.run()
        batches.append(sorted(search.places))
    assert batches[0] == batches[1]


@pytest.mark.parametrize("eligible", [[], [0, 0, 0]])
def test_nobody_is_served_where_nobody_can_be(eligible):
    n = len(eligible)
    data = one_edge_node([1] * n, [9] * n, eligible=eligible)
    result = single_node(data)
    assert_proven(result, data)
    assert result.schedule == Schedule.empty(1)


def test_everybody_is_served_where_there_is_plenty():
    data = one_edge_node([1, 2, 3], [9, 9, 9])
    assert single_node(data).schedule == Schedule.of([[0, 1, 2]])


def test_a_request_that_asks_for_nothing_is_served_with_one_that_takes_all():
    data = one_edge_node([0, 4, 1], [9, 4, 2], room=4)
    assert single_node(data).schedule == Schedule.of([[0, 1]])


@given(SEEDS, st.integers(0, 400))
def test_whenever_it_is_cut_the_bound_holds(seed, node_limit):
    data = small(seed, most_requests=9, most_levels=9, size=40)
    result = single_node(data, node_limit=node_limit)
    assert check(data, result.schedule) == ()
    assert result.objective <= optimum(data) <= result.bound
    assert (result.status == "optimal") == (result.objective == result.bound)
    assert result.ended_by == ("proof" if result.status == "optimal" else "node-limit")


def test_no_time_leaves_an_empty_batch_and_a_bound():
    result = single_node(draw(KINDS["all four"], 2000), time_limit=0)
    assert (result.status, result.ended_by) == ("feasible", "time-limit")
    assert (result.objective, result.bound) == (0, 2000)


def test_an_interrupt_leaves_the_best_batch_and_its_bound(monkeypatch):
    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(BatchSearch, "_find_optimum", interrupted)
    result = single_node(two_lengths())
    assert (result.status, result.ended_by) == ("feasible", "interrupted")
    assert (result.objective, result.bound) == (0, 4)


def test_an_interrupt_after_the_proof_leaves_the_proof(monkeypatch):
    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(BatchSearch, "_find_first_group", interrupted)
    assert_proven(single_node(two_lengths()), two_lengths())


def test_only_one_edge_node_is_solved():
    with pytest.raises(InputError, match="single-node solves one edge node"):
        single_node(Coefficients(**fields_of(two_lengths(), 2)))


def fields_of(data, times):
    return {name: np.repeat(each, times, axis=0) for name, each in data.to_lists().items()}


def test_the_form_with_a_given_z_is_refused():
    with pytest.raises(InputError, match="solves P1, P2 and P3prime"):
        single_node(two_lengths(), problem=Problem.P3)


@pytest.mark.parametrize("limit", [{"time_limit": -1}, {"node_limit": -1}])
def test_a_negative_limit_is_refused(limit):
    with pytest.raises(InputError, match="at least 0"):
        single_node(two_lengths(), **limit)


def num_compiled():
    modules = [
        importlib.import_module(f"heuristics.single_node.{each.name}")
        for each in pkgutil.iter_modules(heuristics.single_node.__path__)
    ]
    return {
        f"{module.__name__}.{name}": len(each.signatures)
        for module in modules
        for name, each in vars(module).items()
        if isinstance(each, CPUDispatcher)
    }


def test_no_run_compiles_what_the_warm_up_did_not():
    warm_up()
    before = num_compiled()
    assert sum(before.values()) > 10
    for kind in KINDS.values():
        single_node(draw(kind, 1000), problem=kind.problem)
    assert num_compiled() == before


def test_an_answer_does_not_depend_on_the_questions_before():
    data = draw(KINDS["all four"], 300)
    requests = SortedRequests.of(data, 0, Problem.P1)
    depth = requests.num_requests
    budget = int(requests.budget[-1])
    asked, fresh = FeasibilityOracle(requests, Limits()), FeasibilityOracle(requests, Limits())
    asked.gather(depth)
    best = max(z for z in range(depth) if asked.fits(z, budget))
    fresh.gather(depth)
    assert fresh.fits(best, budget)
    assert not fresh.fits(best + 1, budget)


def optimum_by_cp_sat(data, problem):
    """The optimum by a solver that shares no idea with ours.

    Of two requests alike in all but budget and uplink, the one that is no worse in both comes
    first: without that CP-SAT may take hours.
    """
    from ortools.sat.python import cp_model

    model = cp_model.CpModel()
    eligible = np.flatnonzero(data.eligible[0]).tolist()
    chosen = {i: model.new_bool_var(str(i)) for i in eligible}

    def total(name):
        return sum(int(getattr(data, name)[0, i]) * chosen[i] for i in eligible)

    for name in ("memory", "uplink", "downlink") if problem.limits_spectrum else ("memory",):
        model.add(total(name) <= int(getattr(data, f"{name}_capacity")[0]))
    load = model.new_int_var(0, int(data.compute_budget.max()), "load")
    model.add(load == total("compute"))
    for i in eligible:
        model.add(load <= int(data.compute_budget[0, i])).only_enforce_if(chosen[i])
    output = np.concatenate([data.memory, data.compute, data.downlink]).T.tolist()
    rank = np.concatenate([-data.compute_budget, data.uplink]).T.tolist()
    for i, j in permutations(eligible, 2):
        no_worse = rank[i][0] <= rank[j][0] and rank[i][1] <= rank[j][1]
        if output[i] == output[j] and no_worse and (rank[i] != rank[j] or i < j):
            model.add_implication(chosen[j], chosen[i])
    model.maximize(sum(chosen.values()))
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    assert solver.solve(model) == cp_model.OPTIMAL
    return round(solver.objective_value)


@pytest.mark.long
@pytest.mark.parametrize("seed", range(1000))
def test_cp_sat_agrees_up_to_60_requests(seed):
    size = int(np.random.default_rng(seed).choice([6, 50, 1000]))
    data = small(seed, most_requests=60, most_levels=8, size=size)
    for problem in (Problem.P1, Problem.P2):
        result = single_node(data, problem=problem)
        assert_proven(result, data, problem)
        assert result.objective == optimum_by_cp_sat(data, problem)


@pytest.mark.long
@given(st.data())
def test_it_finds_what_ot_finds_first_up_to_40_requests(data):
    problem = data.draw(levelled(max_edge_nodes=1, max_requests=40, lengths=(1, 2, 4, 7)))
    result = single_node(problem)
    assert_proven(result, problem)
    expected = ot(problem, start="bound", node_limit=10**6)
    assert expected.schedule in (None, result.schedule)
