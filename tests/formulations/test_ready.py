"""What a server of processes imports before it is forked."""

import subprocess
import sys
from pathlib import Path


def test_importing_it_leaves_no_kernel_of_a_long_search_to_compile():
    """In a process of its own; five edge nodes or more are searched by the recursion too."""
    script = """
import formulations.ready
from formulations.decomposition.column_prices import value_columns
from formulations.decomposition.decomposition import decomposition
from formulations.decomposition.states import advance
from instances.families.registry import family

kernels = (advance, value_columns)
assert [len(each.signatures) for each in kernels] == [1, 1]
for seed in range(3):
    grid = {"num_edge_nodes": "6", "num_requests": "24", "num_levels": "3"}
    (instance,) = family("uniform-random").generate(grid, seed)
    result = decomposition(instance.coefficients)
    assert result.objective == result.bound
assert [len(each.signatures) for each in kernels] == [1, 1]
"""
    root = Path(__file__).parents[2]
    subprocess.run([sys.executable, "-c", script], cwd=root, check=True, timeout=300)
