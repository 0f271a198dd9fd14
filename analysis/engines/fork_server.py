"""The fork server: where wardens come from and go to, as seen from the one who wants a run made."""

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

from analysis.engines.wire import LARGEST_MESSAGE
from analysis.engines.zygote import FORK, IMPORT

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from analysis.engines.warden import Terms

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

_zygote: _Zygote | None = None
_forking = threading.RLock()
"""The threads of a Dask worker share one zygote."""


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
    with _interrupts_held(), _forking:
        if _zygote is None or _zygote.owner != os.getpid():
            _zygote = _Zygote(tuple(dict.fromkeys(modules)))
        else:
            _zygote.add(modules)


def fork_warden(terms: Terms) -> Connection:
    """Have a warden forked, and return the way to it.

    Raises
    ------
    OSError
        If the process that it is forked from cannot be started.
    """
    with _interrupts_held(), _forking:
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


def let_go(warden: Connection) -> None:
    """Let a warden end, and its run with it."""
    with suppress(OSError), socket.socket(fileno=os.dup(warden.fileno())) as same:
        same.shutdown(socket.SHUT_WR)


def has_gone(warden: Connection) -> bool:
    """Forget a warden that has ended; say whether it has."""
    try:
        while warden.poll():
            warden.recv_bytes(LARGEST_MESSAGE)
    except (EOFError, OSError):
        warden.close()
        return True
    return False


def end(warden: Connection) -> None:
    """End a warden, and its run with it."""
    let_go(warden)
    await_end(warden)


def await_end(warden: Connection) -> None:
    """Wait until a warden that was let go has ended, and its run with it."""
    deadline = time.perf_counter() + _LONGEST_END_S
    while not has_gone(warden):
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


def _restart_zygote() -> None:
    global _zygote
    if _zygote is not None:
        modules = _zygote.modules
        _zygote.close()
        _zygote = _Zygote(modules)
