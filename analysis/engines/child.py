"""Child: runs in processes of their own, so that a crash or a hang becomes an outcome."""

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
    """Start the fork server, which imports the modules of runs while the caller continues.

    Parameters
    ----------
    methods
        Names of the methods to run. Their modules are imported once.
    modules
        Further modules to import; see
        :func:`analysis.engines.fork_client.start_fork_server`.
    """
    start_fork_server([*modules_of(methods), *modules])


def modules_of(methods: Iterable[str]) -> list[str]:
    """Return the modules that runs of methods import.

    Parameters
    ----------
    methods
        Names of the methods.
    """
    chosen = [method(name) for name in methods]
    needed = [module for each in chosen for module in each.modules]
    if any(each.origin is not None for each in chosen):
        needed.append("analysis.plugins.plugin")  # reads the file of a plug-in
    return needed


@dataclass(frozen=True, kw_only=True)
class TimedOutcome:
    """The outcome of a run and its duration.

    Parameters
    ----------
    outcome
        Judged outcome.
    wall_s
        Duration of the run with its processes [s].
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
        Tasks to run, started in order.
    num_jobs
        Number of runs at the same time.
    memory_limit, grace_s, work
        As in :class:`analysis.engines.engine.WorkOrder`.
    warm_start
        Schedule that each run starts from; None for none.
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


def run_alone(
    task: Task,
    *,
    warm_start: Schedule | None = None,
    target: int | None = None,
    work: str = WORK,
) -> Outcome:
    """Run one task in a process of its own.

    The first interrupt lets the run end with its best result so far. The second interrupt ends
    the run at once.

    Parameters
    ----------
    task
        Task to run.
    warm_start
        Schedule to start from; None for none.
    target, work
        As in :class:`analysis.engines.engine.WorkOrder`.

    Raises
    ------
    InputError
        If the method refuses the task.
    """
    # Loading all kernels pays for many runs. A single run compiles or loads those that it calls.
    start_fork_server([each for each in modules_of([task.method]) if not each.endswith(".ready")])
    ended = local.run_alone(
        wire.to_order(task, id=task.identity(), warm_start=warm_start, target=target, work=work)
    )
    if ended.refusal is not None:
        raise InputError(ended.refusal)
    return wire.to_outcome(task, ended)
