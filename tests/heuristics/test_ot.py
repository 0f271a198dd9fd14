import subprocess
import sys
from pathlib import Path

import pytest

from heuristics import limits
from heuristics.errors import InputError
from heuristics.ot import Start, ot
from heuristics.schedule import Schedule
from heuristics.tree_search import candidates, search_tree
from heuristics.tree_search.candidates import warm_up
from heuristics.tree_search.search_tree import Pruning
from tests.helpers.oracles import optimum
from tests.helpers.problems import one_edge_node, unit_requests


def two_lengths():
    """Outputs 1, 1, 2, 2 with uplinks 5, 3, 1, 1 and 6 of it; memory for 5; budgets fall.

    z = 4: one tree, d = 4, F = 2, 2: the root, [2] and [2, 2], uplink 10 > 6; [2, 1] is pruned,
    and [1] leaves 3 > 2, pruned. 5 nodes.
    z = 3, d = 3, F = 2, 1: root, [2], [2, 1] uplink 9, [2, 0] pruned, [1] leaves 2 > 1. 5 nodes.
    z = 3, d = 4: root, [2], [2, 1] uplink 9, [2, 0] pruned, [1] (the cheaper, request 1),
    [1, 2]: uplink 3 + 2 = 5, memory 1 + 4 = 5, compute 5 <= 6. Feasible: 6 nodes.
    """
    return one_edge_node([1, 1, 2, 2], [9, 8, 7, 6], uplink=[5, 3, 1, 1], uplink_capacity=6, room=5)


def test_a_problem_worked_by_hand_node_by_node():
    result = ot(two_lengths())
    assert result.schedule == Schedule.of([[1, 2, 3]])
    assert (result.status, result.ended_by, result.proved_by) == ("optimal", "proof", "ot")
    assert (result.problem, result.objective, result.bound) == ("P1", 3, 3)
    assert (result.num_nodes, result.node_kind) == (5 + 5 + 6, "tree")
    assert result.runtime_s >= 0


@pytest.mark.parametrize(
    ("pruning", "method"),
    [
        ("exact", "ot"),
        ("literal", "ot-literal"),
        ("pseudocode", "ot-pseudocode"),
        ("none", "ot-unpruned"),
    ],
)
def test_each_pruning_proves_under_its_own_name(pruning, method):
    result = ot(two_lengths(), pruning=pruning)
    assert (result.objective, result.proved_by) == (3, method)


def test_from_the_bound_only_what_may_hold_a_batch_is_searched():
    """z = 4 needs uplink 10 of 6 and is skipped; so is z = 3 at d = 3, with 9."""
    result = ot(two_lengths(), start="bound")
    assert result.schedule == Schedule.of([[1, 2, 3]])
    assert (result.status, result.bound) == ("optimal", 3)
    assert result.num_nodes < 6


def per_user_downlink():
    """Three requests of one level; uplinks 1, 2, 2 of 4, downlinks 9, 5, 5 of 10.

    Together 1 and 2 fit, 0 fits with neither. By the larger share, 1/2, 1/2 and 9/10, they
    are taken first; by the uplink alone 0 would be, and 2 requests never be found.
    """
    return one_edge_node(
        [1, 1, 1],
        [3, 3, 3],
        uplink=[1, 2, 2],
        uplink_capacity=4,
        downlink=[9, 5, 5],
        downlink_capacity=10,
    )


def test_a_downlink_that_differs_inside_a_level_leaves_no_proof():
    data = per_user_downlink()
    assert optimum(data) == 2
    result = ot(data)
    assert result.schedule == Schedule.of([[1, 2]])
    assert (result.status, result.ended_by) == ("feasible", "completed")
    assert (result.bound, result.proved_by) == (None, None)


def test_from_the_bound_it_still_has_the_bound_of_the_cheap_tests():
    result = ot(per_user_downlink(), start="bound")
    assert (result.status, result.objective, result.bound) == ("feasible", 2, 2)


def test_a_node_limit_ends_the_search_with_the_cardinality_it_had_come_to():
    """5 nodes refute z = 4; the search is cut in the trees of z = 3."""
    result = ot(two_lengths(), node_limit=7)
    assert (result.status, result.ended_by) == ("none", "node-limit")
    assert (result.schedule, result.bound, result.num_nodes) == (None, 3, 7)


def test_a_node_limit_that_suffices_changes_nothing():
    result = ot(two_lengths(), node_limit=16)
    assert (result.status, result.num_nodes) == ("optimal", 16)


def test_a_cut_search_without_a_proof_has_no_bound():
    result = ot(per_user_downlink(), node_limit=1)
    assert (result.status, result.bound) == ("none", None)


@pytest.mark.parametrize(("start", "time_limit"), [("all", 3), ("bound", 4)])
def test_a_time_limit_ends_the_search_on_the_way(monkeypatch, start, time_limit):
    """The clock moves one second at each look at it.

    A look before z = 4, at 1 s, and the second, at 2 s, before z = 3: the third would come after
    a slice, and its trees have 11 nodes. From the bound, three looks bisect z = 1..4 down to 3,
    and the fourth comes before its trees.
    """
    seconds = iter(range(1000))
    monkeypatch.setattr(limits, "now_s", lambda: float(next(seconds)))
    monkeypatch.setattr(limits, "_LEAST_SLICE", 6)
    result = ot(two_lengths(), time_limit=time_limit, start=start)
    assert (result.status, result.ended_by) == ("none", "time-limit")
    assert result.bound == 3
    assert result.num_nodes == (5 + 6 if start == "all" else 0)


def test_no_time_at_all_visits_no_node():
    result = ot(two_lengths(), time_limit=0)
    assert (result.ended_by, result.num_nodes, result.bound) == ("time-limit", 0, 4)


def test_an_interrupted_search_ends_with_the_cardinality_it_had_come_to(monkeypatch):
    """The interrupt comes after the second slice of 5 nodes: those of z = 4, then of z = d = 3."""
    slices = []

    def interrupt_after_the_second(*arguments):
        outcome = search(*arguments)
        slices.append(outcome)
        if len(slices) == 2:
            raise KeyboardInterrupt
        return outcome

    search = candidates.search
    monkeypatch.setattr(candidates, "search", interrupt_after_the_second)
    monkeypatch.setattr(limits, "_LEAST_SLICE", 5)
    monkeypatch.setattr(limits, "_SLICE_S", 0.0)
    result = ot(two_lengths())
    assert (result.status, result.ended_by) == ("none", "interrupted")
    assert (result.bound, result.num_nodes) == (3, 5 + 5)


@pytest.mark.parametrize("pruning", Pruning)
@pytest.mark.parametrize("size", [1, 2, 3, 7, 100])
def test_the_size_of_the_slices_changes_nothing(monkeypatch, pruning, size):
    data = one_edge_node([1] * 4 + [2] * 4 + [4] * 2, [20] * 10, uplink=[1] * 10, uplink_capacity=6)
    whole = ot(data, pruning=pruning)
    monkeypatch.setattr(limits, "_LEAST_SLICE", size)
    monkeypatch.setattr(limits, "_SLICE_S", 0.0)
    sliced = ot(data, pruning=pruning)
    assert (sliced.schedule, sliced.num_nodes) == (whole.schedule, whole.num_nodes)


def long_search(*, num_requests=400):
    """Three lengths, everyone alike in the rest, and room for one of the longest at most."""
    output = [3 + i % 3 for i in range(num_requests)]
    return one_edge_node(output, [6] * num_requests, room=5)


def test_a_time_limit_is_kept_in_the_midst_of_a_long_search():
    """A slice is some milliseconds; how late it was is for `make bench` to say."""
    result = ot(long_search(), pruning="none", time_limit=0.2)
    assert (result.status, result.ended_by) == ("none", "time-limit")
    assert result.runtime_s >= 0.2
    assert result.num_nodes > 0
    assert 1 <= result.bound <= 400


def test_an_interrupt_in_the_midst_of_a_long_search_leaves_its_bound():
    """A process of its own gets the signal that Ctrl-C sends while it searches."""
    script = """
import os, signal, threading
from heuristics.ot import ot
from tests.heuristics.test_ot import long_search

data = long_search()
ot(data, node_limit=1)
threading.Timer(0.3, os.kill, (os.getpid(), signal.SIGINT)).start()
result = ot(data, pruning="none", time_limit=60)
print(result.status, result.ended_by, result.schedule, result.bound, result.num_nodes > 0)
"""
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    status, ended_by, schedule, bound, has_nodes = done.stdout.split()
    assert (status, ended_by, schedule, has_nodes) == ("none", "interrupted", "None", "True")
    assert 1 <= int(bound) <= 400


def test_nothing_is_compiled_in_a_run():
    """Compiling has no part in the runtime: the warm-up knows every kind of arguments."""
    warm_up()
    known = tuple(search_tree.search.signatures)
    for start in Start:
        ot(two_lengths(), start=start)
    assert tuple(search_tree.search.signatures) == known


@pytest.mark.parametrize(
    ("option", "message"),
    [
        ({"pruning": "exakt"}, "pruning: must be one of exact, literal, pseudocode, none"),
        ({"start": "middle"}, "start: must be one of all, bound, found 'middle'"),
    ],
)
def test_an_unknown_option_is_refused(option, message):
    with pytest.raises(InputError, match=message):
        ot(two_lengths(), **option)


def test_more_edge_nodes_are_refused():
    with pytest.raises(InputError, match="ot-literal solves one edge node"):
        ot(unit_requests([[1], [1]], [1, 1]), pruning="literal")
