"""Call: the call of a plug-in's method, and the checks of its answer."""

from __future__ import annotations

from dataclasses import dataclass
from operator import index
from time import perf_counter
from typing import TYPE_CHECKING, Any

from heuristics.certificate import Certificate
from heuristics.problem import Problem
from heuristics.result import EndedBy, NodeKind, Progress, Result, Status
from heuristics.schedule import Schedule

if TYPE_CHECKING:
    from analysis.plugins.entry import MethodEntry
    from analysis.plugins.plugin_file import PluginFile
    from analysis.runs.task import Task
    from heuristics.coefficients import Coefficients

LONGEST_MESSAGE = 2000


@dataclass(frozen=True, kw_only=True)
class Call:
    """The solver behind a plug-in's method; it runs in a process of its own.

    Parameters
    ----------
    file
        File of the plug-in.
    name
        Name of the method.
    entry
        Metadata of the method.
    """

    file: PluginFile
    name: str
    entry: MethodEntry

    def __call__(self, task: Task, warm_start: Schedule | None) -> Result:
        """Import the plug-in, call its function on a copy of the coefficients, check the answer.

        The answer is rebuilt from plain values, so that no object of the plug-in reaches another
        process. An answer is refused if it contradicts itself, if it claims more than the metadata
        allows (such as an optimum of a method that proves nothing), or if the function changed
        the coefficients. A refused answer has status none, ended by error, and keeps its claim.

        Raises
        ------
        TypeError, ValueError
            If the answer is no valid schedule or result.
        Exception
            Any exception that the plug-in raises.
        """
        function = getattr(self.file.load(), self.entry.solve)
        data = task.data.copy()
        before = data.digest()
        start = perf_counter()
        returned = function(data, **self._given(task, warm_start))
        runtime_s = perf_counter() - start
        result = _plain(self._result(returned, task.problem, runtime_s))
        claimed, refused = _objective(returned), None
        if data.digest() != before:
            refused = "changed the coefficients that it was given"
        elif result.schedule is not None and claimed != result.objective:
            refused = f"claims {claimed} requests, but its schedule has {result.objective}"
        elif result.status is Status.OPTIMAL and self.entry.proves == "nothing":
            refused = "claims an optimum, but its metadata says that it proves nothing"
        elif result.bound is not None and self.entry.proves == "nothing":
            refused = "claims a bound, but its metadata says that it proves nothing"
        if refused is not None:
            return _refused(result, claimed, f"method {self.name} {refused}")
        return _with_the_proof_of_nothing(result, data, self.name)

    def _given(self, task: Task, warm_start: Schedule | None) -> dict[str, Any]:
        given: dict[str, Any] = {"seed": task.seed, "time_limit": task.time_limit}
        if self.entry.takes_node_limit:
            given["node_limit"] = task.node_limit
        if self.entry.takes_warm_start:
            given["warm_start"] = warm_start
        if len(self.entry.problems) > 1:
            given["problem"] = task.problem
        return given | dict(task.options)

    def _result(self, returned: Any, problem: Problem, runtime_s: float) -> Result:
        if isinstance(returned, Result):
            return returned
        if not isinstance(returned, Schedule):
            found = type(returned).__name__
            raise TypeError(f"method {self.name} must return a Schedule or a Result, found {found}")
        return Result(
            problem=problem,
            status=Status.FEASIBLE,
            ended_by=EndedBy.COMPLETED,
            schedule=returned,
            runtime_s=runtime_s,
        )


def _objective(returned: Any) -> int | None:
    """Return the throughput that an answer claims, else that of its schedule."""
    claimed = returned.objective if isinstance(returned, Result) else returned.throughput
    return None if claimed is None else index(claimed)


def _plain(result: Result) -> Result:
    """Return a copy of a result that holds plain types only."""

    def integer(value: Any) -> int | None:
        return None if value is None else index(value)

    def number(value: Any) -> float | None:
        return None if value is None else float(value)

    def text(value: Any) -> str | None:
        return None if value is None else str(value)[:LONGEST_MESSAGE]

    schedule, certificate = result.schedule, result.certificate
    if certificate is not None and type(certificate) is not Certificate:
        raise TypeError(f"must be a Certificate, found {type(certificate).__name__}")
    return Result(
        problem=Problem(result.problem),
        status=Status(result.status),
        ended_by=EndedBy(result.ended_by),
        schedule=None if schedule is None else _schedule(schedule),
        bound=integer(result.bound),
        bound_raw=number(result.bound_raw),
        runtime_s=number(result.runtime_s),
        build_s=number(result.build_s),
        num_nodes=integer(result.num_nodes),
        node_kind=None if result.node_kind is None else NodeKind(result.node_kind),
        simplex_iterations=integer(result.simplex_iterations),
        proved_by=text(result.proved_by),
        solver=text(result.solver),
        certificate=certificate,
        trajectory=tuple(
            Progress(float(runtime_s), integer(objective), integer(bound))
            for runtime_s, objective, bound in result.trajectory
        ),
        message=text(result.message),
    )


def _schedule(schedule: Schedule) -> Schedule:
    return Schedule.of([[index(request) for request in batch] for batch in schedule.batches])


def _refused(result: Result, claimed: int | None, message: str) -> Result:
    return Result(
        problem=result.problem,
        status=Status.NONE,
        ended_by=EndedBy.ERROR,
        runtime_s=result.runtime_s,
        num_nodes=result.num_nodes,
        node_kind=result.node_kind,
        claimed_objective=claimed,
        message=message,
    )


def _with_the_proof_of_nothing(result: Result, data: Coefficients, name: str) -> Result:
    """Call the empty schedule optimal if no pair is eligible, as every method does."""
    if data.pairs.num_pairs or result.status is not Status.FEASIBLE or result.objective:
        return result
    return Result(
        problem=result.problem,
        status=Status.OPTIMAL,
        ended_by=EndedBy.PROOF,
        schedule=result.schedule,
        bound=0,
        runtime_s=result.runtime_s,
        num_nodes=result.num_nodes,
        node_kind=result.node_kind,
        proved_by=name,
    )
