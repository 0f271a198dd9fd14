import pytest

from heuristics.judges.checker import check
from heuristics.problem import Problem
from heuristics.schedule import Schedule
from tests.helpers.examples import problem


def constraints(data, batches, *args, **options):
    return [v.constraint for v in check(data, Schedule.of(batches), *args, **options)]


def test_finds_nothing_in_a_feasible_schedule():
    assert check(problem(), Schedule.of([[0, 1], [2]])) == ()


def test_finds_nothing_in_the_empty_schedule():
    assert check(problem(), Schedule.empty(2)) == ()


def test_names_the_request_that_two_edge_nodes_batch():
    (violation,) = check(problem(), Schedule.of([[0, 1], [1]]))
    assert (violation.constraint, violation.request, violation.slack) == ("once", 1, -1)


def test_names_the_request_that_one_batch_holds_twice():
    assert constraints(problem(), [[0, 0], []]) == ["once"]


def test_names_the_pair_that_is_not_eligible():
    data = problem(eligible=[[1, 0, 1], [1, 1, 1]])
    (violation,) = check(data, Schedule.of([[1], []]))
    assert (violation.constraint, violation.tag) == ("eligible", "(12e)")
    assert (violation.edge_node, violation.request) == (0, 1)


def test_names_the_edge_node_that_is_run_in_two_ways():
    data = problem(alternatives=[[0, 1]])
    (violation,) = check(data, Schedule.of([[0], [2]]))
    assert str(violation) == ("alternative (E1) at edge node 1: 2 exceeds 1, slack -1")
    assert check(data, Schedule.of([[0, 1], []])) == ()


def test_one_edge_node_with_alternatives_is_judged_by_p2():
    data = problem(alternatives=[[0, 1]])
    assert constraints(data, [[0, 1], [2]], Problem.P2) == ["alternative"]
    assert constraints(data, [[], [2]], Problem.P2) == []


@pytest.mark.parametrize(("resource", "tag"), [("uplink", "(12a)"), ("downlink", "(12b)")])
def test_names_the_spectrum_and_its_slack(resource, tag):
    data = problem(**{resource: [[6, 6, 6], [1, 1, 1]]})
    (violation,) = check(data, Schedule.of([[0, 1], []]))
    assert (violation.constraint, violation.tag) == (resource, tag)
    assert (violation.demand, violation.capacity, violation.slack) == (12, 10, -2)


def test_names_the_memory_and_its_slack():
    (violation,) = check(problem(), Schedule.of([[0, 1, 2], []]))
    assert str(violation) == "memory (12c) at edge node 0: 9 exceeds 7, slack -2"


def test_names_each_request_whose_deadline_the_batch_breaks():
    """Load 4 + 4 = 8 at edge node 1: request 0 allows 8, request 2 only 6."""
    data = problem(compute_budget=[[5, 5, 5], [8, 8, 6]])
    (violation,) = check(data, Schedule.of([[], [0, 2]]))
    assert (violation.constraint, violation.edge_node, violation.request) == ("deadline", 1, 2)
    assert (violation.demand, violation.capacity) == (8, 6)


def test_p2_knows_no_spectrum():
    data = problem(uplink=[[6, 6, 6], [1, 1, 1]]).at(0)
    assert constraints(data, [[0, 1]]) == ["uplink"]
    assert constraints(data, [[0, 1]], Problem.P2) == []


@pytest.mark.parametrize(("batch", "slack"), [([0], -1), ([0, 1], None)])
def test_p3_asks_for_exactly_z_requests(batch, slack):
    found = check(problem().at(0), Schedule.of([batch]), Problem.P3, cardinality=2)
    assert [v.slack for v in found] == ([] if slack is None else [slack])


def test_sums_beyond_64_bits_do_not_wrap():
    large = 10**15
    data = problem(memory=[[large] * 3, [3, 3, 3]], memory_capacity=[large, 10])
    (violation,) = check(data, Schedule.of([[0, 1, 2], []]))
    assert violation.demand == 3 * large


@pytest.mark.parametrize(
    ("batches", "problem_name", "message"),
    [
        ([[0]], Problem.P1, "must have 2 batches, found 1"),
        ([[3], []], Problem.P1, "indices of 0..2, found 3"),
        ([[], [-1]], Problem.P1, "indices of 0..2, found -1"),
        ([[], []], Problem.P2, "one edge node, found 2"),
    ],
)
def test_refuses_a_schedule_of_another_problem(batches, problem_name, message):
    with pytest.raises(ValueError, match=message):
        check(problem(), Schedule.of(batches), problem_name)
