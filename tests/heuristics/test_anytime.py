"""A run that keeps the best schedule at every end."""

import pytest

from heuristics.anytime import run_anytime
from heuristics.limits import Limits
from heuristics.problem import Problem
from heuristics.reporting import listening
from heuristics.schedule import Schedule

NONE, ONE, TWO = (Schedule.of([range(size)]) for size in range(3))


def test_only_better_schedules_are_kept_and_reported():
    heard = []
    with listening(lambda schedule, bound: heard.append(schedule)):
        result = run_anytime(Problem.P1, Limits(), iter([ONE, NONE, None, TWO, ONE]), best=NONE)
    assert heard == [NONE, ONE, TWO]
    assert [point.objective for point in result.trajectory] == [0, 1, 2]
    assert (result.schedule, result.ended_by, result.status) == (TWO, "completed", "feasible")


def test_an_interrupt_keeps_the_best():
    def steps():
        yield ONE
        raise KeyboardInterrupt

    result = run_anytime(Problem.P1, Limits(), steps())
    assert (result.schedule, result.ended_by) == (ONE, "interrupted")


@pytest.mark.parametrize(("target", "kept"), [(0, NONE), (1, ONE)])
def test_a_listener_that_interrupts_leaves_the_schedule_that_it_heard(target, kept):
    def listen(schedule, bound):
        if schedule.throughput >= target:
            raise KeyboardInterrupt

    with listening(listen):
        result = run_anytime(Problem.P1, Limits(), iter([ONE, TWO]), best=NONE)
    assert (result.schedule, result.ended_by) == (kept, "interrupted")
    assert result.trajectory[-1].objective == target


def test_a_run_without_time_has_the_first_schedule_at_most():
    result = run_anytime(Problem.P1, Limits(time_limit=0), iter([ONE, TWO]))
    assert (result.schedule, result.ended_by) == (ONE, "time-limit")


def test_a_run_without_a_schedule_has_none():
    result = run_anytime(Problem.P1, Limits(), iter([None]))
    assert (result.schedule, result.status, result.ended_by) == (None, "none", "completed")
