"""`otgah convert`: an instance file in the other version of the format."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

import otgah
from analysis.commands.common import AsJson, File, FormatVersion, app, show, show_json


@app.command(
    short_help="Write an instance file in the other version of the format.",
    epilog="Example: otgah convert instance.json --out instance.json.gz",
)
def convert(
    file: File,
    out: Annotated[
        Path,
        typer.Option("--out", metavar="X", help="The new file, gzipped if its name ends in .gz."),
    ],
    format_version: FormatVersion = None,
    as_json: AsJson = False,
) -> None:
    """Write an instance file in the other version of the format, or in the given one."""
    conversion = otgah.convert(file, out, version=format_version)
    if as_json:
        show_json(conversion.to_dict())
        return
    show(f"{conversion.path}: {conversion.instance} in version {conversion.version}")
    if conversion.carries_over:
        show("The digest is the same: certificates and stores of runs carry over.")
    else:
        show(
            f"Certificates and stores of runs of {file} do not carry over: the digest of the "
            f"coefficients depends on the version."
        )
