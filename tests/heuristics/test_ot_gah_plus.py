import pytest
from hypothesis import given
from hypothesis import strategies as st

from heuristics import ot_gah_plus as module
from heuristics.judges.checker import check
from heuristics.limits import Limits
from heuristics.ot_gah_fast import ot_gah_fast
from heuristics.ot_gah_plus import ot_gah_plus
from heuristics.schedule import Schedule
from instances.families.registry import family
from tests.helpers.oracles import optimum
from tests.helpers.problems import unit_requests
from tests.helpers.strategies import coefficients, levelled


@given(st.one_of(coefficients(), levelled()), st.integers(0, 3))
def test_it_lies_between_ot_gah_and_the_optimum_and_the_seed_decides(data, seed):
    result = ot_gah_plus(data, seed=seed, time_limit=60)
    assert check(data, result.schedule) == ()
    assert ot_gah_fast(data).objective <= result.objective <= optimum(data)
    assert result.ended_by == ("completed" if data.eligible.any() else "proof")
    assert ot_gah_plus(data, seed=seed, time_limit=60).schedule == result.schedule


def test_it_finds_the_request_that_a_bad_tie_left_out():
    """Room for one each; 0 may be served at both, 1 at the first only. OT-GAH puts 0 there."""
    data = unit_requests([[1, 1], [1, 0]], [1, 1])
    assert ot_gah_fast(data).objective == 1
    result = ot_gah_plus(data)
    assert result.schedule == Schedule.of([[1], [0]])
    assert (result.status, result.bound) == ("feasible", None)
    assert [point.objective for point in result.trajectory] == [1, 2]


@pytest.mark.parametrize("seed", range(3))
def test_it_closes_the_gap_of_half_tight(seed):
    (instance,) = family("half-tight").generate({}, seed)
    best = instance.best_known.objective
    assert 2 * ot_gah_fast(instance.coefficients).objective == best
    assert ot_gah_plus(instance.coefficients, time_limit=60).objective == best


def test_a_time_limit_keeps_the_best_so_far():
    (instance,) = family("dense").generate({}, 0)
    data = instance.coefficients
    least = ot_gah_fast(data).objective  # first, as the first call of a process loads kernels
    result = ot_gah_plus(data, time_limit=0.05)
    assert result.ended_by == "time-limit"
    assert check(data, result.schedule) == ()
    assert result.objective >= least


def test_an_interrupt_keeps_the_best_so_far(monkeypatch):
    def interrupt(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr(module, "improvements", interrupt)
    data = unit_requests([[1, 1], [1, 0]], [1, 1])
    result = ot_gah_plus(data)
    assert (result.ended_by, result.schedule) == ("interrupted", ot_gah_fast(data).schedule)


def test_forty_edge_nodes_share_forty_requests():
    result = ot_gah_plus(unit_requests([[1] * 40] * 40, [1] * 40))
    assert result.objective == 40


def test_the_annealing_comes_before_the_rounds(monkeypatch):
    """On nine edge nodes moves of single requests reach 426 of 438 in the same time."""
    (instance,) = family("dense").generate({"copies": 3, "rate_per_s": 750}, 0)
    monkeypatch.setattr(module, "BatchWalk", None)
    monkeypatch.setattr(module, "LARGEST_DENSE", 0)
    monkeypatch.setattr(module, "_MOVES_PER_PAIR", 0)  # No further annealings.
    result = ot_gah_plus(instance.coefficients, time_limit=60)
    assert result.objective >= 436
    assert check(instance.coefficients, result.schedule) == ()


@pytest.mark.parametrize(("time_limit", "most"), [(0.0, 1), (0.25, 4), (None, 8), (60, 8)])
def test_a_short_limit_improves_one_choice_of_rows_and_a_longer_one_eight(
    time_limit, most, monkeypatch
):
    tried = []

    class Choices:
        def __init__(self, *_):
            pass

        def improve(self, most, _seed):
            tried.append(most)
            return iter(())

        def best_rows(self, most):
            tried.append(most)
            return []

    monkeypatch.setattr(module, "RowChoices", Choices)
    (instance,) = family("choose-padding").generate({"num_requests": 24}, 0)
    limits, best = Limits(time_limit=time_limit), Schedule.empty(9)
    assert list(module._with_chosen_rows(instance.coefficients, best, 0, limits, None)) == []
    assert tried == [most, most]


@pytest.mark.parametrize(("name", "seed", "best"), [("padding", 3, 14), ("model", 17, 10)])
def test_the_choice_of_rows_that_starts_best_is_not_the_only_one(name, seed, best, monkeypatch):
    (instance,) = family(f"choose-{name}").generate({"num_requests": 24}, seed)
    data = instance.coefficients
    result = ot_gah_plus(data, time_limit=60)
    assert (result.objective, check(data, result.schedule)) == (best, ())
    monkeypatch.setattr(module, "_MOST_TRIED", 1)
    assert ot_gah_plus(data, time_limit=60).objective == best - 1
