import pytest

from heuristics import limits
from heuristics.errors import InputError
from heuristics.limits import Limits, Stopped


@pytest.fixture
def clock(monkeypatch):
    """A clock that stands at the seconds in `clock[0]`."""
    now = [100.0]
    monkeypatch.setattr(limits, "now_s", lambda: now[0])
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


def used_up(run, clock, seconds):
    """Take a slice that is used up in so many seconds, and return its size."""
    granted = run.grant()
    run.num_nodes += granted
    clock[0] += seconds
    return granted


def test_a_slice_grows_while_it_is_fast_and_shrinks_while_it_is_slow(clock):
    """Half of the time a slice may take and all of it are the bounds between which it stays."""
    run = Limits()
    most = limits._SLICE_S
    fast = [used_up(run, clock, most / 8) for _ in range(4)]
    assert fast == [fast[0] * 2**k for k in range(4)]
    right = [used_up(run, clock, most * 0.75) for _ in range(3)]
    assert right == [fast[-1] * 2] * 3
    slow = [used_up(run, clock, most * 5) for _ in range(4)]
    assert slow == [right[-1], right[-1] // 2, right[-1] // 4, right[-1] // 8]


def test_a_slice_has_a_least_size(clock):
    run = Limits()
    assert {used_up(run, clock, 3600) for _ in range(5)} == {limits._LEAST_SLICE}


def test_a_slice_that_was_not_used_up_tells_nothing(clock):
    run = Limits()
    granted = run.grant()
    run.num_nodes += granted - 1
    assert run.grant() == granted


@pytest.mark.parametrize("time_limit", [-1, -0.001, float("nan")])
def test_a_time_that_is_no_time_is_refused(time_limit):
    with pytest.raises(InputError, match="time_limit: must be a number of seconds, at least 0"):
        Limits(time_limit=time_limit)


def test_a_negative_number_of_nodes_is_refused():
    with pytest.raises(InputError, match=r"node_limit: must be .*, at least 0, found -1"):
        Limits(node_limit=-1)
