from hypothesis import assume, given
from hypothesis import strategies as st

from heuristics.improvement.subgradient_prices import SubgradientPrices
from heuristics.limits import Limits
from tests.helpers.examples import problem
from tests.helpers.oracles import optimum
from tests.helpers.strategies import coefficients, levelled


@given(st.one_of(coefficients(), levelled()))
def test_the_bound_never_lies_below_the_optimum_and_never_rises(data):
    assume(data.num_requests > 0)
    best = optimum(data)
    prices = SubgradientPrices(data)
    before = prices.bound
    for _ in range(20):
        prices.improve(best, Limits())
        assert best <= prices.bound <= before
        before = prices.bound


def test_the_bound_counts_who_is_eligible_somewhere():
    data = problem(eligible=[[1, 1, 0], [0, 1, 0]])
    assert SubgradientPrices(data).bound == 2
