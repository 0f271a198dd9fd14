"""Watch over solver runs: solvers that end in time, late ones and failures."""

from threading import Event

import pytest

from formulations.solvers.watch import run_interruptibly


def test_a_late_solver_is_asked_to_end_and_left_behind():
    is_asked = Event()
    assert not run_interruptibly(is_asked.wait, is_asked.set, patience_s=0.0)
    assert is_asked.is_set()


@pytest.mark.parametrize("patience_s", [None, 60.0])
def test_a_solver_that_ends_in_time_is_never_asked_to_end(patience_s):
    is_asked = Event()
    assert run_interruptibly(lambda: None, is_asked.set, patience_s=patience_s)
    assert not is_asked.is_set()


def test_the_failure_of_a_solver_is_raised_by_its_caller():
    with pytest.raises(ZeroDivisionError):
        run_interruptibly(lambda: 1 / 0, Event().set)
