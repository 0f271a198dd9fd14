"""The claims of Section IV as properties, against brute force."""

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from heuristics.algorithm_1 import algorithm_1
from heuristics.coefficients import FIELDS, Coefficients
from heuristics.greedy import (
    first_come_first_served,
    greedy_by_deadline,
    greedy_by_output,
    random_order,
)
from heuristics.judges.checker import check
from heuristics.ot import Start, ot
from heuristics.ot_gah import Inner, ot_gah
from heuristics.ot_gah_fast import ot_gah_fast
from heuristics.problem import Problem
from heuristics.result import Status
from heuristics.tree_search.search_tree import Pruning
from tests.helpers import plain_tree
from tests.helpers.oracles import optimum
from tests.helpers.strategies import coefficients, levelled

ONE_EDGE_NODE = {"max_edge_nodes": 1}
BASELINES = [greedy_by_output, greedy_by_deadline, first_come_first_served, random_order]


def is_feasible(data, result):
    return check(data, result.schedule, result.problem) == ()


@given(levelled(**ONE_EDGE_NODE))
def test_algorithm_1_is_the_optimum_of_p2_where_memory_and_compute_agree(data):
    result = algorithm_1(data)
    assert result.status is Status.OPTIMAL
    assert result.objective == optimum(data, Problem.P2)
    assert is_feasible(data, result)


@given(coefficients(**ONE_EDGE_NODE))
def test_algorithm_1_is_right_wherever_it_says_optimal(data):
    result = algorithm_1(data)
    assert is_feasible(data, result)
    best = optimum(data, Problem.P2)
    if result.status is Status.OPTIMAL:
        assert result.objective == best
    else:
        assert result.objective <= best
        assert result.bound is None


@given(
    data=levelled(**ONE_EDGE_NODE),
    pruning=st.sampled_from(list(Pruning)),
    start=st.sampled_from(list(Start)),
)
def test_ot_is_the_optimum_of_p3_prime_under_every_pruning_and_start(data, pruning, start):
    result = ot(data, pruning=pruning, start=start)
    assert result.status is Status.OPTIMAL
    assert result.objective == optimum(data)
    assert is_feasible(data, result)


@given(data=coefficients(**ONE_EDGE_NODE), start=st.sampled_from(list(Start)))
def test_ot_is_right_wherever_it_says_optimal_and_its_bound_everywhere(data, start):
    result = ot(data, start=start)
    best = optimum(data)
    assert is_feasible(data, result)
    if result.status is Status.OPTIMAL:
        assert result.objective == best
    assert result.bound is None or result.objective <= best <= result.bound


@given(levelled(**ONE_EDGE_NODE))
def test_exact_pruning_visits_no_more_nodes_than_the_printed_rules_and_these_than_none(data):
    nodes = {pruning: ot(data, pruning=pruning).num_nodes for pruning in Pruning}
    assert nodes[Pruning.EXACT] <= nodes[Pruning.LITERAL] <= nodes[Pruning.NONE]
    assert nodes[Pruning.EXACT] <= nodes[Pruning.PSEUDOCODE] <= nodes[Pruning.NONE]


@given(st.one_of(coefficients(**ONE_EDGE_NODE), levelled(**ONE_EDGE_NODE)))
def test_ot_finds_the_batch_of_the_plain_recursion_in_as_many_nodes(data):
    for pruning in Pruning:
        batch, num_nodes = plain_tree.ot(data, pruning)
        result = ot(data, pruning=pruning)
        assert (result.schedule.batches, result.num_nodes) == ((batch,), num_nodes)


@given(
    data=st.one_of(coefficients(**ONE_EDGE_NODE), levelled(**ONE_EDGE_NODE)),
    pruning=st.sampled_from(list(Pruning)),
)
def test_starting_from_the_bound_changes_no_schedule_and_adds_no_node(data, pruning):
    everywhere, from_bound = (ot(data, pruning=pruning, start=start) for start in Start)
    assert from_bound.schedule == everywhere.schedule
    assert from_bound.num_nodes <= everywhere.num_nodes


@st.composite
def large_numbers(draw):
    """One edge node with levels, numbers up to the largest allowed and budgets of any size."""
    num_requests = draw(st.integers(1, 7))
    size = st.sampled_from([1, 3, 2**20 + 1, 2**40 + 3, 10**15])
    length = [10 ** draw(st.integers(0, 14)) for _ in range(num_requests)]

    def vector(limit):
        each = st.tuples(size, st.integers(0, 3)).map(lambda pair: min(pair[0] * pair[1], limit))
        return draw(st.lists(each, min_size=num_requests, max_size=num_requests))

    return Coefficients(
        uplink=[vector(10**15)],
        uplink_capacity=[draw(size)],
        downlink=[length],
        downlink_capacity=[draw(size)],
        memory=[length],
        memory_capacity=[draw(size)],
        compute=[length],
        compute_budget=[vector(10**15)],
        eligible=[[1] * num_requests],
    )


@given(large_numbers())
def test_large_numbers_change_nothing(data):
    results = [ot(data, start=start) for start in Start]
    assert {result.objective for result in results} == {optimum(data)}
    assert results[0].schedule == results[1].schedule


@given(levelled(max_requests=6))
def test_ot_gah_reaches_half_of_the_optimum_in_every_order_of_the_edge_nodes(data):
    best = optimum(data)
    for order in permutations(range(data.num_edge_nodes)):
        turned = Coefficients(**{name: getattr(data, name)[list(order)] for name in FIELDS})
        for method in (ot_gah, ot_gah_fast):
            for ties in ("index", "eligibility"):
                result = method(turned, ties=ties)
                assert is_feasible(turned, result)
                assert 2 * result.objective >= best >= result.objective


@given(coefficients(max_requests=5))
def test_without_trees_half_is_reached_whatever_the_downlink(data):
    best = optimum(data)
    for order in ("given", "capacity"):
        result = ot_gah_fast(data, order=order)
        assert is_feasible(data, result)
        assert 2 * result.objective >= best >= result.objective


@given(data=st.one_of(coefficients(), levelled()), seed=st.integers(0, 3))
def test_no_schedule_of_ot_gah_fails_the_judge_and_none_beats_all_orders(data, seed):
    options = [{"order": order, "seed": seed} for order in ("given", "capacity", "random")]
    for method in (ot_gah, ot_gah_fast):
        results = [method(data, **option) for option in options]
        best_order = method(data, order="all")
        for result in [*results, best_order]:
            assert is_feasible(data, result)
            assert result.objective <= best_order.objective
            assert result.bound is None or result.bound == result.objective == 0


@given(levelled())
def test_ot_gah_has_the_same_schedule_with_every_method_inside_and_every_start(data):
    found = [ot_gah(data, inner=inner, start=start) for inner in Inner for start in Start]
    assert {result.schedule for result in found} == {ot_gah_fast(data).schedule}


@given(coefficients())
def test_ot_gah_has_the_same_schedule_with_every_pruning_whatever_the_downlink(data):
    found = {ot_gah(data, inner=inner, start=s).schedule for inner in Inner for s in Start}
    assert len(found) == 1


@given(st.one_of(coefficients(), levelled()))
def test_no_schedule_of_a_baseline_fails_the_judge_and_none_beats_the_optimum(data):
    best = optimum(data)
    for method in BASELINES:
        result = method(data)
        assert is_feasible(data, result)
        assert result.objective <= best
        assert result.objective > 0 or best == 0


@given(
    data=levelled(**ONE_EDGE_NODE),
    node_limit=st.integers(0, 40),
    start=st.sampled_from(list(Start)),
)
def test_a_cut_search_visits_no_more_than_its_limit_and_keeps_a_valid_bound(
    data, node_limit, start
):
    result = ot(data, node_limit=node_limit, start=start)
    assert result.num_nodes <= node_limit
    assert result.bound >= optimum(data)
    whole = ot(data, start=start)
    if whole.num_nodes <= node_limit:
        assert result.schedule == whole.schedule
    else:
        assert (result.status, result.ended_by) == ("none", "node-limit")


@given(data=levelled(), node_limit=st.integers(0, 40), order=st.sampled_from(["given", "all"]))
def test_a_cut_run_of_ot_gah_keeps_the_batches_it_has_found(data, node_limit, order):
    result = ot_gah(data, node_limit=node_limit, order=order)
    assert result.num_nodes <= node_limit
    if result.schedule is None:
        assert (result.status, result.ended_by) == ("none", "node-limit")
        return
    assert is_feasible(data, result)
    if order == "given":
        whole = ot_gah(data)
        kept = zip(result.schedule.batches, whole.schedule.batches, strict=True)
        assert all(batch in ((), complete) for batch, complete in kept)


@given(data=levelled(**ONE_EDGE_NODE), seed=st.integers(0, 2**32 - 1))
def test_permuting_the_requests_changes_no_proven_optimum(data, seed):
    permuted = data.take(np.random.default_rng(seed).permutation(data.num_requests))
    for method in (algorithm_1, ot):
        before, after = method(data), method(permuted)
        assert before.status is after.status is Status.OPTIMAL
        assert before.objective == after.objective


@given(
    data=levelled(**ONE_EDGE_NODE),
    more=st.integers(1, 10),
    field=st.sampled_from(["uplink_capacity", "downlink_capacity", "memory_capacity"]),
)
def test_a_larger_capacity_at_fixed_eligible_never_lowers_a_proven_optimum(data, more, field):
    fields = {name: getattr(data, name) for name in FIELDS}
    larger = Coefficients(**fields | {field: fields[field] + more})
    for method in (algorithm_1, ot):
        before, after = method(data), method(larger)
        assert before.status is after.status is Status.OPTIMAL
        assert before.objective <= after.objective


@given(data=coefficients(), seed=st.integers(0, 5))
def test_the_same_seed_gives_the_same_answer_and_the_input_is_unchanged(data, seed):
    digest = data.digest()
    runs = [
        [
            ot_gah(data, order="random", seed=seed).schedule,
            ot_gah_fast(data, order="random", seed=seed).schedule,
            random_order(data, seed=seed).schedule,
            *(method(data).schedule for method in BASELINES[:3]),
            *(ot(data.at(0), start=start).schedule for start in Start),
        ]
        for _ in range(2)
    ]
    assert runs[0] == runs[1]
    assert data.digest() == digest


def test_memory_and_compute_that_disagree_leave_algorithm_1_below_the_optimum():
    """Memory (5, 1, 3, 3) <= 7, compute (2, 5, 3, 2), all budgets 6.

    Requests 2 and 3 fit: memory 6, compute 5. By memory, request 1 is always in the hand, and
    its compute 5 leaves 1, less than any other asks for.
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
    assert optimum(data, Problem.P2) == 2
    result = algorithm_1(data)
    assert (result.objective, result.bound) == (1, None)
    assert (result.status, result.ended_by) == ("feasible", "completed")
    assert ot(data).objective == 2


@pytest.mark.long
@given(levelled(max_requests=10, lengths=(1, 2, 3, 5)))
def test_larger_problems_agree_with_the_plain_recursion(data):
    data = data.at(0)
    for pruning in Pruning:
        batch, num_nodes = plain_tree.ot(data, pruning)
        result = ot(data, pruning=pruning)
        assert (result.schedule.batches, result.num_nodes) == ((batch,), num_nodes)
        assert ot(data, pruning=pruning, start="bound").schedule == result.schedule
