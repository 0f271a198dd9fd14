"""A run in a process of its own: what breaks or hangs there is a record here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analysis.engines import local, wire
from analysis.engines.engine import WORK
from analysis.methods import method
from heuristics.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from analysis.task import Outcome, Task
    from heuristics.schedule import Schedule


def start_server(methods: Iterable[str], modules: Iterable[str] = ()) -> None:
    """Start the process that runs are forked from, which imports while the caller goes on.

    Parameters
    ----------
    methods
        The methods to come: what they import is imported once.
    modules
        What else is imported; see :func:`analysis.engines.local.start_zygote`.
    """
    local.start_zygote([*(module for name in methods for module in method(name).modules), *modules])


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
