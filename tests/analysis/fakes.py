"""Runs that go wrong, for the child process to make. The instance's name says how."""

import os
import signal
import time

from analysis.methods import perform
from heuristics.errors import InputError


def misbehave(task):
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
            hoard = bytearray(b"x") * 400_000_000
            time.sleep(600)
            return hoard
        case "chatter":
            os.write(1, b"noise of a solver\n")
    return perform(task)
