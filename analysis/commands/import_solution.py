"""`otgah import`: judge the solution that another solver found for an exported model."""

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
    ProblemName,
    Settings,
    app,
    fail,
    show,
    show_json,
)


@app.command(
    name="import",
    short_help="Judge what another solver found for an exported model.",
    epilog="Example: otgah import instance.json model.sol --method milp-bigm --schedule out.json",
)
def import_solution(
    file: File,
    solution: Annotated[
        Path,
        typer.Argument(
            metavar="SOLUTION",
            help="Solution file of Gurobi, CPLEX (XML), SCIP, HiGHS, CBC, COPT or Xpress.",
        ),
    ],
    method: Annotated[
        str,
        typer.Option(
            "--method",
            metavar="NAME",
            help="Method that exported the model, or a name of your own for the solver.",
        ),
    ],
    problem: ProblemName = None,
    edge_node: EdgeNode = None,
    settings: Settings = None,
    schedule: Annotated[
        Path | None, typer.Option("--schedule", metavar="OUT", help="Write the schedule here.")
    ] = None,
    runs: Annotated[
        Path | None,
        typer.Option("--runs", metavar="RUNS", help="Add the run to this file of runs."),
    ] = None,
    runtime_s: Annotated[
        str | None, typer.Option("--runtime-s", metavar="S", help="Time of the solve in seconds.")
    ] = None,
    bound: Annotated[
        str | None,
        typer.Option("--bound", metavar="B", help="Bound that the solver states; noted, no proof."),
    ] = None,
    as_json: AsJson = False,
) -> int:
    """Read the solution of an exported model, judge it in integers, write schedule and run.

    The exit status is 3 if the schedule breaks a constraint.
    """
    from analysis.commands.settings import parse_pairs
    from analysis.text.outcome import outcome_text

    outcome = otgah.import_solution(
        file,
        solution,
        method,
        problem=problem,
        edge_node=edge_node,
        settings=parse_pairs(settings or ()),
        schedule=schedule,
        runs=runs,
        runtime_s=runtime_s,
        bound=bound,
    )
    if as_json:
        show_json(outcome.to_dict())
    else:
        show(outcome_text(outcome))
    if outcome.violations:
        return fail(CHECK_FAILED, outcome.result.message or "the schedule breaks a constraint")
    return SUCCESS
