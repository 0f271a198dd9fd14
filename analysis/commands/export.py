"""`otgah export`, `otgah export-runs` and `otgah schema`: models, tables and file formats."""

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


@app.command(
    short_help="Write the model of a MILP method for any other solver.",
    epilog="Example: otgah export instance.json --method milp-bigm --out model.mps",
)
def export(
    file: File,
    method: MethodName,
    out: Annotated[Path, typer.Option("--out", metavar="X.mps|X.lp", help="File of the model.")],
    problem: ProblemName = None,
    edge_node: EdgeNode = None,
    settings: Settings = None,
) -> None:
    """Write the model of a MILP method to a file that any other solver can read."""
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
    short_help="Write the table of runs, or a summary of it, to a file.",
    name="export-runs",
    epilog="Example: otgah export-runs runs.sqlite --out runs.csv",
)
def export_runs(
    runs: Runs,
    out: Annotated[
        Path,
        typer.Option(
            "--out", metavar="X", help="File to write: .csv, .parquet, .json, .tex or .solu."
        ),
    ],
    table: Annotated[
        str,
        typer.Option(
            "--table",
            help="Table to write instead of the runs: summary, endings, means, gaps, times, nodes, "
            "pairs, time-pairs, virtual-best, performance-profile, data-profile, integrals, "
            "side-by-side, complexity or contradictions.",
        ),
    ] = "runs",
) -> None:
    """Write the table of runs, a row for each run, or a table computed from the runs."""
    exported = otgah.export_runs(runs, out, table=table)
    for text in exported["contradiction"].dropna().unique():
        print(f"otgah: contradiction: {printable(text)}", file=sys.stderr)


@app.command(epilog="Example: otgah schema instance")
def schema(
    name: Annotated[
        str | None,
        typer.Argument(
            metavar="[NAME]",
            help="instance, schedule, certificate, scenario or runs; lists the names if not given.",
        ),
    ] = None,
) -> None:
    """Print the JSON Schema of a file format, or list the formats."""
    from analysis.tables import schemas
    from analysis.text.phrases import aligned

    if name is None:
        show(aligned([[each, told] for each, (_, told) in schemas.SCHEMAS.items()]))
    else:
        show(json.dumps(schemas.schema(name), ensure_ascii=False, indent=2))
