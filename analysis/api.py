"""The public names in Python; the command line calls these and nothing else.

Examples
--------
An epoch of Section V in memory, or the files of a family:

>>> from analysis import api
>>> folder = getfixture("tmp_path")
>>> scenario = api.build_scenario("section-v", seed=1, num_requests=20)
>>> api.build_instance(scenario, "twenty").coefficients.num_edge_nodes
3
>>> paths = api.generate("scarce-spectrum", folder, seeds=range(2), grid={"num_requests": [20]})

A heuristic's schedule, which the judge allows, and a bound on all schedules:

>>> outcome = api.solve(paths[0], "ot-gah")
>>> str(outcome.result.status), outcome.result.bound, outcome.violations
('feasible', None, ())
>>> api.write_schedule(outcome.result.schedule, outcome.task.whole, folder / "schedule.json")
>>> api.check(paths[0], folder / "schedule.json").passed
True
>>> outcome.result.objective <= api.bound(paths[0]).result.bound
True

Many runs in one file and a page of them; many epochs, measured:

>>> print(api.batch(paths, ["ot-gah", "decomposition"], folder / "runs.sqlite"))
4 runs: 4 made, 0 of them failed, 0 were there
>>> api.report(folder / "runs.sqlite", folder / "report.html").problems
()
>>> simulation = api.simulate("section-v", ["ot-gah"], num_epochs=3, seed=1)
>>> simulation.num_epochs, list(simulation.summary()["scheme"])
(3, ['ot-gah'])
"""

from __future__ import annotations

from dataclasses import replace
from os import PathLike, fspath
from pathlib import Path
from typing import TYPE_CHECKING

from analysis.campaigns.batch import Tally, batch
from analysis.campaigns.certificates import write_certificates
from analysis.campaigns.doctor import Diagnosis, examine
from analysis.campaigns.merge import Merge, merge
from analysis.campaigns.shown_run import ShownRun, show_run
from analysis.campaigns.status import Status, status
from analysis.checks.certificate import CertificateVerdict, check_certificate
from analysis.checks.verdict import FileVerdict, ScheduleVerdict, check_file, check_schedule
from analysis.conformance.conform import Check, conform
from analysis.engines.child import run_alone
from analysis.engines.wire import no_result
from analysis.engines.worker import NOTHING_YET
from analysis.experiments.study import Study
from analysis.experiments.study import study as experiment
from analysis.generation.grid import generate
from analysis.generation.scenario import build_instance, build_scenario
from analysis.methods.describe import describe_family, describe_method
from analysis.methods.method import Method
from analysis.methods.registry import METHODS, methods
from analysis.plugins.lookup import is_method, method
from analysis.plugins.plugin import Plugin
from analysis.plugins.registry import forget_plugins, use_installed_plugins, use_plugin
from analysis.reports.report import (
    Report,
    Template,
    compare_stores,
    comparison_problems,
    problems,
    report,
    runs_of,
)
from analysis.reports.rules import Finding, Rule, findings, read_rules
from analysis.runs.bounding import bound as bound_instance
from analysis.runs.running import perform, plan, refuse_warm_start
from analysis.runs.task import Outcome, Task
from analysis.simulation.outcome import Simulation
from analysis.simulation.simulate import simulate
from analysis.store.store import read_epochs
from analysis.tables.runs import export_runs, runs_table
from analysis.tables.schemas import schema
from heuristics.certificate import Certificate
from heuristics.coefficients import Coefficients
from heuristics.errors import InputError
from heuristics.loads import Loads
from heuristics.problem import Problem
from heuristics.result import EndedBy, Result
from heuristics.schedule import Schedule
from instances.certificate_files import read_certificate, write_certificate
from instances.families.registry import families
from instances.files import read_instance, write_instance
from instances.instance import Instance
from instances.schedule_files import read_schedule, write_schedule

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = [
    "Certificate",
    "CertificateVerdict",
    "Check",
    "Coefficients",
    "Diagnosis",
    "FileVerdict",
    "Finding",
    "InputError",
    "Instance",
    "Loads",
    "Merge",
    "Method",
    "Outcome",
    "Plugin",
    "Problem",
    "Report",
    "Result",
    "Rule",
    "Schedule",
    "ScheduleVerdict",
    "ShownRun",
    "Simulation",
    "Status",
    "Study",
    "Tally",
    "Template",
    "batch",
    "bound",
    "build_instance",
    "build_scenario",
    "check",
    "compare_stores",
    "comparison_problems",
    "conform",
    "describe_family",
    "describe_method",
    "examine",
    "experiment",
    "export",
    "export_runs",
    "families",
    "findings",
    "forget_plugins",
    "generate",
    "merge",
    "methods",
    "problems",
    "read_certificate",
    "read_epochs",
    "read_instance",
    "read_rules",
    "read_schedule",
    "report",
    "runs_of",
    "runs_table",
    "schema",
    "show_run",
    "simulate",
    "solve",
    "status",
    "use_installed_plugins",
    "use_plugin",
    "write_certificate",
    "write_certificates",
    "write_instance",
    "write_schedule",
]


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
    is_isolated: bool = False,
) -> Outcome:
    """Run a method on an instance and judge what comes out.

    Parameters
    ----------
    instance
        An instance or the file of one.
    method_name
        Name of the method.
    problem
        The problem to solve; the method's default if None.
    edge_node
        Name or index of the only edge node to solve; None for all.
    seed
        Of the method's random choices.
    time_limit, node_limit
        Seconds of solving and nodes visited; None for no limit.
    settings
        Options of the method that leave their default.
    warm_start
        For an exact method: a schedule, the file of one, or a method that is run first.
    is_isolated
        Run a method that may crash in a process of its own, so that a crash is an outcome.

    Returns
    -------
    Outcome

    Raises
    ------
    InputError
        If the file, the method or a setting is bad.

    Examples
    --------
    >>> data = Coefficients(
    ...     uplink=[[1, 1]], uplink_capacity=[1], downlink=[[1, 1]], downlink_capacity=[2],
    ...     memory=[[1, 1]], memory_capacity=[2], compute=[[1, 1]], compute_budget=[[2, 2]],
    ...     eligible=[[1, 1]],
    ... )
    >>> outcome = solve(Instance(name="one fits", coefficients=data), "ot")
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
        if is_isolated and method(method_name).may_crash:
            return replace(run_alone(task, warm_start=start), warm_start=name)
        return perform(task, warm_start=start, started_from=name)
    except KeyboardInterrupt:
        result = no_result(task.problem, EndedBy.INTERRUPTED, NOTHING_YET)
        return Outcome(task=task, result=result)


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
        An instance or the file of one.
    edge_node
        Name or index of the only edge node; None for all.
    time_limit
        Seconds; None for as long as it takes.

    Returns
    -------
    Outcome
        Its result has the verified ``bound``, ``bound_raw``, ``certificate`` and ``runtime_s``,
        and the ``objective`` of the best schedule that was met on the way.

    Raises
    ------
    InputError
        If the file or a setting is bad.
    """
    return bound_instance(_read(instance)[0], edge_node=edge_node, time_limit=time_limit)


def _warm_start(task: Task, warm_start: Schedule | str | PathLike[str]) -> tuple[Schedule, str]:
    """Return the schedule to start from, and what it is called."""
    if isinstance(warm_start, Schedule):
        return warm_start, "a schedule"
    name = fspath(warm_start)
    if not is_method(name):
        if not Path(name).exists():
            known = ", ".join(METHODS)
            rule = f"must be the file of a schedule or one of {known}"
            raise InputError(rule, field="warm start", found=name)
        return read_schedule(name, task.whole, edge_node=task.edge_node), name
    first = perform(
        plan(
            task.whole,
            name,
            edge_node=task.edge_node,
            seed=task.seed,
            time_limit=task.time_limit,
            node_limit=task.node_limit,
        )
    )
    if first.result.schedule is None:
        rule = f"must find a schedule, but ended by {first.result.ended_by} without one"
        raise InputError(rule, field="warm start", found=name)
    return first.result.schedule, name


def check(
    path: str | PathLike[str],
    schedule: str | PathLike[str] | None = None,
    *,
    problem: str = Problem.P1,
    edge_node: str | int | None = None,
    certificate: str | PathLike[str] | None = None,
    is_replayed: bool = False,
) -> FileVerdict | ScheduleVerdict | CertificateVerdict:
    """Validate an instance file, judge a schedule file, or verify a certificate file.

    Parameters
    ----------
    path
        The file of the instance.
    schedule
        The file of the schedule; None to look at the instance alone.
    problem
        By whose constraints the schedule is judged.
    edge_node
        Name or index of the only edge node that counts; None for all.
    certificate
        The file of a certificate of P1; None without one.
    is_replayed
        Make the last step of a certificate by enumeration again.

    Returns
    -------
    FileVerdict, ScheduleVerdict or CertificateVerdict
        Each says whether it ``passed``.

    Raises
    ------
    InputError
        If a file breaks a rule of its format, or the certificate is of another problem.
    """
    if certificate is not None:
        if problem != Problem.P1:
            rule = "must be P1, which a certificate is of"
            raise InputError(rule, field="problem", found=problem)
        return check_certificate(
            path, certificate, schedule, edge_node=edge_node, is_replayed=is_replayed
        )
    if is_replayed:
        raise InputError("must come with a certificate", source="--replay")
    if schedule is None:
        return check_file(path, edge_node=edge_node)
    return check_schedule(path, schedule, problem=problem, edge_node=edge_node)


def export(
    instance: Instance | str | PathLike[str],
    method_name: str,
    out: str | PathLike[str],
    *,
    problem: str | None = None,
    edge_node: str | int | None = None,
    settings: Mapping[str, object] | None = None,
) -> None:
    """Write the model of a MILP method, for any other solver to take over.

    Parameters
    ----------
    instance
        An instance or the file of one.
    method_name
        Name of a MILP method.
    out
        Where to; the suffix ``.mps`` or ``.lp`` says in which format.
    problem, edge_node, settings
        As in :func:`solve`.

    Raises
    ------
    InputError
        If the file, the method, a setting or the suffix is bad.
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
    if isinstance(instance, Instance):
        return instance, None
    return read_instance(instance), instance
