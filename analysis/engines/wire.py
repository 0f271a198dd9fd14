"""Wire: tasks and results as JSON, and back. Reading never executes code."""

from __future__ import annotations

import json
from dataclasses import asdict, fields, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from analysis.engines.engine import GRACE_S, WORK, EndedRun, WorkOrder
from analysis.engines.message import ResultDocument
from analysis.runs.fields import result_fields
from analysis.runs.outcome import Conditions, Outcome
from analysis.runs.provenance import provenance
from analysis.runs.task import Task
from analysis.runs.values import complaint
from analysis.runs.violation import violation_from_dict
from heuristics.problem import Problem
from heuristics.result import EndedBy, Progress, Result, Status
from heuristics.schedule import Schedule
from instances.certificate_files import certificate_document, parse_certificate
from instances.files import instance_text, parse_instance

if TYPE_CHECKING:
    from analysis.methods.method import Method
    from instances.instance import Instance

LARGEST_MESSAGE = 256 * 10**6
"""Largest message that is read [bytes]."""


def to_task(order: WorkOrder) -> Task:
    """Return the task of an order."""
    return Task(
        whole=_instance(order.instance),
        edge_node=order.edge_node,
        method=order.method,
        problem=Problem(order.problem),
        options=dict(order.options),
        seed=order.seed,
        time_limit=order.time_limit,
        node_limit=order.node_limit,
        plugin=None if order.plugin is None else _brought(order.method, **order.plugin),
    )


def to_order(
    task: Task,
    *,
    id: str,
    memory_limit: int | None = None,
    grace_s: float = GRACE_S,
    work: str = WORK,
    warm_start: Schedule | None = None,
    target: int | None = None,
) -> WorkOrder:
    """Return the order of a task.

    Parameters
    ----------
    task
        Task to run.
    id, memory_limit, grace_s, work, target
        As in :class:`WorkOrder`.
    warm_start
        Schedule to start from; None for none.
    """
    return WorkOrder(
        id=id,
        instance=_order_text(task.whole),
        edge_node=task.edge_node,
        method=task.method,
        problem=str(task.problem),
        options=dict(task.options),
        seed=task.seed,
        time_limit=task.time_limit,
        node_limit=task.node_limit,
        memory_limit=memory_limit,
        grace_s=grace_s,
        work=work,
        plugin=None if task.plugin is None else _file(task.plugin),
        warm_start=None if warm_start is None else warm_start.batches,
        target=target,
    )


def to_outcome(
    task: Task,
    ended: EndedRun,
    *,
    memory_limit: int | None = None,
    num_jobs: int = 1,
    isolation: str = "process",
) -> Outcome:
    """Return the outcome of a task that an engine has carried out.

    Parameters
    ----------
    task, ended
        The task, and its run as data.
    memory_limit
        Memory limit of the run [MB]; None without one.
    num_jobs, isolation
        Number of runs at the same time and isolation, both of the engine.
    """
    conditions = Conditions(**{each.name: getattr(ended, each.name) for each in fields(Conditions)})
    return Outcome(
        task=task,
        result=result_from_dict(ended.result, task.instance.name),
        violations=tuple(violation_from_dict(each) for each in ended.violations),
        conditions=replace(
            conditions,
            machine=ended.machine or provenance(),
            memory_limit_mb=memory_limit,
            num_jobs=num_jobs,
            isolation=isolation,
        ),
    )


@lru_cache(maxsize=8)
def _order_text(whole: Instance) -> str:
    """Return the text of an instance without its physical description, which no run needs."""
    return instance_text(replace(whole, scenario=None, best_known=None, parameters={}))


def result_to_dict(result: Result, instance: str) -> dict[str, Any]:
    """Return a result as a JSON object.

    Parameters
    ----------
    result
        Result of a method.
    instance
        Name of the instance, for the certificate.
    """
    schedule, certificate = result.schedule, result.certificate
    return {
        **{each.name: getattr(result, each.name) for each in result_fields(derived=False)},
        "problem": result.problem,
        "schedule": None if schedule is None else schedule.batches,
        "certificate": None if certificate is None else certificate_document(certificate, instance),
        "trajectory": result.trajectory,
    }


def result_from_dict(document: Any, instance: str) -> Result:
    """Return the result of a document, and trust no value in it.

    Raises
    ------
    ValueError, TypeError
        If a value has another type than its field, lies outside the range of a store, or
        contradicts another value.
    """
    try:
        return to_result(ResultDocument.model_validate(document), instance)
    except ValidationError as error:
        raise ValueError(complaint(error)) from error


def to_result(document: Any, instance: str) -> Result:
    """Return the result of a document whose values were checked one by one.

    Parameters
    ----------
    document
        A :data:`analysis.engines.message.ResultDocument`.
    instance
        Name of the instance, for the certificate.
    """
    schedule, certificate = document.schedule, document.certificate
    return Result(
        **{each.name: getattr(document, each.name) for each in result_fields(derived=False)},
        problem=document.problem,
        schedule=None if schedule is None else Schedule.of(schedule),
        certificate=None if certificate is None else parse_certificate(certificate, instance),
        trajectory=tuple(Progress(*each) for each in document.trajectory),
    )


def no_result(problem: Problem, ended_by: EndedBy, message: str) -> Result:
    """Return the result of a run without schedule and bound."""
    return Result(
        problem=problem, status=Status.NONE, ended_by=ended_by, runtime_s=None, message=message
    )


@lru_cache(maxsize=8)
def _instance(text: str) -> Instance:
    return parse_instance(json.loads(text))


def _file(method: Method) -> dict[str, Any]:
    """Return the file of a method's plug-in."""
    from analysis.plugins.call import Call

    if not isinstance(method.solve, Call):
        raise TypeError(f"method {method.name} must come from a plug-in")
    return asdict(method.solve.file)


def _brought(name: str, **file: Any) -> Method:
    """Return the method of a plug-in; its code is not executed yet."""
    from analysis.plugins.plugin import Plugin
    from analysis.plugins.plugin_file import PluginFile

    return next(each for each in Plugin.of(PluginFile(**file)).methods() if each.name == name)
