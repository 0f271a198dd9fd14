"""Processes: find, limit and end every process that a run has started.

On other systems than Linux, a process that a run leaves behind *and* detaches cannot be ended.
Everything else works on all systems.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection

MEGABYTE = 10**6

_PR_SET_PDEATHSIG = 1
_PR_SET_CHILD_SUBREAPER = 36
_PAGE = os.sysconf("SC_PAGE_SIZE")
_IS_LINUX = sys.platform == "linux"
_SHARE = 0.9
"""The fraction of the machine's memory that all runs together may use."""


def adopt_orphans() -> None:
    """Become the parent of each descendant whose own parent ends, so that none is lost."""
    _prctl(_PR_SET_CHILD_SUBREAPER, 1)


def die_with(parent: int) -> None:
    """End this process when the parent ends for any reason.

    Parameters
    ----------
    parent
        Process id of the parent, taken before the fork, since the parent may have ended.
    """
    _prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)


def be_ended_first() -> None:
    """Make this process the first that the kernel ends when memory runs out."""
    with suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000")


def children(pid: int) -> list[int]:
    """Return the children of a process; none if it has ended."""
    found: list[int] = []
    try:
        for task in os.listdir(f"/proc/{pid}/task"):
            with suppress(OSError):
                text = Path(f"/proc/{pid}/task/{task}/children").read_text()
                found += map(int, text.split())
    except OSError:
        if not _IS_LINUX:
            return _children_elsewhere(pid)
    return found


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
    total = 0
    for pid in pids:
        try:
            total += int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * _PAGE
        except (OSError, ValueError, IndexError):
            if not _IS_LINUX:
                total += _memory_elsewhere(pid)
    return total


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


def _prctl(option: int, value: int) -> None:
    if _IS_LINUX:
        import ctypes

        ctypes.CDLL(None, use_errno=True).prctl(option, value, 0, 0, 0)


def _children_elsewhere(pid: int) -> list[int]:
    import psutil

    with suppress(psutil.Error):
        return [each.pid for each in psutil.Process(pid).children()]
    return []


def _memory_elsewhere(pid: int) -> int:
    import psutil

    with suppress(psutil.Error):
        return int(psutil.Process(pid).memory_info().rss)
    return 0
