import pytest

from heuristics import limits
from heuristics.errors import InputError
from heuristics.limits import Limits, Stopped


@pytest.fixture
def clock(monkeypatch):
    """A clock that stands at the seconds in `clock[0]`."""
    now = [100.0]
    monkeypatch.setattr(limits, "perf_counter", lambda: now[0])
    return now


def test_without_limits_every_slice_is_granted(clock):
    unlimited = Limits()
    clock[0] += 10**9
    assert unlimited.grant() == unlimited.grant() > 0
    assert unlimited.runtime_s == 10**9


def test_the_run_stops_once_its_time_is_up(clock):
    timed = Limits(time_limit=2.5)
    clock[0] += 2.4
    assert timed.grant() > 0
    clock[0] += 0.1
    with pytest.raises(Stopped) as stopped:
        timed.grant()
    assert stopped.value.ended_by == "time-limit"


def test_no_more_nodes_are_granted_than_are_left():
    counted = Limits(node_limit=10)
    assert counted.grant() == 10
    counted.num_nodes += 7
    assert counted.grant() == 3
    counted.num_nodes += 3
    with pytest.raises(Stopped) as stopped:
        counted.grant()
    assert stopped.value.ended_by == "node-limit"


@pytest.mark.parametrize("time_limit", [-1, -0.001, float("nan")])
def test_a_time_that_is_no_time_is_refused(time_limit):
    with pytest.raises(InputError, match="time_limit: must be a number of seconds, at least 0"):
        Limits(time_limit=time_limit)


def test_a_negative_number_of_nodes_is_refused():
    with pytest.raises(InputError, match=r"node_limit: must be .*, at least 0, found -1"):
        Limits(node_limit=-1)
