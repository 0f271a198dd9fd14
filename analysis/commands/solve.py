"""`otgah solve`: solve an instance with a method."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

import otgah
from analysis.commands.common import (
    AsJson,
    CertificateOut,
    EdgeNode,
    File,
    MethodName,
    NodeLimit,
    Plugins,
    ProblemName,
    Settings,
    TimeLimit,
    app,
    exit_status,
    show,
    show_json,
    use,
    write_certificate,
)


@app.command(
    short_help="Solve an instance; the judge checks the schedule.",
    epilog="Example: otgah solve instance.json --method milp-bigm --time-limit 10 --json",
)
def solve(
    file: File,
    method: MethodName,
    problem: ProblemName = None,
    edge_node: EdgeNode = None,
    time_limit: TimeLimit = None,
    node_limit: NodeLimit = None,
    seed: Annotated[
        str, typer.Option("--seed", metavar="N", help="Seed of the method's random choices.")
    ] = "0",
    settings: Settings = None,
    warm_start: Annotated[
        str | None,
        typer.Option(
            "--warm-start",
            metavar="METHOD or FILE",
            help="Start of an exact method: a schedule file, or the name of a method to run first.",
        ),
    ] = None,
    schedule: Annotated[
        Path | None, typer.Option("--schedule", metavar="OUT", help="Write the schedule here.")
    ] = None,
    certificate: CertificateOut = None,
    plugins: Plugins = None,
    as_json: AsJson = False,
) -> int:
    """Solve an instance with a method; the judge checks the schedule."""
    from analysis.commands.settings import parse_pairs
    from analysis.runs import limits
    from analysis.text.outcome import outcome_text

    use(plugins)
    outcome = otgah.solve(
        file,
        method,
        problem=problem,
        edge_node=edge_node,
        seed=limits.parse_seed(seed),
        time_limit=limits.time_limit(time_limit),
        node_limit=limits.count(node_limit, source="--node-limit"),
        settings=parse_pairs(settings or ()),
        warm_start=warm_start,
        isolate=True,
    )
    task, found = outcome.task, outcome.result.schedule
    if schedule is not None and found is not None:
        otgah.write_schedule(found, task.whole, schedule, edge_node=task.edge_node)
    if certificate is not None:
        write_certificate(outcome, certificate)
    if as_json:
        show_json(outcome.to_dict())
    else:
        show(outcome_text(outcome))
    return exit_status(outcome)
