"""Speed of the tree search of Algorithm 2: nodes per second by pruning, and delay of a limit."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import pytest

from heuristics.ot import ot
from heuristics.tree_search.search_tree import Pruning
from instances.families.registry import family

if TYPE_CHECKING:
    from pytest_benchmark.fixture import BenchmarkFixture

    from heuristics.coefficients import Coefficients


@cache
def at_the_server(num_requests: int) -> Coefficients:
    """Return requests of three output lengths at the edge server of Section V, without waiting."""
    settings = {"num_requests": num_requests, "count_waiting": False, "edge_node": "server"}
    (instance,) = family("paper").generate(settings, seed=0)
    return instance.coefficients


@pytest.mark.parametrize("pruning", Pruning)
def bench_tree_nodes(benchmark: BenchmarkFixture, pruning: Pruning) -> None:
    """Search all trees of 100 requests."""
    result = benchmark(ot, at_the_server(100), pruning=pruning)
    benchmark.extra_info |= {"amount": result.num_nodes, "unit": "tree nodes"}


def bench_time_limit(benchmark: BenchmarkFixture) -> None:
    """Stop after 0.2 s in trees of 10^4 requests, which add candidates most of the time."""
    benchmark(ot, at_the_server(10_000), time_limit=0.2)
