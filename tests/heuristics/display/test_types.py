"""The data types show themselves; each is read as a reader of the page would."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.generation.scenario import build_scenario
from heuristics.coefficients import Coefficients
from heuristics.display.palette import BEYOND
from heuristics.loads import Loads
from heuristics.problem import Problem
from heuristics.result import EndedBy, NodeKind, Result, Status
from heuristics.schedule import Schedule
from tests.helpers.strategies import coefficients


def words(shown):
    """Return the words of a display, without markup."""
    return " ".join(re.sub(r"<[^>]*>", " ", shown._repr_html_()).split())


@given(coefficients())
def test_coefficients_of_any_kind_show_themselves(data):
    assert words(data).startswith(f"P1 with {data.num_requests} requests")


def test_coefficients_show_what_all_eligible_requests_would_take():
    """Requests 0 and 2 are eligible: 4 + 6 of 8 of the uplink; 2 + 2 MFLOP of at most 5."""
    data = Coefficients(
        uplink=[[4, 5, 6]],
        uplink_capacity=[8],
        downlink=[[1, 1, 1]],
        downlink_capacity=[4],
        memory=[[3, 3, 3]],
        memory_capacity=[100],
        compute=[[2, 2, 2]],
        compute_budget=[[5, 9, 4]],
        eligible=[[1, 0, 1]],
    )
    shown = words(data)
    for expected in ("67 % 2 of 3", "125 % 10 of 8", "50 % 2 of 4", "6 % 6 of 100", "80 % 4 of 5"):
        assert expected in shown


@given(coefficients(), st.data())
def test_loads_of_any_schedule_show_themselves(data, draw):
    batches = [
        draw.draw(
            st.lists(st.integers(0, data.num_requests - 1)) if data.num_requests else st.just([])
        )
        for _ in range(data.num_edge_nodes)
    ]
    loads = Loads.of(data, Schedule.of(batches))
    is_beyond = any(
        each.capacity is not None and each.load > each.capacity
        for row in loads.edge_nodes
        for each in row
    )
    assert ("too much" in words(loads)) == (BEYOND in loads._repr_html_()) == is_beyond


def test_a_schedule_shows_its_batches():
    assert words(Schedule.of([[2, 0], []])) == (
        "Schedule of 2 requests edge node batch requests 0 2 0, 2 1 0 none"
    )


def test_a_result_shows_its_proof_its_bound_and_its_nodes():
    result = Result(
        problem=Problem.P1,
        status=Status.FEASIBLE,
        ended_by=EndedBy.TIME_LIMIT,
        schedule=Schedule.of([[0, 1, 2]]),
        bound=4,
        runtime_s=1.5,
        num_nodes=12345,
        node_kind=NodeKind.TREE,
    )
    shown = words(result)
    assert "status feasible, ended by time-limit" in shown
    assert "objective 75 % 3 of 4" in shown
    assert "gap 25.00 %" in shown
    assert "nodes 12,345 (tree)" in shown


def test_what_a_result_does_not_have_is_a_dash_and_never_zero():
    result = Result(
        problem=Problem.P1,
        status=Status.NONE,
        ended_by=EndedBy.ERROR,
        runtime_s=None,
        claimed_objective=9,
        message="<img src=x>",
    )
    shown = words(result)
    assert "objective - bound - gap - runtime - " in shown
    assert "9, by a schedule that is left out" in shown
    assert "&lt;img src=x&gt;" in shown


@pytest.mark.parametrize("num_requests", [0, 3])
def test_a_scenario_shows_its_edge_nodes(num_requests):
    shown = words(build_scenario("section-v", num_requests=num_requests))
    assert f"Scenario: {num_requests} requests at 3 edge nodes" in shown
    assert "server bloom-3b w8a16 20 26.6 TFLOP/s 640 GB 20 / 20 MHz" in shown
    assert ("prompts of no tokens" in shown) == (num_requests == 0)
