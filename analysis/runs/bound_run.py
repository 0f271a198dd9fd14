"""Bound run: a proven bound on the throughput of an instance of any size."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from analysis.runs import limits, method_run
from analysis.runs.task import Task
from heuristics.coefficients import FIELDS, RESOURCES, Coefficients
from heuristics.problem import Problem

if TYPE_CHECKING:
    from analysis.runs.outcome import Outcome
    from heuristics.result import Result
    from heuristics.schedule import Schedule
    from instances.instance import Instance

NAME = "bound"
"""The name in place of a method in the outcome of a bound."""

MODULES = ("formulations.ready",)
"""The modules that the process of a bound imports."""


def bound(
    instance: Instance, *, edge_node: str | int | None = None, time_limit: float | None = None
) -> Outcome:
    """Bound the throughput of P1, and judge the bound by its certificate.

    Parameters
    ----------
    instance
        Instance as read from its file.
    edge_node
        Name or index of the only edge node; None for all.
    time_limit
        Time limit [s]; None for no limit.

    Returns
    -------
    Outcome
        ``result.bound`` is the bound that the verified certificate proves, ``result.objective``
        the throughput of the best schedule found on the way. The run has failed if the
        certificate proves a weaker bound than the one claimed.

    Raises
    ------
    InputError
        If the instance has no such edge node, or the time limit is not a positive number.
    """
    task = Task(
        whole=instance,
        edge_node=None if edge_node is None else instance.edge_node_index(str(edge_node)),
        method=NAME,
        problem=Problem.P1,
        time_limit=limits.time_limit(time_limit, source="time limit"),
    )
    return perform(task)


def perform(task: Task) -> Outcome:
    """Compute the bound that a task asks for, and judge it by its certificate.

    Parameters
    ----------
    task
        Task of P1 or of P2. The certificate of P2 is a certificate of P1
        :func:`without_spectrum`.
    """
    return judged(task, solved(task))


def solved(task: Task, warm_start: Schedule | None = None) -> Result:
    """Compute the bound that a task asks for, not judged yet."""
    from formulations.decomposition.decomposition import bound

    return bound(_certified(task).data, time_limit=task.time_limit)


def judged(task: Task, result: Result) -> Outcome:
    """Judge a bound by its certificate."""
    outcome = method_run.judged(_certified(task), result)
    return replace(outcome, task=task, result=replace(outcome.result, problem=task.problem))


def _certified(task: Task) -> Task:
    """Return the task of P1 whose certificate proves the bound."""
    if task.problem is not Problem.P2:
        return task
    data = without_spectrum(task.whole.coefficients)
    free = replace(task.whole, coefficients=data, scenario=None, best_known=None)
    return replace(task, whole=free, problem=Problem.P1)


def without_spectrum(data: Coefficients) -> Coefficients:
    """Return coefficients whose P1 is the P2 of the given ones: no request needs spectrum.

    A pair that does not fit its edge node alone stays ineligible, also if it exceeds the
    spectrum alone.
    """
    if data.is_compressed:
        nothing = np.zeros_like(data.pairs.uplink)
        pairs = data.pairs._replace(uplink=nothing, downlink=nothing)
        capacities = (getattr(data, f"{name}_capacity") for name in RESOURCES)
        return Coefficients.from_pairs(
            pairs, data.num_requests, *capacities, alternatives=data.alternatives
        )
    fields = {name: data.given(name) for name in FIELDS}
    nothing = np.zeros_like(fields["uplink"])
    free = fields | {"uplink": nothing, "downlink": nothing}
    return Coefficients(**free, alternatives=data.alternatives)
