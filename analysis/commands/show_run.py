"""`otgah show`: everything of one run."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

import otgah
from analysis.commands.common import AsJson, Runs, app, show, show_json


@app.command(
    "show",
    short_help="Print all of one run, and how to make it again.",
    epilog="Example: otgah show runs.sqlite 1f0c9a",
)
def show_run(
    runs: Runs,
    run: Annotated[
        str, typer.Argument(metavar="RUN", help="The first characters of the run's key.")
    ],
    instance: Annotated[
        Path | None,
        typer.Option("--instance", metavar="OUT", help="Write the instance here, as it was read."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Print everything of one run, with the commands that make it again."""
    from analysis.text.campaign import run_text

    found = otgah.show(runs, run, instance_out=instance)
    if as_json:
        show_json(found.to_dict())
    else:
        show(run_text(found))
