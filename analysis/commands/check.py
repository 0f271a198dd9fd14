"""`otgah check`: a file validated, a schedule judged."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from analysis.commands.common import (
    CHECK_FAILED,
    SUCCESS,
    AsJson,
    EdgeNode,
    File,
    app,
    show,
    show_json,
)


@app.command(epilog="Example: otgah check instance.json schedule.json --problem P1 --json")
def check(
    file: File,
    schedule: Annotated[
        Path | None, typer.Argument(metavar="SCHEDULE", help="A schedule file to judge.")
    ] = None,
    problem: Annotated[str, typer.Option("--problem", help="P1, P2, P3 or P3prime.")] = "P1",
    edge_node: EdgeNode = None,
    as_json: AsJson = False,
) -> int:
    """Validate an instance file, or judge a schedule, naming each constraint that it breaks."""
    from analysis import api
    from analysis.text import file_verdict_text, schedule_verdict_text

    verdict = api.check(file, schedule, problem=problem, edge_node=edge_node)
    if as_json:
        show_json(verdict.to_dict())
    elif isinstance(verdict, api.ScheduleVerdict):
        show(schedule_verdict_text(verdict))
    else:
        show(file_verdict_text(verdict))
    return SUCCESS if verdict.passed else CHECK_FAILED
