import random
from collections import Counter
from dataclasses import replace
from itertools import product
from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.checks.replay import recursion, states
from analysis.checks.replay.column_choice import ColumnChoice
from analysis.checks.replay.columns import Column
from analysis.checks.replay.recursion import possible
from analysis.checks.replay.requirements import (
    Requirement,
    request_classes,
    requirements,
    shared_order,
)
from heuristics.judges.verifier import RankedRequests
from tests.helpers.examples import problem
from tests.helpers.oracles import feasible_batches
from tests.helpers.strategies import coefficients, levelled

small = st.one_of(
    coefficients(max_edge_nodes=5, max_requests=8), levelled(max_edge_nodes=5, max_requests=8)
)
generators = st.randoms(use_true_random=False)


def choice(data, columns, slack, throughput):
    ranked = [RankedRequests.of(data, j) for j in range(data.num_edge_nodes)]
    return ColumnChoice(ranked=ranked, columns=columns, slack=slack, throughput=throughput)


def random_columns(own, rng, most_loss):
    """Return up to three columns of an edge node; no batch need have them."""
    return [
        Column(
            tuple(rng.randrange(len(level) + 1) for level in own.levels),
            rng.randrange(len(own.requests) + 1),
            rng.randrange(most_loss + 1),
        )
        for _ in range(rng.randrange(1, 4))
    ]


def random_choice(data, rng, most_loss):
    ranked = [RankedRequests.of(data, j) for j in range(data.num_edge_nodes)]
    columns = [random_columns(own, rng, most_loss) for own in ranked]
    slack = rng.randrange(1 + 3 * most_loss)
    return choice(data, columns, slack, rng.randrange(1 + data.num_requests))


def are_met(required, order, classes):
    """Whether requests can be assigned to requirements, by augmenting paths."""
    slots = [
        (each.depth, k)
        for each in required
        for k, asked in enumerate(each.asked)
        for _ in range(asked)
    ]
    taker = {}

    def assign(slot, seen):
        depth, k = slots[slot]
        for request in order[:depth]:
            if classes[request] == k and request not in seen:
                seen.add(request)
                if request not in taker or assign(taker[request], seen):
                    taker[request] = slot
                    return True
        return False

    return all(assign(slot, set()) for slot in range(len(slots)))


def combinations(of):
    """Return the combinations that lose no more than the slack, bring enough and are met."""
    order, classes = shared_order(of.ranked), request_classes(of.ranked)
    required = [
        list(zip(own, requirements(each, own, order, classes), strict=True))
        for each, own in zip(of.ranked, of.columns, strict=True)
    ]
    return [
        [column for column, _ in combination]
        for combination in product(*required)
        if sum(column.loss for column, _ in combination) <= of.slack
        and sum(column.size for column, _ in combination) >= of.throughput
        and are_met([each for _, each in combination], order, classes)
    ]


def prices_at_random(data, rng, unit):
    return [rng.randrange(2 * unit) for _ in range(data.num_requests)]


@given(
    data=small, rng=generators, unit=st.sampled_from([60, 2**70]), blocks=st.sampled_from([1, 8])
)
def test_no_combination_is_left_out_that_can_be_met(data, rng, unit, blocks):
    """Whatever the prices and the losses, and however large; and with memory that has to grow."""
    of = random_choice(data, rng, rng.choice([0, 9, 2**50]))
    with patch.object(states, "FEWEST_BLOCKS", blocks):
        left = possible(of, prices_at_random(data, rng, unit), unit)
    for combination in combinations(of):
        for j, column in enumerate(combination):
            assert column in left[j]


@given(rng=generators, unit=st.sampled_from([1, 60]))
def test_edge_nodes_alike_are_of_one_type_where_services_are_too_many(rng, unit):
    """Four edge nodes that rank five requests alike: 16 services by columns, 5 by requests."""
    budget = [5, 4, 3, 2, 1]
    data = problem(
        uplink=[[1] * 5] * 4,
        downlink=[[1] * 5] * 4,
        memory=[[1, 2, 1, 2, 2]] * 4,
        compute=[[1] * 5] * 4,
        compute_budget=[budget] * 4,
        **{f"{name}_capacity": [9] * 4 for name in ("uplink", "downlink", "memory")},
        eligible=[[1] * 5] * 4,
    )
    columns = [
        [
            Column(
                rng.choice([(0, 0), (1, 0), (0, 1), (1, 1)]), rng.randint(3, 5), rng.randrange(4)
            )
            for _ in range(rng.randint(1, 3))
        ]
        for _ in range(4)
    ]
    of = choice(data, columns, rng.randrange(12), rng.randint(0, 3))
    with patch.object(recursion, "MOST_SERVICES", 5):
        left = possible(of, prices_at_random(data, rng, unit), unit)
    assert left is not None
    for combination in combinations(of):
        for j, column in enumerate(combination):
            assert column in left[j]


@given(data=small, rng=generators)
def test_columns_are_left_exactly_if_some_combination_can_be_met(data, rng):
    """Where columns lose nothing: those of edge nodes alike would be taken for one another."""
    of = random_choice(data, rng, 0)
    left = possible(of, prices_at_random(data, rng, 60), 60)
    assert any(left) == all(left) == bool(combinations(of))


@given(data=small, rng=generators)
def test_the_columns_of_a_schedule_are_left(data, rng):
    """Among others, at prices at random, with a slack that their losses take up."""
    served, columns, losses = 0, [], []
    for j in range(data.num_edge_nodes):
        own = RankedRequests.of(data, j)
        batches = [m for m in feasible_batches(data, j).nonzero()[0].tolist() if not m & served]
        batch = rng.choice(batches)
        served |= batch
        places = [p for p, request in enumerate(own.requests) if batch >> request & 1]
        counts = tuple(len({*level} & {*places}) for level in own.levels)
        losses.append(rng.randrange(10))
        mine = Column(counts, max(places, default=-1) + 1, losses[-1])
        columns.append([mine, *random_columns(own, rng, 9)])
    of = choice(data, columns, sum(losses), served.bit_count())
    left = possible(of, prices_at_random(data, rng, 60), 60)
    assert all(columns[j][0] in own for j, own in enumerate(left))


@given(data=small, rng=generators, unit=st.sampled_from([1, 60]))
def test_the_columns_of_combinations_within_the_tightest_slack_are_left(data, rng, unit):
    """At prices at random: the greatest throughput that can be met, and no loss of columns."""
    of = random_choice(data, rng, 0)
    found = combinations(replace(of, throughput=0))
    most = max((sum(column.size for column in each) for each in found), default=0)
    left = possible(replace(of, throughput=most), prices_at_random(data, rng, unit), unit)
    for combination in combinations(replace(of, throughput=most)):
        for j, column in enumerate(combination):
            assert column in left[j]


def test_a_state_is_charged_for_the_first_requests_and_for_dear_ones_that_none_can_use():
    """By hand: prices 5, 1, 9 of one class, Q = 2; two requests of depth 2, or one of depth 3.

    The highest price counted in a cost is 5 from depth 2 on, and 1 from depth 3 on, since one
    request of the three costs 1. So the last request adds 9 - 5 or 9 - 1 until it is used, and the
    first adds 5 - 1 at depth 3.
    """
    of = ColumnChoice(ranked=[], columns=[], slack=0, throughput=0)
    required = [[Requirement(2, (2,))], [Requirement(3, (1,))]]
    costs = recursion._Costs.of(of, required, [0, 1, 2], dict.fromkeys(range(3), 0), [5, 1, 9], 2)
    assert costs.cost[:, 0].tolist() == [[0, -1, 2, 0], [0, -1, 2, 9]]
    assert costs.charge[:, 0].tolist() == [
        [4, 5 - 2 + 4, 6 - 4 + 4, 0],
        [4 + 8, 5 - 2 + 8, 6 - 4 + 8, 15 - 6],
    ]


def test_columns_are_left_and_left_out_at_random():
    """The control of the theorems: all, some and none."""
    rng = random.Random(1)
    data = problem(compute_budget=[[5, 4, 3], [5, 4, 3]])
    seen = Counter()
    for _ in range(100):
        of = random_choice(data, rng, 3)
        left = possible(of, prices_at_random(data, rng, 60), 60)
        num = sum(map(len, left))
        seen["all" if num == sum(map(len, of.columns)) else "some" if num else "none"] += 1
    assert min(seen[how] for how in ("all", "some", "none")) > 5


def test_two_and_two_of_three_requests_are_too_many():
    """Without prices, by Hall's condition alone; two and one can be."""
    two, one = Column((2,), 3, 0), Column((1,), 3, 0)
    assert possible(choice(problem(), [[two], [two, one]], 0, 3), [0, 0, 0], 1) == [[two], [one]]


def test_a_column_of_a_tight_deadline_takes_the_first_requests():
    """Two out of the first two, and one out of the first: each can be, and not both."""
    deep, shallow = Column((2,), 2, 0), Column((1,), 1, 0)
    none = Column((0,), 0, 0)
    of = choice(problem(), [[deep, none], [shallow, none]], 0, 1)
    assert possible(of, [0, 0, 0], 1) == [[deep, none], [shallow, none]]
    assert possible(choice(problem(), of.columns, 0, 3), [0, 0, 0], 1) == [[], []]


def test_losses_of_columns_rule_out_what_can_be_met():
    """Losses of 2 and 2 exceed a slack of 3, whatever they ask for."""
    columns = [[Column((1,), 3, 2), Column((0,), 3, 0)]] * 2
    assert possible(choice(problem(), columns, 3, 2), [0, 0, 0], 1) == [[], []]
    assert possible(choice(problem(), columns, 4, 2), [0, 0, 0], 1) == [columns[0][:1]] * 2


@pytest.mark.parametrize(
    ("limit", "value"),
    [
        ("MOST_STATES", 1),
        ("MOST_LOOKS", 0),
        ("KEY_BITS", 3),
        ("MOST_SERVICES", 2),
        ("MOST_COSTS", 3),
    ],
)
def test_nothing_is_said_where_states_are_too_many_or_too_long(monkeypatch, limit, value):
    monkeypatch.setattr(states, "FEWEST_BLOCKS", 1)
    monkeypatch.setattr(recursion, limit, value)
    columns = [
        [Column((count,), 12, 0) for count in range(4)],
        [Column((count,), 12, 0) for count in range(5)],
    ]
    data = problem(
        uplink=[[1] * 12] * 2,
        downlink=[[1] * 12] * 2,
        memory=[[1] * 12] * 2,
        compute=[[1] * 12] * 2,
        compute_budget=[[9] * 12] * 2,
        eligible=[[1] * 12] * 2,
    )
    of = choice(data, columns, 0, 1)
    assert possible(of, [0] * 12, 1) is None
