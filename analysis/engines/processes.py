"""Processes: find, limit and end every process that a run has started.

:mod:`analysis.runs.operating_system` says what differs on other systems than Linux.
"""

from __future__ import annotations

import os
import signal
import time
from contextlib import suppress
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING

from analysis.runs import operating_system
from analysis.runs.operating_system import be_ended_first, children, set_process_option

if TYPE_CHECKING:
    from collections.abc import Collection

__all__ = [
    "MEGABYTE",
    "adopt_orphans",
    "be_ended_first",
    "cause_of_death",
    "children",
    "descendants",
    "die_with",
    "end_children",
    "machine_memory",
    "memory_share",
    "resident_memory",
]

MEGABYTE = 10**6

_PR_SET_PDEATHSIG = 1
_PR_SET_CHILD_SUBREAPER = 36
_PARENT_POLL_S = 0.5
"""Time between two looks at the parent where the kernel does not tell of its end [s]."""
_SHARE = 0.9
"""The fraction of the machine's memory that all runs together may use."""


def adopt_orphans() -> None:
    """Become the parent of each descendant whose own parent ends, so that none is lost."""
    set_process_option(_PR_SET_CHILD_SUBREAPER, 1)


def die_with(parent: int) -> None:
    """End this process when the parent ends for any reason.

    Parameters
    ----------
    parent
        Process id of the parent, taken before the fork, since the parent may have ended.
    """
    if operating_system.is_linux():
        set_process_option(_PR_SET_PDEATHSIG, signal.SIGKILL)
    else:
        Thread(target=_end_after, args=(parent,), daemon=True).start()
    if os.getppid() != parent:
        os._exit(1)


def _end_after(parent: int) -> None:
    """End this process soon after its parent has ended."""
    while os.getppid() == parent:
        time.sleep(_PARENT_POLL_S)
    os._exit(1)


def descendants(pid: int) -> list[int]:
    """Return the children of a process, their children, and so on."""
    found, waiting = [], children(pid)
    while waiting:
        each = waiting.pop()
        found.append(each)
        waiting += children(each)
    return found


def resident_memory(pids: Collection[int]) -> int:
    """Return the resident memory of processes [bytes]; 0 for a process that has ended."""
    return sum(map(operating_system.resident_memory, pids))


def machine_memory() -> int:
    """Return the memory of the machine, or the smaller limit of a control group [bytes]."""
    import psutil

    limits = [int(psutil.virtual_memory().total)]
    for path in ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"):
        with suppress(OSError, ValueError):
            limits.append(int(Path(path).read_text()))
    return min(limits)


def memory_share(num_jobs: int, *, memory: int | None = None) -> int:
    """Return the share of the memory for each run [MB].

    Parameters
    ----------
    num_jobs
        Number of runs at the same time.
    memory
        Memory to share [bytes]; the memory of the machine if None.
    """
    whole = machine_memory() if memory is None else memory
    return max(1, int(whole * _SHARE / num_jobs / MEGABYTE))


def end_children(spared: Collection[int] = ()) -> None:
    """Kill every descendant of this process except spared children and their descendants.

    Parameters
    ----------
    spared
        Children to keep.
    """
    for _ in range(1000):
        roots = [each for each in children(os.getpid()) if each not in spared]
        if not roots:
            return
        # All are stopped before any is killed, so that none can start another meanwhile.
        doomed = [pid for root in roots for pid in (root, *descendants(root))]
        for sent in (signal.SIGSTOP, signal.SIGKILL):
            for pid in doomed:
                with suppress(ProcessLookupError, PermissionError):
                    os.kill(pid, sent)
        for pid in roots:
            with suppress(ChildProcessError):
                os.waitpid(pid, 0)
        time.sleep(0)


def cause_of_death(status: int) -> str:
    """Return the cause of a process's end, from the status of the operating system."""
    code = os.waitstatus_to_exitcode(status)
    if code >= 0:
        return f"exit status {code}"
    try:
        return f"signal {signal.Signals(-code).name}"
    except ValueError:  # one of the real-time signals
        return f"signal {-code}"
