"""The engine: makes runs that are given to it as data, and gives back what they came to as data.

This is the seam between a campaign and where it is computed. A batch hands an engine a stream of
:class:`WorkOrder`; it neither knows nor cares whether they are carried out in processes of this
machine or on another one. An order holds all that its run needs, an :class:`EndedRun` all that the
store keeps of it; both are plain values, and :func:`dataclasses.asdict` of either is JSON.

:func:`analysis.engines.local.carry_out` makes one order under all limits, on whatever machine
it is called: an engine for a cluster need only bring orders there and answers back.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Protocol

from analysis.runs.outcome import Conditions

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

GRACE_S = 60.0
"""What a run may take beyond its time limit, for building its model, before it is killed [s]."""

START_S = 300.0
"""What a run may take to begin, on a machine that is busy otherwise [s]."""

WORK = "analysis.runs.method_run"
"""The module that solves and judges the runs of methods."""


@dataclass(frozen=True, kw_only=True)
class WorkOrder:
    """A run to be made, as data.

    Parameters
    ----------
    id
        What the run is called: the key of its row.
    instance
        The text of an instance file.
    edge_node
        Index of the only edge node to solve; None for all.
    method, problem, options, seed, time_limit, node_limit
        As in :class:`analysis.runs.task.Task`.
    memory_limit
        What the run may hold in memory, with all processes that it starts [MB].
    grace_s
        Time after the time limit at which the run is killed [s].
    start_s
        Time after which a run that has not begun is killed [s].
    work
        The module that solves and judges: its ``solved(task, warm_start)`` returns a result in
        the process of the run, its ``judged(task, result)`` an outcome in another.
    plugin
        The plug-in that brings the method: ``path``, ``text`` and ``module`` of its file; None for
        a method of this distribution.
    warm_start
        Batches to start from; None for none.
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
    """Return the time as this machine has it, in UTC."""
    return datetime.now(UTC).isoformat("T", "milliseconds")


class Engine(Protocol):
    """Makes runs."""

    @property
    def num_jobs(self) -> int:
        """How many runs go on at the same time."""

    @property
    def share_mb(self) -> int | None:
        """What a run may hold in memory, so that there is enough for all [MB]; None if unknown."""

    @property
    def isolation(self) -> str:
        """What a run has to itself, as the store keeps it."""

    def prepare(self, modules: Iterable[str]) -> None:
        """Have what runs need imported beforehand, while the caller goes on.

        Parameters
        ----------
        modules
            Their names; what is not among them each run imports itself.
        """

    def run(self, orders: Iterable[WorkOrder]) -> Iterator[EndedRun]:
        """Make every run and yield what it came to as it ends, in any order.

        Orders are taken from the iterable one at a time, each when there is room for it: what is
        taken is begun. No run ends the others. When the generator is closed, by an interrupt or
        otherwise, the runs under way are killed and nothing of them is left.
        """
