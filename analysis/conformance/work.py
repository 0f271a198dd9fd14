"""Work: the work of a conformance run, which also checks that the input stays unchanged."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analysis.runs import method_run
from analysis.runs.method_run import judged

if TYPE_CHECKING:
    from analysis.runs.task import Task
    from heuristics.result import Result
    from heuristics.schedule import Schedule

__all__ = ["CHANGED", "judged", "solved"]

CHANGED = "changed the coefficients"


def solved(task: Task, warm_start: Schedule | None = None) -> Result:
    """Run a task; refuse its answer if it changes the coefficients."""
    before = task.data.digest()
    result = method_run.solved(task, warm_start)
    if task.data.digest() != before:
        raise RuntimeError(f"method {task.method} {CHANGED}")
    return result
