"""A run in a process of its own: what breaks or hangs there is a record here."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
import time
import traceback
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import connection, forkserver
from types import ModuleType
from typing import TYPE_CHECKING

from analysis.methods import method
from analysis.running import perform
from analysis.task import Outcome
from heuristics.errors import InputError
from heuristics.result import EndedBy, Result, Status

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from analysis.task import Task
    from heuristics.checker import Violation

    Perform = Callable[[Task], Outcome]

GRACE_S = 60.0
"""What a run may take beyond its time limit, for building its model, before it is killed [s]."""

MEGABYTE = 10**6

_POLL_S = 0.1
_LONGEST_TRACEBACK = 2000


@dataclass(frozen=True, kw_only=True)
class Ended:
    """A run that ended, in whatever way.

    Parameters
    ----------
    outcome
        What it came to.
    wall_s
        How long its process lived [s].
    started_at
        When, in seconds since the epoch.
    """

    outcome: Outcome
    wall_s: float
    started_at: float


NOTHING_YET = "interrupted before it had anything"


class _Child:
    """A running process, and what it may still take."""

    def __init__(
        self,
        task: Task,
        perform: Perform,
        *,
        grace_s: float = GRACE_S,
        memory_limit: int | None = None,
    ) -> None:
        self.task = task
        self.refusal: str | None = None
        self.started_at = time.time()
        self._start = time.perf_counter()
        context = multiprocessing.get_context("forkserver")
        self.receiver, sender = context.Pipe(duplex=False)
        self.process = context.Process(target=_work, args=(sender, task, perform))
        with _without_main_module(), _interrupts_held():
            self.process.start()
        sender.close()
        limit = task.time_limit
        self._deadline = None if limit is None else self._start + limit + grace_s
        self._memory_limit = memory_limit

    def next_look(self) -> float | None:
        """Return how long nothing needs to be looked at [s]; None for until it ends."""
        until = [] if self._memory_limit is None else [_POLL_S]
        if self._deadline is not None:
            until.append(max(0.0, self._deadline - time.perf_counter()))
        return min(until, default=None)

    def ended(self) -> Ended | None:
        """Return how the run ended; None while it goes on."""
        if self.receiver.poll():
            try:
                result, violations, self.refusal = self.receiver.recv()
            except EOFError:
                result, violations = self._crashed(), ()
        elif self._deadline is not None and time.perf_counter() >= self._deadline:
            message = "killed: it outlasted its time limit and the grace after it"
            result, violations = no_result(self.task, EndedBy.TIME_LIMIT, message), ()
        elif self._memory_limit is not None and self._memory() > self._memory_limit * MEGABYTE:
            message = f"killed: it held more than {self._memory_limit} MB"
            result, violations = no_result(self.task, EndedBy.MEMORY_LIMIT, message), ()
        else:
            return None
        self.kill()
        return Ended(
            outcome=Outcome(task=self.task, result=result, violations=violations),
            wall_s=time.perf_counter() - self._start,
            started_at=self.started_at,
        )

    def interrupt(self) -> None:
        """Let the run end with what it has."""
        os.kill(self.process.pid or 0, signal.SIGINT)

    def kill(self) -> None:
        """End the process at once and forget it."""
        self.process.kill()
        self.process.join()
        self.process.close()
        self.receiver.close()

    def _crashed(self) -> Result:
        self.process.join()
        code = self.process.exitcode
        how = f"exit status {code}"
        if code is not None and code < 0:
            how = f"signal {signal.Signals(-code).name}"
        return no_result(self.task, EndedBy.CRASH, f"the process died of {how}")

    def _memory(self) -> int:
        """Return what the run holds, with the processes that it started."""
        import psutil

        total = 0
        try:
            run = psutil.Process(self.process.pid)
            for each in (run, *run.children(recursive=True)):
                total += int(each.memory_info().rss)
        except psutil.Error:  # one is ending, and what the run sent is read next
            pass
        return total


def start_server(methods: Iterable[str], modules: Iterable[str] = ()) -> None:
    """Start the process that runs are forked from, which imports while the caller goes on.

    Parameters
    ----------
    methods
        The methods to come: what they import is imported once.
    modules
        What else is imported.

    Notes
    -----
    There is one server a process, and the first call decides what it has imported. Anything
    else a run imports itself.
    """
    needed = [module for name in methods for module in method(name).modules]
    forkserver.set_forkserver_preload([__name__, *dict.fromkeys((*needed, *modules))])
    with _without_main_module(), _interrupts_held():
        forkserver.ensure_running()


def run_all(
    tasks: Iterable[Task],
    *,
    num_jobs: int = 1,
    memory_limit: int | None = None,
    grace_s: float = GRACE_S,
    perform: Perform = perform,
) -> Iterator[Ended]:
    """Run each task in a child process and yield the runs as they end.

    Parameters
    ----------
    tasks
        What to run; taken in order.
    num_jobs
        How many run at the same time.
    memory_limit
        Resident memory at which a run is killed [MB].
    grace_s
        Time after its time limit at which a run is killed [s].
    perform
        How the child runs a task; a function of a module that it can import.

    Notes
    -----
    No run ends the batch: an exception, a signal and a kill are outcomes without a schedule.
    When the generator is closed or interrupted, the runs under way are killed.
    """
    waiting = iter(tasks)
    running: list[_Child] = []
    try:
        while True:
            while len(running) < num_jobs and (task := next(waiting, None)) is not None:
                running.append(_Child(task, perform, grace_s=grace_s, memory_limit=memory_limit))
            if not running:
                return
            looks = [look for child in running if (look := child.next_look()) is not None]
            connection.wait([child.receiver for child in running], min(looks, default=None))
            for child in tuple(running):
                if (ended := child.ended()) is not None:
                    running.remove(child)
                    yield ended
    finally:
        for child in running:
            child.kill()


def run_alone(task: Task, perform: Perform = perform) -> Outcome:
    """Run one task in a child process, which an interrupt lets end with what it has.

    A second interrupt does not wait for it.

    Parameters
    ----------
    task
        What to run.
    perform
        How the child runs it.

    Raises
    ------
    InputError
        If the method refuses the task.
    """
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    start_server([task.method])
    child = _Child(task, perform)
    ended, is_interrupted = None, False
    try:
        while ended is None:
            try:
                signal.pthread_sigmask(signal.SIG_SETMASK, before)
                connection.wait([child.receiver], child.next_look())
                ended = child.ended()
            except KeyboardInterrupt:
                if is_interrupted:
                    raise
                is_interrupted = True
                child.interrupt()
    except BaseException:
        child.kill()
        raise
    if child.refusal is not None:
        raise InputError(child.refusal)
    return ended.outcome


def _work(sender: connection.Connection, task: Task, perform: Perform) -> None:
    """Run one task; the body of the child process."""
    os.setpgrp()  # an interrupt at the terminal is for the parent, which decides what it ends
    signal.signal(signal.SIGINT, signal.default_int_handler)
    os.dup2(2, 1)  # what a solver prints is no output of ours
    threading.Thread(target=_die_with_parent, daemon=True).start()
    refusal: str | None = None
    violations: tuple[Violation, ...] = ()
    try:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
        outcome = perform(task)
        result, violations = outcome.result, outcome.violations
    except KeyboardInterrupt:
        result = no_result(task, EndedBy.INTERRUPTED, NOTHING_YET)
    except MemoryError:
        result = no_result(task, EndedBy.MEMORY_LIMIT, "the process ran out of memory")
    except Exception as error:  # the one place that catches all: the row keeps what happened
        refusal = str(error) if isinstance(error, InputError) else None
        result = no_result(task, EndedBy.ERROR, traceback.format_exc()[-_LONGEST_TRACEBACK:])
    sender.send((result, violations, refusal))


def _die_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def no_result(task: Task, ended_by: EndedBy, message: str) -> Result:
    """Return the result of a run that came to nothing."""
    return Result(
        problem=task.problem,
        status=Status.NONE,
        ended_by=ended_by,
        runtime_s=None,
        message=message,
    )


@contextmanager
def _without_main_module() -> Iterator[None]:
    """Hide the caller's script: a child needs nothing of it.

    Otherwise every child would import it again, and a script without a guard around its calls
    would run them again.
    """
    main = sys.modules["__main__"]
    sys.modules["__main__"] = ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = main


@contextmanager
def _interrupts_held() -> Iterator[None]:
    """Keep an interrupt from a process that is not yet able to take it."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
