import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from heuristics.improvement import annealing as module
from heuristics.improvement import (
    common_order,
    matching_annealing,
    matching_state,
    nested_annealing,
)
from heuristics.improvement.annealing import annealing_of, improve, warm_up
from heuristics.improvement.feasibility import is_feasible
from heuristics.judges.checker import check
from heuristics.ot_gah import ot_gah
from heuristics.schedule import Schedule
from instances.families.registry import family
from tests.helpers.examples import problem
from tests.helpers.oracles import optimum
from tests.helpers.problems import unit_requests
from tests.helpers.strategies import coefficients, levelled


def test_the_warm_up_compiles_every_kernel():
    warm_up()
    kernels = (
        common_order.sort_topologically,
        nested_annealing.anneal,
        nested_annealing.evaluate,
        nested_annealing.last_rank,
        matching_annealing.anneal,
        matching_state.prepare,
    )
    before = [len(kernel.signatures) for kernel in kernels]
    assert min(before) > 0
    for copies in (1, 2):
        (instance,) = family("dense").generate({"copies": copies, "rate_per_s": 50}, 0)
        data = instance.coefficients
        for start in (Schedule.empty(data.num_edge_nodes), ot_gah(data).schedule):
            improve(data, start, num_moves=100)
    improve(unit_requests([[1, 1], [1, 0]], [1, 1]), Schedule.of([[0], []]), num_moves=100)
    assert [len(kernel.signatures) for kernel in kernels] == before


@given(st.one_of(coefficients(), levelled()), st.integers(0, 3))
def test_it_lies_between_the_start_and_the_optimum_and_the_seed_decides(data, seed):
    start = ot_gah(data).schedule
    heard = []
    found = improve(data, start, seed=seed, num_moves=400, report=heard.append)
    assert check(data, found) == ()
    assert start.throughput <= found.throughput <= optimum(data)
    assert found == ([start, *heard])[-1]
    assert improve(data, start, seed=seed, num_moves=400) == found


def test_a_deadline_that_has_passed_returns_the_start():
    data = unit_requests([[1, 1], [1, 0]], [1, 1])
    start = Schedule.of([[0], []])
    assert improve(data, start, deadline_s=0.0) == start
    assert improve(data, start, num_moves=100).throughput == 2
    assert improve(data, start, enough=1) == start


def test_a_schedule_that_fails_the_check_does_not_count(monkeypatch):
    monkeypatch.setattr(module, "is_feasible", lambda *_: False)
    start = Schedule.of([[0], []])
    assert improve(unit_requests([[1, 1], [1, 0]], [1, 1]), start, num_moves=100) == start


@given(st.one_of(coefficients(), levelled()), st.data())
def test_the_check_agrees_with_the_judge(data, drawn):
    owner = st.integers(-1, data.num_edge_nodes - 1)
    owners = drawn.draw(st.lists(owner, min_size=data.num_requests, max_size=data.num_requests))
    batches = [np.flatnonzero(np.array(owners) == j) for j in range(data.num_edge_nodes)]
    schedule = Schedule.of(batches)
    assert is_feasible(data, schedule) == (check(data, schedule) == ())


def test_a_request_that_is_served_twice_is_found():
    assert not is_feasible(unit_requests([[1, 1], [1, 1]], [1, 1]), Schedule.of([[0], [0]]))
    assert not is_feasible(unit_requests([[1, 1]], [2]), Schedule.of([[0, 0]]))


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        ({}, "NestedAnnealing"),
        ({"uplink": [[4, 4, 4], [1, 1, 1]], "uplink_capacity": [7, 9]}, "MatchingAnnealing"),
        ({"compute_budget": [[9, 8, 7], [7, 8, 9]]}, "MatchingAnnealing"),
        ({"eligible": [[1, 1, 0], [0, 1, 1]]}, "MatchingAnnealing"),
    ],
)
def test_the_conditions_choose_the_annealing(change, kind):
    same = [[3, 3, 3], [3, 3, 3]]
    data = problem(**({"memory": same, "compute": same, "compute_budget": same} | change))
    found = annealing_of(data, Schedule.empty(2), seed=0, num_moves=1)
    assert type(found).__name__ == kind
