"""Rows: the rows of instances, instance files and planned runs in a store."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from heuristics.text_file import gzipped
from instances.files import instance_text

if TYPE_CHECKING:
    from os import PathLike

    from analysis.runs.task import Task
    from instances.instance import Instance


def instance_row(task: Task) -> dict[str, Any]:
    """Return the row of the instance that a task solves."""
    instance, best_known = task.instance, task.instance.best_known
    notes = instance.parameters.get("notes")
    return {
        "instance": instance.name,
        "coefficients": task.data.digest(),
        "family": instance.family,
        "instance_seed": instance.seed,
        "num_requests": task.data.num_requests,
        "num_edge_nodes": task.data.num_edge_nodes,
        "num_eligible": task.data.pairs.num_pairs,
        "known_objective": None if best_known is None else best_known.objective,
        "known_bound": None if best_known is None else best_known.bound,
        "known_by": None if best_known is None else best_known.proved_by,
        "notes": None if notes is None else json.dumps(notes),
        "whole": task.whole.name,
        "edge_node": task.edge_node,
    }


def document_row(instance: Instance, source: str | PathLike[str] | None) -> dict[str, Any]:
    """Return the row of an instance file.

    Parameters
    ----------
    instance
        Instance as read from its file.
    source
        Path of the file.
    """
    text = instance_text(instance).encode()
    return {
        "name": instance.name,
        "coefficients": instance.coefficients.digest(),
        "source": None if source is None else str(source),
        "document": gzipped(text),
    }


def plan_row(task: Task, key: str, *, num_jobs: int, planned_at: str) -> dict[str, Any]:
    """Return the row of a planned run."""
    return {
        "key": key,
        "instance": task.instance.name,
        "method": task.method,
        "problem": str(task.problem),
        "seed": task.seed,
        "time_limit_s": task.time_limit,
        "num_jobs": num_jobs,
        "planned_at": planned_at,
    }
