from hypothesis import given
from hypothesis import strategies as st

from heuristics.judges.checker import check
from heuristics.ot_gah_fast import ot_gah_fast
from heuristics.rivals.simulated_annealing import simulated_annealing
from heuristics.schedule import Schedule
from instances.families.registry import family
from tests.helpers.alternatives import compressed, few, with_alternatives
from tests.helpers.oracles import optimum
from tests.helpers.problems import unit_requests
from tests.helpers.strategies import levelled


@few
@given(st.one_of(levelled(), with_alternatives()), st.integers(0, 100))
def test_it_lies_between_its_start_and_the_optimum(data, seed):
    for each in (data, compressed(data)):
        result = simulated_annealing(each, seed=seed)
        assert check(each, result.schedule) == ()
        assert ot_gah_fast(each).objective <= result.objective <= optimum(data)


def test_half_tight_instances_are_no_trap():
    (instance,) = family("half-tight").generate({}, 0)
    assert simulated_annealing(instance.coefficients).objective == 12


def test_the_seed_and_the_moves_decide():
    (instance,) = family("dense").generate({"num_requests": 100}, 0)
    first, again = (
        simulated_annealing(instance.coefficients, seed=1, moves=50_000).schedule for _ in range(2)
    )
    assert first == again


def test_it_starts_from_a_warm_start():
    data = unit_requests([[1, 1], [1, 0]], [1, 1])
    start = Schedule.of([[1], []])
    assert simulated_annealing(data, moves=0, warm_start=start).schedule == start
    assert simulated_annealing(data, moves=1000, warm_start=start).objective == 2


def test_a_time_limit_cuts_the_run_and_keeps_the_best_so_far():
    (instance,) = family("dense").generate({}, 0)
    result = simulated_annealing(instance.coefficients, time_limit=0.05)
    assert result.ended_by == "time-limit"
    assert check(instance.coefficients, result.schedule) == ()
