"""Supervisor: the process that watches one run at a time, keeps its limits and judges its result.

A supervisor never runs a method itself. It ends together with its client, and every process that
a run has started ends before it.
"""

from __future__ import annotations

import json
import os
import signal
import time
from contextlib import contextmanager
from dataclasses import asdict
from importlib import import_module
from multiprocessing import Pipe
from multiprocessing.connection import Connection, wait
from typing import TYPE_CHECKING, Any, NamedTuple

from pydantic import ValidationError

from analysis.engines import worker
from analysis.engines.engine import EndedRun, WorkOrder, utc_now
from analysis.engines.log import Log
from analysis.engines.message import WorkerMessage
from analysis.engines.processes import (
    MEGABYTE,
    adopt_orphans,
    cause_of_death,
    descendants,
    die_with,
    end_children,
    resident_memory,
)
from analysis.engines.wire import (
    LARGEST_MESSAGE,
    no_result,
    result_to_dict,
    to_result,
    to_task,
)
from analysis.runs.outcome import Outcome
from analysis.runs.provenance import provenance
from analysis.runs.values import complaint
from analysis.runs.violation import violation_to_dict
from heuristics.result import EndedBy, Result, Status
from heuristics.schedule import Schedule

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType

    from analysis.runs.task import Task

INTERRUPT = b"interrupt"
"""Message of the client that asks a run to end with its best result so far."""

TAKEN = b"taken"
"""Answer of a supervisor that has accepted an order. From then on, its end ends an attempt."""

_JUDGING_S = 600
"""Time limit of the judge [s]."""

_TICK_S = 0.05
"""Time between two readings of the memory of a run [s]."""


class SupervisorSettings(NamedTuple):
    """Settings for all runs of one supervisor."""

    keep_worker: bool
    """True if the process of a run also makes the next run."""
    share_mb: int
    """Share of the memory for each run [MB]."""


def supervise(client: Connection) -> None:
    """Carry out orders until the client has gone: the main function of the process.

    Parameters
    ----------
    client
        Connection to the client, which sends the settings and then one order after another.
    """
    os.setsid()
    adopt_orphans()
    # The signal is blocked and not ignored, so that a run interrupted early receives it later.
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    running: _Worker | None = None
    try:
        settings = SupervisorSettings(*json.loads(client.recv_bytes()))
        while True:
            order = WorkOrder(**json.loads(client.recv_bytes(LARGEST_MESSAGE)))
            client.send_bytes(TAKEN)
            watch = _Watch(order, settings, client)
            running = watch.run(running)
            if not settings.keep_worker or running is None:
                end_children()
                running = None
            client.send_bytes(json.dumps(watch.answer()).encode())
    except (EOFError, OSError):
        pass  # the client has gone, so no answer is due
    finally:
        end_children()


class _Worker:
    """The process of a run, seen from its supervisor."""

    def __init__(self, order: WorkOrder, task: Task, client: Connection) -> None:
        self.channel, theirs = Pipe()
        reader, writer = os.pipe()
        supervisor = os.getpid()
        self.pid = os.fork()
        if self.pid == 0:
            try:
                die_with(supervisor)
                self.channel.close()
                client.close()
                nothing = os.open(os.devnull, os.O_RDONLY)
                for source, target in ((nothing, 0), (writer, 1), (writer, 2)):
                    os.dup2(source, target)
                for each in (reader, writer, nothing):
                    os.close(each)
                worker.serve(theirs, order, task)
            finally:
                os._exit(1)
        theirs.close()
        os.close(writer)
        self.log = Log(reader)
        self.exit_descriptor = os.pidfd_open(self.pid) if hasattr(os, "pidfd_open") else None
        self._status: int | None = None

    def death(self) -> int | None:
        """Return the status with which the process ended; None while it runs."""
        if self._status is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            self._status = status if pid else None
        return self._status

    def close(self) -> None:
        """Close the connections to the process."""
        self.channel.close()
        self.log.close()
        if self.exit_descriptor is not None:
            os.close(self.exit_descriptor)


class _Watch:
    """One run under way."""

    def __init__(self, order: WorkOrder, settings: SupervisorSettings, client: Connection) -> None:
        self._order = order
        self._client = client
        self._start = time.perf_counter()
        self._started_at = utc_now()
        self._load_start = _load()
        self._deadline: float | None = self._start + order.start_s
        self._has_begun = False
        self._settings = settings
        limit = settings.share_mb if order.memory_limit is None else order.memory_limit
        self._memory_limit = min(limit, settings.share_mb)
        self._largest_memory = 0
        self._next_look = self._start
        self._schedule: Schedule | None = None
        self._bound: int | None = None
        self._said: WorkerMessage | None = None
        self._complaint: str | None = None
        self._is_from_outside = False
        self._log = ""

    def run(self, kept: _Worker | None) -> _Worker | None:
        """Make the run; return its process if the process can make another run."""
        self._task = to_task(self._order)
        if kept is None:
            running = _Worker(self._order, self._task, self._client)
        else:
            running = kept
            running.channel.send_bytes(json.dumps(asdict(self._order)).encode())
        self._cut = self._follow(running)
        running.log.drain()
        self._log = running.log.tail()
        if self._cut is None:
            return running
        running.close()
        return None

    def answer(self) -> dict[str, Any]:
        """Return the judged run as data, and True if an outside event ended it."""
        wall_s = time.perf_counter() - self._start
        outcome, refusal = self._judged()
        ended = EndedRun(
            id=self._order.id,
            result=result_to_dict(outcome.result, self._task.instance.name),
            violations=[violation_to_dict(each) for each in outcome.violations],
            refusal=refusal,
            wall_s=wall_s,
            started_at=self._started_at,
            ended_at=utc_now(),
            load_start=self._load_start,
            load_end=_load(),
            largest_memory_mb=self._largest_memory // MEGABYTE or None,
            log=self._log,
            machine=provenance(),
        )
        return {"ended": asdict(ended), "is_from_outside": self._is_from_outside}

    def _follow(self, running: _Worker) -> Result | None:
        """Wait for the end of the run; return a result for a run that sent none itself."""
        sources: list[Any] = [self._client, running.channel, running.log.descriptor]
        if running.exit_descriptor is not None:
            sources.append(running.exit_descriptor)
        while True:
            ready = wait(sources, self._patience())
            if self._client in ready and self._client.recv_bytes() == INTERRUPT:
                os.kill(running.pid, signal.SIGINT)
            if running.log.descriptor in ready and not running.log.read():
                sources.remove(running.log.descriptor)
            has_died = running.death() is not None
            if running.channel in sources and not self._listen(running.channel):
                sources.remove(running.channel)
            if self._said is not None:
                return None
            if self._complaint is not None:
                return self._no_result(self._complaint)
            if has_died:
                return self._crash(running)
            if (cut := self._overrun()) is not None:
                return cut

    def _listen(self, channel: Connection) -> bool:
        """Read all messages of the run; return False if no more can follow."""
        try:
            while channel.poll():
                self._hear(channel.recv_bytes(LARGEST_MESSAGE))
        except (EOFError, OSError):
            return False
        return True

    def _patience(self) -> float:
        """Return the time until the next reading or deadline [s]."""
        until = self._next_look
        if self._deadline is not None:
            until = min(until, self._deadline)
        return max(0.0, until - time.perf_counter())

    def _hear(self, text: bytes) -> None:
        """Parse one message. A malformed result ends the run, other malformed messages do not."""
        try:
            document = json.loads(text)
            message = WorkerMessage.model_validate(document)
        except (ValueError, RecursionError) as error:
            if isinstance(error, ValidationError) and "result" in document:
                self._complaint = complaint(error)
            return
        if message.begun and not self._has_begun:
            self._has_begun = True
            limit = self._order.time_limit
            now = time.perf_counter()
            self._deadline = None if limit is None else now + limit + self._order.grace_s
        if message.result is not None:
            self._said = message
        if message.schedule is not None:
            self._schedule = Schedule.of(message.schedule)
        if message.bound is not None:
            self._bound = message.bound

    def _crash(self, running: _Worker) -> Result:
        status = running.death() or 0
        self._is_from_outside = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
        message = f"the process died of {cause_of_death(status)}"
        return no_result(self._task.problem, EndedBy.CRASH, message)

    def _overrun(self) -> Result | None:
        """Return the result of a run that exceeds a limit; None while it exceeds none."""
        now = time.perf_counter()
        if self._deadline is not None and now >= self._deadline:
            message = "killed: it outlasted its time limit and the grace after it"
            if not self._has_begun:
                message = f"killed: it had not begun after {self._order.start_s:g} s"
            return self._kept(EndedBy.TIME_LIMIT, message)
        if now < self._next_look:
            return None
        self._next_look = now + _TICK_S
        memory = resident_memory(descendants(os.getpid()))
        self._largest_memory = max(self._largest_memory, memory)
        if memory <= self._memory_limit * MEGABYTE:
            return None
        message = f"killed: it held more than {self._memory_limit} MB"
        if self._memory_limit != self._order.memory_limit:
            message += ", its share of the machine"
        return self._kept(EndedBy.MEMORY_LIMIT, message)

    def _kept(self, ended_by: EndedBy, message: str) -> Result:
        """Return the result that a run had reported before it was killed."""
        schedule, bound = self._schedule, self._bound
        if schedule is not None and bound is not None and bound < schedule.throughput:
            message += f"; the bound that it reported, {bound}, lies below its schedule"
            bound = None
        return Result(
            problem=self._task.problem,
            status=Status.NONE if schedule is None else Status.FEASIBLE,
            ended_by=ended_by,
            schedule=schedule,
            bound=bound,
            bound_raw=bound,
            runtime_s=None,
            message=message,
        )

    def _judged(self) -> tuple[Outcome, str | None]:
        refusal: str | None = None
        result = self._cut
        if self._said is not None:
            refusal = self._said.refusal
            try:
                result = to_result(self._said.result, self._task.instance.name)
            except Exception as error:  # an error of one method must not end the other runs
                result = self._no_result(str(error))
        assert result is not None
        try:
            with _at_most(_JUDGING_S):
                outcome = import_module(self._order.work).judged(self._task, result)
        except Exception as error:
            result = self._error(f"it returned what cannot be judged: {error}")
            return Outcome(task=self._task, result=result), refusal
        return outcome, refusal

    def _no_result(self, message: str) -> Result:
        return self._error(f"it returned what is no result: {message}")

    def _error(self, message: str) -> Result:
        return no_result(self._task.problem, EndedBy.ERROR, message)


@contextmanager
def _at_most(seconds: int) -> Iterator[None]:
    """Raise TimeoutError after a number of seconds."""

    def end(number: int, frame: FrameType | None) -> None:
        raise TimeoutError(f"not finished after {seconds} s")

    signal.signal(signal.SIGALRM, end)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)


def _load() -> float | None:
    try:
        return round(os.getloadavg()[0], 2)
    except OSError:
        return None
