"""Edge nodes with alternatives in the heuristics and in the methods of one edge node."""

from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heuristics.algorithm_1 import algorithm_1
from heuristics.errors import InputError
from heuristics.greedy import (
    first_come_first_served,
    greedy_by_deadline,
    greedy_by_output,
    random_order,
)
from heuristics.judges.checker import check
from heuristics.ot import ot
from heuristics.ot_gah import ot_gah
from heuristics.ot_gah_fast import ot_gah_fast
from heuristics.ot_gah_plus import ot_gah_plus
from heuristics.problem import Problem
from heuristics.result import EndedBy, Status
from heuristics.single_node.single_node import single_node
from tests.helpers.alternatives import few, grouped, partitions
from tests.helpers.examples import problem
from tests.helpers.oracles import optimum
from tests.helpers.strategies import coefficients, levelled

BASELINES = (greedy_by_output, greedy_by_deadline, first_come_first_served, random_order)


@st.composite
def levels_with_groups(draw):
    data = draw(levelled(max_edge_nodes=5, max_requests=6))
    return grouped(data, draw(partitions(data.num_edge_nodes)))


def one_group(data):
    """Return the same rows as the alternatives of one edge node."""
    return grouped(data, [range(data.num_edge_nodes)])


@few
@given(levels_with_groups(), st.data())
def test_ot_gah_reaches_half_in_every_order(data, drawn):
    best = optimum(data)
    groups = data.alternatives
    orders = list(permutations(range(len(groups))))
    for order in drawn.draw(st.lists(st.sampled_from(orders), min_size=1, max_size=6)):
        rows = [row for each in order for row in groups[each]]
        turned = data.of_rows(rows)
        assert [len(each) for each in turned.alternatives] == [len(groups[each]) for each in order]
        found = ot_gah_fast(turned)
        assert not check(turned, found.schedule)
        assert 2 * found.objective >= best


@few
@given(levels_with_groups(), st.sampled_from(["given", "capacity", "random", "all"]))
def test_ot_gah_and_ot_gah_fast_have_the_same_schedule(data, order):
    for ties in ("index", "eligibility"):
        slow = ot_gah(data, order=order, ties=ties)
        assert slow.schedule == ot_gah_fast(data, order=order, ties=ties).schedule


@few
@given(levels_with_groups())
def test_ot_gah_plus_is_feasible_and_never_worse(data):
    found = ot_gah_plus(data)
    assert not check(data, found.schedule)
    assert ot_gah_fast(data).objective <= found.objective <= optimum(data)


@few
@given(levelled(max_edge_nodes=4))
def test_methods_of_one_edge_node_take_its_best_alternative(data):
    data = one_group(data)
    rows = [data.at(row) for row in range(data.num_edge_nodes)]
    for method, asked in ((ot, Problem.P1), (single_node, Problem.P1), (algorithm_1, Problem.P2)):
        found = method(data)
        assert (found.status, found.ended_by) == (Status.OPTIMAL, EndedBy.PROOF)
        assert found.objective == found.bound == optimum(data, asked)
        assert found.objective == max(method(row).objective for row in rows)
        assert not check(data, found.schedule, asked)
    assert ot(data).num_nodes == sum(ot(row).num_nodes for row in rows)


@few
@given(coefficients(max_edge_nodes=4), st.integers(0, 40))
def test_a_bound_of_a_run_that_was_cut_is_valid(data, node_limit):
    data = one_group(data)
    best = optimum(data)
    for found in (ot(data, start="bound", node_limit=node_limit), ot(data, node_limit=node_limit)):
        assert found.bound is None or found.bound >= best
        assert found.status is not Status.OPTIMAL or found.objective == best
    assert single_node(data, node_limit=node_limit).bound >= best
    late = single_node(data, time_limit=0.0)
    assert late.bound >= best


@few
@given(st.one_of(coefficients(max_edge_nodes=5), levelled(max_edge_nodes=5)), st.data())
def test_baselines_are_feasible(data, drawn):
    data = grouped(data, drawn.draw(partitions(data.num_edge_nodes)))
    for method in BASELINES:
        schedule = method(data).schedule
        assert schedule is None or not check(data, schedule)


@pytest.mark.parametrize("method", BASELINES)
def test_a_baseline_chooses_the_row_at_which_it_serves_most(method):
    """Edge node 0 serves two requests and edge node 1 one; of equal rows the first is used."""
    turned = problem().of_rows([1, 0])
    assert [len(each) for each in method(one_group(problem())).schedule.batches] == [2, 0]
    assert [len(each) for each in method(one_group(turned)).schedule.batches] == [0, 2]
    twice = one_group(problem().of_rows([0, 0]))
    assert [len(each) for each in method(twice).schedule.batches] == [2, 0]


def test_of_equal_batches_the_first_row_is_used():
    data = one_group(problem().of_rows([1, 0, 0]))
    for method in (ot_gah, ot_gah_fast, ot, single_node):
        assert [len(each) for each in method(data).schedule.batches] == [0, 2, 0]


@pytest.mark.parametrize("method", [ot, single_node, algorithm_1])
def test_two_edge_nodes_are_refused_even_if_one_has_alternatives(method):
    data = grouped(problem().of_rows([0, 1, 1]), [[0], [1, 2]])
    with pytest.raises(InputError, match="solves one edge node; pick one of them, found 2"):
        method(data)


def test_a_run_without_time_has_the_number_of_requests_as_its_bound():
    data = one_group(problem())
    assert ot(data, time_limit=0.0).bound == 3
    assert ot(data, time_limit=0.0).ended_by is EndedBy.TIME_LIMIT
