"""The peak memory of this process alone, without what came before it."""

import resource
import sys
from pathlib import Path


def peak_kb():
    """Return the largest resident memory since the start, or since it was forgotten [KiB].

    ``getrusage`` also counts the process that was replaced by this one, and forgets nothing.
    """
    if sys.platform != "linux":  # macOS counts bytes
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    status = Path("/proc/self/status").read_text(encoding="ascii")
    (line,) = (each for each in status.splitlines() if each.startswith("VmHWM:"))
    return int(line.split()[1])


def forget_peak():
    """Let the peak begin anew at the memory of now, and return it [KiB]."""
    if sys.platform == "linux":
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    return peak_kb()
