from hypothesis import given
from hypothesis import strategies as st

from heuristics.judges.checker import check
from heuristics.rivals import greedy_density as module
from heuristics.rivals.greedy_density import greedy_density
from instances.families.registry import family
from tests.helpers.alternatives import compressed, few, with_alternatives
from tests.helpers.examples import one_edge_node
from tests.helpers.oracles import optimum
from tests.helpers.strategies import coefficients, levelled


@few
@given(st.one_of(coefficients(), levelled()))
def test_an_eighth_of_the_optimum_is_reached(data):
    result = greedy_density(data)
    assert check(data, result.schedule) == ()
    assert 8 * result.objective >= optimum(data) >= result.objective


@few
@given(with_alternatives())
def test_alternatives_and_compressed_rows_change_nothing_of_that(data):
    result = greedy_density(data)
    assert check(data, result.schedule) == ()
    assert 8 * result.objective >= optimum(data) >= result.objective
    assert greedy_density(compressed(data)).schedule == result.schedule


def test_with_one_scarce_resource_a_batch_is_largest():
    memory = [5, 1, 4, 2, 3]
    data = one_edge_node(memory=memory, compute=[1] * 5, budget=[9] * 5)
    assert greedy_density(data).objective == optimum(data)


def test_the_deadline_that_serves_most_is_found_among_many(monkeypatch):
    """Of 300 budgets, those from 200 on let 200 requests in; all 300 are tried in three rounds."""
    budget = list(range(300))
    data = one_edge_node(memory=[0] * 300, compute=[1] * 300, budget=[each + 1 for each in budget])
    full = greedy_density(data).objective
    monkeypatch.setattr(module, "MOST_THRESHOLDS", 4)
    assert greedy_density(data).objective == full == optimum_of_unit_loads(data)


def optimum_of_unit_loads(data):
    budgets = sorted(data.compute_budget[0].tolist(), reverse=True)
    return max(min(budget, at + 1) for at, budget in enumerate(budgets))


def test_a_time_limit_of_nothing_leaves_no_schedule():
    data = one_edge_node(memory=[1], compute=[1], budget=[1])
    result = greedy_density(data, time_limit=0)
    assert (result.status, result.ended_by, result.schedule) == ("none", "time-limit", None)


def test_it_comes_near_to_ot_gah_where_batches_are_large():
    """OT-GAH serves 133 of 547 requests."""
    (instance,) = family("dense").generate({}, 0)
    assert greedy_density(instance.coefficients).objective >= 131
