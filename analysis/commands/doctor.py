"""`otgah doctor`: test that this machine gives reliable results."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

import otgah
from analysis.commands.common import CHECK_FAILED, SUCCESS, AsJson, app, show, show_json


@app.command(
    short_help="Test that this machine gives reliable results.", epilog="Example: otgah doctor runs"
)
def doctor(
    place: Annotated[
        Path, typer.Argument(metavar="[PLACE]", help="Folder where runs will be written.")
    ] = Path(),
    as_json: AsJson = False,
) -> int:
    """Examine versions, solver, threads, memory, disk, cache and clock; exit with 3 at a fault."""
    findings = otgah.doctor(place)
    if as_json:
        show_json([each.to_dict() for each in findings])
    else:
        for each in findings:
            show(str(each))
    return SUCCESS if all(each.passed for each in findings) else CHECK_FAILED
