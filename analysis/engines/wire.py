"""The wire: tasks and results as plain data, and back. Nothing that is read is executed."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from functools import lru_cache
from math import isfinite
from typing import TYPE_CHECKING, Any

from analysis.engines.engine import GRACE_S, WORK, EndedRun, WorkOrder
from analysis.runs.outcome import Outcome, violation_from_dict
from analysis.runs.task import Task
from heuristics.errors import shown
from heuristics.problem import Problem
from heuristics.result import EndedBy, NodeKind, Progress, Result, Status
from heuristics.schedule import Schedule
from instances.certificate_files import certificate_document, parse_certificate
from instances.files import instance_text, parse_instance

if TYPE_CHECKING:
    from collections.abc import Mapping

    from analysis.methods.method import Method
    from instances.instance import Instance

LARGEST_MESSAGE = 256 * 10**6
"""The longest message of a run that is read [bytes]."""

LONGEST_TEXT = 20_000
"""What is kept of a text that a run gives back [characters]."""

LONGEST_TRAJECTORY = 10**5
"""How many points the trajectory of a run may have."""

LARGEST_INTEGER = 2**62
"""The largest integer that the store takes."""

_INTEGERS = ("bound", "num_nodes", "simplex_iterations", "claimed_objective")
_TIMES = ("runtime_s", "build_s")
_TEXTS = ("proved_by", "solver", "message")
_PLAIN = (*_INTEGERS, *_TIMES, *_TEXTS, "bound_raw")


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
) -> WorkOrder:
    """Return the order of a task.

    Parameters
    ----------
    task
        What to run.
    id, memory_limit, grace_s, work
        As in :class:`WorkOrder`.
    warm_start
        A schedule to start from; None for none.
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
    )


def to_outcome(task: Task, ended: EndedRun) -> Outcome:
    """Return the outcome of a task that was carried out."""
    return Outcome(
        task=task,
        result=result_from_dict(ended.result, task.instance.name),
        violations=tuple(violation_from_dict(each) for each in ended.violations),
    )


@lru_cache(maxsize=8)
def _order_text(whole: Instance) -> str:
    """Return an instance for an order: what defines it, without its physical description."""
    return instance_text(replace(whole, scenario=None, best_known=None, parameters={}))


def result_to_dict(result: Result, instance: str) -> dict[str, Any]:
    """Return a result as JSON has it.

    Parameters
    ----------
    result
        What a method returned.
    instance
        The name that its certificate bears.
    """
    schedule, certificate = result.schedule, result.certificate
    return {
        **{name: getattr(result, name) for name in _PLAIN},
        "problem": str(result.problem),
        "status": str(result.status),
        "ended_by": str(result.ended_by),
        "node_kind": None if result.node_kind is None else str(result.node_kind),
        "schedule": None if schedule is None else schedule.batches,
        "certificate": None if certificate is None else certificate_document(certificate, instance),
        "trajectory": result.trajectory,
    }


def result_from_dict(document: Mapping[str, Any], instance: str) -> Result:
    """Return the result of a document, of which nothing is believed.

    Raises
    ------
    ValueError, KeyError, TypeError
        If it is none, contradicts itself, or holds what no store could: a number without end, a
        negative time.
    """
    schedule, certificate = document["schedule"], document["certificate"]
    node_kind, trajectory = document["node_kind"], document["trajectory"]
    if len(trajectory) > LONGEST_TRAJECTORY:
        raise ValueError(f"a trajectory must have at most {LONGEST_TRAJECTORY} points")
    told: dict[str, Any] = {
        **{name: plain_integer(document[name]) for name in _INTEGERS},
        **{name: _time(document[name]) for name in _TIMES},
        **{name: _text(document[name]) for name in _TEXTS},
    }
    return Result(
        **told,
        bound_raw=_number(document["bound_raw"]),
        problem=Problem(document["problem"]),
        status=Status(document["status"]),
        ended_by=EndedBy(document["ended_by"]),
        node_kind=None if node_kind is None else NodeKind(node_kind),
        schedule=None if schedule is None else Schedule.of(schedule),
        certificate=None if certificate is None else parse_certificate(certificate, instance),
        trajectory=tuple(map(_progress, trajectory)),
    )


def plain_integer(value: Any) -> int | None:
    """Return an integer that the store takes, or None.

    Raises
    ------
    ValueError
        If the value is neither.
    """
    if value is None:
        return None
    if type(value) is not int or not 0 <= value <= LARGEST_INTEGER:
        raise ValueError(f"must be an integer of 0..2^62, found {shown(value)}")
    return value


def _number(value: Any) -> float | None:
    if value is None:
        return None
    if type(value) not in (int, float) or not isfinite(value):
        raise ValueError(f"must be a finite number, found {shown(value)}")
    return float(value)


def _time(value: Any) -> float | None:
    seconds = _number(value)
    if seconds is not None and seconds < 0:
        raise ValueError(f"must be a time of at least 0 s, found {shown(value)}")
    return seconds


def _text(value: Any) -> str | None:
    """Return a text as UTF-8 has it: half a surrogate pair is none."""
    if value is None:
        return None
    if not isinstance(value, str):
        raise ValueError(f"must be a text, found {shown(value)}")
    return value[:LONGEST_TEXT].encode("utf-8", "replace").decode()


def _progress(point: Any) -> Progress:
    seconds, objective, bound = point
    return Progress(_time(seconds) or 0.0, plain_integer(objective), plain_integer(bound))


def no_result(problem: Problem, ended_by: EndedBy, message: str) -> Result:
    """Return the result of a run that came to nothing."""
    return Result(
        problem=problem, status=Status.NONE, ended_by=ended_by, runtime_s=None, message=message
    )


@lru_cache(maxsize=8)
def _instance(text: str) -> Instance:
    return parse_instance(json.loads(text))


def _file(method: Method) -> dict[str, Any]:
    """Return the file of the plug-in that brought a method."""
    from analysis.plugins.call import Call

    if not isinstance(method.solve, Call):
        raise TypeError(f"method {method.name} was brought by no plug-in")
    return asdict(method.solve.file)


def _brought(name: str, **file: Any) -> Method:
    """Return the method of a plug-in, of which nothing is executed yet."""
    from analysis.plugins.plugin import Plugin
    from analysis.plugins.plugin_file import PluginFile

    return next(each for each in Plugin.of(PluginFile(**file)).methods() if each.name == name)
