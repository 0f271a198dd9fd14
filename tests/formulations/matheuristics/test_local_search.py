import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from formulations.matheuristics import local_search as module
from formulations.matheuristics.local_search import local_search
from heuristics.judges.checker import check
from heuristics.ot_gah_fast import ot_gah_fast
from heuristics.schedule import Schedule
from instances.families.registry import family
from tests.helpers.alternatives import compressed, few, with_alternatives
from tests.helpers.oracles import optimum
from tests.helpers.problems import unit_requests
from tests.helpers.strategies import levelled


def improved(data, **options):
    return local_search(data, start=lambda left_s: ot_gah_fast(data).schedule, **options)


@few
@given(st.one_of(levelled(), with_alternatives()))
def test_it_lies_between_its_start_and_the_optimum(data):
    for each in (data, compressed(data)):
        result = improved(each, patience=20)
        assert check(each, result.schedule) == ()
        assert ot_gah_fast(each).objective <= result.objective <= optimum(data)


def test_a_move_takes_a_request_that_another_edge_node_can_do_without():
    """Edge node 0 may serve either request, edge node 1 the first alone."""
    data = unit_requests([[1, 1], [1, 0]], [1, 1])
    assert improved(data).schedule.batches == ((1,), (0,))


def test_half_tight_instances_are_no_trap():
    """OT-GAH serves half of the optimum there."""
    (instance,) = family("half-tight").generate({}, 0)
    assert improved(instance.coefficients).objective == 12


def test_it_starts_empty_without_a_start():
    data = unit_requests([[1, 1]], [2])
    assert local_search(data, start=lambda left_s: None).objective == 2


def test_a_move_that_is_cut_leaves_the_schedule_as_it_was(monkeypatch):
    (instance,) = family("dense").generate({"num_requests": 60}, 0)
    data = instance.coefficients
    start = ot_gah_fast(data).schedule
    search = module._Ejections(data, module.PriceAscent(data), start, 0)

    def interrupted(*_):
        search._batches[0] = np.empty(0, dtype=np.int64)
        raise KeyboardInterrupt

    monkeypatch.setattr(search, "_choose", interrupted)
    with pytest.raises(KeyboardInterrupt):
        search.move(None)
    assert Schedule.of(search._batches) == start
