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
        "VECLIB_MAXIMUM_THREADS",
    ),
    "1",
)

_LONGEST_END_S = 10.0

_server: _ForkServer | None = None
_forking = threading.RLock()
"""Lock of the fork server, which the threads of a Dask worker share."""


def start_fork_server(modules: Iterable[str] = ()) -> None:
    """Start the fork server, which imports modules while the caller continues.

    Parameters
    ----------
    modules
        Names of the modules to import, so that no run imports them again.

    Notes
    -----
    A process has one fork server. A later call has it import the modules that it lacks. A run
    imports any other module itself.
    """
    global _server
    with _interrupts_held(), _forking:
        if _server is None or _server.owner != os.getpid():
            _server = _ForkServer(tuple(dict.fromkeys(modules)))
        else:
            _server.add(modules)


def fork_supervisor(settings: SupervisorSettings) -> Connection:
    """Have the fork server fork a supervisor, and return the connection to it.

    Raises
    ------
    OSError
        If the fork server cannot be started.
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
        with suppress(OSError):  # the caller notices a dead supervisor when it reads
            ours.send_bytes(json.dumps(settings).encode())
        return ours


def release(supervisor: Connection) -> None:
    """Tell a supervisor to end, and its run with it."""
    with suppress(OSError), socket.socket(fileno=os.dup(supervisor.fileno())) as same:
        same.shutdown(socket.SHUT_WR)


def has_ended(supervisor: Connection) -> bool:
    """Return True if a supervisor has ended, and close the connection to it."""
    try:
        while supervisor.poll():
            supervisor.recv_bytes(LARGEST_MESSAGE)
    except (EOFError, OSError):
        supervisor.close()
        return True
    return False


def end(supervisor: Connection) -> None:
    """End a supervisor and its run, and wait until both have ended."""
    release(supervisor)
    await_end(supervisor)


def await_end(supervisor: Connection) -> None:
    """Wait until a released supervisor and its run have ended."""
    deadline = time.perf_counter() + _LONGEST_END_S
    while not has_ended(supervisor):
        if time.perf_counter() > deadline:
            supervisor.close()
            return
        wait([supervisor], _LONGEST_END_S)


@contextmanager
def _interrupts_held() -> Iterator[None]:
    """Block interrupts in code that must not stop halfway."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


class _ForkServer:
    """The fork server, seen from its client."""

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
            start_new_session=True,  # an interrupt at the terminal must not reach the fork server
        )
        theirs.close()
        self.modules = modules
        self.owner = os.getpid()
        self._control = ours

    def fork(self, descriptor: int) -> None:
        """Fork a supervisor that communicates over this socket."""
        socket.send_fds(self._control, [FORK], [descriptor])

    def add(self, modules: Iterable[str]) -> None:
        """Import the modules that the fork server lacks."""
        new = [each for each in dict.fromkeys(modules) if each not in self.modules]
        if not new:
            return
        self.modules = (*self.modules, *new)
        ours, theirs = os.pipe()
        with open(theirs, "w", encoding="utf-8") as names:
            names.write("\n".join(new))
        try:
            with suppress(OSError):  # a dead fork server is started again, with all modules
                socket.send_fds(self._control, [IMPORT], [ours])
        finally:
            os.close(ours)

    def close(self) -> None:
        """Close the connection and wait until the fork server has ended."""
        self._control.close()
        self.process.wait()


def _restart_server() -> None:
    global _server
    if _server is not None:
        modules = _server.modules
        _server.close()
        _server = _ForkServer(modules)
