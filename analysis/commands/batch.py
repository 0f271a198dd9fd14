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
    short_help="Run methods on instances into one file, or continue it.",
    epilog="Example: otgah batch instances --methods milp-bigm,ot-gah --out runs.sqlite "
    "--time-limit 10",
)
def batch(
    paths: Annotated[
        list[Path],
        typer.Argument(metavar="PATH...", help="Instance files, or folders of instance files."),
    ],
    methods: Annotated[
        str,
        typer.Option(
            "--methods", metavar="A,B", help="Names of methods, as `otgah methods` lists them."
        ),
    ],
    out: Annotated[
        Path,
        typer.Option("--out", metavar="RUNS", help="File of runs; an existing file is continued."),
    ],
    problem: ProblemName = None,
    edge_node: EdgeNode = None,
    seeds: Annotated[
        str, typer.Option("--seeds", metavar="A:B", help="Seeds from A to B - 1, or one seed.")
    ] = "0",
    settings: Settings = None,
    jobs: Annotated[
        str, typer.Option("--jobs", metavar="N", help="Number of runs at the same time.")
    ] = "1",
    engine: Annotated[
        str,
        typer.Option(
            "--engine",
            metavar="local|dask",
            help="Where to run: on this machine, or on a Dask cluster.",
        ),
    ] = "local",
    scheduler: Annotated[
        str | None,
        typer.Option(
            "--scheduler", metavar="ADDRESS", help="Address of the scheduler of the Dask cluster."
        ),
    ] = None,
    time_limit: TimeLimit = None,
    node_limit: NodeLimit = None,
    memory_limit: Annotated[
        str | None,
        typer.Option(
            "--memory-limit",
            metavar="MB",
            help="Memory limit of a run in MB; a run above it is killed.",
        ),
    ] = None,
    grace: Annotated[
        str,
        typer.Option(
            "--grace", metavar="S", help="Seconds between a run's time limit and its end by force."
        ),
    ] = "60",
    isolation: Annotated[
        str,
        typer.Option(
            "--isolation",
            metavar="process|pool",
            help="One process for each run, or one for many runs: faster, but not isolated.",
        ),
    ] = "process",
    retry: Annotated[
        str | None, typer.Option("--retry", metavar="failed", help="Repeat the failed runs.")
    ] = None,
    bound_time_limit: Annotated[
        str,
        typer.Option(
            "--bound-time-limit", metavar="S", help="Time limit in seconds of the proof of a bound."
        ),
    ] = "10",
    no_bound: Annotated[
        bool, typer.Option("--no-bound", help="Do not prove bounds after the runs.")
    ] = False,
    plugins: Plugins = None,
    as_json: AsJson = False,
) -> None:
    """Run methods on instances and write each run into one file; an existing file is continued.

    Each run has a process of its own. At the end, a bound is proved for each instance without a
    proven optimum, so that every gap is known.
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
        show(f"{progress}: {out}")


@contextmanager
def _engine(name: str, scheduler: str | None, jobs: str, isolation: str) -> Iterator[Engine | None]:
    """Open the engine of the given name; yield None for this machine, the default."""
    if name not in ("local", "dask"):
        raise InputError("must be local or dask", source="--engine", found=name)
    if name == "local":
        if scheduler is not None:
            rule = "must be left out unless --engine is dask"
            raise InputError(rule, source="--scheduler", found=scheduler)
        yield None
        return
    if scheduler is None:
        rule = "must be the address of a running scheduler, such as tcp://10.0.0.1:8786"
        raise InputError(rule, source="--scheduler", found="none")
    for source, given, default in (("--jobs", jobs, "1"), ("--isolation", isolation, "process")):
        if given != default:
            rule = f"must be {default} with --engine dask, whose workers decide it"
            raise InputError(rule, source=source, found=given)
    from analysis.engines.dask_engine import DaskEngine

    with DaskEngine(scheduler) as engine:
        yield engine
