"""The clock of runs stands in some blocks of code."""

from contextlib import suppress

import pytest

from heuristics import clock
from heuristics.clock import Clock


@pytest.fixture
def seconds(monkeypatch):
    """The time of the machine, in `seconds[0]`."""
    now = [100.0]
    monkeypatch.setattr(clock, "perf_counter", lambda: now[0])
    return now


def test_the_clock_stands_inside_a_block_and_goes_on_behind_it(seconds):
    own = Clock()
    start_s = own.now_s()
    seconds[0] += 2
    with own.standing():
        seconds[0] += 30
        assert own.now_s() - start_s == 2
    seconds[0] += 1
    assert own.now_s() - start_s == 3


def test_a_block_inside_a_block_counts_once(seconds):
    own = Clock()
    start_s = own.now_s()
    with own.standing():
        seconds[0] += 5
        with own.standing():
            seconds[0] += 7
        seconds[0] += 1
        assert own.now_s() == start_s
    assert own.now_s() == start_s


def test_the_clock_goes_on_after_an_error(seconds):
    own = Clock()
    start_s = own.now_s()
    with suppress(ValueError), own.standing():
        seconds[0] += 4
        raise ValueError
    seconds[0] += 1
    assert own.now_s() - start_s == 1
