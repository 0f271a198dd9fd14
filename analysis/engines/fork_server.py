"""Fork server: a process that has imported the modules of runs and forks supervisors.

The command is ``python -m analysis.engines.fork_server FD [MODULE...]``. FD is the socket over
which the sockets of the supervisors arrive. The fork server ends together with the process that
started it.
"""

from __future__ import annotations

import gc
import os
import select
import signal
import socket
import sys
import traceback
from contextlib import suppress
from importlib import import_module
from multiprocessing.connection import Connection
from typing import TYPE_CHECKING

from analysis.engines.processes import adopt_orphans, end_children
from analysis.engines.supervisor import supervise
from analysis.runs.provenance import provenance

if TYPE_CHECKING:
    from collections.abc import Iterable

FORK, IMPORT = b"w", b"i"
"""Messages: one with the socket of a new supervisor, one with a pipe that names modules."""


def main(control: socket.socket, modules: list[str]) -> None:
    """Fork supervisors until nobody is left who asks for one.

    Parameters
    ----------
    control
        Each message on it brings the socket of a supervisor, or the end of a pipe with the names of
        further modules; see :data:`IMPORT`.
    modules
        What is imported beforehand.
    """
    # The one who started it held interrupts back meanwhile, which a child inherits.
    signal.pthread_sigmask(signal.SIG_SETMASK, ())
    adopt_orphans()
    provenance()
    _import(("analysis.runs.method_run", *modules))
    wakeup, waker = socket.socketpair()
    for each in (wakeup, waker):
        each.setblocking(False)
    signal.signal(signal.SIGCHLD, lambda number, frame: None)
    signal.set_wakeup_fd(waker.fileno(), warn_on_full_buffer=False)
    supervisors: set[int] = set()
    while True:
        ready, _, _ = select.select([control, wakeup], [], [])
        if wakeup in ready:
            with suppress(BlockingIOError):
                wakeup.recv(4096)
            if _reap(supervisors):
                end_children(spared=supervisors)
        if control in ready:
            message, descriptors, _, _ = socket.recv_fds(control, 1, 1)
            if not message:
                return
            for descriptor in descriptors:
                if message == IMPORT:
                    with open(descriptor, encoding="utf-8") as names:
                        _import(names.read().split())
                    continue
                pid = os.fork()
                if pid == 0:
                    _become_supervisor(descriptor, (control, wakeup, waker))
                supervisors.add(pid)
                os.close(descriptor)


def _import(modules: Iterable[str]) -> None:
    """Import what runs need, so that each has it from its first moment."""
    for name in modules:
        with suppress(ImportError):  # a run that needs it says so
            import_module(name)
    gc.collect()
    gc.freeze()


def _become_supervisor(descriptor: int, others: tuple[socket.socket, ...]) -> None:
    try:
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        for each in others:
            each.close()
        supervise(Connection(descriptor))
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(0)


def _reap(supervisors: set[int]) -> bool:
    """Forget those that have ended; say whether one was killed and may have left its run."""
    has_left = False
    with suppress(ChildProcessError):
        while True:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if pid == 0:
                break
            has_left |= pid in supervisors and os.WIFSIGNALED(status)
            supervisors.discard(pid)
    return has_left


if __name__ == "__main__":
    main(socket.socket(fileno=int(sys.argv[1])), sys.argv[2:])
