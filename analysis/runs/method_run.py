"""Method run: the one place that joins solvers, warm starts and the judge."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from analysis.methods.registry import methods
from analysis.plugins.lookup import method
from analysis.runs.outcome import Outcome
from analysis.runs.violation import in_file_indices
from heuristics.errors import InputError
from heuristics.judges.checker import check
from heuristics.judges.verifier import verify
from heuristics.problem import Problem
from heuristics.result import EndedBy, Result, Status

if TYPE_CHECKING:
    from analysis.methods.method import Method
    from analysis.runs.task import Task
    from heuristics.certificate import Certificate
    from heuristics.judges.checker import Violation
    from heuristics.schedule import Schedule


def perform(
    task: Task, *, warm_start: Schedule | None = None, started_from: str | None = None
) -> Outcome:
    """Run a task and judge its result.

    Parameters
    ----------
    task
        Task to run.
    warm_start
        Schedule that the method starts from; None for none.
    started_from
        Name of the warm start's method or file.

    Raises
    ------
    InputError
        If the method takes no warm start, or the warm start breaks a constraint.
    """
    refuse_warm_start(task, warm_start, started_from)
    return judged(task, solved(task, warm_start), started_from=started_from)


def solved(task: Task, warm_start: Schedule | None = None) -> Result:
    """Run a task and return its result, not judged yet.

    Parameters
    ----------
    task
        Task to run.
    warm_start
        Schedule that the method starts from; None for none.
    """
    return _method(task).solve(task, warm_start)


def judged(task: Task, result: Result, *, started_from: str | None = None) -> Outcome:
    """Judge a result: check its schedule, verify its certificate, and return the outcome.

    Parameters
    ----------
    task
        Task that was run.
    result
        Result of the method.
    started_from
        Name of the warm start's method or file; None without a warm start.
    """
    result = replace(result, problem=task.problem)
    violations = () if result.schedule is None else _violations(task, result.schedule)
    message = None
    if violations:
        message = f"the schedule breaks {len(violations)} constraint(s), first {violations[0]}"
    elif result.certificate is not None:
        message = _not_proved(task, result.certificate)
    if message is not None:
        result = replace(
            result,
            status=Status.NONE,
            ended_by=EndedBy.ERROR,
            schedule=None,
            bound=None,
            bound_raw=None,
            proved_by=None,
            certificate=None,
            claimed_objective=result.objective,
            message=message,
        )
    return Outcome(task=task, result=result, violations=violations, warm_start=started_from)


def _not_proved(task: Task, certificate: Certificate) -> str | None:
    """Return the fault of a certificate; None if its tree proves the bound that it must."""
    if task.problem.bounded_as is not Problem.P1 or task.cardinality is not None:
        return f"a certificate must be of P1, found one of {task.problem}"
    try:
        proved = verify(task.data, certificate)
    except InputError as error:
        return f"the certificate is malformed: {error}"
    needed = certificate.tree_bound
    if proved > needed:
        return f"the certificate proves a bound of {proved}, but must prove {needed}"
    return None


def _violations(task: Task, schedule: Schedule) -> tuple[Violation, ...]:
    found = check(task.data, schedule, task.problem, cardinality=task.cardinality)
    return in_file_indices(found, task.rows)


def _method(task: Task) -> Method:
    return task.plugin or method(task.method)


def refuse_warm_start(task: Task, warm_start: Schedule | None, name: str | None) -> None:
    """Raise InputError if a method takes no warm start, or the warm start breaks a constraint."""
    if warm_start is None:
        return
    if not _method(task).takes_warm_start:
        able = ", ".join(each.name for each in methods() if each.takes_warm_start)
        raise InputError(
            f"must be left out for method {task.method}; it is for {able}",
            field="warm start",
            found=name or "a schedule",
        )
    violations = _violations(task, warm_start)
    if violations:
        rule = f"must be feasible for {task.problem}, but breaks {violations[0]}"
        raise InputError(rule, source=name, field="warm start")
