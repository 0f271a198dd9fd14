"""Outcome: a run that ended, judged."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

from heuristics.judges.checker import Violation
from heuristics.result import EndedBy
from instances.schedule_files import assignment

if TYPE_CHECKING:
    from collections.abc import Mapping

    from analysis.runs.task import Task
    from heuristics.result import Result

FAILED = (EndedBy.ERROR, EndedBy.CRASH, EndedBy.INTERRUPTED)
"""The ends of runs that failed. One that ended at a limit did what was asked of it."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Outcome:
    """What a run came to, judged.

    Parameters
    ----------
    task
        The run.
    result
        What the method returned, corrected by the judge: a schedule that breaks a constraint
        and a certificate that proves too little leave status none, ended by error.
    violations
        What the judge found; the edge nodes have the indices of the file.
    warm_start
        What the run started from, a method or a file; None without.
    """

    task: Task
    result: Result
    violations: tuple[Violation, ...] = ()
    warm_start: str | None = None

    @property
    def failed(self) -> bool:
        """Whether the method crashed, raised, or returned what the judge refused."""
        return self.result.ended_by in FAILED

    @property
    def assignment(self) -> dict[str, list[int]] | None:
        """The schedule by the edge node indices of the file; None without one."""
        if self.result.schedule is None:
            return None
        return assignment(self.result.schedule, self.task.whole, edge_node=self.task.edge_node)

    def to_dict(self) -> dict[str, Any]:
        """Return the outcome as ``otgah solve --json`` prints it."""
        task, result = self.task, self.result
        return {
            "instance": task.instance.name,
            "method": task.method,
            "plugin": None if task.origin is None else task.origin.plugin,
            "plugin_sha256": None if task.origin is None else task.origin.sha256,
            "problem": result.problem,
            "status": result.status,
            "ended_by": result.ended_by,
            "objective": result.objective,
            "bound": result.bound,
            "bound_raw": result.bound_raw,
            "gap": result.gap,
            "runtime_s": result.runtime_s,
            "build_s": result.build_s,
            "num_nodes": result.num_nodes,
            "node_kind": result.node_kind,
            "simplex_iterations": result.simplex_iterations,
            "proved_by": result.proved_by,
            "proof": result.proof,
            "solver": result.solver,
            "claimed_objective": result.claimed_objective,
            "message": result.message,
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


def violation_to_dict(violation: Violation) -> dict[str, Any]:
    """Return a violation with its slack, as JSON has it."""
    return {**asdict(violation), "slack": violation.slack}


def violation_from_dict(document: Mapping[str, Any]) -> Violation:
    """Return the violation of a document."""
    return Violation(**{key: value for key, value in document.items() if key != "slack"})


def in_file_indices(
    violations: tuple[Violation, ...], edge_node: int | None
) -> tuple[Violation, ...]:
    """Return violations found at one edge node with its index in the file."""
    if edge_node is None:
        return violations
    return tuple(
        each if each.edge_node is None else replace(each, edge_node=edge_node)
        for each in violations
    )
