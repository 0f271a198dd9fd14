from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.benchmarks.single_node_kinds import KINDS, draw, small
from heuristics.limits import Limits
from heuristics.problem import Problem
from heuristics.single_node.feasibility_oracle import FeasibilityOracle
from heuristics.single_node.lattice import Lattice
from heuristics.single_node.sorted_requests import SortedRequests

SEEDS = st.integers(0, 2**32)


def counts_that_fit(requests, depth, budget, cardinality, low, high):
    """All counts between the bounds, of F_d by definition."""
    num_levels = requests.num_levels
    capacity = [*requests.capacity.tolist(), budget]
    uplinks = [
        sorted(requests.uplink[:depth][requests.level[:depth] == k]) for k in range(num_levels)
    ]
    ranges = (range(a, b + 1) for a, b in zip(low[:num_levels], high[:num_levels], strict=True))
    for counts in product(*ranges):
        uplink = sum(sum(each[:count]) for each, count in zip(uplinks, counts, strict=True))
        use = [uplink, *(requests.demand[:, :num_levels] @ counts)]
        if sum(counts) == cardinality and all(u <= c for u, c in zip(use, capacity, strict=True)):
            yield counts


@pytest.mark.parametrize("few_visits", [1, 1 << 30], ids=["lattice", "walk"])
@given(seed=SEEDS)
def test_the_answer_is_right_within_any_bounds_on_the_counts(few_visits, seed):
    rng = np.random.default_rng(seed)
    data = small(seed, most_requests=12, most_levels=6, size=int(rng.choice([5, 50, 10**9])))
    requests = SortedRequests.of(data, 0, Problem.P1)
    if requests.num_requests == 0:
        return
    depth = int(rng.integers(1, requests.num_requests + 1))
    budget = int(requests.budget[depth - 1])
    decision = FeasibilityOracle(requests, Limits(), few_visits=few_visits)
    decision.gather(depth)
    low = np.zeros_like(decision.size)
    high = decision.size.copy()
    if rng.random() < 0.5:
        low = rng.integers(0, high + 1)
        high = rng.integers(low, high + 1)
    for cardinality in range(depth + 1):
        fitting = set(counts_that_fit(requests, depth, budget, cardinality, low, high))
        answer = decision.fits(cardinality, budget, low, high)
        assert answer == bool(fitting)
        if answer:
            assert tuple(decision.counts[:-1]) in fitting
            assert not decision.is_first or tuple(decision.counts[:-1]) == max(fitting)
            largest = decision.largest_counts(cardinality, budget, low, high)
            assert all((np.array(each) <= largest[:-1]).all() for each in fitting)


def test_the_lattice_is_asked_where_many_levels_have_a_choice(monkeypatch):
    """Else the test above would not tell anything of it."""
    asked = []
    begin = Lattice.begin.__func__
    monkeypatch.setattr(
        Lattice, "begin", classmethod(lambda cls, *given: asked.append(1) or begin(cls, *given))
    )
    for seed in range(300):
        requests = SortedRequests.of(
            small(seed, most_requests=12, most_levels=6, size=50), 0, Problem.P1
        )
        if requests.num_requests:
            decision = FeasibilityOracle(requests, Limits(), few_visits=1)
            decision.gather(requests.num_requests)
            for cardinality in range(requests.num_requests):
                decision.fits(cardinality, int(requests.budget[-1]))
    assert len(asked) > 20


def test_what_is_not_known_yet_is_none():
    requests = SortedRequests.of(draw(KINDS["all four"], 300), 0, Problem.P1)
    decision = FeasibilityOracle(requests, Limits(), few_visits=1)
    decision.gather(requests.num_requests)
    budget = int(requests.budget[-1])
    several = range(requests.num_requests)
    few = [decision.fits(z, budget, max_visits=1) for z in several]
    all_visits = [decision.fits(z, budget) for z in several]
    assert None in few
    assert all(answer in (None, known) for answer, known in zip(few, all_visits, strict=True))
