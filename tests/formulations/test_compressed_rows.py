"""Every algorithm has the same answer for compressed rows as for matrices."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from formulations.decomposition.decomposition import bound, decomposition
from formulations.evaluation import broken_rows
from formulations.parameters import Parameters
from heuristics.algorithm_1 import algorithm_1
from heuristics.coefficients import Coefficients
from heuristics.errors import InputError
from heuristics.greedy import first_come_first_served, greedy_by_deadline, greedy_by_output
from heuristics.judges.checker import check
from heuristics.judges.verifier import verify
from heuristics.loads import Loads
from heuristics.ot import ot
from heuristics.ot_gah import ot_gah
from heuristics.ot_gah_fast import ot_gah_fast
from heuristics.pairs import Pairs
from heuristics.problem import Problem
from heuristics.schedule import Schedule
from heuristics.single_node.single_node import single_node
from tests.helpers.strategies import coefficients, levelled

PROBLEMS = st.one_of(coefficients(), levelled())

HEURISTICS = {
    "greedy-by-output": greedy_by_output,
    "greedy-by-deadline": greedy_by_deadline,
    "first-come-first-served": first_come_first_served,
    "ot-gah": ot_gah,
    "ot-gah-fast": ot_gah_fast,
    "ot-gah-fast, other options": lambda data: ot_gah_fast(
        data, order="capacity", ties="eligibility"
    ),
}


def compressed(data):
    capacities = (data.uplink_capacity, data.downlink_capacity, data.memory_capacity)
    return Coefficients.from_pairs(data.pairs, data.num_requests, *capacities)


def parts(result):
    return result.schedule, result.status, result.ended_by, result.bound, result.num_nodes


@settings(max_examples=25, deadline=None)
@given(PROBLEMS)
def test_heuristics_and_judges_agree(data):
    rows = compressed(data)
    for solve in HEURISTICS.values():
        result = solve(rows)
        assert parts(result) == parts(solve(data))
        assert check(rows, result.schedule) == check(data, result.schedule) == ()
        loads = [Loads.of(each, result.schedule).edge_nodes for each in (rows, data)]
        assert loads[0] == loads[1]
    for j in range(data.num_edge_nodes):
        for solve in (algorithm_1, ot, single_node):
            assert parts(solve(rows.at(j))) == parts(solve(data.at(j)))
    assert Parameters.of(rows) == Parameters.of(data)


@settings(max_examples=10, deadline=None)
@given(PROBLEMS)
def test_proofs_agree(data):
    rows = compressed(data)
    one, other = decomposition(rows), decomposition(data)
    assert (one.schedule.throughput, one.bound) == (other.schedule.throughput, other.bound)
    proved = bound(rows)
    if proved.certificate is not None:
        assert verify(rows, proved.certificate) == proved.bound


@given(PROBLEMS, st.data())
@settings(max_examples=25)
def test_a_schedule_with_a_pair_that_is_not_eligible_is_refused(data, draw):
    """Compressed rows have no numbers of such a pair, so it adds to no load."""
    everyone = range(data.num_requests)
    batches = [
        draw.draw(st.lists(st.sampled_from(everyone), unique=True)) if everyone else []
        for _ in range(data.num_edge_nodes)
    ]
    schedule, rows = Schedule.of(batches), compressed(data)
    told = {(each.constraint, each.edge_node, each.request) for each in check(rows, schedule)}
    expected = {
        ("eligible", j, i)
        for j, batch in enumerate(batches)
        for i in batch
        if not data.eligible[j, i]
    }
    assert {each for each in told if each[0] == "eligible"} == expected
    if not expected:
        assert check(rows, schedule) == check(data, schedule)
    broken = list(broken_rows(rows, schedule, Problem.P1, None))
    assert sum("eligible" in each for each in broken) == len(expected)


@pytest.fixture(scope="module")
def many():
    """Return 3,000 edge nodes and 2,000 requests, a single pair for each of 60 requests."""
    node, one = np.arange(0, 3000, 50), np.ones(60, dtype=np.int64)
    pointer = np.searchsorted(node, np.arange(3001)).astype(np.int64)
    pairs = Pairs(pointer, np.arange(60), one, one, one, one, one)
    return Coefficients.from_pairs(pairs, 2000, [1] * 3000, [1] * 3000, [1] * 3000)


@pytest.mark.parametrize("solve", HEURISTICS.values(), ids=HEURISTICS)
def test_heuristics_make_no_matrix(many, solve):
    with pytest.raises(InputError, match="`pairs`"):
        _ = many.eligible
    result = solve(many)
    assert result.schedule.throughput == 60
    assert check(many, result.schedule) == ()
