"""Speed of OT-GAH, of instance files and of models at large sizes."""

from __future__ import annotations

from functools import cache
from itertools import cycle, islice
from typing import TYPE_CHECKING

import pytest

from formulations.language import Language
from heuristics.ot_gah_fast import ot_gah_fast
from heuristics.problem import Problem
from instances.families.registry import family
from instances.files import read_instance, write_instance

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_benchmark.fixture import BenchmarkFixture

    from heuristics.coefficients import Coefficients
    from instances.instance import Instance


def generated(name: str, num_requests: int) -> Instance:
    """Return an instance of a family with a given number of requests."""
    (instance,) = family(name).generate({"num_requests": num_requests}, seed=0)
    return instance


@cache
def dense(num_requests: int, num_edge_nodes: int) -> Coefficients:
    """Return an instance of the family dense, with its three edge nodes repeated."""
    three = generated("dense", num_requests).coefficients
    rows = list(islice(cycle(range(three.num_edge_nodes)), num_edge_nodes))
    return three.of_rows(rows)


@pytest.mark.parametrize(
    ("num_requests", "num_edge_nodes"),
    [(100, 3), (1_000, 3), (10_000, 3), (10_000, 10), (10_000, 40), (100_000, 10)],
)
def bench_ot_gah_fast(benchmark: BenchmarkFixture, num_requests: int, num_edge_nodes: int) -> None:
    """Schedule the requests of an epoch."""
    result = benchmark(ot_gah_fast, dense(num_requests, num_edge_nodes))
    assert result.ended_by == "completed"


def bench_generate_and_write(benchmark: BenchmarkFixture, tmp_path: Path) -> None:
    """Draw, assemble and write 10^5 requests."""
    benchmark.pedantic(  # type: ignore[no-untyped-call]
        lambda: write_instance(generated("paper", 100_000), tmp_path / "a.json"), rounds=3
    )


def bench_read(benchmark: BenchmarkFixture, tmp_path: Path) -> None:
    """Read 10^5 requests back."""
    write_instance(generated("paper", 100_000), tmp_path / "a.json")
    benchmark.pedantic(  # type: ignore[no-untyped-call]
        read_instance, (tmp_path / "a.json",), rounds=3
    )


@pytest.mark.parametrize("language", Language)
def bench_build_p1(benchmark: BenchmarkFixture, language: Language) -> None:
    """State P1 for 500 requests and three edge nodes, and hand it to HiGHS."""
    data = dense(500, 3)
    models = language.models(Problem.P1)
    benchmark(lambda: language.to_highs(models.build(data)))
