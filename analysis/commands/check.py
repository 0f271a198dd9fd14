"""`otgah check`: validate an instance file, judge a schedule, verify a certificate."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

import otgah
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


@app.command(
    short_help="Check an instance file, a schedule or a certificate.",
    epilog="Example: otgah check instance.json schedule.json --problem P1 --json",
)
def check(
    file: File,
    schedule: Annotated[
        Path | None, typer.Argument(metavar="SCHEDULE", help="Schedule file to judge.")
    ] = None,
    problem: Annotated[
        str,
        typer.Option("--problem", help="Problem whose constraints hold: P1, P2, P3 or P3prime."),
    ] = "P1",
    edge_node: EdgeNode = None,
    certificate: Annotated[
        Path | None,
        typer.Option("--certificate", metavar="C", help="Certificate of P1 to verify."),
    ] = None,
    replay: Annotated[
        bool,
        typer.Option("--replay", help="Repeat the last step of a certificate, an enumeration."),
    ] = False,
    as_json: AsJson = False,
) -> int:
    """Validate an instance file, judge a schedule, or verify a certificate of a bound."""
    from analysis.text.verdict import (
        certificate_verdict_text,
        file_verdict_text,
        schedule_verdict_text,
    )

    verdict = otgah.check(
        file,
        schedule,
        problem=problem,
        edge_node=edge_node,
        certificate=certificate,
        replay=replay,
    )
    if as_json:
        show_json(verdict.to_dict())
    elif isinstance(verdict, otgah.CertificateVerdict):
        show(certificate_verdict_text(verdict))
    elif isinstance(verdict, otgah.ScheduleVerdict):
        show(schedule_verdict_text(verdict))
    else:
        show(file_verdict_text(verdict))
    return SUCCESS if verdict.passed else CHECK_FAILED
