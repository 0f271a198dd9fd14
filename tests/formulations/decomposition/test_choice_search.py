"""The decomposition where edge nodes have alternatives: exact, certified, valid at any limit."""

from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.checks.brute_force import brute_force
from analysis.checks.replay.enumeration import ReplayStatus, replay
from formulations.decomposition import choice_search
from formulations.decomposition.decomposition import bound, decomposition
from heuristics.certificate import Branch, Choice, Proof
from heuristics.coefficients import FIELDS, Coefficients
from heuristics.judges.checker import check
from heuristics.judges.verifier import verify
from heuristics.result import EndedBy, Status
from heuristics.schedule import Schedule
from heuristics.system_models.assemble import assemble
from tests.helpers.alternatives import grouped, with_alternatives
from tests.helpers.dense import dense
from tests.helpers.examples import problem
from tests.helpers.measured import measured_scenario
from tests.helpers.oracles import optimum

TIMELESS = {"runtime_s": 0.0, "trajectory": ()}


def drawn(seed, most_requests):
    """Draw a problem of up to 8 rows in groups of up to 4, with few levels, of any tightness."""
    random = np.random.default_rng(seed)
    num_rows, num_requests = random.integers(2, 9), random.integers(1, most_requests + 1)
    shape, num_levels = (num_rows, num_requests), random.integers(1, 5)
    level = random.integers(0, num_levels, num_requests)
    memory, compute, constant = random.integers(1, 9, (3, num_rows, num_levels))
    memory, compute = memory[:, level], compute[:, level]
    uplink = random.integers(1, 9, shape)
    downlink = constant[:, level] if seed % 2 else random.integers(1, 9, shape)
    demands = {"uplink": uplink, "downlink": downlink, "memory": memory}
    rows, groups = random.permutation(num_rows).tolist(), []
    while rows:
        size = random.integers(1, 5)
        groups, rows = [*groups, rows[:size]], rows[size:]
    return Coefficients(
        **demands,
        **{
            f"{name}_capacity": (each.mean(axis=1) * random.uniform(1, 5)).astype(int)
            for name, each in demands.items()
        },
        compute=compute,
        compute_budget=(compute.mean() * random.uniform(1, 6, shape)).astype(int),
        eligible=random.random(shape) < 0.85,
        alternatives=groups,
    )


def check_optimal(data, best):
    """Solve and bound a problem, and judge schedule, certificate and replay."""
    found = decomposition(data)
    assert (found.status, found.objective, found.bound) == (Status.OPTIMAL, best, best)
    assert check(data, found.schedule) == ()
    made = found.certificate
    if made is None:  # nothing can be served
        assert best == 0
    elif made.proof is Proof.BOUND:
        assert verify(data, made) == made.bound == best
    else:
        assert best == made.bound < verify(data, made) <= made.tree_bound
        assert replay(data, made).ended is ReplayStatus.CONFIRMED
    bounded = bound(data)
    assert bounded.objective <= best <= bounded.bound
    assert bounded.certificate is None or verify(data, bounded.certificate) == bounded.bound
    return found


@pytest.mark.parametrize("part", range(10))
def test_the_optimum_is_that_of_brute_force(part):
    """Ten problems of each part, of up to 10 requests."""
    for seed in range(10 * part, 10 * part + 10):
        data = drawn(seed, 10)
        check_optimal(data, brute_force(data))


@pytest.mark.long
@pytest.mark.parametrize("part", range(100))
def test_the_optimum_is_that_of_brute_force_a_thousand_times(part):
    """Ten more problems of each part, of up to 14 requests."""
    for seed in range(1000 + 10 * part, 1010 + 10 * part):
        data = drawn(seed, 14)
        check_optimal(data, brute_force(data))


@settings(max_examples=25)
@given(with_alternatives())
def test_extreme_problems_are_solved_too(data):
    check_optimal(data, optimum(data))


def test_singletons_are_solved_as_before():
    """Groups of single rows are no groups, whatever their order."""
    data = dense(60)
    same = grouped(data, [[row] for row in reversed(range(data.num_edge_nodes))])
    assert same.digest() == data.digest()
    one, other = (replace(decomposition(each, seed=3), **TIMELESS) for each in (data, same))
    assert one == other


def repeated(data, groups):
    """Return a problem with each row of ``data`` once for each time that a group names it."""
    rows = [row for group in groups for row in group]
    fields = {name: getattr(data, name)[rows] for name in FIELDS}
    positions = iter(range(len(rows)))
    return Coefficients(
        **fields, alternatives=[[next(positions) for _ in group] for group in groups]
    )


@settings(max_examples=20)
@given(with_alternatives(max_rows=3), st.integers(0, 2))
def test_an_alternative_twice_changes_no_optimum(data, row):
    row %= data.num_edge_nodes
    groups = [[*rows, row] if row in rows else rows for rows in data.alternatives]
    twice = repeated(data, groups)
    assert check_optimal(twice, optimum(data)).objective == optimum(twice)


@settings(max_examples=20)
@given(with_alternatives(max_rows=4))
def test_one_more_alternative_never_lowers_the_optimum(data):
    groups = [list(rows) for rows in data.alternatives]
    fewer = [rows[:-1] if len(rows) > 1 else rows for rows in groups]
    assert (
        decomposition(repeated(data, fewer)).objective
        <= decomposition(repeated(data, groups)).objective
    )


def dense_choice(num_requests, *, per_group=2):
    """Return a dense problem of three edge nodes with alternatives and scarce uplink.

    An alternative that needs more compute has more uplink, so the bound mixes them.
    """
    data = dense(num_requests)
    rows = np.repeat(np.arange(data.num_edge_nodes), per_group)
    part = np.tile(np.linspace(0.8, 1.2, per_group), data.num_edge_nodes)
    fields = {name: getattr(data, name)[rows] for name in FIELDS}
    fields["compute"] = (fields["compute"] * part[:, None]).astype(int)
    fields["uplink_capacity"] = (fields["uplink"].sum(axis=1) * part**4 / 6).astype(int)
    first = range(0, len(rows), per_group)
    return Coefficients(**fields, alternatives=[range(at, at + per_group) for at in first])


@pytest.fixture(scope="module")
def choice():
    return dense_choice(32)


def test_the_optimum_is_the_best_over_all_fixed_choices(choice):
    found = decomposition(choice)
    fixed = [decomposition(choice.of_rows(rows)) for rows in product(*choice.alternatives)]
    assert {each.status for each in (found, *fixed)} == {Status.OPTIMAL}
    assert found.objective == max(each.objective for each in fixed)
    assert found.certificate.bound == found.objective <= verify(choice, found.certificate)
    assert isinstance(found.certificate.tree, Branch)
    assert isinstance(found.certificate.tree.split, Choice)
    bounds = [each.bound for each in found.trajectory]
    assert bounds == sorted(bounds, reverse=True)
    objectives = [each.objective for each in found.trajectory]
    assert objectives == sorted(objectives)


@pytest.mark.parametrize("method", [decomposition, bound])
@pytest.mark.parametrize("time_limit", [0.0, 0.03, 0.1])
def test_a_time_limit_keeps_what_was_proved(choice, method, time_limit):
    found = method(choice, time_limit=time_limit)
    assert check(choice, found.schedule) == ()
    assert found.objective <= found.bound
    if found.certificate.proof is Proof.BOUND:
        assert verify(choice, found.certificate) == found.certificate.bound == found.bound
    if found.status is not Status.OPTIMAL and method is decomposition:
        assert found.ended_by is EndedBy.TIME_LIMIT


def test_an_interrupt_keeps_what_was_proved(choice, monkeypatch):
    def interrupted(self, *args, **options):
        raise KeyboardInterrupt

    monkeypatch.setattr(choice_search.ChoiceSearch, "_solve", interrupted)
    monkeypatch.setattr(choice_search.ChoiceSearch, "_improve", interrupted)
    found = decomposition(choice)
    assert found.ended_by in (EndedBy.INTERRUPTED, EndedBy.PROOF)
    assert verify(choice, found.certificate) == found.bound


def test_a_warm_start_is_never_lost():
    data = grouped(problem(), [[0, 1]])
    start = Schedule.of([[0], []])
    assert decomposition(data, warm_start=start).objective == optimum(data) == 2
    best = Schedule.of([[1, 2], []])
    assert bound(data, warm_start=best).schedule == best


def test_the_same_seed_gives_the_same_schedule(choice):
    one, other = (decomposition(choice, seed=5) for _ in range(2))
    assert (one.schedule, one.bound) == (other.schedule, other.bound)


def test_nodes_of_equal_value_wait_beside_each_other():
    """A tree in which a node that was improved and half of another one had the same key."""
    scenario = measured_scenario(
        "agx-orin-llama-3-8b-int4",
        quantization="w4a16-gptq",
        ppl_differential=0.3,
        accuracy="0+1",
        epoch_s=30.0,
        deadline_s="20+40",
        extrapolate=True,
    )
    result = decomposition(assemble(scenario))
    assert (result.status, result.schedule.throughput, result.bound) == (Status.OPTIMAL, 10, 10)
