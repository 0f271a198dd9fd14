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
    """Fork supervisors until the client closes its socket.

    Parameters
    ----------
    control
        Socket of the client. A message brings the socket of a new supervisor, or a pipe with
        names of further modules; see :data:`FORK` and :data:`IMPORT`.
    modules
        Names of the modules to import in advance.
    """
    # The client blocked interrupts while it started this process, which inherits the block.
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
    """Import modules and freeze the garbage collector, so that forked runs share their memory."""
    for name in modules:
        with suppress(ImportError):  # the run that needs the module reports the error
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
    """Forget ended supervisors; return True if one was killed and may have left its run behind."""
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
