"""Runs that go wrong: the work of an engine where the name of the instance says how."""

import os
import signal
import subprocess
import sys
import time

from analysis import bounding, running
from analysis.running import judged
from heuristics.errors import InputError
from heuristics.system_models.coefficients import Coefficients

__all__ = ["WORK", "endless", "judged", "solved"]

WORK = __name__


def solved(task, warm_start=None):
    """Do what the instance's name asks for, and solve it if that is nothing."""
    match task.instance.name:
        case "segfault":
            os.kill(os.getpid(), signal.SIGSEGV)
        case "exit":
            os._exit(7)
        case "raise":
            raise RuntimeError("boom in the solver")
        case "refuse":
            raise InputError("must be otherwise", source="solver")
        case "out of memory":
            raise MemoryError
        case "hang":
            time.sleep(600)
        case "hoard":
            hoard = bytearray(b"x") * 800_000_000
            time.sleep(600)
            return hoard
        case "hoard elsewhere":
            hoarding = "import sys; hoard = b'x' * 800_000_000; sys.stdin.read()"
            subprocess.run([sys.executable, "-c", hoarding], stdin=subprocess.PIPE, check=False)
        case "chatter":
            os.write(1, b"noise of a solver\n")
    return (bounding if task.method == bounding.NAME else running).solved(task, warm_start)


def endless():
    """Return 60 requests of 20 levels: no search without pruning comes to an end."""
    levels = [each % 20 for each in range(60)]
    return Coefficients(
        uplink=[[1] * 60],
        uplink_capacity=[29],
        downlink=[[0] * 60],
        downlink_capacity=[0],
        memory=[levels],
        memory_capacity=[500],
        compute=[levels],
        compute_budget=[[1000] * 60],
        eligible=[[1] * 60],
    )
