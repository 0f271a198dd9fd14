from hypothesis import given

from heuristics.judges.checker import check
from heuristics.rivals.regret import regret
from instances.families.registry import family
from tests.helpers.alternatives import compressed, few, with_alternatives
from tests.helpers.oracles import optimum
from tests.helpers.problems import unit_requests
from tests.helpers.strategies import coefficients


@few
@given(coefficients())
def test_schedules_are_feasible(data):
    result = regret(data)
    assert check(data, result.schedule) == ()
    assert result.objective <= optimum(data)


@few
@given(with_alternatives())
def test_alternatives_and_compressed_rows_are_taken(data):
    result = regret(data)
    assert check(data, result.schedule) == ()
    assert regret(compressed(data)).objective == result.objective <= optimum(data)


def test_who_has_a_single_edge_node_goes_first():
    """Three edge nodes of room one; request i may be served at the first 3 - i of them."""
    data = unit_requests([[1, 1, 1], [1, 1, 0], [1, 0, 0]], [1, 1, 1])
    assert regret(data).schedule.batches == ((2,), (1,), (0,))


def test_half_tight_instances_are_no_trap():
    """OT-GAH serves half of the optimum there."""
    (instance,) = family("half-tight").generate({}, 0)
    assert regret(instance.coefficients).objective == 12


def test_a_time_limit_keeps_a_part_of_the_first_pass():
    (instance,) = family("dense").generate({}, 0)
    result = regret(instance.coefficients, time_limit=1e-9)
    assert result.ended_by == "time-limit"
    assert check(instance.coefficients, result.schedule) == ()
