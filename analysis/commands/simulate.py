"""`otgah simulate`: many epochs of the protocol, with one or several schemes."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

import otgah
from analysis.commands.common import (
    AsJson,
    Plugins,
    TimeLimit,
    app,
    show,
    show_aside,
    show_json,
    use,
)
from analysis.commands.interrupts import KEPT, ending_cleanly


@app.command(
    short_help="Simulate many epochs and follow every request.",
    epilog="Example: otgah simulate section-v --method ot-gah,static-batching,no-batching "
    "--epochs 100 --out runs.sqlite --set llm=bloom-7.1b",
)
def simulate(
    scenario: Annotated[
        str,
        typer.Argument(
            metavar="SCENARIO", help="Name of a scenario of the catalogue, or path of a TOML file."
        ),
    ],
    arrivals: Annotated[
        str,
        typer.Option(
            "--arrivals",
            metavar="poisson or TRACE",
            help="The Poisson process of the scenario, or a file of requests such as a CSV file.",
        ),
    ] = "poisson",
    method: Annotated[
        str,
        typer.Option(
            "--method",
            metavar="M,...",
            help="Names that `otgah methods` lists, static-batching, no-batching, "
            "or continuous-batching.",
        ),
    ] = "ot-gah",
    epochs: Annotated[
        str | None,
        typer.Option(
            "--epochs", metavar="N", help="Number of epochs; all epochs of a trace if not given."
        ),
    ] = None,
    seed: Annotated[
        str, typer.Option("--seed", metavar="N", help="Seed of all random draws.")
    ] = "0",
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="RUNS", help="File of runs; an existing file is continued."),
    ] = None,
    settings: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            metavar="KEY=VALUE",
            help="A parameter of the scenario or an option of a method; may be repeated.",
        ),
    ] = None,
    carry_over: Annotated[
        bool,
        typer.Option(
            "--carry-over", help="Keep unserved requests waiting until their deadline has passed."
        ),
    ] = False,
    tune_slots: Annotated[
        str | None,
        typer.Option(
            "--tune-slots",
            metavar="N",
            help="Choose T_U, T_C and T_D anew after every N epochs, from their requests.",
        ),
    ] = None,
    error: Annotated[
        str | None,
        typer.Option(
            "--error",
            metavar="E,...",
            help="Errors of the estimates, of output=lognormal:0.3,gain=db:3,latency=normal:0.1.",
        ),
    ] = None,
    quantile: Annotated[
        str | None,
        typer.Option(
            "--quantile", metavar="Q", help="Quantile of each error that the schemes plan with."
        ),
    ] = None,
    hindsight: Annotated[
        bool,
        typer.Option(
            "--hindsight", help="Also solve all epochs as one problem that knows all arrivals."
        ),
    ] = False,
    hindsight_time_limit: Annotated[
        str,
        typer.Option(
            "--hindsight-time-limit", metavar="S", help="Time limit of this problem in seconds."
        ),
    ] = "60",
    time_limit: TimeLimit = None,
    goodput: Annotated[
        str | None,
        typer.Option(
            "--goodput",
            metavar="LIMITS",
            help="Limits on latencies of a good request, such as e2e:2s,ttft:500ms,tpot:50ms.",
        ),
    ] = None,
    tables: Annotated[
        Path | None,
        typer.Option(
            "--tables", metavar="DIR", help="Folder of all tables, written as CSV and as Parquet."
        ),
    ] = None,
    plugins: Plugins = None,
    as_json: AsJson = False,
) -> None:
    """Simulate many epochs, follow every request, and print the results of each scheme."""
    from analysis.commands.settings import parse_pairs
    from analysis.runs import limits
    from analysis.tables.simulation import write_tables
    from analysis.text.simulation import simulation_text
    from instances.traces.announcement import announced

    use(plugins)
    with ending_cleanly(KEPT), announced(show_aside if as_json else show):
        simulation = otgah.simulate(
            scenario,
            method.split(","),
            arrivals=arrivals,
            num_epochs=limits.count(epochs, source="--epochs"),
            seed=limits.parse_seed(seed),
            settings=parse_pairs(settings or ()),
            carry_over=carry_over,
            time_limit=limits.time_limit(time_limit),
            tune_slots=limits.count(tune_slots, source="--tune-slots"),
            goodput=goodput,
            error=error,
            quantile=quantile,
            hindsight=hindsight,
            hindsight_time_limit=limits.time_limit(
                hindsight_time_limit, source="--hindsight-time-limit"
            ),
            out=out,
        )
    if tables is not None:
        write_tables(simulation, tables)
    if as_json:
        show_json(simulation.to_dict())
    else:
        show(simulation_text(simulation))
