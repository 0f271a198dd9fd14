"""`otgah demo`: the demonstration, in the working folder."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

import otgah
from analysis.commands.common import app, show, show_aside


@app.command(
    short_help="Solve 45 instances and write a report, in about a minute.",
    epilog="Example: otgah demo --out my-demo",
)
def demo(
    out: Annotated[
        Path,
        typer.Option("--out", metavar="DIR", help="Folder of the instances, runs and the report."),
    ] = Path("runs/demo"),
) -> None:
    """Generate instances, solve them exactly and by heuristics, and write a report.

    A second call continues the first one, and starts again if the instances have changed.
    """
    from instances.traces.announcement import announced

    with announced(show_aside):
        otgah.demo(out, tell=show)
