"""`otgah merge`: merge two files of runs into a third one."""

from __future__ import annotations

import sys
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

import otgah
from analysis.commands.common import CHECK_FAILED, SUCCESS, AsJson, app, show, show_json
from heuristics.errors import printable


@app.command(
    short_help="Write the runs of two files into a new one.",
    epilog="Example: otgah merge a.sqlite b.sqlite --out all.sqlite",
)
def merge(
    first: Annotated[Path, typer.Argument(metavar="A", help="A file of runs.")],
    second: Annotated[Path, typer.Argument(metavar="B", help="Another file of runs.")],
    out: Annotated[Path, typer.Option("--out", metavar="C", help="New file of runs.")],
    prefer: Annotated[
        str | None,
        typer.Option(
            "--prefer",
            metavar="first|second",
            help="File whose run is taken if the two files disagree on it.",
        ),
    ] = None,
    as_json: AsJson = False,
) -> int:
    """Write the runs of two files into a new file; exit with 3 at a conflict."""
    merged = otgah.merge(first, second, out, prefer=prefer)
    for conflict in merged.conflicts:
        print(f"otgah: {printable(str(conflict))}", file=sys.stderr)
    if as_json:
        show_json(asdict(merged))
    elif merged.is_written:
        show(f"{merged.num_runs} runs in {out}, {len(merged.conflicts)} conflicts")
    else:
        show(
            f"{len(merged.conflicts)} conflicts, nothing written; repeat with --prefer first or "
            "--prefer second"
        )
    return SUCCESS if merged.is_written else CHECK_FAILED
