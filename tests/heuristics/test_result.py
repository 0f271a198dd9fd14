import pytest

from heuristics.problem import Problem
from heuristics.result import EndedBy, NodeKind, Result, Status, relative_gap
from heuristics.schedule import Schedule

OPTIMAL = {
    "problem": Problem.P1,
    "status": Status.OPTIMAL,
    "ended_by": EndedBy.PROOF,
    "schedule": Schedule.of([[0, 1]]),
    "bound": 2,
    "proved_by": "ot",
    "runtime_s": 0.0,
}


def test_an_optimal_result_has_no_gap():
    result = Result(**OPTIMAL)
    assert (result.objective, result.gap) == (2, 0.0)


def test_a_result_without_a_schedule_has_no_objective_and_no_gap():
    result = Result(
        problem=Problem.P1, status=Status.NONE, ended_by=EndedBy.TIME_LIMIT, bound=5, runtime_s=1.0
    )
    assert (result.objective, result.gap) == (None, None)


@pytest.mark.parametrize(
    "changes",
    [
        {"bound": 3},
        {"bound": None},
        {"proved_by": None},
        {"ended_by": EndedBy.COMPLETED},
        {"schedule": None},
        {"status": Status.INFEASIBLE},
        {"status": Status.FEASIBLE},
        {"status": Status.FEASIBLE, "ended_by": EndedBy.COMPLETED, "proved_by": None, "bound": 1},
        {"num_nodes": 4},
        {"node_kind": NodeKind.TREE},
    ],
)
def test_refuses_parts_that_contradict_each_other(changes):
    with pytest.raises(ValueError, match=r"."):
        Result(**(OPTIMAL | changes))


@pytest.mark.parametrize(
    ("objective", "bound", "gap"),
    [(8, 10, 0.2), (0, 5, 1.0), (0, 0, 0.0), (None, 5, None), (5, None, None)],
)
def test_the_gap_is_relative_to_the_bound(objective, bound, gap):
    assert relative_gap(objective, bound) == gap
