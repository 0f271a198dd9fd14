"""Operating system: facts about processes, from Linux's ``/proc`` or, elsewhere, from psutil.

Everything that only Linux has stands here. The environment variable ``OTGAH_PORTABLE=1`` forces the
fallback on Linux, where tests run it. The fallback knows the same facts more slowly, except that:

- the worker of a run ends half a second after its parent, and not with it;
- orphans are not adopted, so a process that a run leaves behind *and* detaches cannot be ended;
- the kernel is not told which process to end first when memory runs out.

All processes of one store need the same setting, since the fallback writes the start of a process
in another form. On every system runs are forked, but only from processes with one thread: the fork
server, which a new interpreter runs, and its supervisors. Windows is not supported.
"""

from __future__ import annotations

import os
import platform
import sys
from contextlib import suppress
from pathlib import Path

_PAGE = os.sysconf("SC_PAGE_SIZE")


def is_linux() -> bool:
    """Return True if the interfaces of Linux may be used."""
    return sys.platform == "linux" and os.environ.get("OTGAH_PORTABLE", "") in {"", "0"}


def set_process_option(option: int, value: int) -> None:
    """Set an option of this process by ``prctl``; nothing happens without Linux."""
    if is_linux():
        import ctypes

        ctypes.CDLL(None, use_errno=True).prctl(option, value, 0, 0, 0)


def be_ended_first() -> None:
    """Make this process the first that the kernel ends when memory runs out."""
    if is_linux():
        with suppress(OSError):
            Path("/proc/self/oom_score_adj").write_text("1000")


def children(pid: int) -> list[int]:
    """Return the children of a process; none if it has ended."""
    if not is_linux():
        return _children_elsewhere(pid)
    found: list[int] = []
    with suppress(OSError):
        for task in os.listdir(f"/proc/{pid}/task"):
            with suppress(OSError):
                text = Path(f"/proc/{pid}/task/{task}/children").read_text()
                found += map(int, text.split())
    return found


def _children_elsewhere(pid: int) -> list[int]:
    import psutil

    with suppress(psutil.Error):
        return [each.pid for each in psutil.Process(pid).children()]
    return []


def resident_memory(pid: int) -> int:
    """Return the resident memory of a process [bytes]; 0 if it has ended."""
    if not is_linux():
        return _memory_elsewhere(pid)
    with suppress(OSError, ValueError, IndexError):
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * _PAGE
    return 0


def _memory_elsewhere(pid: int) -> int:
    import psutil

    with suppress(psutil.Error):
        return int(psutil.Process(pid).memory_info().rss)
    return 0


def boot() -> str:
    """Return the name of this start of the machine."""
    if is_linux():
        with suppress(OSError):
            return Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    import psutil

    return f"{int(psutil.boot_time())}"


def born(pid: int) -> str | None:
    """Return the start of a process; None if it does not exist or has ended."""
    if is_linux():
        with suppress(OSError):
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            return None if fields[0] in "ZX" else fields[19]
    return _born_elsewhere(pid)


def _born_elsewhere(pid: int) -> str | None:
    import psutil

    try:
        process = psutil.Process(pid)
        ended = process.status() in (psutil.STATUS_ZOMBIE, psutil.STATUS_DEAD)
        return None if ended else f"{process.create_time():.0f}"
    except psutil.Error:
        return None


def processor() -> str | None:
    """Return the model name of the processor; None if unknown."""
    if is_linux():
        with suppress(OSError):
            lines = Path("/proc/cpuinfo").read_text().splitlines()
            names = (each.partition(":")[2].strip() for each in lines if "model name" in each)
            return next(names, platform.processor() or None)
    return platform.processor() or None
