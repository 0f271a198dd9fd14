"""Schedule: the verdict on a schedule file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from analysis.runs.violation import in_file_indices, violation_to_dict
from heuristics.errors import InputError
from heuristics.judges.checker import check
from heuristics.problem import Problem
from instances.files import read_instance
from instances.schedule_files import read_schedule

if TYPE_CHECKING:
    from os import PathLike

    from heuristics.judges.checker import Violation


@dataclass(frozen=True, kw_only=True)
class ScheduleVerdict:
    """Verdict of the judge on a schedule.

    Parameters
    ----------
    instance
        Name of the instance, or NAME@EDGE_NODE if one edge node is judged.
    problem
        Problem whose constraints are applied.
    objective
        Number of requests in the schedule.
    violations
        Violated constraints, with the edge node indices of the file.
    """

    instance: str
    problem: Problem
    objective: int
    violations: tuple[Violation, ...]

    @property
    def passed(self) -> bool:
        """True if the schedule is feasible."""
        return not self.violations

    def to_dict(self) -> dict[str, Any]:
        """Return the verdict as ``otgah check --json`` prints it."""
        return {
            "instance": self.instance,
            "passed": self.passed,
            "problem": self.problem,
            "feasible": self.passed,
            "objective": self.objective,
            "violations": [violation_to_dict(each) for each in self.violations],
        }


def check_schedule(
    path: str | PathLike[str],
    schedule_path: str | PathLike[str],
    *,
    problem: str = Problem.P1,
    edge_node: str | int | None = None,
) -> ScheduleVerdict:
    """Judge a schedule file.

    Parameters
    ----------
    path, schedule_path
        Paths of the instance and of the schedule.
    problem
        Problem whose constraints are applied.
    edge_node
        Name or index of the edge node to judge; None for all edge nodes.

    Raises
    ------
    InputError
        If a file breaks a rule, or the problem is stated for one edge node and there are more.
    """
    instance = read_instance(path)
    if problem not in list(Problem):
        raise InputError(f"must be one of {', '.join(Problem)}", field="problem", found=problem)
    judged_by = Problem(problem)
    index = None if edge_node is None else instance.edge_node_index(str(edge_node))
    schedule = read_schedule(schedule_path, instance, edge_node=index)
    judged = instance if index is None else instance.at(index)
    rows = None if index is None else instance.rows_of(index)
    if judged_by.is_single_node and len(judged.coefficients.alternatives) > 1:
        raise InputError(
            f"must be one for problem {judged_by}, or --edge-node must pick one",
            source=path,
            field="edge nodes",
            found=len(judged.coefficients.alternatives),
        )
    return ScheduleVerdict(
        instance=judged.name,
        problem=judged_by,
        objective=schedule.throughput,
        violations=in_file_indices(check(judged.coefficients, schedule, judged_by), rows),
    )
