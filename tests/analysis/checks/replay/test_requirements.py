from hypothesis import given
from hypothesis import strategies as st

from analysis.checks.replay.columns import Column
from analysis.checks.replay.requirements import (
    Requirement,
    request_classes,
    requirements,
    shared_order,
)
from heuristics.judges.verifier import RankedRequests
from tests.helpers.examples import problem
from tests.helpers.oracles import feasible_batches
from tests.helpers.strategies import coefficients, levelled


def ranked(data):
    return [RankedRequests.of(data, j) for j in range(data.num_edge_nodes)]


def test_the_order_is_that_of_mean_ranks():
    """Ranks 0, 1, 2 and 1, 0, 2 are 0.5, 0.5 and 2 in the mean; request 0 comes first."""
    own = ranked(problem(compute_budget=[[9, 8, 7], [8, 9, 7]]))
    assert shared_order(own) == [0, 1, 2]
    assert shared_order(ranked(problem(eligible=[[0, 0, 1], [0, 0, 0]]))) == [2]


def test_levels_with_a_request_in_common_are_one_class():
    """Requests 0 and 1 are of a level at edge node 0, and 1 and 2 at edge node 1."""
    apart = problem(memory=[[1, 1, 2], [1, 1, 2]], compute=[[1] * 3] * 2)
    assert request_classes(ranked(apart)) == {0: 0, 1: 0, 2: 1}
    chained = problem(memory=[[1, 1, 2], [1, 2, 2]], compute=[[1] * 3] * 2)
    assert request_classes(ranked(chained)) == {0: 0, 1: 0, 2: 0}


def test_a_column_is_as_deep_as_the_last_request_that_it_can_have():
    """Edge node 1 ranks request 2 first; its level of 1 and 0 has them second and third."""
    data = problem(
        memory=[[1, 1, 2]] * 2,
        compute=[[1] * 3] * 2,
        compute_budget=[[9, 8, 7], [1, 2, 3]],
    )
    own = ranked(data)[1]
    assert (own.requests, own.levels) == ([2, 1, 0], [[1, 2], [0]])
    columns = [
        Column((0, 1), 3, 0),
        Column((1, 0), 2, 0),
        Column((2, 1), 3, 0),
        Column((0, 0), 3, 0),
    ]
    assert requirements(own, columns, [0, 1, 2], {0: 0, 1: 0, 2: 1}) == [
        Requirement(3, (0, 1)),
        Requirement(2, (1, 0)),
        Requirement(3, (2, 1)),
        Requirement(0, (0, 0)),
    ]


@given(
    data=st.one_of(
        coefficients(max_edge_nodes=5, max_requests=7), levelled(max_edge_nodes=5, max_requests=7)
    )
)
def test_every_batch_meets_what_its_column_requires(data):
    own = ranked(data)
    order, classes = shared_order(own), request_classes(own)
    for j, each in enumerate(own):
        for mask in feasible_batches(data, j).nonzero()[0].tolist():
            places = [p for p, request in enumerate(each.requests) if mask >> request & 1]
            counts = tuple(len({*level} & {*places}) for level in each.levels)
            column = Column(counts, max(places, default=-1) + 1, 0)
            (required,) = requirements(each, [column], order, classes)
            batch = [each.requests[place] for place in places]
            assert {*batch} <= {*order[: required.depth]}
            asked = [classes[request] for request in batch]
            assert tuple(map(asked.count, range(len(required.asked)))) == required.asked
