"""Handover of the tables of a report to the kernel that runs its notebook.

The kernel is another process. Without the handover it would read the same stores, and compare
them, a second time. In any other process, such as a kernel in which a reader runs the notebook
again, nothing is received and the notebook reads the stores.
"""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

_received: dict[tuple[str, ...], Any] = {}


def hand_over(content: object, key: Sequence[str], folder: str) -> list[str]:
    """Write the tables of a report, and return the arguments with which a kernel receives them.

    Parameters
    ----------
    content
        Tables, a comparison, or an instance with its runs.
    key
        Parameters of the notebook, by which it asks for the content.
    folder
        Private folder of this process.
    """
    path = Path(folder, "handover.pickle")
    path.write_bytes(pickle.dumps({tuple(key): content}))
    start = f"from analysis.reports.handover import receive; receive({str(path)!r})"
    return [f"--IPKernelApp.exec_lines={start}"]


def receive(path: str) -> None:
    """Keep the content that the process of the report has written to a path."""
    _received.update(pickle.loads(Path(path).read_bytes()))


def received(*key: object) -> Any:
    """Return the content that this process has received under a key; None without content."""
    return _received.get(tuple(map(str, key)))
