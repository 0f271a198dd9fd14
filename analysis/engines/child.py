"""A run in a process of its own: what breaks or hangs there is a record here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from analysis.engines import local, wire
from analysis.engines.engine import GRACE_S, WORK
from analysis.engines.fork_client import start_fork_server
from analysis.plugins.lookup import method
from heuristics.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from analysis.runs.outcome import Outcome
    from analysis.runs.task import Task
    from heuristics.schedule import Schedule


def start_server(methods: Iterable[str], modules: Iterable[str] = ()) -> None:
    """Start the process that runs are forked from, which imports while the caller goes on.

    Parameters
    ----------
    methods
        The methods to come: what they import is imported once.
    modules
        What else is imported; see :func:`analysis.engines.fork_client.start_fork_server`.
    """
    start_fork_server([*modules_of(methods), *modules])


def modules_of(methods: Iterable[str]) -> list[str]:
    """Return what runs of methods import.

    Parameters
    ----------
    methods
        Their names.
    """
    chosen = [method(name) for name in methods]
    needed = [module for each in chosen for module in each.modules]
    if any(each.origin is not None for each in chosen):
        needed.append("analysis.plugins.plugin")  # reads what a plug-in brings
    return needed


@dataclass(frozen=True, kw_only=True)
class TimedOutcome:
    """A run that ended, in whatever way.

    Parameters
    ----------
    outcome
        What it came to.
    wall_s
        How long it took, with its process and all [s].
    """

    outcome: Outcome
    wall_s: float


def run_all(
    tasks: Iterable[Task],
    *,
    num_jobs: int = 1,
    memory_limit: int | None = None,
    grace_s: float = GRACE_S,
    warm_start: Schedule | None = None,
    work: str = WORK,
) -> Iterator[TimedOutcome]:
    """Run each task in a process of its own and yield the runs as they end.

    Parameters
    ----------
    tasks
        What to run; begun in order.
    num_jobs
        How many run at the same time.
    memory_limit, grace_s, work
        As in :class:`analysis.engines.engine.WorkOrder`.
    warm_start
        A schedule that each starts from; None for none.
    """
    given = {str(number): task for number, task in enumerate(tasks)}
    orders = (
        wire.to_order(
            task,
            id=id,
            memory_limit=memory_limit,
            grace_s=grace_s,
            warm_start=warm_start,
            work=work,
        )
        for id, task in given.items()
    )
    for ended in local.LocalEngine(num_jobs=num_jobs).run(orders):
        yield TimedOutcome(outcome=wire.to_outcome(given[ended.id], ended), wall_s=ended.wall_s)


def run_alone(task: Task, *, warm_start: Schedule | None = None, work: str = WORK) -> Outcome:
    """Run one task in a process of its own, which an interrupt lets end with what it has.

    A second interrupt does not wait for it.

    Parameters
    ----------
    task
        What to run.
    warm_start
        A schedule to start from; None for none.
    work
        The module that solves and judges.

    Raises
    ------
    InputError
        If the method refuses the task.
    """
    start_server([task.method])
    ended = local.run_alone(
        wire.to_order(task, id=task.identity(), warm_start=warm_start, work=work)
    )
    if ended.refusal is not None:
        raise InputError(ended.refusal)
    return wire.to_outcome(task, ended)
