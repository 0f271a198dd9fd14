import random

from hypothesis import given
from hypothesis import strategies as st

from analysis.checks.replay.columns import Column
from analysis.checks.replay.combination_prices import UNIT, CombinationPrices, prices_against
from heuristics.judges.verifier import RankedRequests
from tests.helpers.examples import problem
from tests.helpers.oracles import feasible_batches
from tests.helpers.strategies import coefficients, levelled


def ranked(data):
    return [RankedRequests.of(data, j) for j in range(data.num_edge_nodes)]


def test_a_column_costs_its_cheapest_requests_of_each_level():
    """Requests 0 and 1 of level (3, 1), rank 1 and 2, at 5 + 2 * 7 and 1 + 3 * 7; 2 of (4, 1)."""
    data = problem(uplink=[[2, 3, 1], [1, 1, 1]], memory=[[3, 3, 4], [3, 3, 3]])
    prices = CombinationPrices({0: 5, 1: 1}, [(7, 0), (0, 0)])
    columns = [
        Column((1, 0), 3, 0),
        Column((1, 0), 1, 0),
        Column((2, 1), 3, 0),
        Column((0, 0), 3, 0),
    ]
    assert prices.costs(ranked(data), 0, columns) == [19, 19, 19 + 22 + 7, 0]
    assert CombinationPrices({0: 30}, [(7, 0), (0, 0)]).costs(ranked(data), 0, columns[:2]) == [
        21,
        44,
    ]
    assert prices.total(ranked(data)) == 5 + 1 + 7 * 10


def test_prices_of_a_combination_that_asks_for_too_many_requests_show_it():
    """Two and two of three requests, each at a price of 1: they cost 4, and there are 3."""
    data = problem()
    combination = [Column((2,), 3, 0), Column((2,), 3, 0)]
    prices = prices_against(ranked(data), combination)
    costs = [prices.costs(ranked(data), j, [combination[j]])[0] for j in range(2)]
    assert sum(costs) - prices.total(ranked(data)) == UNIT


def test_prices_of_a_combination_that_lacks_spectrum_show_it():
    """Uplink of 10 for demands of 5 each: of three, two are served."""
    data = problem(uplink=[[5, 5, 5], [1, 1, 1]])
    combination = [Column((3,), 3, 0), Column((0,), 3, 0)]
    prices = prices_against(ranked(data), combination)
    costs = [prices.costs(ranked(data), j, [combination[j]])[0] for j in range(2)]
    assert sum(costs) > prices.total(ranked(data))


@given(data=st.one_of(coefficients(), levelled()), rng=st.randoms(use_true_random=False))
def test_no_prices_are_more_than_a_schedule_can_pay(data, rng):
    """Neither any at random nor those of the linear program of its own columns."""
    served, columns = 0, []
    own = ranked(data)
    for j in range(data.num_edge_nodes):
        batches = [m for m in feasible_batches(data, j).nonzero()[0].tolist() if not m & served]
        batch = rng.choice(batches)
        served |= batch
        places = [p for p, request in enumerate(own[j].requests) if batch >> request & 1]
        counts = tuple(len({*level} & {*places}) for level in own[j].levels)
        columns.append(Column(counts, max(places, default=-1) + 1, 0))
    at_random = CombinationPrices(
        {i: rng.randrange(100) for i in range(data.num_requests)},
        [(rng.randrange(9), rng.randrange(9)) for _ in own],
    )
    for prices in (at_random, prices_against(own, columns)):
        cost = sum(prices.costs(own, j, [column])[0] for j, column in enumerate(columns))
        assert cost <= prices.total(own)


def test_some_prices_are_more_than_a_combination_can_pay_and_others_are_not():
    """The control of the theorem: at random, both occur."""
    data, rng = problem(), random.Random(1)
    combination = [Column((2,), 3, 0), Column((2,), 3, 0)]
    seen = set()
    for _ in range(50):
        spectrum = [(rng.randrange(2), 0), (0, 0)]
        prices = CombinationPrices({i: rng.randrange(9) for i in range(3)}, spectrum)
        cost = sum(prices.costs(ranked(data), j, [combination[j]])[0] for j in range(2))
        seen.add(cost > prices.total(ranked(data)))
    assert seen == {True, False}
