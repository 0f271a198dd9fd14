"""Solving: a method on an instance, a proven bound, and the model of a MILP method."""

from __future__ import annotations

from dataclasses import replace
from os import PathLike, fspath
from pathlib import Path
from typing import TYPE_CHECKING

from analysis.engines.child import run_alone
from analysis.engines.wire import no_result
from analysis.engines.worker import NOTHING_YET
from analysis.methods.registry import METHODS, methods
from analysis.plugins.lookup import is_method, method
from analysis.runs.bound_run import bound as bound_instance
from analysis.runs.method_run import perform, refuse_warm_start
from analysis.runs.outcome import Outcome
from analysis.runs.plan import plan
from heuristics.errors import InputError
from heuristics.result import EndedBy
from heuristics.schedule import Schedule
from instances.files import read_instance
from instances.instance import Instance
from instances.schedule_files import read_schedule

if TYPE_CHECKING:
    from collections.abc import Mapping

    from analysis.runs.task import Task


def solve(
    instance: Instance | str | PathLike[str],
    method_name: str,
    *,
    problem: str | None = None,
    edge_node: str | int | None = None,
    seed: int = 0,
    time_limit: float | None = None,
    node_limit: int | None = None,
    settings: Mapping[str, object] | None = None,
    warm_start: Schedule | str | PathLike[str] | None = None,
    isolate: bool = False,
) -> Outcome:
    """Solve an instance with a method and judge the schedule.

    Parameters
    ----------
    instance
        Instance, or path of an instance file.
    method_name
        Name of the method.
    problem
        Problem to solve; None for the method's default.
    edge_node
        Name or index of the only edge node to solve; None for all.
    seed
        Seed of the method's random choices.
    time_limit, node_limit
        Time limit [s] and limit on nodes visited; None for no limit.
    settings
        Values of the method's options by name; the other options keep their defaults.
    warm_start
        Start of an exact method: a schedule, the path of a schedule file, or the name of a method
        to run first.
    isolate
        True to run a method that may crash in a process of its own. A crash is then an outcome.

    Returns
    -------
    Outcome
        The task, the result and the violations that the judge found.

    Raises
    ------
    InputError
        If the file, the method or a setting is invalid.

    Examples
    --------
    >>> import otgah
    >>> data = otgah.Coefficients(
    ...     uplink=[[1, 1]], uplink_capacity=[1], downlink=[[1, 1]], downlink_capacity=[2],
    ...     memory=[[1, 1]], memory_capacity=[2], compute=[[1, 1]], compute_budget=[[2, 2]],
    ...     eligible=[[1, 1]],
    ... )
    >>> outcome = otgah.solve(otgah.Instance(name="one fits", coefficients=data), "ot")
    >>> outcome.result.objective, outcome.result.bound, str(outcome.result.status)
    (1, 1, 'optimal')
    """
    read, source = _read(instance)
    task = plan(
        read,
        method_name,
        problem=problem,
        edge_node=edge_node,
        seed=seed,
        time_limit=time_limit,
        node_limit=node_limit,
        settings=settings,
        source=source,
    )
    start, name = (None, None) if warm_start is None else _warm_start(task, warm_start)
    refuse_warm_start(task, start, name)
    try:
        if isolate and method(method_name).may_crash:
            return replace(run_alone(task, warm_start=start), warm_start=name)
        return perform(task, warm_start=start, started_from=name)
    except KeyboardInterrupt:
        result = no_result(task.problem, EndedBy.INTERRUPTED, NOTHING_YET)
        return Outcome(task=task, result=result)


def _warm_start(task: Task, warm_start: Schedule | str | PathLike[str]) -> tuple[Schedule, str]:
    """Return the schedule to start from and the name of its origin."""
    if isinstance(warm_start, Schedule):
        return warm_start, "a schedule"
    name = fspath(warm_start)
    if is_method(name):
        return _solved_first(task, name), name
    if not Path(name).exists():
        known = ", ".join(METHODS)
        rule = f"must be the path of a schedule file or one of {known}"
        raise InputError(rule, field="warm start", found=name)
    return read_schedule(name, task.whole, edge_node=task.edge_node), name


def _solved_first(task: Task, method_name: str) -> Schedule:
    """Return the schedule that a method finds within the limits of the task."""
    first = perform(
        plan(
            task.whole,
            method_name,
            edge_node=task.edge_node,
            seed=task.seed,
            time_limit=task.time_limit,
            node_limit=task.node_limit,
        )
    )
    if first.result.schedule is None:
        rule = f"must find a schedule, but ended by {first.result.ended_by} without one"
        raise InputError(rule, field="warm start", found=method_name)
    return first.result.schedule


def bound(
    instance: Instance | str | PathLike[str],
    *,
    edge_node: str | int | None = None,
    time_limit: float | None = None,
) -> Outcome:
    """Prove a bound on the throughput of P1, for an instance of any size.

    Parameters
    ----------
    instance
        Instance, or path of an instance file.
    edge_node
        Name or index of the only edge node; None for all.
    time_limit
        Time limit [s]; None for no limit.

    Returns
    -------
    Outcome
        Its result has the verified ``bound``, ``bound_raw``, ``certificate`` and ``runtime_s``,
        and the ``objective`` of the best schedule that the proof found.

    Raises
    ------
    InputError
        If the file or a setting is invalid.
    """
    return bound_instance(_read(instance)[0], edge_node=edge_node, time_limit=time_limit)


def export(
    instance: Instance | str | PathLike[str],
    method_name: str,
    out: str | PathLike[str],
    *,
    problem: str | None = None,
    edge_node: str | int | None = None,
    settings: Mapping[str, object] | None = None,
) -> None:
    """Write the model of a MILP method to a file that any other solver can read.

    Parameters
    ----------
    instance
        Instance, or path of an instance file.
    method_name
        Name of a MILP method.
    out
        Path of the file to write; its suffix, ``.mps`` or ``.lp``, selects the format.
    problem, edge_node, settings
        The same as in :func:`solve`.

    Raises
    ------
    InputError
        If the file, the method, a setting or the suffix is invalid.
    """
    chosen = method(method_name)
    if chosen.export is None:
        able = ", ".join(each.name for each in methods() if each.export is not None)
        rule = f"must be a method with a model ({able})"
        raise InputError(rule, field="method", found=method_name)
    read, source = _read(instance)
    task = plan(
        read, method_name, problem=problem, edge_node=edge_node, settings=settings, source=source
    )
    chosen.export(task, out)


def _read(
    instance: Instance | str | PathLike[str],
) -> tuple[Instance, str | PathLike[str] | None]:
    """Return the instance and the path of its file; None as the path of an instance in memory."""
    if isinstance(instance, Instance):
        return instance, None
    return read_instance(instance), instance
