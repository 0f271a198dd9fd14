"""Local engine: runs in processes of this machine, isolated from each other."""

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
"""Isolations: a process for each run, or a pool of processes that make run after run."""

NUM_ATTEMPTS = 3
"""Number of times that a run is started if an outside event ends it; then it has failed."""

NUM_STARTS = 20
"""Number of supervisors in a row that may end at their start; then the campaign ends."""

_PATIENCE_S = 0.5


class LocalEngine:
    """An engine that makes runs in processes of this machine.

    Parameters
    ----------
    num_jobs
        Number of runs at the same time.
    isolation
        ``process``: each run has a process of its own, which ends with the run. ``pool``: there
        are as many processes as jobs, and each makes run after run. A pool saves about 0.01 s
        for each run, but the state that a run leaves in its process (solver, memory, threads,
        files, children) stays for the next run. All limits hold, and a process that was killed
        is replaced.

    Raises
    ------
    InputError
        If the isolation is unknown.
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
        """Start the fork server; see :class:`Engine`."""
        start_fork_server(modules)

    def run(self, orders: Iterable[WorkOrder]) -> Iterator[EndedRun]:
        """Make every run and yield each when it ends; see :class:`Engine`.

        A run whose process is killed from outside starts again after the others, at most three
        times in all.

        Raises
        ------
        OSError
            If 20 supervisors in a row end at their start.
        """
        waiting = iter(orders)
        again: deque[_Run] = deque()
        running: list[_Run] = []
        finished: deque[EndedRun] = deque()
        idle: list[Connection] = []
        leaving: list[Connection] = []
        try:
            while True:
                # The next run starts first, since the caller needs time for an ended run.
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
    """A run under way, seen from the engine."""

    def __init__(self, order: WorkOrder) -> None:
        self.order = order
        self.num_attempts = 0
        self.supervisor: Connection
        self.has_answered = False

    def begin(self, settings: SupervisorSettings, idle: list[Connection] | None = None) -> None:
        """Send the order to an idle supervisor, or to a new one if none is idle.

        A supervisor that ends before it has accepted the order does not count as an attempt.
        """
        order = json.dumps(asdict(self.order)).encode()
        for _ in range(NUM_STARTS):
            self.supervisor = idle.pop() if idle else fork_supervisor(settings)
            try:
                self.supervisor.send_bytes(order)
                is_taken = self.supervisor.recv_bytes() == TAKEN
            except (EOFError, OSError):
                is_taken = False
            except BaseException:  # an interrupt: no other code can end this supervisor
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
        """Ask the run to end with its best result so far."""
        with suppress(OSError):
            self.supervisor.send_bytes(INTERRUPT)

    def ended(self) -> EndedRun | None:
        """Return the ended run; None if the run must start again."""
        try:
            answer: dict[str, Any] = json.loads(self.supervisor.recv_bytes(LARGEST_MESSAGE))
        except (EOFError, OSError):
            return self._lost() if self.num_attempts == NUM_ATTEMPTS else None
        self.has_answered = True
        if answer["is_from_outside"] and self.num_attempts < NUM_ATTEMPTS:
            return None
        return replace(EndedRun(**answer["ended"]), num_attempts=self.num_attempts)

    def _lost(self) -> EndedRun:
        message = f"the supervisor of the run was killed {NUM_ATTEMPTS} times, as by signal SIGKILL"
        result = no_result(Problem(self.order.problem), EndedBy.CRASH, message)
        return EndedRun(
            id=self.order.id,
            result=result_to_dict(result, ""),
            wall_s=0.0,
            started_at=self._started_at,
            ended_at=utc_now(),
            num_attempts=self.num_attempts,
        )


class Unwanted(Exception):  # noqa: N818  # the end of a run that was given up is not an error
    """A run was given up, since no client waits for it."""


def carry_out(
    order: WorkOrder,
    *,
    share_mb: int | None = None,
    is_wanted: Callable[[], bool] | None = None,
) -> EndedRun:
    """Make one run under all limits, in processes of the calling machine.

    Several threads may call this function at the same time. They share one fork server.

    Parameters
    ----------
    order
        Run to make.
    share_mb
        Share of the memory for the run [MB]; the share of a single run if None.
    is_wanted
        Function that is called twice a second and returns False if no client waits for the run
        any more; None if the run is always wanted.

    Raises
    ------
    Unwanted
        If no client waits for the run. It was killed and has left no process behind.
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
    """Make one run. The first interrupt asks it to end with its best result, the second kills it.

    Parameters
    ----------
    order
        Run to make.
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
