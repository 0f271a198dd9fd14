"""`otgah experiment`: measure the figures and Table III of Section V again, judge its claims."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

import otgah
from analysis.commands.common import AsJson, app, show, show_aside, show_json
from analysis.commands.interrupts import KEPT, ending_cleanly
from heuristics.errors import printable


@app.command(
    short_help="Measure the paper's figures and judge its claims.",
    epilog="Example: otgah experiment fig8 fig11 --out study --quick --jobs 2",
)
def experiment(
    names: Annotated[
        list[str],
        typer.Argument(
            metavar="NAME...",
            help="fig8, ..., fig13, table3, ..., or all; an unknown name lists the known ones.",
        ),
    ],
    out: Annotated[
        Path,
        typer.Option(
            "--out", metavar="DIR", help="Folder of the study; an existing study is continued."
        ),
    ],
    quick: Annotated[
        bool, typer.Option("--quick", help="Use few seeds and points: minutes instead of an hour.")
    ] = False,
    jobs: Annotated[str, typer.Option("--jobs", metavar="N", help="Number of processes.")] = "1",
    as_json: AsJson = False,
) -> None:
    """Run experiments, judge the claims of the paper, and write one page."""
    from analysis.runs import limits
    from analysis.text.study import study_text
    from instances.traces.announcement import announced

    with ending_cleanly(KEPT), announced(show_aside):
        made = otgah.experiment(
            names, out, is_quick=quick, num_jobs=limits.count(jobs, source="--jobs") or 1
        )
    for name, why in made.skipped.items():
        print(f"otgah: {name} was left out: {printable(why)}", file=sys.stderr)
    if as_json:
        show_json(made.to_dict())
    else:
        show(study_text(made))
