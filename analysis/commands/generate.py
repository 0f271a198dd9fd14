"""`otgah generate`: instance files of a family."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

import otgah
from analysis.commands.common import (
    AsJson,
    Plugins,
    app,
    show,
    show_json,
    use,
)


@app.command(
    epilog="Example: otgah generate uniform-random --out instances --seeds 0:10 "
    "--set num_requests=20,40"
)
def generate(
    family: Annotated[str, typer.Argument(help="A name that `otgah families` lists.")],
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="The folder to write to.")],
    seeds: Annotated[
        str, typer.Option("--seeds", metavar="A:B", help="The seeds from A up to but without B.")
    ] = "0",
    settings: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            metavar="KEY=VALUE,...",
            help="Values of a parameter; several make a grid; may be repeated.",
        ),
    ] = None,
    plugins: Plugins = None,
    as_json: AsJson = False,
) -> None:
    """Write instance files of a family and print their paths."""
    from analysis.commands.settings import parse_grid
    from analysis.runs.limits import parse_seeds

    use(plugins)
    paths = otgah.generate(family, out, seeds=parse_seeds(seeds), grid=parse_grid(settings or ()))
    if as_json:
        show_json([str(path) for path in paths])
    else:
        show("\n".join(map(str, paths)))
