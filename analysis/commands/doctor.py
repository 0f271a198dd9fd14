"""`otgah doctor`: test that this machine gives reliable results."""

from __future__ import annotations

import sys
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
    compile_kernels: Annotated[
        bool, typer.Option("--compile", help="Compile all kernels first, so that no run waits.")
    ] = False,
    as_json: AsJson = False,
) -> int:
    """Examine versions, solver, threads, memory, disk, cache and clock; exit with 3 at a fault."""
    if compile_kernels:
        seconds = otgah.compile_kernels()
        print(f"otgah: kernels compiled or loaded in {float(seconds):.1f} s", file=sys.stderr)
    findings = otgah.doctor(place)
    if as_json:
        show_json([each.to_dict() for each in findings])
    else:
        for each in findings:
            show(str(each))
    return SUCCESS if all(each.passed for each in findings) else CHECK_FAILED
