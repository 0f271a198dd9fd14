import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from analysis.benchmarks.single_node_kinds import small
from heuristics.problem import Problem
from heuristics.single_node.bound import Bound
from heuristics.single_node.sorted_requests import SortedRequests
from tests.helpers.oracles import feasible_batches
from tests.helpers.problems import one_edge_node

SEEDS = st.integers(0, 2**32)
MULTIPLIERS = st.lists(st.floats(0, 1), min_size=4, max_size=4).map(np.array)


def largest_by_group(data, requests):
    """The largest batch whose least budget is that of each group."""
    largest = [0] * requests.group_end.size
    ends = requests.budget[requests.group_end - 1].tolist()
    for mask in np.flatnonzero(feasible_batches(data, 0)):
        chosen = [i for i in range(data.num_requests) if mask >> i & 1]
        if chosen:
            group = ends.index(data.compute_budget[0, chosen].min())
            largest[group] = max(largest[group], len(chosen))
    return largest


@given(SEEDS, st.lists(MULTIPLIERS, max_size=4))
def test_no_multipliers_bound_a_batch_too_low(seed, several):
    data = small(seed, most_requests=9, most_levels=5, size=12)
    requests = SortedRequests.of(data, 0, Problem.P1)
    if requests.num_requests == 0:
        return
    bound = Bound(requests)
    for multipliers in several:
        bound.lower(multipliers)
    largest = largest_by_group(data, requests)
    assert all(bound.at(group) >= each for group, each in enumerate(largest))
    assert bound.largest >= max(largest)


@given(SEEDS, st.floats(0.001, 1000))
def test_a_bound_that_is_met_exactly_is_not_rounded_below(seed, unit):
    """Requests that ask for 1 of the memory each, at a price of 1, are bounded by the memory."""
    room = seed % 7 + 1
    data = one_edge_node([1] * 9, [9] * 9, room=room)
    bound = Bound(SortedRequests.of(data, 0, Problem.P1))
    bound.lower(np.array([0.0, 0.0, 1.0, 0.0]))
    assert bound.largest == room
    bound.lower(np.array([0.0, 0.0, unit, 0.0]))
    assert bound.largest == room


def test_a_bound_worked_by_hand():
    """Two requests of budget 5, one of 3; compute 2 each; a price of 1/2 for compute.

    Up to the second d = 2: 5/2 + 0 = 2.5. At d = 3: 3/2 + 0 = 1.5: one of the three.
    """
    data = one_edge_node([2, 2, 2], [5, 5, 3])
    bound = Bound(SortedRequests.of(data, 0, Problem.P1))
    assert (bound.at(0), bound.at(1)) == (2, 3)
    bound.lower(np.array([0.0, 0.0, 0.0, 0.5]))
    assert (bound.at(0), bound.at(1)) == (2, 1)
    assert bound.open_groups(2, 1).tolist() == [0]


def test_a_group_whose_requests_cost_more_than_they_gain_loses_what_the_cheapest_loses():
    """The last request asks for 6 at 1/2 each: to take it costs 2 more than it gains.

    Without the term the bound at d = 2 would be 8/2 = 4 and 1 - 1 = 0 of the first: 2, not 4.
    """
    data = one_edge_node([2, 6], [9, 8])
    bound = Bound(SortedRequests.of(data, 0, Problem.P1))
    bound.lower(np.array([0.0, 0.0, 0.0, 0.25]))
    assert bound.at(1) == int(8 / 4 + 0.5 - 0.5)


def test_what_is_refuted_stays_refuted():
    bound = Bound(SortedRequests.of(one_edge_node([1] * 4, [4, 3, 2, 1]), 0, Problem.P1))
    bound.refute(2, 3, 2)
    assert [bound.at(group) for group in range(4)] == [1, 2, 1, 1]
    bound.lower(np.zeros(4))
    assert bound.largest == 2
