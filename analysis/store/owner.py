"""The owner of a claim: a process of this machine, known from one that has its number later."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path
from typing import NamedTuple


class Owner(NamedTuple):
    """A process, whatever the clock says.

    Parameters
    ----------
    boot
        The start of the system that it runs on; another machine has another.
    pid
        Its number.
    born
        When it began, counted from the start of the system: no clock that is set changes it.
    """

    boot: str
    pid: int
    born: str

    def __str__(self) -> str:
        """Return the owner as the store keeps it."""
        return f"{self.boot} {self.pid} {self.born}"


def this_process() -> Owner:
    """Return the owner that this process is."""
    return Owner(_boot(), os.getpid(), _born(os.getpid()) or "")


def is_alive(text: str) -> bool:
    """Return whether the owner of a claim still lives on this machine."""
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
    """Return when a process began; None if there is none, or it has ended."""
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
