"""Outcome: a run that has ended, judged."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from analysis.runs.fields import result_fields
from analysis.runs.violation import violation_to_dict
from heuristics.result import EndedBy
from instances.schedule_files import assignment

if TYPE_CHECKING:
    from collections.abc import Mapping

    from analysis.runs.task import Task
    from heuristics.judges.checker import Violation
    from heuristics.result import Result

FAILED = (EndedBy.ERROR, EndedBy.CRASH, EndedBy.INTERRUPTED)
"""The ends of failed runs. A run that ended at a limit has not failed."""


@dataclass(frozen=True, kw_only=True)
class Conditions:
    """The conditions under which a run was made, with its times and its memory.

    Parameters
    ----------
    id
        Key of the run's row.
    wall_s
        Duration of the run with its processes [s], by a clock that cannot be set.
    started_at, ended_at
        Start and end in UTC, by the clock of the run's machine.
    load_start, load_end
        Load of that machine at start and end: the processes that wanted a core, a mean over one
        minute; None if unknown.
    largest_memory_mb
        Largest memory that was seen [MB]; None if it was never read.
    log
        Last characters that the run printed; empty if it printed none.
    num_attempts
        Number of times that the run was started: above 1 if an event outside the run ended it.
    machine
        Versions and hardware; see :func:`analysis.runs.provenance.provenance`.
    memory_limit_mb
        Memory limit of the run [MB]; None without one.
    num_jobs, isolation
        Number of runs at the same time and isolation, both of the engine.
    """

    id: str
    wall_s: float
    started_at: str
    ended_at: str
    load_start: float | None = None
    load_end: float | None = None
    largest_memory_mb: int | None = None
    log: str = ""
    num_attempts: int = 1
    machine: Mapping[str, Any] = field(default_factory=dict)
    memory_limit_mb: int | None = None
    num_jobs: int = 1
    isolation: str = "process"


@dataclass(frozen=True, kw_only=True, eq=False)
class Outcome:
    """The judged outcome of a run: the record that JSON shows and a store keeps.

    Parameters
    ----------
    task
        Task that was run.
    result
        Result of the method, corrected by the judge. If the schedule breaks a constraint or the
        certificate proves too little, the status is none and the end is error.
    violations
        Broken constraints, with the edge node indices of the file.
    warm_start
        Name of the warm start's method or file; None without a warm start.
    conditions
        Conditions under which an engine made the run; None if no engine did.
    """

    task: Task
    result: Result
    violations: tuple[Violation, ...] = ()
    warm_start: str | None = None
    conditions: Conditions | None = None

    @property
    def failed(self) -> bool:
        """True if the method crashed, raised an error, or gave a result that the judge refused."""
        return self.result.ended_by in FAILED

    @property
    def assignment(self) -> dict[str, list[int]] | None:
        """The request indices by edge node index of the file; None without a schedule."""
        if self.result.schedule is None:
            return None
        return assignment(self.result.schedule, self.task.whole, edge_node=self.task.edge_node)

    def to_dict(self) -> dict[str, Any]:
        """Return the outcome as ``otgah solve --json`` prints it."""
        task, result = self.task, self.result
        return {
            "instance": task.instance.name,
            "method": task.method,
            "plugin": task.plugin_name,
            "plugin_sha256": task.plugin_sha256,
            "problem": result.problem,
            **{each.name: getattr(result, each.name) for each in result_fields()},
            "options": dict(task.options),
            "seed": task.seed,
            "time_limit": task.time_limit,
            "node_limit": task.node_limit,
            "warm_start": self.warm_start,
            "assignment": self.assignment,
            "violations": [violation_to_dict(each) for each in self.violations],
            "trajectory": [each._asdict() for each in result.trajectory],
        }

    def _repr_html_(self) -> str:
        from analysis.runs.display import outcome_html

        return outcome_html(self)
