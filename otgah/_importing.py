"""Importing: the solution that another solver found for an exported model."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analysis.campaigns.outside_run import keep_outside_run, outside_run
from instances.files import read_instance
from instances.instance import Instance
from instances.schedule_files import write_schedule

if TYPE_CHECKING:
    from collections.abc import Mapping
    from os import PathLike

    from analysis.runs.outcome import Outcome


def import_solution(
    instance: Instance | str | PathLike[str],
    solution: str | PathLike[str],
    method_name: str,
    *,
    problem: str | None = None,
    edge_node: str | int | None = None,
    settings: Mapping[str, object] | None = None,
    schedule: str | PathLike[str] | None = None,
    runs: str | PathLike[str] | None = None,
    runtime_s: float | str | None = None,
    bound: float | str | None = None,
) -> Outcome:
    """Judge the solution that another solver found for an exported model.

    Parameters
    ----------
    instance
        Instance, or path of an instance file.
    solution
        Path of a solution file of Gurobi, CPLEX (XML), SCIP, HiGHS, CBC, COPT or Xpress.
    method_name
        Name of the method that exported the model, or a name of your own for the solver. The run
        has the method ``outside:NAME``.
    problem, edge_node, settings
        Problem, edge node and options with which the model was exported.
    schedule
        Path of the schedule file to write, if the schedule is feasible; None to write no file.
    runs
        Path of the file of runs to which the run is added; None to keep no run. A run of the same
        instance, problem and name is replaced.
    runtime_s
        Time of the solve [s]; None if it is not known.
    bound
        Bound that the solver states. It is noted in the message, and never taken as a proof.

    Returns
    -------
    Outcome
        The judged run: feasible, never optimal.

    Raises
    ------
    InputError
        If a file or a setting is invalid.
    """
    is_memory = isinstance(instance, Instance)
    read = instance if isinstance(instance, Instance) else read_instance(instance)
    source = None if is_memory else str(instance)
    outcome = outside_run(
        read,
        solution,
        method_name,
        problem=problem,
        edge_node=edge_node,
        settings=settings,
        runtime_s=runtime_s,
        bound=bound,
        source=source,
    )
    if schedule is not None and outcome.result.schedule is not None:
        write_schedule(outcome.result.schedule, read, schedule, edge_node=outcome.task.edge_node)
    if runs is not None:
        keep_outside_run(outcome, runs, source=source)
    return outcome
