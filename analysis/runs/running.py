"""A run, planned and performed: the one place that joins solvers, warm starts and the judge."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from analysis.methods.registry import methods
from analysis.plugins.lookup import method
from analysis.runs import limits
from analysis.runs.task import Outcome, Task, in_file_indices
from heuristics.errors import InputError
from heuristics.judges.checker import check
from heuristics.judges.verifier import verify
from heuristics.problem import Problem
from heuristics.result import EndedBy, Result, Status

if TYPE_CHECKING:
    from collections.abc import Mapping
    from os import PathLike

    from analysis.methods.method import Method
    from analysis.methods.option import OptionValue
    from heuristics.certificate import Certificate
    from heuristics.judges.checker import Violation
    from heuristics.schedule import Schedule
    from instances.instance import Instance


def plan(
    instance: Instance,
    method_name: str,
    *,
    problem: str | None = None,
    edge_node: str | int | None = None,
    seed: int = 0,
    time_limit: float | None = None,
    node_limit: int | None = None,
    settings: Mapping[str, object] | None = None,
    source: str | PathLike[str] | None = None,
) -> Task:
    """Check that a method can be run on an instance as asked, and return the task.

    Parameters
    ----------
    instance
        The instance as its file has it.
    method_name
        Name of the method.
    problem
        The problem to solve; the method's default if None.
    edge_node
        Name or index of the only edge node to solve; None for all.
    seed, time_limit, node_limit
        As in :class:`Task`.
    settings
        Options of the method that leave their default.
    source
        The file of the instance, for messages.

    Raises
    ------
    InputError
        If the method cannot do this: the message says what it can.
    """
    chosen = method(method_name)
    _refuse_missing(chosen)
    place = source if source is not None else instance.name
    solved = _problem(chosen, problem)
    index = None if edge_node is None else instance.edge_node_index(str(edge_node))
    num_edge_nodes = instance.coefficients.num_edge_nodes
    if index is None and num_edge_nodes > 1 and (chosen.single_node or solved.is_single_node):
        what = f"method {chosen.name}" if chosen.single_node else f"problem {solved}"
        raise InputError(
            f"must be one for {what}, or --edge-node must pick one",
            source=place,
            field="edge nodes",
            found=num_edge_nodes,
        )
    options = chosen.parse(settings or {})
    _refuse_cardinality(chosen, solved, options.get("z"))
    if solved is Problem.P3PRIME and options.get("z") is None:
        solved = Problem.P1
    if node_limit is not None and not chosen.takes_node_limit:
        rule = f"must be left out for method {chosen.name}, which counts no nodes"
        raise InputError(rule, source="node limit", found=node_limit)
    return Task(
        whole=instance,
        edge_node=index,
        method=chosen.name,
        problem=solved,
        options=options,
        seed=limits.parse_seed(seed, source="seed"),
        time_limit=limits.time_limit(time_limit, source="time limit"),
        node_limit=limits.count(node_limit, source="node limit"),
        plugin=None if chosen.origin is None else chosen,
    )


def perform(
    task: Task, *, warm_start: Schedule | None = None, started_from: str | None = None
) -> Outcome:
    """Run a task and judge what comes out.

    Parameters
    ----------
    task
        What to run.
    warm_start
        A schedule for the method to start from, if it takes one.
    started_from
        What the warm start is called: a method or a file.

    Raises
    ------
    InputError
        If the method takes no warm start, or the warm start breaks a constraint.
    """
    refuse_warm_start(task, warm_start, started_from)
    return judged(task, solved(task, warm_start), started_from=started_from)


def solved(task: Task, warm_start: Schedule | None = None) -> Result:
    """Run a task; what comes out is not judged yet.

    Parameters
    ----------
    task
        What to run.
    warm_start
        A schedule for the method to start from, if it takes one.
    """
    return _method(task).solve(task, warm_start)


def judged(task: Task, result: Result, *, started_from: str | None = None) -> Outcome:
    """Return the outcome of a run: no broken schedule is feasible, no bound believed on a word.

    Parameters
    ----------
    task
        What was run.
    result
        What the method returned.
    started_from
        What the run's warm start is called.
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
    """Return what is wrong with a certificate; None if its tree proves what it must."""
    if task.problem is not Problem.P1:
        return f"a certificate is of P1, found one of {task.problem}"
    try:
        proved = verify(task.data, certificate)
    except InputError as error:
        return f"the certificate is malformed: {error}"
    needed = certificate.tree_bound
    if proved > needed:
        return f"the certificate proves a bound of {proved}, and {needed} is what it must prove"
    return None


def _violations(task: Task, schedule: Schedule) -> tuple[Violation, ...]:
    found = check(task.data, schedule, task.problem, cardinality=task.cardinality)
    return in_file_indices(found, task.edge_node)


def _method(task: Task) -> Method:
    return task.plugin or method(task.method)


def _refuse_missing(chosen: Method) -> None:
    if chosen.missing is not None:
        rule = f"must be installed first: {chosen.missing}"
        raise InputError(rule, field="method", found=chosen.name)


def _problem(chosen: Method, name: str | None) -> Problem:
    if name is None:
        return chosen.problems[0]
    if name not in list(chosen.problems):
        supported = ", ".join(chosen.problems)
        raise InputError(
            f"must be one of {supported} for method {chosen.name}", field="problem", found=name
        )
    return Problem(name)


def _refuse_cardinality(chosen: Method, problem: Problem, z: OptionValue) -> None:
    if problem is Problem.P3 and z is None:
        raise InputError("must be set for problem P3", source=f"method {chosen.name}", field="z")
    if problem in (Problem.P1, Problem.P2) and z is not None:
        rule = f"must be left out for problem {problem}, which maximises"
        raise InputError(rule, source=f"method {chosen.name}", field="z", found=z)


def refuse_warm_start(task: Task, warm_start: Schedule | None, name: str | None) -> None:
    """Raise InputError if the method takes no warm start, or this one breaks a constraint."""
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
