"""Owner: the process of this machine that has claimed a run.

A later process with the same number is another owner.
"""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path
from typing import NamedTuple


class Owner(NamedTuple):
    """A process, identified without the clock.

    Parameters
    ----------
    boot
        Identifier of the start of the operating system, different on each machine.
    pid
        Number of the process.
    born
        Start of the process, counted from the start of the system, so that setting the clock
        does not change it.
    """

    boot: str
    pid: int
    born: str

    def __str__(self) -> str:
        """Return the text that the store keeps."""
        return f"{self.boot} {self.pid} {self.born}"


def this_process() -> Owner:
    """Return this process as an owner."""
    return Owner(_boot(), os.getpid(), _born(os.getpid()) or "")


def is_alive(text: str) -> bool:
    """Return True if the owner of a claim is a running process of this machine."""
    parts = text.split(" ")
    if len(parts) != 3 or not parts[1].isdigit():
        return False
    boot, pid, born = parts
    return boot == _boot() and _born(int(pid)) == born


@cache
def _boot() -> str:
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    except OSError:
        import psutil

        return f"{int(psutil.boot_time())}"


def _born(pid: int) -> str | None:
    """Return the start of a process; None if it does not exist or has ended."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return _born_elsewhere(pid)
    return None if fields[0] in "ZX" else fields[19]


def _born_elsewhere(pid: int) -> str | None:
    import psutil

    try:
        return f"{psutil.Process(pid).create_time():.0f}"
    except psutil.Error:
        return None
