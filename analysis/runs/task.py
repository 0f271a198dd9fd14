"""Task and outcome: one run before and after it is made."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from heuristics.judges.checker import Violation
from heuristics.result import EndedBy
from instances.schedule_files import assignment

if TYPE_CHECKING:
    from collections.abc import Mapping

    from analysis.methods.method import Method, Origin
    from analysis.methods.option import OptionValue
    from heuristics.coefficients import Coefficients
    from heuristics.problem import Problem
    from heuristics.result import Result
    from instances.instance import Instance

FAILED = (EndedBy.ERROR, EndedBy.CRASH, EndedBy.INTERRUPTED)
"""The ends of runs that failed. One that ended at a limit did what was asked of it."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Task:
    """One run to be made, and all that its outcome depends on.

    Parameters
    ----------
    whole
        The instance as its file has it.
    edge_node
        Index of the only edge node to solve; None for all.
    method
        Name of the method.
    problem
        The problem to solve, as it is recorded: P3' without z is P1 at one edge node.
    options
        Every option of the method with its value.
    seed
        Of the method's random choices.
    time_limit, node_limit
        Seconds of solving and nodes visited; None for no limit.
    plugin
        The method itself where a plug-in brought it, which no other process has by its name;
        None for one of this distribution.
    """

    whole: Instance
    edge_node: int | None = None
    method: str
    problem: Problem
    options: Mapping[str, OptionValue] = field(default_factory=dict)
    seed: int = 0
    time_limit: float | None = None
    node_limit: int | None = None
    plugin: Method | None = None

    @cached_property
    def instance(self) -> Instance:
        """What is solved: the whole instance, or NAME@EDGE_NODE."""
        return self.whole if self.edge_node is None else self.whole.at(self.edge_node)

    @property
    def data(self) -> Coefficients:
        """The coefficients of what is solved."""
        return self.instance.coefficients

    @property
    def origin(self) -> Origin | None:
        """The plug-in that brought the method; None for one of this distribution."""
        return None if self.plugin is None else self.plugin.origin

    @property
    def cardinality(self) -> int | None:
        """The z of P3 and P3'; None for a maximisation."""
        return self.options.get("z")  # type: ignore[return-value]  # an integer option

    def identity(self, *, memory_limit: int | None = None) -> str:
        """Return the sha256 of all that the outcome depends on: the key of its row.

        Parameters
        ----------
        memory_limit
            The limit that the run is made under [MB].
        """
        parts = [
            self.data.digest(),
            self.instance.name,
            self.problem,
            self.method,
            dict(sorted(self.options.items())),
            self.seed,
            self.time_limit,
            self.node_limit,
            memory_limit,
        ]
        if self.origin is not None:
            parts.append(self.origin.sha256)
        return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


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
