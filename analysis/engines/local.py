"""The local engine: runs in processes of this machine, each with nothing of another's."""

from __future__ import annotations

import json
import signal
from collections import deque
from contextlib import suppress
from dataclasses import asdict, replace
from multiprocessing.connection import wait
from typing import TYPE_CHECKING, Any

from analysis.engines.engine import EndedRun, WorkOrder, utc_now
from analysis.engines.fork_client import (
    await_end,
    end,
    fork_supervisor,
    has_ended,
    release,
    start_fork_server,
)
from analysis.engines.processes import memory_share
from analysis.engines.supervisor import INTERRUPT, TAKEN, SupervisorSettings
from analysis.engines.wire import LARGEST_MESSAGE, no_result, result_to_dict
from heuristics.errors import InputError
from heuristics.problem import Problem
from heuristics.result import EndedBy

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from multiprocessing.connection import Connection

ISOLATIONS = ("process", "pool")
"""What a run has to itself: a process, or one of a pool in which others ran before it."""

NUM_ATTEMPTS = 3
"""How often a run is begun that something from outside ends, before that is its outcome."""

NUM_STARTS = 20
"""How often what runs are forked from may end as it begins, before that ends the campaign."""

_PATIENCE_S = 0.5


class LocalEngine:
    """Makes runs in processes of this machine.

    Parameters
    ----------
    num_jobs
        How many runs go on at the same time.
    isolation
        ``process``: each run in a process of its own, which ends with it. ``pool``: as many
        processes as jobs, each for run after run. That saves a hundredth of a second a run and
        gives up this: what a run leaves in its process, state of a solver, memory, threads,
        files and children, is there for the next. All limits hold, and a process that had to be
        killed is replaced.

    Raises
    ------
    InputError
        If there is no such isolation.
    """

    def __init__(self, *, num_jobs: int = 1, isolation: str = "process") -> None:
        if isolation not in ISOLATIONS:
            rule = f"must be one of {', '.join(ISOLATIONS)}"
            raise InputError(rule, source="--isolation", found=isolation)
        self.num_jobs = num_jobs
        self.isolation = isolation
        self.share_mb = memory_share(num_jobs)
        self._settings = SupervisorSettings(keep_worker=isolation == "pool", share_mb=self.share_mb)

    def prepare(self, modules: Iterable[str]) -> None:
        """Start the process that runs are forked from; see :class:`Engine`."""
        start_fork_server(modules)

    def run(self, orders: Iterable[WorkOrder]) -> Iterator[EndedRun]:
        """Make every run and yield what it came to as it ends; see :class:`Engine`.

        A run whose process is killed by something from outside, which no method can do, is begun
        again after the others, three times in all at most.

        Raises
        ------
        OSError
            If no process for a run can be started, again and again.
        """
        waiting = iter(orders)
        again: deque[_Run] = deque()
        running: list[_Run] = []
        finished: deque[EndedRun] = deque()
        idle: list[Connection] = []
        leaving: list[Connection] = []
        try:
            while True:
                # The next run begins before the last is handed on, which takes its time.
                while len(running) < self.num_jobs:
                    if (run := self._next(waiting, again)) is None:
                        break
                    run.begin(self._settings, idle)
                    running.append(run)
                if running and not idle and not self._settings.keep_worker:
                    idle.append(fork_supervisor(self._settings))
                while finished:
                    yield finished.popleft()
                if not running:
                    return
                ready = set(wait([run.supervisor for run in running]))
                for run in [each for each in running if each.supervisor in ready]:
                    ended = run.ended()
                    running.remove(run)
                    if self._settings.keep_worker and run.has_answered:
                        idle.append(run.supervisor)
                    else:
                        release(run.supervisor)
                        leaving.append(run.supervisor)
                    if ended is None:
                        again.append(run)
                    else:
                        finished.append(ended)
                leaving = [each for each in leaving if not has_ended(each)]
        finally:
            for supervisor in [*(run.supervisor for run in running), *idle]:
                release(supervisor)
                leaving.append(supervisor)
            for supervisor in leaving:
                await_end(supervisor)

    @staticmethod
    def _next(waiting: Iterator[WorkOrder], again: deque[_Run]) -> _Run | None:
        if (order := next(waiting, None)) is not None:
            return _Run(order)
        return again.popleft() if again else None


class _Run:
    """A run that is under way, from here."""

    def __init__(self, order: WorkOrder) -> None:
        self.order = order
        self.num_attempts = 0
        self.supervisor: Connection
        self.has_answered = False

    def begin(self, settings: SupervisorSettings, idle: list[Connection] | None = None) -> None:
        """Give the order to a supervisor that lives: one of the idle, else a new one.

        What ends before a supervisor has taken the order costs the run no attempt.
        """
        order = json.dumps(asdict(self.order)).encode()
        for _ in range(NUM_STARTS):
            self.supervisor = idle.pop() if idle else fork_supervisor(settings)
            try:
                self.supervisor.send_bytes(order)
                is_taken = self.supervisor.recv_bytes() == TAKEN
            except (EOFError, OSError):
                is_taken = False
            except BaseException:  # an interrupt: nobody else knows of this supervisor yet
                end(self.supervisor)
                raise
            if is_taken:
                self.num_attempts += 1
                self.has_answered = False
                self._started_at = utc_now()
                return
            self.supervisor.close()
        raise ChildProcessError(f"no process for a run could be started in {NUM_STARTS} attempts")

    def interrupt(self) -> None:
        """Let the run end with what it has."""
        with suppress(OSError):
            self.supervisor.send_bytes(INTERRUPT)

    def ended(self) -> EndedRun | None:
        """Return how the run ended; None if it must be begun again."""
        try:
            answer: dict[str, Any] = json.loads(self.supervisor.recv_bytes(LARGEST_MESSAGE))
        except (EOFError, OSError):
            return self._lost() if self.num_attempts == NUM_ATTEMPTS else None
        self.has_answered = True
        if answer["is_from_outside"] and self.num_attempts < NUM_ATTEMPTS:
            return None
        return replace(EndedRun(**answer["ended"]), num_attempts=self.num_attempts)

    def _lost(self) -> EndedRun:
        message = f"what watched the run was lost {NUM_ATTEMPTS} times, as to signal SIGKILL"
        result = no_result(Problem(self.order.problem), EndedBy.CRASH, message)
        return EndedRun(
            id=self.order.id,
            result=result_to_dict(result, ""),
            wall_s=0.0,
            started_at=self._started_at,
            ended_at=utc_now(),
            num_attempts=self.num_attempts,
        )


class Unwanted(Exception):  # noqa: N818  # nobody waits for it, so it is nobody's error
    """A run was given up."""


def carry_out(
    order: WorkOrder,
    *,
    share_mb: int | None = None,
    is_wanted: Callable[[], bool] | None = None,
) -> EndedRun:
    """Make one run under all limits, in processes of the machine on which this is called.

    Threads may do so side by side, which share what runs are forked from.

    Parameters
    ----------
    order
        What to run.
    share_mb
        What it may hold, so that the machine has enough for all [MB]; as if it ran alone if None.
    is_wanted
        Is asked twice a second whether somebody waits for the run; nobody asks if None.

    Raises
    ------
    Unwanted
        If nobody waits: the run was killed, and nothing of it is left.
    """
    settings = SupervisorSettings(keep_worker=False, share_mb=share_mb or memory_share(1))
    run, ended = _Run(order), None
    while ended is None:
        run.begin(settings)
        try:
            while not wait([run.supervisor], _PATIENCE_S):
                if is_wanted is not None and not is_wanted():
                    raise Unwanted
            ended = run.ended()
        finally:
            end(run.supervisor)
    return ended


def run_alone(order: WorkOrder) -> EndedRun:
    """Make one run, which an interrupt lets end with what it has; a second does not wait for it.

    Parameters
    ----------
    order
        What to run.
    """
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    run, is_interrupted, ended = _Run(order), False, None
    try:
        while ended is None:
            run.begin(SupervisorSettings(keep_worker=False, share_mb=memory_share(1)))
            try:
                try:
                    signal.pthread_sigmask(signal.SIG_SETMASK, before)
                    wait([run.supervisor])
                except KeyboardInterrupt:
                    if is_interrupted:
                        raise
                    is_interrupted = True
                    run.interrupt()
                    wait([run.supervisor])
                ended = run.ended()
            finally:
                end(run.supervisor)
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
    return ended
