import pytest
from hypothesis import given
from hypothesis import strategies as st

from heuristics.judges.checker import check
from heuristics.ot_gah_fast import ot_gah_fast
from heuristics.rivals import genetic as module
from heuristics.rivals.genetic import genetic
from heuristics.schedule import Schedule
from instances.families.registry import family
from tests.helpers.alternatives import compressed, few, with_alternatives
from tests.helpers.oracles import optimum
from tests.helpers.problems import unit_requests
from tests.helpers.strategies import levelled

pytest.importorskip("pymoo")


@few
@given(st.one_of(levelled(), with_alternatives()), st.integers(0, 100))
def test_it_lies_between_its_start_and_the_optimum(data, seed):
    for each in (data, compressed(data)):
        result = genetic(each, seed=seed, generations=2)
        assert check(each, result.schedule) == ()
        assert ot_gah_fast(each).objective <= result.objective <= optimum(data)


def test_half_tight_instances_are_no_trap():
    (instance,) = family("half-tight").generate({}, 0)
    assert genetic(instance.coefficients).objective == 12


def test_the_first_chromosome_is_near_to_the_start():
    """The decoder orders and places anew, so it may differ by some requests."""
    (instance,) = family("dense").generate({}, 0)
    data = instance.coefficients
    start = ot_gah_fast(data).schedule
    decoder = module._Decoder(data, start)
    assert decoder.decode(decoder.first(0)[0]).throughput >= 0.95 * start.throughput


def test_the_seed_decides():
    (instance,) = family("dense").generate({"num_requests": 60}, 0)
    first, again = (genetic(instance.coefficients, seed=1, generations=5) for _ in range(2))
    assert first.schedule == again.schedule


def test_it_starts_from_a_warm_start():
    data = unit_requests([[1, 1], [1, 0]], [1, 1])
    start = Schedule.of([[1], []])
    assert genetic(data, generations=0, warm_start=start).schedule == start
    assert genetic(data, warm_start=start).objective == 2
