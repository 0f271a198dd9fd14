import pytest

from heuristics import algorithm_1 as module
from heuristics import limits
from heuristics.algorithm_1 import algorithm_1
from heuristics.errors import InputError
from heuristics.schedule import Schedule
from tests.helpers.problems import one_edge_node, unit_requests


def cards():
    """Outputs 4, 1, 3, 1 with budgets 20, 8, 6, 5; memory for 6.

    z = 4: sum 9 > 6. z = 3, d = 3: {4, 1, 3} 8 > 6; d = 4: the two shortest of 4, 1, 3 and the
    last, 1 + 3 + 1 = 5 <= 6, and 5 <= the budget of 5.
    """
    return one_edge_node([4, 1, 3, 1], [20, 8, 6, 5], room=6)


def test_a_hand_of_cards_worked_by_hand():
    result = algorithm_1(cards())
    assert result.schedule == Schedule.of([[1, 2, 3]])
    assert (result.status, result.ended_by, result.proved_by) == ("optimal", "proof", "algorithm-1")
    assert (result.problem, result.bound) == ("P2", 3)
    assert (result.num_nodes, result.node_kind) == (None, None)


def test_the_last_card_drawn_limits_the_load():
    """As above with 4 for the last budget: with it, 1 + 3 + 1 = 5 > 4, so two remain."""
    result = algorithm_1(one_edge_node([4, 1, 3, 1], [20, 8, 6, 4], room=6))
    assert result.schedule == Schedule.of([[0, 1]])


def test_spectrum_does_not_count():
    data = one_edge_node(
        [4, 1, 3, 1], [20, 8, 6, 5], room=6, uplink=[1] * 4, uplink_capacity=1, downlink_capacity=4
    )
    assert algorithm_1(data).objective == 3


def test_no_time_leaves_the_number_of_requests_as_a_bound():
    result = algorithm_1(cards(), time_limit=0)
    assert (result.status, result.ended_by) == ("none", "time-limit")
    assert (result.schedule, result.bound) == (None, 4)


def test_a_cut_run_keeps_the_cardinality_it_had_come_to(monkeypatch):
    seconds = iter(range(1000))
    monkeypatch.setattr(limits, "now_s", lambda: float(next(seconds)))
    result = algorithm_1(cards(), time_limit=2)
    assert (result.status, result.bound) == ("none", 3)


def test_a_cut_run_without_a_proof_has_no_bound():
    data = one_edge_node([1, 2], [9, 9], compute=[2, 1])
    assert algorithm_1(data, time_limit=0).bound is None


def test_an_interrupted_run_keeps_the_cardinality_it_had_come_to(monkeypatch):
    def interrupt(edge_node, cardinality):
        if cardinality == 3:
            raise KeyboardInterrupt
        return

    monkeypatch.setattr(module, "_draw_cards", interrupt)
    result = algorithm_1(cards())
    assert (result.status, result.ended_by, result.bound) == ("none", "interrupted", 3)


def test_a_node_limit_is_never_reached():
    assert algorithm_1(cards(), node_limit=0).objective == 3


def test_more_edge_nodes_are_refused():
    with pytest.raises(InputError, match="algorithm-1 solves one edge node"):
        algorithm_1(unit_requests([[1], [1]], [1, 1]))
