"""Outside run: the solution of an exported model that another solver found, judged and kept."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

from analysis.campaigns.rows import document_row, instance_row, plan_row
from analysis.engines.engine import utc_now
from analysis.methods.registry import methods
from analysis.plugins.lookup import is_method, method
from analysis.runs.fields import run_row
from analysis.runs.method_run import judged
from analysis.runs.outcome import Conditions
from analysis.runs.plan import plan
from analysis.runs.provenance import provenance
from analysis.store.store import Store
from formulations.solution_file import read_solution
from heuristics.errors import InputError, printable
from heuristics.result import EndedBy, Result, Status

if TYPE_CHECKING:
    from collections.abc import Mapping
    from os import PathLike

    from analysis.runs.outcome import Outcome
    from instances.instance import Instance

MARK = "outside:"
"""Start of the method's name in the record of an outside run."""

MODEL = "milp-bigm"
"""Method whose problems and options hold for a name that is no method."""

LARGEST_BOUND = 2**53
"""Largest bound that can be stated."""


def outside_run(
    instance: Instance,
    solution: str | PathLike[str],
    name: str,
    *,
    problem: str | None = None,
    edge_node: str | int | None = None,
    settings: Mapping[str, object] | None = None,
    runtime_s: float | str | None = None,
    bound: float | str | None = None,
    source: str | PathLike[str] | None = None,
) -> Outcome:
    """Read the solution of an exported model and judge its schedule in integers.

    Parameters
    ----------
    instance
        Instance as read from its file.
    solution
        Path of the solution file; :mod:`formulations.solution_file` lists the formats.
    name
        Name of the MILP method that exported the model, or a name of your own for the solver.
    problem, edge_node, settings
        Problem, edge node and options that the model was exported with.
    runtime_s
        Time of the solve [s]; None if it is not known.
    bound
        Bound that the solver states; it is noted, and never taken as a proof.
    source
        Path of the instance file, for messages.

    Returns
    -------
    Outcome
        Its method is ``outside:NAME`` and its status is feasible, never optimal. A schedule that
        breaks a constraint has status none and its violations.

    Raises
    ------
    InputError
        If a file or a setting is invalid.
    """
    task = plan(
        instance,
        _model_of(name),
        problem=problem,
        edge_node=edge_node,
        settings=settings,
        source=source,
    )
    task = replace(task, method=f"{MARK}{name}")
    read = read_solution(solution, task.data)
    result = Result(
        problem=task.problem,
        status=Status.FEASIBLE,
        ended_by=EndedBy.COMPLETED,
        schedule=read.schedule,
        bound=None,
        runtime_s=_checked(runtime_s, "runtime_s", largest=1e9),
        build_s=None,
        num_nodes=None,
        solver=f"{read.solver}, outside",
        message=_note(_checked(bound, "bound", largest=LARGEST_BOUND)),
    )
    return judged(task, result)


def keep_outside_run(
    outcome: Outcome, runs: str | PathLike[str], *, source: str | PathLike[str] | None = None
) -> str:
    """Add an outside run to a store, and return its key.

    A run of the same instance, problem and name is replaced.

    Parameters
    ----------
    outcome
        Outcome of :func:`outside_run`.
    runs
        Path of the store; it is created if the file is missing.
    source
        Path of the instance file.

    Raises
    ------
    InputError
        If the path is not a store, or the store has other coefficients under the instance's name.
    """
    task, now = outcome.task, utc_now()
    key = task.identity()
    conditions = Conditions(
        id=key,
        wall_s=outcome.result.runtime_s or 0.0,
        started_at=now,
        ended_at=now,
        machine=provenance(),
    )
    with Store.open(runs) as store:
        store.refuse_other_coefficients(task.instance.name, task.data.digest())
        store.plan(
            [document_row(task.whole, source)], [plan_row(task, key, num_jobs=1, planned_at=now)]
        )
        store.write(instance_row(task), run_row(replace(outcome, conditions=conditions)))
    return key


def _model_of(name: str) -> str:
    """Return the MILP method whose problems and options an outside run has."""
    if not is_method(name):
        if not name or len(name) > 60 or printable(name) != name or name.startswith(MARK):
            rule = "must be a method with a model, or a name of at most 60 printable characters"
            raise InputError(rule, field="method", found=name)
        return MODEL
    if method(name).export is None:
        able = ", ".join(each.name for each in methods() if each.export is not None)
        rule = f"must be a method with a model ({able}), or a name of your own"
        raise InputError(rule, field="method", found=name)
    return name


def _checked(value: float | str | None, field: str, *, largest: float) -> float | None:
    if value is None:
        return None
    try:
        number = math.nan if isinstance(value, bool) else float(value)
    except ValueError:
        number = math.nan
    if not 0 <= number <= largest:
        raise InputError(f"must be a number in 0..{largest:g}", field=field, found=value)
    return number


def _note(bound: float | None) -> str | None:
    return None if bound is None else f"the solver states a bound of {bound:g}, which is no proof"
