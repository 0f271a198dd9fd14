import pytest
from hypothesis import given

from analysis.proofs import brute_force, cp_sat
from heuristics.checker import check
from heuristics.problem import Problem
from tests import oracles
from tests.strategies import coefficients, levelled


@given(coefficients())
def test_brute_force_finds_the_optimum(data):
    assert brute_force(data) == oracles.optimum(data)


@given(levelled())
def test_cp_sat_finds_the_optimum_with_a_schedule_that_the_judge_accepts(data):
    schedule = cp_sat(data, time_limit=60)
    assert check(data, schedule, Problem.P1) == ()
    assert schedule.throughput == oracles.optimum(data)


def test_brute_force_refuses_what_it_cannot_enumerate():
    from instances.families.uniform_random import FAMILY

    (instance,) = FAMILY.generate({"num_requests": 15}, 0)
    with pytest.raises(ValueError, match="at most 14 requests, found 15"):
        brute_force(instance.coefficients)


def test_cp_sat_claims_nothing_that_it_has_not_proved():
    from instances.families.uniform_random import FAMILY

    (instance,) = FAMILY.generate({"num_requests": 400}, 0)
    with pytest.raises(RuntimeError, match="no proof after"):
        cp_sat(instance.coefficients, time_limit=1e-3)
