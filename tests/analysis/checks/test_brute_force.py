import pytest
from hypothesis import given

from analysis.checks.brute_force import brute_force
from tests.helpers import oracles
from tests.helpers.alternatives import few, with_alternatives
from tests.helpers.strategies import coefficients


@given(coefficients())
def test_brute_force_finds_the_optimum(data):
    assert brute_force(data) == oracles.optimum(data)


@few
@given(with_alternatives())
def test_brute_force_uses_one_alternative_of_each_edge_node(data):
    assert brute_force(data) == oracles.optimum(data)


def test_brute_force_refuses_what_it_cannot_enumerate():
    from instances.families.uniform_random import FAMILY

    (instance,) = FAMILY.generate({"num_requests": 15}, 0)
    with pytest.raises(ValueError, match="at most 14 requests, found 15"):
        brute_force(instance.coefficients)
