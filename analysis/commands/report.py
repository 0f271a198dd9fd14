"""`otgah report`: a notebook and a page of a file of runs."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from analysis.commands.common import (
    CHECK_FAILED,
    SUCCESS,
    AsJson,
    Runs,
    app,
    show,
    show_json,
)
from heuristics.errors import printable


@app.command(epilog="Example: otgah report runs.sqlite --out report.html")
def report(
    runs: Runs,
    out: Annotated[
        Path, typer.Option("--out", metavar="HTML", help="The page; its notebook goes beside it.")
    ],
    strict: Annotated[
        bool,
        typer.Option("--strict", help="Exit with 3 if a run failed or runs contradict each other."),
    ] = False,
    as_json: AsJson = False,
) -> int:
    """Make an executed notebook and a page in one file from a file of runs."""
    from analysis import api

    made = api.report(runs, out)
    if as_json:
        show_json(made.to_dict())
    else:
        show(f"{made.answer}\n{made.page}\n{made.notebook}")
    for problem in made.problems:
        print(f"otgah: {printable(problem)}", file=sys.stderr)
    return CHECK_FAILED if strict and made.problems else SUCCESS
