import numpy as np
from hypothesis import assume, given
from hypothesis import strategies as st

from heuristics.coefficients import Coefficients
from heuristics.improvement.nested_annealing import VALUE, NestedAnnealing, evaluate, load_of
from heuristics.improvement.nested_pools import NestedPools
from heuristics.improvement.request_classes import RequestClasses
from heuristics.judges.checker import check
from heuristics.schedule import Schedule
from tests.helpers.matching import most_filled
from tests.helpers.oracles import optimum


@st.composite
def nested(draw, *, max_edge_nodes=3, max_requests=7):
    """Draw a problem that meets the conditions: one order, and prefixes of it by class."""
    num_edge_nodes = draw(st.integers(1, max_edge_nodes))
    num_requests = draw(st.integers(1, max_requests))
    each = st.lists(st.integers(0, 2), min_size=num_requests, max_size=num_requests)
    kinds = draw(each)
    compute, budget, memory, eligible = [], [], [], []
    for _ in range(num_edge_nodes):
        demand = [draw(st.integers(0, 4)) for _ in range(3)]
        size = [draw(st.integers(0, 3)) for _ in range(3)]
        num_eligible = [draw(st.integers(0, num_requests)) for _ in range(3)]
        steps = draw(each)
        compute.append([demand[kind] for kind in kinds])
        memory.append([size[kind] for kind in kinds])
        budget.append((4 + np.cumsum(steps[::-1])[::-1]).tolist())
        before = [kinds[:i].count(kind) for i, kind in enumerate(kinds)]
        eligible.append(
            [int(n < num_eligible[kind]) for n, kind in zip(before, kinds, strict=True)]
        )
    shape = (num_edge_nodes, num_requests)
    nothing = np.zeros(shape, dtype=int)
    return Coefficients(
        uplink=nothing,
        uplink_capacity=nothing[:, 0],
        downlink=nothing,
        downlink_capacity=nothing[:, 0],
        memory=memory,
        memory_capacity=draw(
            st.lists(st.integers(3, 12), min_size=num_edge_nodes, max_size=num_edge_nodes)
        ),
        compute=compute,
        compute_budget=budget,
        eligible=eligible,
    )


def annealing(data, *, seed=0, num_moves=2000):
    classes = RequestClasses.of(data)
    pools = NestedPools.of(data, classes)
    start = Schedule.empty(data.num_edge_nodes)
    return pools and NestedAnnealing(pools, start, classes.of_request, seed, num_moves), classes


@given(nested(), st.data())
def test_the_value_of_a_state_is_that_of_a_maximum_matching(data, drawn):
    found, classes = annealing(data)
    assume(found)  # Rarely only another order of ties meets the conditions.
    pools, state = found._pools, found._state
    for j in range(data.num_edge_nodes):
        state.counts[j] = [drawn.draw(st.integers(0, n)) for n in pools.num_eligible[j].tolist()]
        if load_of(state.counts, pools.num_eligible, pools.demand, pools.capacity, j) < 0:
            state.counts[j] = 0
    evaluate(pools, state)
    state.best[:] = state.counts
    value = most_filled(data, classes.of_request, state.counts)
    assert state.value[VALUE] == value == found.best.throughput
    assert check(data, found.best) == ()


@given(nested(), st.integers(0, 3))
def test_the_best_state_is_the_optimum(data, seed):
    found, _ = annealing(data, seed=seed)
    assume(found)
    found.advance(2000, data.num_requests)
    assert found.objective == found.best.throughput == optimum(data)
