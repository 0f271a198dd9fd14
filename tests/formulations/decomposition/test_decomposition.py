"""The decomposition, as a method: exact, certified, and valid whenever it ends."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from formulations.decomposition import search
from formulations.decomposition.decomposition import METHOD, bound, decomposition
from formulations.evaluation import broken_rows
from formulations.milp import milp_bigm, milp_threshold
from heuristics.certificate import Proof
from heuristics.errors import InputError
from heuristics.judges.verifier import verify
from heuristics.problem import Problem
from heuristics.result import EndedBy, Status
from heuristics.schedule import Schedule
from tests.formulations.test_theorems import tight
from tests.helpers.decomposition_problems import (
    any_problem,
    part_of_a_family,
    problem,
    seeds,
)
from tests.helpers.dense import dense
from tests.helpers.oracles import optimum
from tests.helpers.strategies import coefficients, levelled

LARGER = {"max_edge_nodes": 5, "max_requests": 14}


def check(data, result, best):
    """Check a result of any kind against the optimum, and its certificate in integers."""
    assert list(broken_rows(data, result.schedule, Problem.P1, None)) == []
    assert result.objective == result.schedule.throughput <= best <= result.bound
    assert (result.status is Status.OPTIMAL) == (result.objective == result.bound)
    assert (result.ended_by is EndedBy.PROOF) == (result.status is Status.OPTIMAL)
    assert (result.proved_by == METHOD) == (result.status is Status.OPTIMAL)
    if result.certificate is None:  # nothing can be served
        assert best == 0
        return
    proved = verify(data, result.certificate)
    assert result.certificate.bound == result.bound
    assert proved >= best
    if result.certificate.proof is Proof.BOUND:
        assert proved <= result.bound
    times = [each.runtime_s for each in result.trajectory]
    assert times == sorted(times)
    incumbents = [each.objective for each in result.trajectory]
    assert incumbents == sorted(incumbents)
    bounds = [each.bound for each in result.trajectory[:-1]]
    assert bounds == sorted(bounds, reverse=True)
    assert all(each.objective <= best <= each.bound for each in result.trajectory)


def check_optimal(data, result, best):
    check(data, result, best)
    assert (result.status, result.objective) == (Status.OPTIMAL, best)


@given(any_problem, seeds)
def test_it_finds_and_proves_the_optimum(data, seed):
    check_optimal(data, decomposition(data, seed=seed), optimum(data))


@pytest.mark.long
@given(st.one_of(coefficients(**LARGER), levelled(**LARGER)), seeds)
def test_it_does_so_with_five_edge_nodes_and_fourteen_requests(data, seed):
    check_optimal(data, decomposition(data, seed=seed), optimum(data))


@given(st.integers(0, 10**6))
def test_it_does_so_on_parts_of_every_family(seed):
    data = part_of_a_family(seed, most_requests=14)
    check_optimal(data, decomposition(data, seed=seed), optimum(data))


@given(tight())
def test_it_does_so_where_rows_are_met_or_missed_by_one_unit(data):
    """Demands of up to 10^13: nothing but integers tells them apart."""
    best = optimum(data)
    result = decomposition(data)
    check(data, result, best)
    assert result.objective == best


@given(any_problem, seeds)
def test_no_warm_start_changes_the_optimum(data, seed):
    best = milp_bigm(data)
    part = Schedule.of(batch[:1] for batch in best.schedule.batches)
    for start in (best.schedule, part, Schedule.empty(data.num_edge_nodes)):
        result = decomposition(data, seed=seed, warm_start=start)
        check_optimal(data, result, best.objective)
        if result.trajectory:
            assert result.trajectory[0].objective == start.throughput


def test_a_warm_start_that_breaks_a_row_is_refused():
    with pytest.raises(InputError, match="warm_start"):
        decomposition(problem(), warm_start=Schedule.of([[0, 1, 2]]))


@pytest.mark.parametrize("limit", ["time_limit", "node_limit"])
@pytest.mark.parametrize("value", [-1, float("nan")])
def test_a_limit_out_of_range_is_refused(limit, value):
    with pytest.raises(InputError, match=limit):
        decomposition(problem(), **{limit: value if limit == "time_limit" else -1})


@given(any_problem, st.integers(0, 2))
def test_a_node_limit_keeps_schedule_and_bound(data, node_limit):
    best = optimum(data)
    result = decomposition(data, node_limit=node_limit)
    check(data, result, best)
    assert result.status is Status.OPTIMAL or result.ended_by is EndedBy.NODE_LIMIT


@given(any_problem)
def test_no_time_leaves_a_valid_bound(data):
    result = decomposition(data, time_limit=0)
    check(data, result, optimum(data))
    assert result.status is Status.OPTIMAL or result.ended_by is EndedBy.TIME_LIMIT


def test_no_time_keeps_the_schedule_it_started_from():
    data = dense(40)
    start = Schedule.of([[0], [1], [2]])
    result = decomposition(data, time_limit=0, warm_start=start)
    assert result.schedule == start
    assert result.ended_by is EndedBy.TIME_LIMIT
    check(data, result, milp_threshold(data).objective)


@given(any_problem, seeds)
def test_a_bound_alone_is_valid_and_says_what_its_certificate_proves(data, seed):
    result = bound(data, seed=seed)
    check(data, result, optimum(data))
    if result.certificate is not None:
        assert result.certificate.proof is Proof.BOUND
        assert verify(data, result.certificate) == result.bound


@given(any_problem, seeds)
def test_the_same_seed_gives_the_same_result(data, seed):
    first, second = (decomposition(data, seed=seed) for _ in range(2))
    assert first.schedule == second.schedule
    assert first.certificate == second.certificate
    assert first.num_nodes == second.num_nodes
    assert [each[1:] for each in first.trajectory] == [each[1:] for each in second.trajectory]


@pytest.fixture
def asks_at_once(monkeypatch):
    """Another method is asked where columns are too many; here at once, without any prices."""
    monkeypatch.setattr(search.Search, "approach", lambda self: None)
    monkeypatch.setattr(search, "MOST_COLUMNS", 0)


@pytest.mark.usefixtures("asks_at_once")
def test_an_interrupt_keeps_schedule_and_bound():
    data, start = dense(40), Schedule.of([[0], [1], [2]])

    def interrupted(left_s):
        raise KeyboardInterrupt

    result = decomposition(data, warm_start=start, ask=interrupted)
    assert (result.status, result.ended_by) == (Status.FEASIBLE, EndedBy.INTERRUPTED)
    assert result.schedule == start
    check(data, result, milp_threshold(data).objective)


@pytest.mark.usefixtures("asks_at_once")
def test_the_schedule_of_another_method_is_taken():
    data = dense(40)
    best = milp_threshold(data)
    result = decomposition(data, ask=lambda left_s: best.schedule)
    check_optimal(data, result, best.objective)
    assert best.objective in [each.objective for each in result.trajectory[:3]]


def test_nothing_to_serve_is_optimal():
    for data in (problem().take([]), problem(eligible=[[0, 0, 0]])):
        check_optimal(data, decomposition(data), 0)


@pytest.mark.long
@pytest.mark.parametrize("block", range(10))
def test_five_hundred_problems_of_up_to_sixty_requests_equal_the_thresholds(block):
    """The thresholds start from the schedule found, so they can only refute that it is best."""
    for seed in range(50 * block, 50 * (block + 1)):
        data = part_of_a_family(10**6 + seed, most_requests=60)
        result = decomposition(data, seed=seed)
        expected = milp_threshold(data, time_limit=300, warm_start=result.schedule)
        assert expected.status is Status.OPTIMAL, seed
        check_optimal(data, result, expected.objective)


def test_parts_of_families_are_of_all_families_and_leave_requests_unserved():
    """Else the theorems on them would say little."""
    parts = [part_of_a_family(seed, most_requests=14) for seed in range(60)]
    served = [decomposition(data).objective / max(data.num_requests, 1) for data in parts]
    assert np.mean([0 < share < 1 for share in served]) > 0.4
    assert {data.num_edge_nodes for data in parts} == {1, 2, 3, 4, 5}
