import math
import random
from collections import Counter
from dataclasses import replace
from itertools import accumulate, product
from math import prod
from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.checks.replay import (
    column_choice,
    columns,
    combinations,
    enumeration,
    gain_sums,
    leaf_search,
    recursion,
)
from analysis.checks.replay.columns import Column, combinable, surviving
from analysis.checks.replay.enumeration import ReplayStatus
from analysis.checks.replay.limits import Clock, OutOfTimeError
from formulations.decomposition.decomposition import decomposition
from heuristics.certificate import Branch, Multipliers, Proof, Split
from heuristics.judges.checker import check
from heuristics.judges.verifier import RankedRequests, cells, verify
from heuristics.result import Status
from heuristics.schedule import Schedule
from instances.families.registry import family
from tests.helpers.alternatives import grouped, with_alternatives
from tests.helpers.certificates import ZERO, RandomTree, plain
from tests.helpers.examples import one_edge_node, problem
from tests.helpers.oracles import feasible_batches, optimum
from tests.helpers.strategies import coefficients, levelled


def claiming(certificate, bound):
    return replace(certificate, bound=bound, proof=Proof.ENUMERATION, tree_bound=-1)


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
    sizes=st.lists(
        st.lists(st.tuples(st.integers(0, 4), st.integers(0, 6)), min_size=1, max_size=4),
        min_size=1,
        max_size=4,
    ),
    slack=st.integers(0, 12),
    throughput=st.integers(0, 12),
)
def test_a_column_is_kept_exactly_if_some_choice_has_it(sizes, slack, throughput):
    given_columns = [[Column((size,), 0, loss) for size, loss in own] for own in sizes]
    choices = [
        choice
        for choice in product(*given_columns)
        if sum(each.loss for each in choice) <= slack
        and sum(each.size for each in choice) >= throughput
    ]
    expected = [
        [column for column in own if any(choice[j] == column for choice in choices)]
        for j, own in enumerate(given_columns)
    ]
    assert combinable(given_columns, slack, throughput) == expected


@given(
    data=st.one_of(coefficients(), levelled(), with_alternatives()),
    rng=st.randoms(use_true_random=False),
)
def test_a_replay_confirms_the_optimum_and_refutes_one_less(data, rng):
    """Whatever the multipliers are, and with solvers for all that is too much for the others."""
    certificate = RandomTree(data, rng, 60).certificate()
    best = optimum(data)
    with (
        patch.object(combinations, "LARGEST_NUMBER", rng.choice([0, 10**6])),
        patch.object(recursion, "MOST_LOOKS", rng.choice([-1, 10**6])),
    ):
        assert enumeration.replay(data, claiming(certificate, best)).ended is ReplayStatus.CONFIRMED
        refuted = enumeration.replay(data, claiming(certificate, best - 1)) if best else None
    if refuted:
        assert refuted.ended is ReplayStatus.REFUTED
        assert refuted.schedule.throughput == best
        assert check(data, refuted.schedule) == ()


def test_an_edge_node_without_columns_needs_no_solver():
    """Without multipliers the tree proves 3; that all are at edge node 1 is more than it bears."""
    data = problem(eligible=[[1, 1, 1], [0, 0, 0]])
    certificate = claiming(plain(data), 2)
    assert verify(data, certificate) == 3
    found = enumeration.replay(data, certificate)
    assert found.ended is ReplayStatus.CONFIRMED
    assert (found.num_cells, found.num_columns) == (1, 0)
    assert "as they bring too few or lose too much" in found.message


def test_each_choice_of_rows_is_replayed_by_itself():
    """Row 0 bears one of three requests, row 1 two; as alternatives they bear two, not three.

    Both rows may claim 3 without multipliers, so there are two choices for 3 and none is left.
    """
    rows = problem(compute_budget=[[5, 5, 5], [8, 8, 8]], memory_capacity=[3, 10])
    data = grouped(rows, [[0, 1]])
    assert (optimum(rows), optimum(data)) == (3, 2)
    found = enumeration.replay(data, claiming(plain(data), 2))
    assert (found.ended, found.num_cells) == (ReplayStatus.CONFIRMED, 1)
    refuted = enumeration.replay(data, claiming(plain(data), 1))
    assert refuted.ended is ReplayStatus.REFUTED
    assert [len(batch) for batch in refuted.schedule.batches] == [0, 2]


def contested():
    """Two edge nodes that could batch two requests each, and three requests in all."""
    fields = {"eligible": [[1, 1, 0], [1, 1, 1]], "memory_capacity": [6, 6]}
    return problem(**fields, compute_budget=[[5, 5, 5], [8, 8, 8]])


def tied():
    """Two edge nodes for two requests each, with an uplink of 3 for demands of 1, 1, 1 and 3.

    Half of each request at either is within 3, so no prices tell that all four are too many.
    """
    return problem(
        uplink=[[1, 1, 1, 3]] * 2,
        uplink_capacity=[3, 3],
        downlink=[[1] * 4] * 2,
        memory=[[3] * 4] * 2,
        memory_capacity=[6, 6],
        compute=[[1] * 4] * 2,
        compute_budget=[[5] * 4] * 2,
        eligible=[[1] * 4] * 2,
    )


@pytest.fixture
def without_states(monkeypatch):
    """Give up before the first of them."""
    monkeypatch.setattr(recursion, "MOST_LOOKS", -1)


def test_states_decide_where_requests_are_short():
    """V = 2 + 3, so a slack of 1 for 4: only two with two make it, and there are three requests."""
    found = enumeration.replay(contested(), claiming(plain(contested()), optimum(contested())))
    assert found.ended is ReplayStatus.CONFIRMED
    assert found.num_columns == 1 + 1
    assert found.message == "no choice of the columns is a schedule of 4, by states in integers"


@pytest.mark.usefixtures("without_states")
def test_prices_decide_where_states_are_too_many():
    found = enumeration.replay(contested(), claiming(plain(contested()), optimum(contested())))
    assert found.ended is ReplayStatus.CONFIRMED
    assert found.message == "no choice of the columns is a schedule of 4, by prices in integers"


def test_the_solvers_decide_what_states_and_prices_leave_open():
    found = enumeration.replay(tied(), claiming(plain(tied()), 3))
    assert found.ended is ReplayStatus.CONFIRMED
    for decider in ("states in integers", "prices in integers", "HiGHS", "CBC"):
        assert f"by {decider}" in found.message


@pytest.mark.usefixtures("without_states")
def test_the_solvers_alone_decide_where_combinations_are_too_many(monkeypatch):
    monkeypatch.setattr(combinations, "LARGEST_NUMBER", 0)
    found = enumeration.replay(contested(), claiming(plain(contested()), 3))
    assert found.ended is ReplayStatus.CONFIRMED
    assert "schedule of 4, by HiGHS" in found.message


def saying(*answers):
    def decide(choice):
        yield from answers

    return decide


NOTHING = ("HiGHS", Status.INFEASIBLE, None)


@pytest.mark.parametrize(
    ("answers", "ended", "message"),
    [
        ([NOTHING, ("CBC", Status.NONE, None)], "undecided", "CBC ended without an answer"),
        (
            [NOTHING, ("CBC", Status.FEASIBLE, Schedule.of([[0, 1], [2]]))],
            "undecided",
            "CBC claims an invalid schedule: has 3 requests",
        ),
        (
            [("HiGHS", Status.FEASIBLE, Schedule.of([[0, 1], [0, 2]]))],
            "undecided",
            "HiGHS claims an invalid schedule: once (departure 1) at request 0",
        ),
        ([NOTHING, ("CBC", Status.INFEASIBLE, None)], "confirmed", "by HiGHS and by CBC"),
    ],
)
def test_one_solver_alone_confirms_nothing(monkeypatch, answers, ended, message):
    monkeypatch.setattr(combinations, "decide", saying(*answers))
    found = enumeration.replay(tied(), claiming(plain(tied()), 3))
    assert found.ended == ended
    assert message in found.message


@pytest.mark.usefixtures("without_states")
def test_a_replay_that_takes_too_long_says_so(monkeypatch):
    monkeypatch.setattr(enumeration, "LONGEST_S", -1.0)
    result = enumeration.replay(tied(), claiming(plain(tied()), 3))
    assert result.ended is ReplayStatus.UNDECIDED
    assert result.message == "not decided within -1 s, 1 leaves begun"


def test_every_part_of_a_replay_reads_the_clock():
    """Each ends by itself when the time is over, though it could answer."""
    data, over = contested(), Clock(end_s=-math.inf)
    (cell,) = cells(data, plain(data))
    own = RankedRequests.of(data, 1)
    columns = [[Column((1,), 3, 0)]] * 2
    ranked = [RankedRequests.of(data, j) for j in range(2)]
    choice = column_choice.ColumnChoice(
        ranked=ranked, columns=columns, slack=0, throughput=2, clock=over
    )
    for part in (
        lambda: surviving(own, cell.leaves[1], [1, 1, 1], 0, over),
        lambda: combinable(columns, 0, 2, over),
        lambda: recursion.possible(choice, [0, 0, 0], 1),
        lambda: combinations.joined(choice),
        lambda: [*column_choice.decide(choice)],
    ):
        with pytest.raises(OutOfTimeError):
            part()


@pytest.mark.parametrize(
    ("module", "message"),
    [
        (enumeration, "more than 1 columns survive in all, not replayed"),
        (column_choice, "2 columns are too many for a MILP, not replayed"),
    ],
)
def test_more_columns_than_memory_holds_are_not_replayed(monkeypatch, module, message):
    monkeypatch.setattr(module, "LARGEST_NUMBER", 1)
    found = enumeration.replay(tied(), claiming(plain(tied()), 3))
    assert (found.ended, found.message) == (ReplayStatus.UNDECIDED, message)


def test_too_many_columns_are_not_replayed(monkeypatch):
    monkeypatch.setattr(columns, "LARGEST_NUMBER", 1)
    found = enumeration.replay(contested(), claiming(plain(contested()), 2))
    assert found.ended is ReplayStatus.UNDECIDED
    assert found.message == "more than 1 columns survive at edge node 0, not replayed"


def test_cbc_is_not_believed_that_ran_out_of_time(monkeypatch):
    """Whatever it writes at its limit."""
    asked = []
    monkeypatch.setattr(combinations, "decide", lambda choice: asked.append(choice) or ())
    enumeration.replay(tied(), claiming(plain(tied()), 3))
    _, (_, in_time, _) = column_choice.decide(asked[0])
    monkeypatch.setattr(column_choice, "TIME_LIMIT_S", 0.0)
    _, (_, too_late, _) = column_choice.decide(asked[0])
    assert (in_time, too_late) == (Status.INFEASIBLE, Status.NONE)


@pytest.mark.parametrize("largest_number", [0, 10**6])
def test_spectrum_decides_with_demands_of_any_size(monkeypatch, largest_number):
    """Demands of 10^9 and one: the three fit in no band of 2 * 10^9, and in one that has room."""
    monkeypatch.setattr(combinations, "LARGEST_NUMBER", largest_number)
    large = [10**9, 10**9 + 1, 1]
    for capacity, best in ((2 * 10**9, 2), (2 * 10**9 + 1, 2), (2 * 10**9 + 2, 3)):
        data = problem(
            uplink=[large, large],
            uplink_capacity=[capacity, 0],
            memory_capacity=[9, 9],
        )
        assert optimum(data) == best
        assert enumeration.replay(data, claiming(plain(data), best)).ended is ReplayStatus.CONFIRMED
        refuted = enumeration.replay(data, claiming(plain(data), best - 1))
        assert refuted.ended is ReplayStatus.REFUTED


def test_solvers_are_asked_again_about_requests_that_exceed_a_spectrum(monkeypatch):
    """In units of 10001 the two of 10^9 and 10^9 + 1 fit in 2 * 10^9, and in integers not."""
    large = [10**9, 10**9 + 1]
    data = problem(
        uplink=[large, large],
        uplink_capacity=[2 * 10**9, 0],
        downlink=[[1, 1]] * 2,
        memory=[[3, 3]] * 2,
        compute=[[1, 1]] * 2,
        compute_budget=[[5, 5]] * 2,
        eligible=[[1, 1]] * 2,
    )
    certificate = claiming(plain(data), 1)
    monkeypatch.setattr(combinations, "LARGEST_NUMBER", 0)
    assert enumeration.replay(data, certificate).ended is ReplayStatus.CONFIRMED
    monkeypatch.setattr(column_choice, "MOST_COVERS", 1)
    found = enumeration.replay(data, certificate)
    assert found.ended is ReplayStatus.UNDECIDED
    assert "ended without an answer" in found.message


@pytest.mark.long
def test_nine_edge_nodes_are_replayed_though_no_list_of_combinations_ends():
    (instance,) = family("dense").generate({"copies": 3, "rate_per_s": 500}, 0)
    data = instance.coefficients
    certificate = decomposition(data, time_limit=120).certificate
    found = enumeration.replay(data, certificate)
    assert found.ended is ReplayStatus.CONFIRMED
    assert found.message.endswith("by states in integers")


def test_random_trees_leave_columns_and_decisions():
    """The control of the theorem on replays: cells, columns and solvers do take part."""
    rng = random.Random(1)
    seen = Counter()
    for _ in range(20):
        certificate = RandomTree(tied(), rng, 60).certificate()
        found = enumeration.replay(tied(), claiming(certificate, 3))
        seen["cells"] += found.num_cells
        seen["columns"] += found.num_columns
        seen["solvers"] += "HiGHS" in found.message
    assert min(seen.values()) > 0
