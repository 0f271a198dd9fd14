"""Speed of the exact single node: all kinds of instances, with 10^3 to 10^5 requests."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import pytest

from analysis.benchmarks.single_node_kinds import KINDS, draw
from heuristics.single_node.single_node import single_node

if TYPE_CHECKING:
    from pytest_benchmark.fixture import BenchmarkFixture

    from heuristics.coefficients import Coefficients

SIZES = (1_000, 12_500, 25_000, 50_000, 100_000)


@cache
def drawn(kind: str, num_requests: int) -> Coefficients:
    """Return an instance of a kind."""
    return draw(KINDS[kind], num_requests)


@pytest.mark.parametrize("num_requests", SIZES)
@pytest.mark.parametrize("kind", KINDS)
def bench_single_node(benchmark: BenchmarkFixture, kind: str, num_requests: int) -> None:
    """Find the largest batch and prove that it is optimal."""
    data = drawn(kind, num_requests)
    result = benchmark.pedantic(  # type: ignore[no-untyped-call]
        single_node, (data,), {"problem": KINDS[kind].problem}, rounds=5, warmup_rounds=1
    )
    assert result.status == "optimal"
