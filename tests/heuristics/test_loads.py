import pytest
from hypothesis import given
from hypothesis import strategies as st

from heuristics.judges.checker import check
from heuristics.loads import Load, Loads
from heuristics.problem import Problem
from heuristics.schedule import Schedule
from tests.helpers.strategies import coefficients


@given(coefficients(), st.data())
def test_a_capacity_is_exceeded_exactly_where_the_judge_says_so(data, draw):
    """The judge shares no code with the loads, so one holds the other to it."""
    requests = st.sets(st.integers(0, data.num_requests - 1)) if data.num_requests else st.just(())
    schedule = Schedule.of([draw.draw(requests) for _ in range(data.num_edge_nodes)])
    exceeded = {
        (each.constraint, edge_node)
        for edge_node, row in enumerate(Loads.of(data, schedule).edge_nodes)
        for each in row
        if each.capacity is not None and each.load > each.capacity
    }
    judged = {
        (each.constraint, each.edge_node)
        for each in check(data, schedule)
        if each.constraint not in ("once", "eligible")
    }
    assert exceeded == judged


@given(coefficients(max_edge_nodes=1))
def test_p2_has_no_spectrum_to_load(data):
    loads = Loads.of(data, Schedule.empty(1), problem=Problem.P2)
    assert [each.constraint for each in loads.edge_nodes[0]] == ["memory", "deadline"]


def test_an_empty_batch_has_no_deadline_and_no_share_of_it():
    load = Load("deadline", "(12d)", 0, None)
    assert load.share is None
    assert Load("memory", "(12c)", 0, 0).share is None


@given(coefficients())
def test_batches_names_and_requests_must_be_those_of_the_problem(data):
    empty = Schedule.empty(data.num_edge_nodes)
    with pytest.raises(ValueError, match="as edge nodes are"):
        Loads.of(data, Schedule.empty(data.num_edge_nodes + 1))
    with pytest.raises(ValueError, match="as edge nodes are"):
        Loads.of(data, empty, names=())
    beyond = Schedule.of([[data.num_requests], *empty.batches[1:]])
    with pytest.raises(ValueError, match="must be an index of"):
        Loads.of(data, beyond)
