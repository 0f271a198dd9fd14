import math
import random
from collections import Counter
from dataclasses import replace
from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.checks.replay import (
    column_choice,
    columns,
    combinations,
    enumeration,
    recursion,
)
from analysis.checks.replay.columns import Column, combinable, surviving
from analysis.checks.replay.enumeration import ReplayStatus
from analysis.checks.replay.limits import Clock, OutOfTimeError
from formulations.decomposition.decomposition import decomposition
from heuristics.certificate import Proof
from heuristics.judges.checker import check
from heuristics.judges.verifier import RankedRequests, cells, verify
from heuristics.result import Status
from heuristics.schedule import Schedule
from instances.families.registry import family
from tests.helpers.alternatives import grouped, with_alternatives
from tests.helpers.certificates import RandomTree, plain
from tests.helpers.examples import problem
from tests.helpers.oracles import optimum
from tests.helpers.strategies import coefficients, levelled


def claiming(certificate, bound):
    return replace(certificate, bound=bound, proof=Proof.ENUMERATION, tree_bound=-1)


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
