"""Columns of a replay: which survive, which others complete, against their definitions."""

from itertools import accumulate, product
from math import prod
from unittest.mock import patch

from hypothesis import given
from hypothesis import strategies as st

from analysis.checks.replay import gain_sums, leaf_search
from analysis.checks.replay.columns import Column, combinable, surviving
from heuristics.certificate import Branch, Multipliers, Split
from heuristics.judges.verifier import RankedRequests, cells
from tests.helpers.certificates import ZERO, RandomTree, plain
from tests.helpers.examples import one_edge_node, problem
from tests.helpers.oracles import feasible_batches
from tests.helpers.strategies import coefficients, columns_of_edge_nodes, levelled


def survivors(data, certificate, slack):
    """Return the columns of the only edge node under a certificate of one cell."""
    own = RankedRequests.of(data, 0)
    (cell,) = cells(data, certificate)
    surplus = [certificate.denominator - cell.prices[request] for request in own.requests]
    return sorted(surviving(own, cell.leaves[0], surplus, slack))


def test_without_slack_only_the_best_count_vectors_survive():
    """Q = 3, y_M = 1: both levels, of memory 1 and 2, are bought: 3 - 1 and 3 - 2, V = 3 + 3.

    Both loses 6 - 6 = 0; the first alone 6 - 3, the second alone 6 - 3, none 6 - 0.
    """
    data = one_edge_node(memory=[1, 2], compute=[1, 1], budget=[3, 2], memory_capacity=3)
    certificate = plain(data, multipliers=[Multipliers(0, 0, 1, 0)], denominator=3)
    assert survivors(data, certificate, 0) == [Column((1, 1), 2, 0)]
    assert survivors(data, certificate, 3) == [
        Column((0, 1), 2, 3),
        Column((1, 0), 2, 3),
        Column((1, 1), 2, 0),
    ]
    assert survivors(data, certificate, 6)[0] == Column((0, 0), 2, 6)


def test_a_load_asks_for_a_budget_and_so_for_a_rank():
    """Budgets 4, 3, 1 and compute 2: one request bears rank 2, two need the budget of rank 1."""
    data = one_edge_node(memory=[1, 1, 1], compute=[2, 2, 1], budget=[4, 3, 1])
    assert survivors(data, plain(data), 3) == [
        Column((0, 0), 3, 3),
        Column((0, 1), 2, 2),
        Column((1, 0), 3, 2),
    ]


def test_a_column_that_two_leaves_give_is_kept_once_with_the_larger_rank():
    data = one_edge_node(memory=[1, 1], compute=[1, 1], budget=[2, 2])
    tree = Branch(Split(0, None, 1), ZERO, ZERO)
    certificate = plain(data, multipliers=[tree])
    assert survivors(data, certificate, 2) == [
        Column((0,), 2, 2),
        Column((1,), 2, 1),
        Column((2,), 2, 0),
    ]


def test_an_edge_node_without_eligible_requests_has_the_empty_column():
    data = problem(eligible=[[0, 0, 0], [1, 1, 1]])
    own = RankedRequests.of(data, 0)
    assert surviving(own, (), [], 0) == [Column((), 0, 0)]


@given(data=st.one_of(coefficients(), levelled()), rng=st.randoms(use_true_random=False))
def test_every_batch_that_loses_no_more_than_the_slack_is_in_a_column(data, rng):
    """Its loss by its own profits, |S| Q less its prices, is never below that of its column."""
    certificate = RandomTree(data, rng, 60).certificate(depth=0)
    (cell,) = cells(data, certificate)
    slack = rng.randrange(200)
    for j, value in enumerate(cell.edge_node_values):
        own = RankedRequests.of(data, j)
        surplus = [60 - cell.prices[request] for request in own.requests]
        kept = {each.counts: each for each in surviving(own, cell.leaves[j], surplus, slack)}
        for mask in feasible_batches(data, j).nonzero()[0].tolist():
            places = [p for p, request in enumerate(own.requests) if mask >> request & 1]
            counts = tuple(len({*level} & {*places}) for level in own.levels)
            loss = value - sum(surplus[place] for place in places)
            if loss <= slack:
                assert kept[counts].loss <= loss
                assert kept[counts].last >= max(places, default=-1) + 1


def columns_by_definition(own, leaves, surplus, slack):
    """Return the columns of all count vectors of all leaves, tested one by one."""
    best, kept = max(leaf.value for leaf in leaves if leaf.value is not None), {}
    for batches, y, value in leaves:
        if value is None or best - value > slack:
            continue
        first = [[p for p in level if p < batches.last] for level in own.levels]
        ranges = [batches.counts.get(k, (0, len(level))) for k, level in enumerate(first)]
        sums = [sums_of_largest(own, surplus, y, places) for places in first]
        sums = [
            {n: sums[k][n] for n in range(least, min(largest, len(first[k])) + 1)}
            for k, (least, largest) in enumerate(ranges)
        ]
        for counts in product(*sums):
            used = [
                sum(n * min((own.demands[p][r] for p in places), default=0)
                for n, places in zip(counts, first, strict=True))
                for r in range(4)
            ]  # fmt: skip
            capacities = (*own.capacities, own.budgets[batches.first - 1])
            free = [capacity - demand for capacity, demand in zip(capacities, used, strict=True)]
            loss = sum(max(own.values()) - own[n] for n, own in zip(counts, sums, strict=True))
            loss += y.memory * free[2] + y.compute * free[3]
            last = max((p for p in range(batches.last) if own.budgets[p] >= used[3]), default=-1)
            if min(free) < 0 or loss > slack - (best - value):
                continue
            inside = [[p for p in level if p <= last] for level in own.levels]
            if any(n > len(places) for n, places in zip(counts, inside, strict=True)):
                continue
            spectrum = y._replace(memory=0, compute=0)
            worth = (
                y.uplink * capacities[0]
                + y.downlink * capacities[1]
                + sum(
                    sums_of_largest(own, surplus, spectrum, places)[n]
                    for n, places in zip(counts, inside, strict=True)
                )
            )
            if best - worth <= slack:
                other = kept.get(counts, Column(counts, last + 1, best - worth))
                kept[counts] = Column(
                    counts, max(other.last, last + 1), min(other.loss, best - worth)
                )
    return sorted(kept.values())


def sums_of_largest(own, surplus, y, places):
    """Return the sums of the 0, 1, 2, ... largest Q - pi - y . a of the places."""
    each = (surplus[p] - sum(map(prod, zip(y, own.demands[p], strict=True))) for p in places)
    return [*accumulate(sorted(each, reverse=True), initial=0)]


@given(
    data=st.one_of(coefficients(), levelled()),
    rng=st.randoms(use_true_random=False),
    unit=st.sampled_from([60, 60 * 2**70]),
    size=st.sampled_from([1, 10**6]),
)
def test_shared_sums_leave_the_columns_of_the_definition(data, rng, unit, size):
    """Leaf by leaf with sums of their own; with numbers of any size, in blocks, and forgetting."""
    certificate = RandomTree(data, rng, unit).certificate(depth=0)
    (cell,) = cells(data, certificate)
    slack = rng.randrange(4 * unit)
    for j in range(data.num_edge_nodes):
        own = RankedRequests.of(data, j)
        surplus = [unit - cell.prices[request] for request in own.requests]
        with (
            patch.object(leaf_search, "BLOCK", size),
            patch.object(gain_sums, "MOST_NUMBERS", size),
        ):
            found = surviving(own, cell.leaves[j], surplus, slack)
        if own.requests:
            assert sorted(found) == columns_by_definition(own, cell.leaves[j], surplus, slack)


def test_columns_that_no_others_complete_are_left_out():
    """Five requests with a loss of at most 4: (3, 1) with (2, 3), and neither with anything else.

    (1, 0) would need 4 beside it; (3, 2) loses 2 + 3 with (2, 3).
    """
    first = [Column((1,), 9, 0), Column((3,), 9, 1), Column((3,), 9, 2)]
    second = [Column((2,), 9, 3), Column((1,), 9, 0)]
    assert combinable([first, second], 4, 5) == [[first[1]], [second[0]]]
    assert combinable([first, second], 4, 6) == [[], []]


@given(
    columns=columns_of_edge_nodes(),
    slack=st.integers(0, 12),
    throughput=st.integers(0, 12),
)
def test_a_column_is_kept_exactly_if_some_choice_has_it(columns, slack, throughput):
    choices = [
        choice
        for choice in product(*columns)
        if sum(each.loss for each in choice) <= slack
        and sum(each.size for each in choice) >= throughput
    ]
    expected = [
        [column for column in own if any(choice[j] == column for choice in choices)]
        for j, own in enumerate(columns)
    ]
    assert combinable(columns, slack, throughput) == expected
