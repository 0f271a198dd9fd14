"""The local engine: runs in processes of this machine, each with nothing of another's."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections import deque
from contextlib import contextmanager, suppress
from dataclasses import asdict, replace
from multiprocessing import Pipe
from multiprocessing.connection import Connection, wait
from typing import TYPE_CHECKING, Any

from analysis.engines.engine import Ended, Order, utc_now
from analysis.engines.processes import memory_share
from analysis.engines.warden import INTERRUPT, Terms
from analysis.engines.wire import LARGEST_MESSAGE, no_result, result_to_dict
from analysis.engines.zygote import FORK, IMPORT
from heuristics.errors import InputError
from heuristics.problem import Problem
from heuristics.result import EndedBy

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

ISOLATIONS = ("process", "pool")
"""What a run has to itself: a process, or one of a pool in which others ran before it."""

NUM_ATTEMPTS = 3
"""How often a run is begun that something from outside ends, before that is its outcome."""

_ONE_THREAD = dict.fromkeys(
    (
        "MKL_NUM_THREADS",
        "NUMBA_NUM_THREADS",
        "NUMEXPR_NUM_THREADS",
        "OMP_NUM_THREADS",
        "OPENBLAS_NUM_THREADS",
        "RAYON_NUM_THREADS",
    ),
    "1",
)
_LONGEST_END_S = 10.0
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
        self._terms = Terms(is_kept=isolation == "pool", share_mb=self.share_mb)

    def prepare(self, modules: Iterable[str]) -> None:
        """Start the process that runs are forked from; see :func:`start_zygote`."""
        start_zygote(modules)

    def run(self, orders: Iterable[Order]) -> Iterator[Ended]:
        """Make every run and yield what it came to as it ends; see :class:`Engine`.

        A run whose process is killed by something from outside, which no method can do, is begun
        again, at most three times in all.
        """
        waiting = iter(orders)
        again: deque[_Run] = deque()
        running: list[_Run] = []
        finished: deque[Ended] = deque()
        idle: list[Connection] = []
        leaving: list[Connection] = []
        try:
            while True:
                # The next run begins before the last is handed on, which takes its time.
                while len(running) < self.num_jobs:
                    if (run := self._next(waiting, again)) is None:
                        break
                    run.begin(idle.pop() if idle else _warden(self._terms))
                    running.append(run)
                if running and not idle and not self._terms.is_kept:
                    idle.append(_warden(self._terms))
                while finished:
                    yield finished.popleft()
                if not running:
                    return
                ready = set(wait([run.warden for run in running]))
                for run in [each for each in running if each.warden in ready]:
                    ended = run.ended()
                    running.remove(run)
                    if self._terms.is_kept and run.has_answered:
                        idle.append(run.warden)
                    else:
                        _let_go(run.warden)
                        leaving.append(run.warden)
                    if ended is None:
                        again.append(run)
                    else:
                        finished.append(ended)
                leaving = [each for each in leaving if not _has_gone(each)]
        finally:
            for warden in [*(run.warden for run in running), *idle]:
                _let_go(warden)
                leaving.append(warden)
            for warden in leaving:
                _await_end(warden)

    @staticmethod
    def _next(waiting: Iterator[Order], again: deque[_Run]) -> _Run | None:
        if again:
            return again.popleft()
        order = next(waiting, None)
        return None if order is None else _Run(order)


class _Run:
    """A run that is under way, from here."""

    def __init__(self, order: Order) -> None:
        self.order = order
        self.num_attempts = 0
        self.warden: Connection
        self.has_answered = False

    def begin(self, warden: Connection) -> None:
        """Give the order to a warden."""
        self.warden = warden
        self.num_attempts += 1
        self.has_answered = False
        self._started_at = utc_now()
        with suppress(OSError):  # one that is dead says nothing, which is seen
            warden.send_bytes(json.dumps(asdict(self.order)).encode())

    def interrupt(self) -> None:
        """Let the run end with what it has."""
        with suppress(OSError):
            self.warden.send_bytes(INTERRUPT)

    def ended(self) -> Ended | None:
        """Return how the run ended; None if it must be begun again."""
        try:
            answer: dict[str, Any] = json.loads(self.warden.recv_bytes(LARGEST_MESSAGE))
        except (EOFError, OSError):
            return self._lost() if self.num_attempts == NUM_ATTEMPTS else None
        self.has_answered = True
        if answer["is_from_outside"] and self.num_attempts < NUM_ATTEMPTS:
            return None
        return replace(Ended(**answer["ended"]), num_attempts=self.num_attempts)

    def _lost(self) -> Ended:
        message = f"what watched the run was lost {NUM_ATTEMPTS} times, as to signal SIGKILL"
        result = no_result(Problem(self.order.problem), EndedBy.CRASH, message)
        return Ended(
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
    order: Order,
    *,
    share_mb: int | None = None,
    is_wanted: Callable[[], bool] | None = None,
) -> Ended:
    """Make one run under all limits, in processes of the machine on which this is called.

    Threads may do so side by side, once one of them has called :func:`start_zygote`.

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
    terms = Terms(is_kept=False, share_mb=share_mb or memory_share(1))
    run, ended = _Run(order), None
    while ended is None:
        warden = _warden(terms)
        try:
            run.begin(warden)
            while not wait([warden], _PATIENCE_S):
                if is_wanted is not None and not is_wanted():
                    raise Unwanted
            ended = run.ended()
        finally:
            _let_go(warden)
            _await_end(warden)
    return ended


def run_alone(order: Order) -> Ended:
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
            warden = _warden(Terms(is_kept=False, share_mb=memory_share(1)))
            try:
                run.begin(warden)
                try:
                    signal.pthread_sigmask(signal.SIG_SETMASK, before)
                    wait([warden])
                except KeyboardInterrupt:
                    if is_interrupted:
                        raise
                    is_interrupted = True
                    run.interrupt()
                    wait([warden])
                ended = run.ended()
            finally:
                _let_go(warden)
                _await_end(warden)
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
    return ended


def _warden(terms: Terms) -> Connection:
    """Have a warden forked, and return the way to it."""
    with _interrupts_held():
        ours, theirs = Pipe()
        for is_last in (False, True):
            start_zygote()
            assert _zygote is not None
            try:
                _zygote.fork(theirs.fileno())
                break
            except OSError:
                if is_last:
                    raise
                _restart_zygote()
        theirs.close()
        with suppress(OSError):  # one that is dead says nothing, which is seen
            ours.send_bytes(json.dumps(terms).encode())
        return ours


def _let_go(warden: Connection) -> None:
    """Let a warden end, and its run with it."""
    with suppress(OSError), socket.socket(fileno=os.dup(warden.fileno())) as same:
        same.shutdown(socket.SHUT_WR)


def _has_gone(warden: Connection) -> bool:
    """Forget a warden that has ended; say whether it has."""
    try:
        while warden.poll():
            warden.recv_bytes(LARGEST_MESSAGE)
    except (EOFError, OSError):
        warden.close()
        return True
    return False


def _await_end(warden: Connection) -> None:
    """Wait until a warden that was let go has ended, and its run with it."""
    deadline = time.perf_counter() + _LONGEST_END_S
    while not _has_gone(warden):
        if time.perf_counter() > deadline:
            warden.close()
            return
        wait([warden], _LONGEST_END_S)


@contextmanager
def _interrupts_held() -> Iterator[None]:
    """Keep an interrupt from what must not be left half done."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


class _Zygote:
    """The process from which wardens are forked, as seen from here."""

    def __init__(self, modules: tuple[str, ...]) -> None:
        ours, theirs = socket.socketpair()
        path = os.pathsep.join(each or os.getcwd() for each in sys.path)
        self.process = subprocess.Popen(
            [sys.executable, "-P", "-m", "analysis.engines.zygote", str(theirs.fileno()), *modules],
            pass_fds=[theirs.fileno()],
            env=os.environ | {"PYTHONPATH": path} | _ONE_THREAD,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            start_new_session=True,  # an interrupt at the terminal is for us
        )
        theirs.close()
        self.modules = modules
        self.owner = os.getpid()
        self._control = ours

    def fork(self, descriptor: int) -> None:
        """Have a warden forked that talks over this socket."""
        socket.send_fds(self._control, [FORK], [descriptor])

    def add(self, modules: Iterable[str]) -> None:
        """Have it import what it has not yet."""
        new = [each for each in dict.fromkeys(modules) if each not in self.modules]
        if not new:
            return
        self.modules = (*self.modules, *new)
        ours, theirs = os.pipe()
        with open(theirs, "w", encoding="utf-8") as names:
            names.write("\n".join(new))
        try:
            with suppress(OSError):  # one that is dead is started again, with all of them
                socket.send_fds(self._control, [IMPORT], [ours])
        finally:
            os.close(ours)

    def close(self) -> None:
        """Let it end."""
        self._control.close()
        self.process.wait()


_zygote: _Zygote | None = None


def start_zygote(modules: Iterable[str] = ()) -> None:
    """Start the process that runs are forked from, which imports while the caller goes on.

    Parameters
    ----------
    modules
        What it imports, so that no run has to.

    Notes
    -----
    There is one in a process; a later call has it import what it lacks. Anything else a run
    imports itself.
    """
    global _zygote
    with _interrupts_held():
        if _zygote is None or _zygote.owner != os.getpid():
            _zygote = _Zygote(tuple(dict.fromkeys(modules)))
        else:
            _zygote.add(modules)


def _restart_zygote() -> None:
    global _zygote
    if _zygote is not None:
        modules = _zygote.modules
        _zygote.close()
        _zygote = _Zygote(modules)
