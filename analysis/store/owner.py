"""Owner: the process of this machine that has claimed a run.

A later process with the same number is another owner.
"""

from __future__ import annotations

import os
from typing import NamedTuple

from analysis.runs import operating_system


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
    return Owner(operating_system.boot(), os.getpid(), operating_system.born(os.getpid()) or "")


def is_alive(text: str) -> bool:
    """Return True if the owner of a claim is a running process of this machine."""
    parts = text.split(" ")
    if len(parts) != 3 or not parts[1].isdigit():
        return False
    boot, pid, born = parts
    return boot == operating_system.boot() and operating_system.born(int(pid)) == born
