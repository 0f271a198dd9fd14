"""Headroom: what a schedule leaves, and that a pair is blocked exactly where the judge says so."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from analysis.checks.headroom import BATCH_DEADLINE, OWN_DEADLINE, headroom
from heuristics.coefficients import Coefficients
from heuristics.judges.checker import check
from heuristics.problem import Problem
from heuristics.schedule import Schedule
from tests.helpers.alternatives import with_alternatives
from tests.helpers.strategies import coefficients


def example():
    """Return one edge node with room for two of four requests.

    Requests 0 and 1 are served: memory 6 of 7, uplink 9 of 10, computation 4 with budgets 5 and 4.
    Request 2 needs uplink 5, memory 4 and computation 3: 7 is beyond the budget 4 of request 1, not
    beyond its own 9. Request 3 needs 1 of each; computation 5 exceeds the budget of request 1.
    """
    data = Coefficients(
        uplink=[[4, 5, 5, 1]],
        uplink_capacity=[10],
        downlink=[[1, 1, 1, 1]],
        downlink_capacity=[4],
        memory=[[3, 3, 4, 1]],
        memory_capacity=[7],
        compute=[[2, 2, 3, 1]],
        compute_budget=[[5, 4, 9, 4]],
        eligible=[[1, 1, 1, 1]],
    )
    return data, Schedule.of([[0, 1]])


def test_loads_deadline_and_blocks_are_those_counted_by_hand():
    room = headroom(*example())
    assert {name: load.tolist() for name, load in room.loads.items()} == {
        "uplink": [9],
        "downlink": [2],
        "memory": [6],
    }
    assert (room.compute[0], room.deadline[0], room.most_urgent[0]) == (4, 4, 1)
    blocked = {name: np.flatnonzero(pairs[0]).tolist() for name, pairs in room.blocked.items()}
    assert blocked == {
        "uplink": [2],
        "downlink": [],
        "memory": [2],
        OWN_DEADLINE: [3],
        BATCH_DEADLINE: [2, 3],
    }
    assert not room.fits.any()
    assert not room.blocked_by_alone(BATCH_DEADLINE).any()


def test_an_empty_batch_has_no_deadline_and_p2_no_spectrum():
    data, _ = example()
    room = headroom(data, Schedule.empty(1), Problem.P2)
    assert set(room.loads) == {"memory"}
    assert (room.deadline[0], room.most_urgent[0]) == (-1, -1)
    assert room.fits.sum() == 4


@given(data=st.one_of(coefficients(), with_alternatives()), order=st.randoms(use_true_random=False))
def test_a_pair_is_blocked_exactly_where_the_judge_finds_a_violation(data, order):
    batches = [[] for _ in range(data.num_edge_nodes)]
    pairs = [(j, i) for j in range(data.num_edge_nodes) for i in range(data.num_requests)]
    order.shuffle(pairs)
    for edge_node, request in pairs[: len(pairs) // 2]:
        batches[edge_node].append(request)
        if check(data, Schedule.of(batches)):
            batches[edge_node].remove(request)
    schedule = Schedule.of(batches)
    room = headroom(data, schedule)
    served = {request for _, request in schedule.pairs()}
    for edge_node, request in pairs:
        more = [[*batch] for batch in batches]
        more[edge_node].append(request)
        could = request not in served and bool(data.eligible[edge_node, request])
        assert room.is_open[edge_node, request] == could
        if could:
            assert room.fits[edge_node, request] == (check(data, Schedule.of(more)) == ())
