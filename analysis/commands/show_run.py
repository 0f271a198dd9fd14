"""`otgah show`: all data of one run."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

import otgah
from analysis.commands.common import AsJson, Runs, app, show, show_aside, show_json


@app.command(
    "show",
    short_help="Print all data of one run, and how to repeat it.",
    epilog="Example: otgah show runs.sqlite 1f0c9a",
)
def show_run(
    runs: Runs,
    run: Annotated[
        str, typer.Argument(metavar="RUN", help="First characters of the key of the run.")
    ],
    instance: Annotated[
        Path | None,
        typer.Option("--instance", metavar="OUT", help="Write the instance of the run here."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Print all data of one run, with the commands that repeat it."""
    from analysis.text.campaign import run_text
    from instances.traces.announcement import announced

    with announced(show_aside):  # a run on a trace is generated again
        found = otgah.show(runs, run, instance_out=instance)
    if as_json:
        show_json(found.to_dict())
    else:
        show(run_text(found))
