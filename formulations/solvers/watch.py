"""Watch over a solver run: its clock, its incumbents and bounds, and Ctrl-C."""

from __future__ import annotations

import math
import signal
import time
from dataclasses import dataclass, field
from threading import Event, Thread, current_thread, main_thread
from typing import TYPE_CHECKING

from formulations.solvers.conclusion import whole_bound
from heuristics.reporting import report
from heuristics.result import Progress

if TYPE_CHECKING:
    from collections.abc import Callable

    from formulations.question import Question
    from heuristics.schedule import Schedule


@dataclass
class Watch:
    """Clock of a run, and the incumbents and bounds seen so far.

    Parameters
    ----------
    question
        Problem of the run. A schedule that keeps its rows is reported as soon as it is seen.
    is_resolved
        True if the numbers in the model are small enough for its bounds to be reported.
    """

    question: Question
    is_resolved: bool = True
    started: float = field(default_factory=time.perf_counter)
    trajectory: list[Progress] = field(default_factory=list)

    @property
    def elapsed_s(self) -> float:
        """Seconds since the start."""
        return time.perf_counter() - self.started

    def note(
        self, primal: float | None, dual: float | None, schedule: Schedule | None = None
    ) -> None:
        """Record an incumbent's value and a bound if either is new, and report those that hold."""
        seen = None if primal is None else round(primal), whole_bound(dual)
        last = self.trajectory[-1][1:] if self.trajectory else (None, None)
        if last != seen:
            self.trajectory.append(Progress(self.elapsed_s, *seen))
            is_bounded = self.is_resolved and self.question.z is None
            is_kept = schedule is not None and self.question.broken_row(schedule) is None
            report(
                schedule=schedule if is_kept else None,
                bound=seen[1] if is_bounded else None,
            )


def run_interruptibly(
    run: Callable[[], object],
    interrupt: Callable[[], object],
    *,
    keep_handler: bool = False,
    patience_s: float | None = None,
) -> bool:
    """Run a solver in a separate thread; Ctrl-C asks the solver to end and waits for it.

    In the main thread a KeyboardInterrupt would be raised inside a callback and unwind the
    solver.

    Parameters
    ----------
    run
        Function that runs the solver and returns when it has ended.
    interrupt
        Function that asks the solver to end.
    keep_handler
        True for a solver that replaces Python's handler of Ctrl-C, with which Ctrl-C would end
        the process. Python's handler is installed again during the run and after it.
    patience_s
        Time after which the solver is asked to end and is left behind [s]; None to wait for its
        end. The thread of such a solver ends later, at the latest before the process does.

    Returns
    -------
    bool
        True if the solver has ended, False if it was left behind.
    """
    end_s = math.inf if patience_s is None else time.perf_counter() + patience_s
    handler = signal.getsignal(signal.SIGINT)
    is_kept = keep_handler and handler is not None and current_thread() is main_thread()
    finished = Event()
    failures: list[BaseException] = []

    def run_and_tell() -> None:
        try:
            run()
        except BaseException as failure:  # raised again in the calling thread
            failures.append(failure)
        finally:
            finished.set()

    # A thread left behind must end before the interpreter does, since its solver calls Python.
    thread = Thread(target=run_and_tell, daemon=patience_s is None)
    thread.start()
    try:
        # join() is not used: in Python 3.11 a thread counts as ended after an interrupted join.
        while not finished.wait(min(0.1, max(0.0, end_s - time.perf_counter()))):
            if time.perf_counter() >= end_s:
                interrupt()
                return False
            if is_kept:
                signal.signal(signal.SIGINT, handler)
    except KeyboardInterrupt:
        interrupt()
        finished.wait()
    thread.join()
    if is_kept:
        signal.signal(signal.SIGINT, handler)
    if failures:
        raise failures[0]
    return True
