"""A process of a run ends with its parent, on Linux and elsewhere."""

import subprocess
import sys
import time

import pytest

from analysis.runs.operating_system import born

FAMILY = """
import os, time
from analysis.engines.processes import die_with

parent = os.getpid()
if os.fork() == 0:
    die_with(parent)
    print(os.getpid(), flush=True)
    time.sleep(600)
os.wait()
"""


@pytest.mark.parametrize("system", ["", "1"], ids=["linux", "portable"])
def test_a_worker_ends_soon_after_a_killed_parent(system, monkeypatch):
    monkeypatch.setenv("OTGAH_PORTABLE", system)
    with subprocess.Popen([sys.executable, "-c", FAMILY], stdout=subprocess.PIPE) as parent:
        child = int(parent.stdout.readline())
        parent.kill()
    while born(child) is not None:
        time.sleep(0.05)
