"""`otgah export`, `otgah export-runs`, `otgah schema`: models, tables and formats for others."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

import otgah
from analysis.commands.common import (
    EdgeNode,
    File,
    MethodName,
    ProblemName,
    Runs,
    Settings,
    app,
    show,
)
from heuristics.errors import printable


@app.command(epilog="Example: otgah export instance.json --method milp-bigm --out model.mps")
def export(
    file: File,
    method: MethodName,
    out: Annotated[Path, typer.Option("--out", metavar="X.mps|X.lp", help="The model's file.")],
    problem: ProblemName = None,
    edge_node: EdgeNode = None,
    settings: Settings = None,
) -> None:
    """Write the model of a MILP method for any other solver."""
    from analysis.commands.settings import parse_pairs

    otgah.export(
        file,
        method,
        out,
        problem=problem,
        edge_node=edge_node,
        settings=parse_pairs(settings or ()),
    )


@app.command(
    short_help="Write the table of runs, or what it says, for others.",
    name="export-runs",
    epilog="Example: otgah export-runs runs.sqlite --out runs.csv",
)
def export_runs(
    runs: Runs,
    out: Annotated[
        Path,
        typer.Option("--out", metavar="X", help="A .csv, .parquet, .json, .tex or .solu file."),
    ],
    table: Annotated[
        str,
        typer.Option(
            "--table",
            help="Instead of the runs what they say: summary, endings, means, gaps, times, nodes, "
            "pairs, time-pairs, virtual-best, performance-profile, data-profile, integrals, "
            "side-by-side, complexity or contradictions.",
        ),
    ] = "runs",
) -> None:
    """Write the table of runs, a row for each run, or a table of what they say."""
    exported = otgah.export_runs(runs, out, table=table)
    for text in exported["contradiction"].dropna().unique():
        print(f"otgah: contradiction: {printable(text)}", file=sys.stderr)


@app.command(epilog="Example: otgah schema instance")
def schema(
    name: Annotated[
        str | None,
        typer.Argument(
            metavar="[NAME]",
            help="instance, schedule, certificate, scenario or runs; lists if none.",
        ),
    ] = None,
) -> None:
    """Print the JSON Schema of a format, or the names of all."""
    from analysis.tables import schemas
    from analysis.text.phrases import aligned

    if name is None:
        show(aligned([[each, told] for each, (_, told) in schemas.SCHEMAS.items()]))
    else:
        show(json.dumps(schemas.schema(name), ensure_ascii=False, indent=2))
