"""What a server of processes imports before it is forked."""

import subprocess
import sys
from pathlib import Path


def test_importing_it_leaves_nothing_to_compile():
    """In a process of its own, since here some test may have searched before."""
    script = """
import heuristics.ready
from heuristics.tree_search.search_tree import search
before = tuple(search.signatures)
from heuristics.ot import ot
from heuristics.coefficients import Coefficients
ones = [[1]]
data = Coefficients(
    uplink=ones, uplink_capacity=[1], downlink=ones, downlink_capacity=[1], memory=ones,
    memory_capacity=[1], compute=ones, compute_budget=ones, eligible=ones,
)
for start in ("all", "bound"):
    assert ot(data, start=start).objective == 1
assert before and tuple(search.signatures) == before
"""
    root = Path(__file__).parents[2]
    subprocess.run([sys.executable, "-c", script], cwd=root, check=True, timeout=120)
