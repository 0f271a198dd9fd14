"""What a server of processes imports before it is forked."""

import subprocess
import sys
from pathlib import Path


def test_importing_it_leaves_no_kernel_of_a_long_search_to_compile():
    """In a process of its own, over few edge nodes and many, shared levels and own ones."""
    script = """
import sys
import formulations.ready
from numba.core.dispatcher import Dispatcher
from formulations.decomposition.decomposition import decomposition
from instances.families.registry import family

def compiled():
    return {
        (name, kernel.__name__): len(kernel.signatures)
        for name, module in list(sys.modules.items())
        if name.startswith(("formulations.", "heuristics."))
        for kernel in vars(module).values()
        if isinstance(kernel, Dispatcher)
    }

ready = compiled()
assert ("formulations.decomposition.columns.states", "advance") in ready
for num_edge_nodes, num_levels in ((6, 3), (3, 0), (2, 1)):
    for seed in range(3):
        grid = {
            "num_edge_nodes": str(num_edge_nodes),
            "num_requests": "24",
            "num_levels": str(num_levels),
        }
        (instance,) = family("uniform-random").generate(grid, seed)
        result = decomposition(instance.coefficients)
        assert result.objective == result.bound
assert compiled() == ready
"""
    root = Path(__file__).parents[2]
    subprocess.run([sys.executable, "-c", script], cwd=root, check=True, timeout=300)
