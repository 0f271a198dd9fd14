"""`otgah new`: a file of your own, written from a template."""

from __future__ import annotations

from typing import Annotated

import typer

import otgah
from analysis.commands.common import app, show


@app.command(
    short_help="Write a method, a family or a scenario of your own from a template.",
    epilog="Example: otgah new method my-heuristic",
)
def new(
    kind: Annotated[
        str, typer.Argument(metavar="method|family|scenario", help="Kind of the file.")
    ],
    name: Annotated[
        str, typer.Argument(metavar="NAME", help="Name of the method, family or scenario.")
    ],
) -> None:
    """Write NAME.py or NAME.toml into the working folder, a working example to edit.

    An existing file is never replaced.
    """
    path = otgah.new(kind, name)
    show(f"{path} written; try it: {_NEXT[kind].format(path=path, name=name)}")


_NEXT = {
    "method": "otgah conform --plugin {path}",
    "family": "otgah generate {name} --plugin {path} --out instances-of-{name}",
    "scenario": "otgah generate paper --set scenario={path} --out instances-of-{name}",
}
"""Command that uses a file of each kind."""
