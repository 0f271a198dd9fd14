import pytest
from hypothesis import given
from hypothesis import strategies as st

from formulations.matheuristics import price_start as module
from formulations.matheuristics.price_start import price_schedule
from heuristics.judges.checker import check
from heuristics.limits import Limits, Stopped
from heuristics.ot_gah_fast import ot_gah_fast
from heuristics.ot_gah_plus import ot_gah_plus
from heuristics.result import EndedBy
from instances.families.registry import family
from tests.helpers.alternatives import few
from tests.helpers.decomposition_problems import part_of_a_family
from tests.helpers.oracles import optimum


def start(data, limits):
    return price_schedule(data, limits, seed=0)


@pytest.fixture(scope="module")
def city():
    (instance,) = family("city").generate(
        {"num_edge_nodes": 6, "num_requests": 60, "compute_scale": 0.1}, 0
    )
    return instance.coefficients


@few
@given(st.integers(0, 10**6))
def test_its_schedules_are_feasible(seed):
    data = part_of_a_family(seed, most_requests=12)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "LEAST_EDGE_NODES", 1)
        found = price_schedule(data, Limits(time_limit=60), seed=seed)
    if found is not None:
        schedule = found.schedule
        assert check(data, schedule) == ()
        assert schedule.throughput <= optimum(data)


def test_prices_serve_more_than_ot_gah_in_a_city(city):
    limits = Limits(time_limit=60)
    schedule = price_schedule(city, limits, seed=0).schedule
    assert check(city, schedule) == ()
    assert schedule.throughput > ot_gah_fast(city).objective


def test_many_edge_nodes_have_profits_that_guide_the_annealing(city, monkeypatch):
    limits = Limits(time_limit=60)
    assert price_schedule(city, limits, seed=0).profit is None
    monkeypatch.setattr(module, "LEAST_GUIDED", 6)
    found = price_schedule(city, limits, seed=0)
    assert found.profit.shape == city.pairs.requests.shape
    assert found.profit.max() <= 1
    result = ot_gah_plus(city, time_limit=60, start=start)
    assert check(city, result.schedule) == ()
    assert result.objective >= found.schedule.throughput


def test_profits_are_left_where_time_is_too_short_for_a_schedule(city, monkeypatch):
    def stop(*_args, **_options):
        raise Stopped(EndedBy.TIME_LIMIT)

    monkeypatch.setattr(module, "LEAST_GUIDED", 6)
    whole = price_schedule(city, Limits(time_limit=60), seed=0)
    monkeypatch.setattr(module.Scheduler, "make", stop)
    found = price_schedule(city, Limits(time_limit=60), seed=0)
    assert found.schedule.throughput == 0
    assert (found.profit == whole.profit).all()
    assert ot_gah_plus(city, time_limit=60, start=start).objective >= ot_gah_fast(city).objective
    monkeypatch.setattr(module.DualAscent, "descend", stop)
    assert price_schedule(city, Limits(time_limit=60), seed=0) is None


def test_few_edge_nodes_many_pairs_and_a_late_start_have_none(city, monkeypatch):
    assert price_schedule(city, Limits(time_limit=0), seed=0) is None
    monkeypatch.setattr(module, "PAIRS_A_SECOND", 1)
    assert price_schedule(city, Limits(time_limit=60), seed=0) is None
    monkeypatch.undo()
    monkeypatch.setattr(module, "LEAST_EDGE_NODES", 7)
    assert price_schedule(city, Limits(time_limit=60), seed=0) is None


def test_ot_gah_plus_improves_the_better_start(city, monkeypatch):
    monkeypatch.setattr("heuristics.ot_gah_plus._NUM_MOVES", 0)
    monkeypatch.setattr("heuristics.ot_gah_plus._PATIENCE", 0)
    result = ot_gah_plus(city, time_limit=60, start=start)
    assert result.schedule == price_schedule(city, Limits(time_limit=60), seed=0).schedule
    worse = ot_gah_plus(city, time_limit=60, start=lambda *_: None)
    assert worse.schedule == ot_gah_fast(city).schedule
