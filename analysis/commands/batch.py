"""`otgah batch`: many runs into one file."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

import otgah
from analysis.commands.common import (
    AsJson,
    EdgeNode,
    NodeLimit,
    Plugins,
    ProblemName,
    Settings,
    TimeLimit,
    app,
    show,
    show_json,
    use,
)
from analysis.commands.interrupts import KEPT, ending_cleanly
from heuristics.errors import InputError, printable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from analysis.engines.engine import Engine


@app.command(
    short_help="Run methods on instances, into one file; resumable.",
    epilog="Example: otgah batch instances --methods milp-bigm,ot-gah --out runs.sqlite "
    "--time-limit 10",
)
def batch(
    paths: Annotated[
        list[Path], typer.Argument(metavar="PATH...", help="Instance files and folders of them.")
    ],
    methods: Annotated[
        str, typer.Option("--methods", metavar="A,B", help="Names that `otgah methods` lists.")
    ],
    out: Annotated[
        Path, typer.Option("--out", metavar="RUNS", help="The file of runs; resumed if it exists.")
    ],
    problem: ProblemName = None,
    edge_node: EdgeNode = None,
    seeds: Annotated[
        str, typer.Option("--seeds", metavar="A:B", help="The seeds from A up to but without B.")
    ] = "0",
    settings: Settings = None,
    jobs: Annotated[str, typer.Option("--jobs", metavar="N", help="Runs at the same time.")] = "1",
    engine: Annotated[
        str,
        typer.Option(
            "--engine", metavar="local|dask", help="Runs on this machine, or on a Dask cluster."
        ),
    ] = "local",
    scheduler: Annotated[
        str | None,
        typer.Option("--scheduler", metavar="ADDRESS", help="The scheduler of that cluster."),
    ] = None,
    time_limit: TimeLimit = None,
    node_limit: NodeLimit = None,
    memory_limit: Annotated[
        str | None,
        typer.Option("--memory-limit", metavar="MB", help="Memory at which a run is killed."),
    ] = None,
    grace: Annotated[
        str, typer.Option("--grace", metavar="S", help="Seconds after its limit to kill a run.")
    ] = "60",
    isolation: Annotated[
        str,
        typer.Option(
            "--isolation",
            metavar="process|pool",
            help="A process a run, or quicker, one for many: each may find traces of others.",
        ),
    ] = "process",
    retry: Annotated[
        str | None, typer.Option("--retry", metavar="failed", help="Make failed runs again.")
    ] = None,
    bound_time_limit: Annotated[
        str, typer.Option("--bound-time-limit", metavar="S", help="Seconds of proving a bound.")
    ] = "10",
    no_bound: Annotated[
        bool, typer.Option("--no-bound", help="Prove no bounds beside the runs.")
    ] = False,
    plugins: Plugins = None,
    as_json: AsJson = False,
) -> None:
    """Run methods on instances, each run in a process of its own, into one file; resumable.

    Then, once an instance, a bound is proved where no run proved the optimum: no gap is missing.
    """
    from dataclasses import asdict

    from analysis.commands.settings import parse_pairs
    from analysis.runs import limits

    if retry not in (None, "failed"):
        raise InputError("must be failed", source="--retry", found=retry)
    use(plugins)
    with ending_cleanly(KEPT), _engine(engine, scheduler, jobs, isolation) as chosen:
        progress = otgah.batch(
            paths,
            methods.split(","),
            out,
            problem=problem,
            edge_node=edge_node,
            seeds=limits.parse_seeds(seeds),
            settings=parse_pairs(settings or ()),
            num_jobs=limits.count(jobs, source="--jobs") or 1,
            time_limit=limits.time_limit(time_limit),
            node_limit=limits.count(node_limit, source="--node-limit"),
            memory_limit=limits.count(memory_limit, source="--memory-limit"),
            retry_failed=retry is not None,
            grace_s=limits.time_limit(grace, source="--grace") or 0.0,
            isolation=isolation,
            engine=chosen,
            prove_bounds=not no_bound,
            bound_time_limit=limits.time_limit(bound_time_limit, source="--bound-time-limit"),
        )
    for failure in progress.bound_failures:
        print(f"otgah: {printable(failure)}", file=sys.stderr)
    if as_json:
        show_json(asdict(progress))
    else:
        show(f"{progress} in {out}")


@contextmanager
def _engine(name: str, scheduler: str | None, jobs: str, isolation: str) -> Iterator[Engine | None]:
    """Open the engine that is asked for; None for that of this machine."""
    if name not in ("local", "dask"):
        raise InputError("must be local or dask", source="--engine", found=name)
    if name == "local":
        if scheduler is not None:
            rule = "must be left out where --engine is not dask"
            raise InputError(rule, source="--scheduler", found=scheduler)
        yield None
        return
    if scheduler is None:
        rule = "must be the address of a running scheduler, such as tcp://10.0.0.1:8786"
        raise InputError(rule, source="--scheduler", found="none")
    for source, given, default in (("--jobs", jobs, "1"), ("--isolation", isolation, "process")):
        if given != default:
            rule = f"must be {default} where --engine is dask: the cluster has what runs there"
            raise InputError(rule, source=source, found=given)
    from analysis.engines.dask_engine import DaskEngine

    with DaskEngine(scheduler) as engine:
        yield engine
