import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from formulations.matheuristics import lns as module
from formulations.matheuristics.lns import lns
from heuristics.judges.checker import check
from heuristics.limits import Limits
from heuristics.ot_gah_fast import ot_gah_fast
from heuristics.schedule import Schedule
from instances.families.registry import family
from tests.helpers.alternatives import compressed, few, with_alternatives
from tests.helpers.oracles import optimum
from tests.helpers.strategies import levelled


def improved(data, **options):
    return lns(data, start=lambda left_s: ot_gah_fast(data).schedule, **options)


@few
@given(st.one_of(levelled(), with_alternatives()))
def test_it_lies_between_its_start_and_the_optimum(data):
    for each in (data, compressed(data)):
        result = improved(each, patience=2)
        assert check(each, result.schedule) == ()
        assert ot_gah_fast(each).objective <= result.objective <= optimum(data)


def test_half_tight_instances_are_no_trap():
    """OT-GAH serves half of the optimum there."""
    (instance,) = family("half-tight").generate({}, 0)
    assert improved(instance.coefficients).objective == 12


def test_every_rule_frees_requests_that_are_served():
    (instance,) = family("dense").generate({"num_requests": 60}, 0)
    data = instance.coefficients
    search = module._Neighbourhoods(data, ot_gah_fast(data).schedule, 0)
    for rule in search._rules:
        freed = rule()
        assert len(freed) > 0
        assert search._served(freed).tolist() == freed.tolist()


def test_a_move_that_loses_requests_is_undone(monkeypatch):
    (instance,) = family("dense").generate({"num_requests": 60}, 0)
    data = instance.coefficients
    start = ot_gah_fast(data).schedule
    search = module._Neighbourhoods(data, start, 0)
    monkeypatch.setattr(search, "_solve", lambda freed, limits: np.empty(0, dtype=np.int64))
    assert not search.move(Limits())
    assert search.schedule == start


def test_it_starts_empty_without_a_start():
    (instance,) = family("half-tight").generate({}, 0)
    result = lns(instance.coefficients, start=lambda left_s: None)
    assert result.objective >= 6
    assert result.trajectory[0].objective == Schedule.empty(4).throughput
