"""Every algorithm on the smallest and the widest problems."""

from functools import partial

import pytest

from heuristics.algorithm_1 import algorithm_1
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
from heuristics.schedule import Schedule
from tests.helpers.problems import unit_requests

BASELINES = {
    "greedy-by-output": greedy_by_output,
    "greedy-by-deadline": greedy_by_deadline,
    "first-come-first-served": first_come_first_served,
    "random-order": random_order,
}
SINGLE_NODE = {
    "algorithm-1": algorithm_1,
    "ot": ot,
    "ot-literal": partial(ot, pruning="literal"),
    "ot-pseudocode": partial(ot, pruning="pseudocode"),
    "ot-unpruned": partial(ot, pruning="none"),
}
ANY_NODES = {
    "ot-gah": ot_gah,
    "ot-gah-fast": ot_gah_fast,
    **{f"ot-gah {order}": partial(ot_gah, order=order) for order in ("capacity", "random")},
    **BASELINES,
}
METHODS = SINGLE_NODE | ANY_NODES


@pytest.mark.parametrize("name", METHODS)
@pytest.mark.parametrize("eligible", [[[]], [[0]], [[0, 0, 0]]])
def test_without_an_eligible_pair_zero_is_proved(name, eligible):
    result = METHODS[name](unit_requests(eligible, [1]))
    assert (result.objective, result.bound, result.gap) == (0, 0, 0)
    assert (result.status, result.ended_by) == ("optimal", "proof")
    assert result.proved_by == name.split()[0]
    assert result.num_nodes in (0, None)


@pytest.mark.parametrize("name", METHODS)
def test_zero_is_proved_without_time_too(name):
    result = METHODS[name](unit_requests([[0]], [1]), time_limit=0, node_limit=0)
    assert (result.status, result.bound) == ("optimal", 0)


@pytest.mark.parametrize("name", METHODS)
def test_one_request_is_served(name):
    result = METHODS[name](unit_requests([[1]], [1]))
    assert result.schedule == Schedule.of([[0]])


@pytest.mark.parametrize("name", METHODS)
def test_everyone_is_served_where_there_is_room(name):
    result = METHODS[name](unit_requests([[1] * 30], [30]))
    assert result.objective == 30


@pytest.mark.parametrize("name", ANY_NODES)
def test_forty_edge_nodes_share_the_requests(name):
    """Room for two each and 60 requests; every third edge node may serve nobody."""
    eligible = [[int(j % 3 > 0)] * 60 for j in range(40)]
    data = unit_requests(eligible, [2] * 40)
    result = ANY_NODES[name](data)
    assert check(data, result.schedule) == ()
    assert result.objective == 52


@pytest.mark.parametrize("name", ANY_NODES)
def test_no_request_at_several_edge_nodes_is_a_proof_of_zero(name):
    result = ANY_NODES[name](unit_requests([[], []], [1, 1]))
    assert (result.schedule, result.status) == (Schedule.empty(2), "optimal")
