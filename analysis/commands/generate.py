"""`otgah generate`: instance files of a family."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

import otgah
from analysis.commands.common import (
    AsJson,
    FormatVersion,
    Plugins,
    app,
    show,
    show_aside,
    show_json,
    use,
)


@app.command(
    epilog="Example: otgah generate uniform-random --out instances --seeds 0:10 "
    "--set num_requests=20,40"
)
def generate(
    family: Annotated[
        str, typer.Argument(help="Name of a family, as `otgah families` lists them.")
    ],
    out: Annotated[
        Path, typer.Option("--out", metavar="DIR", help="Folder of the instance files.")
    ],
    seeds: Annotated[
        str, typer.Option("--seeds", metavar="A:B", help="Seeds from A to B - 1, or one seed.")
    ] = "0",
    settings: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            metavar="KEY=VALUE,...",
            help="Values of a parameter, listed by `otgah families NAME`; several make a grid; "
            "may be repeated.",
        ),
    ] = None,
    format_version: FormatVersion = None,
    is_packed: Annotated[bool, typer.Option("--gzip", help="Pack the files, as .json.gz.")] = False,
    plugins: Plugins = None,
    as_json: AsJson = False,
) -> None:
    """Write instance files of a family and print their paths."""
    from analysis.commands.settings import parse_grid
    from analysis.runs.limits import parse_seeds
    from instances.traces.announcement import announced

    use(plugins)
    grid = parse_grid(settings or ())
    with announced(show_aside):  # standard output is a list of paths
        paths = otgah.generate(
            family,
            out,
            seeds=parse_seeds(seeds),
            grid=grid,
            format_version=format_version,
            pack=is_packed,
        )
    if as_json:
        show_json([str(path) for path in paths])
    else:
        show("\n".join(map(str, paths)))
