import pytest

from formulations.evaluation import broken_rows
from heuristics.problem import Problem
from heuristics.schedule import Schedule
from tests.helpers.examples import problem


def names(data, batches, name=Problem.P1, z=None):
    return [
        line.split(":")[0].split(" at ")[0]
        for line in broken_rows(data, Schedule.of(batches), name, z)
    ]


def test_a_feasible_schedule_breaks_nothing():
    assert names(problem(), [[0, 1], [2]], z=3) == []


@pytest.mark.parametrize(
    ("changes", "batches", "broken"),
    [
        ({}, [[0], [0]], "once"),
        ({"eligible": [[0, 1, 1], [1, 1, 1]]}, [[0], []], "eligible (12e)"),
        ({"uplink_capacity": [3, 10]}, [[0, 1], []], "uplink (12a)"),
        ({"downlink_capacity": [1, 10]}, [[0, 1], []], "downlink (12b)"),
        ({}, [[0, 1, 2], []], "memory (12c)"),
        ({}, [[], [0, 1]], "deadline (12d)"),
    ],
)
def test_each_broken_row_is_named(changes, batches, broken):
    assert names(problem(**changes), batches) == [broken]


def test_spectrum_counts_in_problems_that_have_it_only():
    data = problem(uplink_capacity=[3, 10], downlink_capacity=[1, 10]).at(0)
    assert names(data, [[0, 1]], Problem.P2) == []
    assert names(data, [[0, 1]], Problem.P3PRIME) == ["uplink (12a)", "downlink (12b)"]


def test_another_cardinality_is_named():
    assert names(problem().at(0), [[0]], Problem.P3, z=2) == ["cardinality"]


def test_a_line_tells_both_sides():
    lines = list(broken_rows(problem(), Schedule.of([[], [0, 1]]), Problem.P1, None))
    assert lines == ["deadline (12d) at edge node 1: 8 exceeds 6"]
