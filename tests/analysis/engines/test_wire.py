"""What a run gives back is not believed: it is what a store can hold, or no result."""

import math

import pytest

from analysis.engines.wire import no_result, result_from_dict, result_to_dict
from analysis.runs.values import LONGEST_TEXT
from heuristics.problem import Problem
from heuristics.result import EndedBy, Progress, Result, Status
from heuristics.schedule import Schedule

SOUND = Result(
    problem=Problem.P1,
    status=Status.FEASIBLE,
    ended_by=EndedBy.COMPLETED,
    schedule=Schedule.of([[0], [1]]),
    bound=3,
    bound_raw=3.5,
    runtime_s=0.25,
    trajectory=(Progress(0.125, None, 3), Progress(0.25, 2, 3)),
    message="a line",
)


def read(**changes):
    return result_from_dict(result_to_dict(SOUND, "hand") | changes, "hand")


def test_a_result_comes_back_as_it_went():
    assert read() == SOUND


ODD = {
    "a negative number of nodes": {"num_nodes": -1, "node_kind": "tree"},
    "more nodes than a store can hold": {"num_nodes": 2**80, "node_kind": "tree"},
    "nodes that are no integer": {"num_nodes": 1.0, "node_kind": "tree"},
    "true iterations": {"simplex_iterations": True},
    "a bound beyond all": {"bound": 10**30},
    "a raw bound without end": {"bound_raw": math.inf},
    "a time that is no number": {"runtime_s": math.nan},
    "a time without end": {"runtime_s": math.inf},
    "a negative time": {"build_s": -1.0},
    "a time in words": {"runtime_s": "soon"},
    "a solver that is no text": {"solver": ["HiGHS"]},
    "a point without end": {"trajectory": [[math.inf, 1, 2]]},
    "a point of four values": {"trajectory": [[0.0, 1, 2, 3]]},
    "a point beyond all": {"trajectory": [[0.0, 1, 2**90]]},
    "more points than are read": {"trajectory": [[0.0, 1, 2]] * (10**5 + 1)},
    "an unknown end": {"ended_by": "luck"},
}


@pytest.mark.parametrize("changes", ODD.values(), ids=ODD)
def test_what_no_store_can_hold_is_no_result(changes):
    with pytest.raises((ValueError, TypeError)):
        read(**changes)


def test_a_text_is_cut_and_made_one_of_utf_8():
    assert read(message="half a \ud800 pair").message == "half a ? pair"
    assert len(read(message="x" * 10**6).message) == LONGEST_TEXT


def test_a_run_without_a_result_has_nothing_but_its_end():
    lost = no_result(Problem.P1, EndedBy.CRASH, "boom")
    assert (lost.status, lost.bound, lost.runtime_s) == (Status.NONE, None, None)
