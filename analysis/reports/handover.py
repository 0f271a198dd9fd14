"""Handover of the tables of a report to the kernel that runs its notebook.

The kernel is another process. Without the handover it would read the same stores, and compare
them, a second time. In any other process, such as a kernel in which a reader runs the notebook
again, nothing is received and the notebook reads the stores.
"""

from __future__ import annotations

from contextlib import contextmanager, suppress
from multiprocessing.connection import Client, Listener
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_received: dict[tuple[str, ...], Any] = {}


@contextmanager
def handed_over(content: object, key: Sequence[str], folder: str) -> Iterator[list[str]]:
    """Offer the tables of a report, and yield the arguments with which a kernel receives them.

    Parameters
    ----------
    content
        Tables, a comparison, or an instance with its runs.
    key
        Parameters of the notebook, by which it asks for the content.
    folder
        Private folder of this process, for the socket.
    """
    path = str(Path(folder, "handover"))
    try:
        listener = Listener(path, family="AF_UNIX")
    except OSError:  # a path too long for a socket: the kernel reads the stores itself
        yield []
        return

    def serve() -> None:
        with suppress(OSError), listener, listener.accept() as connection:
            connection.send({tuple(key): content})

    server = Thread(target=serve, daemon=True)
    server.start()
    start = f"from analysis.reports.handover import receive; receive({path!r})"
    try:
        yield [f"--IPKernelApp.exec_lines={start}"]
    finally:
        if server.is_alive():  # the kernel did not come
            with suppress(OSError):
                Client(path, family="AF_UNIX").close()
        server.join()


def receive(path: str) -> None:
    """Keep the content that the process of the report offers under a path."""
    with Client(path, family="AF_UNIX") as connection:
        _received.update(connection.recv())


def received(*key: object) -> Any:
    """Return the content that this process has received under a key; None without content."""
    return _received.get(tuple(map(str, key)))
