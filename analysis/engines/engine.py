"""Engine: the interface between a campaign and the machine that makes its runs.

A batch gives an engine a stream of :class:`WorkOrder` and receives an :class:`EndedRun` for each.
The batch does not depend on where the runs are made. An order holds everything that its run needs,
an ended run everything that the store keeps. Both are plain values: :func:`dataclasses.asdict` of
either is JSON.

:func:`analysis.engines.local.carry_out` makes one run under all limits on the machine where it is
called. An engine for a cluster only brings orders there and ended runs back.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Protocol

from analysis.runs.outcome import Conditions

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

GRACE_S = 60.0
"""Time after the time limit, for building the model, at which a run is killed [s]."""

START_S = 300.0
"""Time within which a run must begin, also on a busy machine [s]."""

WORK = "analysis.runs.method_run"
"""Name of the module that solves and judges the runs of methods."""


@dataclass(frozen=True, kw_only=True)
class WorkOrder:
    """A run to make, as data.

    Parameters
    ----------
    id
        Identifier of the run: the key of its row.
    instance
        Text of an instance file.
    edge_node
        Index of the only edge node to solve; None for all.
    method, problem, options, seed, time_limit, node_limit
        As in :class:`analysis.runs.task.Task`.
    memory_limit
        Limit on the memory of the run and of all processes that it starts [MB].
    grace_s
        Time after the time limit at which the run is killed [s].
    start_s
        Time after which a run that has not begun is killed [s].
    work
        Name of the module that solves and judges. Its ``solved(task, warm_start)`` returns a
        result in the process of the run, its ``judged(task, result)`` an outcome in the process
        of the supervisor.
    plugin
        Plug-in that brings the method: ``path``, ``text`` and ``module`` of its file; None for a
        built-in method.
    warm_start
        Batches of the schedule to start from; None for none.
    target
        Throughput at which the run is interrupted: the first schedule reported that serves as
        many requests ends the run as Ctrl-C would. None for no target.
    """

    id: str
    instance: str
    edge_node: int | None = None
    method: str
    problem: str
    options: Mapping[str, Any] = field(default_factory=dict)
    seed: int = 0
    time_limit: float | None = None
    node_limit: int | None = None
    memory_limit: int | None = None
    grace_s: float = GRACE_S
    start_s: float = START_S
    work: str = WORK
    plugin: Mapping[str, Any] | None = None
    warm_start: Sequence[Sequence[int]] | None = None
    target: int | None = None


@dataclass(frozen=True, kw_only=True)
class EndedRun(Conditions):
    """A run that ended for any reason, as data, with the conditions under which it was made.

    Parameters
    ----------
    result
        Judged result; see :func:`analysis.engines.wire.result_to_dict`.
    violations
        Constraints that the judge found broken.
    refusal
        Error in the input that the method reported; None without one.
    """

    result: Mapping[str, Any]
    violations: Sequence[Mapping[str, Any]] = ()
    refusal: str | None = None


def utc_now() -> str:
    """Return the time of this machine, in UTC."""
    return datetime.now(UTC).isoformat("T", "milliseconds")


class Engine(Protocol):
    """An engine: an object that makes runs."""

    @property
    def num_jobs(self) -> int:
        """Number of runs at the same time."""

    @property
    def share_mb(self) -> int | None:
        """Share of the memory for each run [MB]; None if unknown."""

    @property
    def isolation(self) -> str:
        """Isolation of a run, in the word that the store keeps."""

    def prepare(self, modules: Iterable[str]) -> None:
        """Import the modules of runs in advance, while the caller continues.

        Parameters
        ----------
        modules
            Names of the modules. A run imports any other module itself.
        """

    def run(self, orders: Iterable[WorkOrder]) -> Iterator[EndedRun]:
        """Make every run and yield each when it ends, in any order.

        An order is taken from the iterable only when its run can start, and the run starts at
        once. The end of a run does not affect the others. When the generator is closed, the runs
        under way are killed and leave nothing behind.
        """
