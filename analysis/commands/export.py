"""`otgah export` and `otgah export-runs`: models and tables for other tools."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from analysis.commands.common import (
    EdgeNode,
    File,
    MethodName,
    ProblemName,
    Runs,
    Settings,
    app,
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
    from analysis import api
    from analysis.settings import parse_pairs

    api.export(
        file,
        method,
        out,
        problem=problem,
        edge_node=edge_node,
        settings=parse_pairs(settings or ()),
    )


@app.command(name="export-runs", epilog="Example: otgah export-runs runs.sqlite --out runs.csv")
def export_runs(
    runs: Runs,
    out: Annotated[
        Path, typer.Option("--out", metavar="X", help="A .csv, .parquet, .tex or .solu file.")
    ],
) -> None:
    """Write the table of runs, a row for each run."""
    from analysis import api

    table = api.export_runs(runs, out)
    for text in table["contradiction"].dropna().unique():
        print(f"otgah: contradiction: {printable(text)}", file=sys.stderr)
