"""Nested pricing: the values of the pricing of each edge node by itself, where pools are nested."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from formulations.decomposition.pricing.dual_ascent import DualAscent
from formulations.decomposition.pricing.edge_nodes import EdgeNodes
from formulations.decomposition.pricing.nested_pairs import NO_ROW, NestedPairs
from heuristics.coefficients import Coefficients
from tests.helpers.decomposition_problems import CLOSE, problem, seeds
from tests.helpers.dense import dense


def nested_problem(seed):
    """Return a problem with nested pools: equal demands in a class, and budgets in one order.

    Some edge nodes are copies, alike but for their capacities; some serve fewer requests.
    """
    random = np.random.default_rng(seed)
    num_classes, num_requests = random.integers(1, 5), random.integers(1, 25)
    of_request = random.integers(num_classes, size=num_requests)
    kinds = []
    for _ in range(random.integers(1, 4)):
        budget = np.sort(random.integers(0, 60, num_requests))[::-1]
        demand = random.integers(0, 12, (3, num_classes))
        demand[0] = random.permutation(12)[:num_classes]
        last = random.integers(0, num_requests + 1, num_classes)
        place = np.zeros(num_requests, dtype=int)
        for each in range(num_classes):
            place[of_request == each] = np.arange((of_request == each).sum())
        kinds.append((budget, demand[:, of_request], place < last[of_request]))
    rows = [kinds[each] for each in random.integers(len(kinds), size=random.integers(1, 6))]
    mixed = random.permutation(num_requests)
    budget, demand, eligible = (np.stack(part)[..., mixed] for part in zip(*rows, strict=True))
    ones = np.ones(len(rows), dtype=int)
    return Coefficients(
        uplink=np.ones_like(budget),
        uplink_capacity=num_requests * ones,
        downlink=demand[:, 2],
        downlink_capacity=random.integers(10, 150, len(rows)),
        memory=demand[:, 1],
        memory_capacity=random.integers(10, 150, len(rows)),
        compute=demand[:, 0],
        compute_budget=budget,
        eligible=eligible,
    )


def drawn(data, seed):
    """Return ascents with and without nested pools, and a point with prices that fall in order."""
    random, nodes = np.random.default_rng(seed), EdgeNodes.of(data)
    ascent = DualAscent(nodes, data.num_requests, sorts=True)
    assert ascent.nested is not None
    prices = np.round(random.random(data.num_requests), random.integers(1, 4))
    bands = random.random((4, data.num_edge_nodes)) * random.choice([0, 0.5, 2], (4, 1))
    bands[:2] = 0
    point = np.concatenate([ascent.nested.sorted(prices), bands.ravel()])
    unsorted = np.concatenate([prices, bands.ravel()])
    return ascent, DualAscent(nodes, data.num_requests), point, unsorted


@given(seeds, st.booleans())
def test_the_value_is_that_of_each_edge_node_by_itself(seed, exact):
    data = nested_problem(seed)
    ascent, alone, point, _ = drawn(data, seed)
    for _ in range(2):  # the second evaluation starts at the best d of the first
        value, left, values = ascent.evaluate(point, exact=exact)
        same, _, expected = alone.evaluate(point, exact=exact)
        assert value == pytest.approx(same, abs=CLOSE)
        assert values == pytest.approx(expected, abs=CLOSE)
    # A subgradient of the convex function L lies below it at every other point.
    other = np.clip(point + np.random.default_rng(seed).normal(0, 0.2, len(point)), 0, 1)
    other[data.num_requests :] = point[data.num_requests :]
    at_other, _, _ = alone.evaluate(other, exact=exact)
    assert at_other >= value + left @ (other - point) - CLOSE


@settings(max_examples=100)
@given(seeds)
def test_prices_in_order_bound_at_least_as_well(seed):
    data = nested_problem(seed)
    ascent, alone, point, unsorted = drawn(data, seed)
    assert ascent.nested.are_sorted(ascent.prices(point).request)
    for exact in (False, True):
        better, _, _ = ascent.evaluate(point, exact=exact)
        worse, _, _ = alone.evaluate(unsorted, exact=exact)
        assert better <= worse + CLOSE
        # Prices out of order are evaluated all the same.
        assert ascent.evaluate(unsorted, exact=exact)[0] == pytest.approx(worse, abs=CLOSE)


@settings(max_examples=100)
@given(seeds, st.floats(0, 1))
def test_a_tolerance_or_a_limit_gives_an_upper_bound(seed, tolerance):
    data = nested_problem(seed)
    ascent, alone, point, _ = drawn(data, seed)
    _, _, best = alone.evaluate(point, exact=True)
    for _ in range(2):
        _, _, values = ascent.evaluate(point, exact=True, tolerance=tolerance)
        assert (values >= best - CLOSE).all()
        assert (values <= best + tolerance + CLOSE).all()
    ascent._max_nodes = 0
    _, _, values = ascent.evaluate(point, exact=True)
    assert (values >= best - CLOSE).all()


def test_edge_nodes_with_the_same_pairs_are_priced_once():
    """Five copies of an edge node, of which the last has the most memory and comes first."""
    one = dense(30, num_edge_nodes=1)
    copies = np.zeros(5, dtype=int).tolist()
    data = one.of_rows(copies)
    data = Coefficients(
        **{name: getattr(data, name) for name in ("uplink", "downlink", "memory", "compute")},
        **{name: getattr(data, name) for name in ("compute_budget", "eligible")},
        uplink_capacity=data.uplink_capacity,
        downlink_capacity=data.downlink_capacity,
        memory_capacity=data.memory_capacity + np.array([0, 0, 5, 0, 9]),
    )
    pairs = NestedPairs.of(EdgeNodes.of(data), 30)
    assert pairs.sequence.tolist() == [4, 2, 0, 1, 3]
    assert pairs.looser.tolist() == [2, 0, 4, 1, NO_ROW]


def test_pools_are_not_nested_if_orders_differ():
    """The two requests of a level are sorted one way at one edge node, and the other way next."""
    both = {"uplink": [[1, 2, 3]] * 2, "downlink": [[1, 1, 2]] * 2, "memory": [[2, 2, 3]] * 2}
    rest = {"compute": [[1, 1, 4]] * 2, "eligible": [[1, 1, 1]] * 2}
    capacities = {f"{name}_capacity": [9, 9] for name in ("uplink", "downlink", "memory")}

    def nested(budgets, **changes):
        data = problem(**both, **(rest | changes), **capacities, compute_budget=budgets)
        return NestedPairs.of(EdgeNodes.of(data), 3)

    assert nested([[3, 6, 6], [4, 4, 6]]) is not None
    assert nested([[3, 6, 6], [5, 4, 6]]) is None
    assert nested([[3, 6, 6], [4, 4, 6]], eligible=[[1, 1, 1], [1, 0, 1]]) is None
    assert nested([[3, 6, 6], [4, 4, 6]], compute=[[1, 1, 4], [1, 2, 4]]) is None
