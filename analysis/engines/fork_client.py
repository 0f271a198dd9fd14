"""Fork client: starts the fork server and asks it for supervisors."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import contextmanager, suppress
from multiprocessing import Pipe
from multiprocessing.connection import Connection, wait
from typing import TYPE_CHECKING

from analysis.engines.fork_server import FORK, IMPORT
from analysis.engines.wire import LARGEST_MESSAGE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from analysis.engines.supervisor import SupervisorSettings

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

_server: _ForkServer | None = None
_forking = threading.RLock()
"""The threads of a Dask worker share one fork server."""


def start_fork_server(modules: Iterable[str] = ()) -> None:
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
    global _server
    with _interrupts_held(), _forking:
        if _server is None or _server.owner != os.getpid():
            _server = _ForkServer(tuple(dict.fromkeys(modules)))
        else:
            _server.add(modules)


def fork_supervisor(settings: SupervisorSettings) -> Connection:
    """Have a supervisor forked, and return the way to it.

    Raises
    ------
    OSError
        If the process that it is forked from cannot be started.
    """
    with _interrupts_held(), _forking:
        ours, theirs = Pipe()
        for is_last in (False, True):
            start_fork_server()
            assert _server is not None
            try:
                _server.fork(theirs.fileno())
                break
            except OSError:
                if is_last:
                    raise
                _restart_server()
        theirs.close()
        with suppress(OSError):  # one that is dead says nothing, which is seen
            ours.send_bytes(json.dumps(settings).encode())
        return ours


def release(supervisor: Connection) -> None:
    """Let a supervisor end, and its run with it."""
    with suppress(OSError), socket.socket(fileno=os.dup(supervisor.fileno())) as same:
        same.shutdown(socket.SHUT_WR)


def has_ended(supervisor: Connection) -> bool:
    """Forget a supervisor that has ended; say whether it has."""
    try:
        while supervisor.poll():
            supervisor.recv_bytes(LARGEST_MESSAGE)
    except (EOFError, OSError):
        supervisor.close()
        return True
    return False


def end(supervisor: Connection) -> None:
    """End a supervisor, and its run with it."""
    release(supervisor)
    await_end(supervisor)


def await_end(supervisor: Connection) -> None:
    """Wait until a supervisor that was let go has ended, and its run with it."""
    deadline = time.perf_counter() + _LONGEST_END_S
    while not has_ended(supervisor):
        if time.perf_counter() > deadline:
            supervisor.close()
            return
        wait([supervisor], _LONGEST_END_S)


@contextmanager
def _interrupts_held() -> Iterator[None]:
    """Keep an interrupt from what must not be left half done."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


class _ForkServer:
    """The process from which supervisors are forked, as seen from here."""

    def __init__(self, modules: tuple[str, ...]) -> None:
        ours, theirs = socket.socketpair()
        path = os.pathsep.join(each or os.getcwd() for each in sys.path)
        self.process = subprocess.Popen(
            [
                sys.executable,
                "-P",
                "-m",
                "analysis.engines.fork_server",
                str(theirs.fileno()),
                *modules,
            ],
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
        """Have a supervisor forked that talks over this socket."""
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


def _restart_server() -> None:
    global _server
    if _server is not None:
        modules = _server.modules
        _server.close()
        _server = _ForkServer(modules)
