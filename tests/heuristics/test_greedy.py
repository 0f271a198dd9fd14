import numpy as np
import pytest

from heuristics import limits
from heuristics.coefficients import Coefficients
from heuristics.greedy import (
    first_come_first_served,
    greedy_by_deadline,
    greedy_by_output,
    random_order,
)
from heuristics.schedule import Schedule
from tests.helpers.problems import one_edge_node, unit_requests

BASELINES = [greedy_by_output, greedy_by_deadline, first_come_first_served, random_order]


def test_first_come_first_served_takes_by_index_what_still_fits():
    """Memory for 5: 3 fits, 3 does not any more, 1 does."""
    result = first_come_first_served(one_edge_node([3, 3, 1], [9, 9, 9], room=5))
    assert result.schedule == Schedule.of([[0, 2]])
    assert (result.problem, result.status, result.ended_by) == ("P1", "feasible", "completed")
    assert (result.bound, result.num_nodes, result.proved_by) == (None, None, None)


def test_a_request_goes_to_the_first_edge_node_where_it_fits():
    result = first_come_first_served(unit_requests([[1, 1, 1], [1, 1, 1]], [1, 1]))
    assert result.schedule == Schedule.of([[0], [1]])


def test_the_shortest_output_is_the_least_memory_then_the_least_compute():
    data = one_edge_node([2, 1, 1, 3], [9] * 4, compute=[1, 3, 2, 1], room=2)
    assert greedy_by_output(data).schedule == Schedule.of([[1, 2]])
    data = one_edge_node([2, 1, 1, 3], [9] * 4, compute=[1, 3, 2, 1], room=1)
    assert greedy_by_output(data).schedule == Schedule.of([[2]])


def test_an_edge_node_where_a_request_is_not_eligible_does_not_make_it_short():
    """Request 0 asks for 1 at the second edge node, but is eligible at the first, for 5."""
    data = Coefficients(
        uplink=[[0, 0], [0, 0]],
        uplink_capacity=[0, 0],
        downlink=[[0, 0], [0, 0]],
        downlink_capacity=[0, 0],
        memory=[[5, 4], [1, 4]],
        memory_capacity=[5, 5],
        compute=[[0, 0], [0, 0]],
        compute_budget=[[0, 0], [0, 0]],
        eligible=[[1, 1], [0, 0]],
    )
    assert greedy_by_output(data).schedule == Schedule.of([[1], []])


def test_the_earliest_deadline_is_the_least_share_of_the_edge_nodes_largest_budget():
    """Request 1 is first: 4 of 8 at the fast edge node, against 3 of 4 at the slow one."""
    data = Coefficients(
        uplink=[[0] * 3] * 2,
        uplink_capacity=[0, 0],
        downlink=[[0] * 3] * 2,
        downlink_capacity=[0, 0],
        memory=[[1] * 3] * 2,
        memory_capacity=[1, 0],
        compute=[[0] * 3] * 2,
        compute_budget=[[6, 4, 8], [3, 4, 4]],
        eligible=[[1, 1, 1], [1, 0, 1]],
    )
    assert greedy_by_deadline(data).schedule == Schedule.of([[1], []])


def test_a_request_of_small_budget_limits_the_batch_it_would_join():
    """2 + 2 keeps the budget of 5 but not that of 3, whichever of the two comes first."""
    for budget in ([5, 3], [3, 5]):
        result = first_come_first_served(one_edge_node([2, 2], budget))
        assert result.schedule == Schedule.of([[0]])


@pytest.mark.parametrize("capacity", ["uplink_capacity", "downlink_capacity", "room"])
def test_each_capacity_is_kept(capacity):
    data = one_edge_node([1, 1], [9, 9], uplink=[1, 1], **{capacity: 1})
    assert first_come_first_served(data).schedule == Schedule.of([[0]])


def test_random_order_is_drawn_by_the_seed():
    data = unit_requests([[1] * 9], [1])
    for seed in range(5):
        first = int(np.random.default_rng(seed).permutation(9)[0])
        assert random_order(data, seed=seed).schedule == Schedule.of([[first]])


@pytest.mark.parametrize("baseline", BASELINES)
def test_a_pass_that_is_cut_keeps_what_it_has_placed(monkeypatch, baseline):
    """The clock moves a second at each look: two requests are placed in 3 s."""
    data = unit_requests([[1] * 9], [9])
    seconds = iter(range(1000))
    monkeypatch.setattr(limits, "now_s", lambda: float(next(seconds)))
    result = baseline(data, time_limit=3)
    assert (result.status, result.ended_by, result.objective) == ("feasible", "time-limit", 2)


@pytest.mark.parametrize("baseline", BASELINES)
def test_a_pass_without_time_has_no_schedule(baseline):
    result = baseline(unit_requests([[1]], [1]), time_limit=0)
    assert (result.status, result.schedule, result.ended_by) == ("none", None, "time-limit")


@pytest.mark.parametrize("baseline", BASELINES)
def test_an_interrupted_pass_keeps_what_it_has_placed(monkeypatch, baseline):
    looks = []

    def interrupt_the_third(self):
        looks.append(self)
        if len(looks) == 3:
            raise KeyboardInterrupt

    monkeypatch.setattr(limits.Limits, "check_time", interrupt_the_third)
    result = baseline(unit_requests([[1] * 9], [9]))
    assert (result.status, result.ended_by, result.objective) == ("feasible", "interrupted", 2)
