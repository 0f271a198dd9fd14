"""The work of a Dask worker: one order as text, made under all limits where the worker is.

A worker is a thread of a process that Dask looks after; the run has processes of its own beside
it. Nothing is taken from the disk that the client and the worker may or may not share.
"""

from __future__ import annotations

import json
import threading
from dataclasses import asdict
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from analysis.engines.engine import WorkOrder
from analysis.engines.fork_client import start_fork_server
from analysis.engines.local import Unwanted, carry_out
from analysis.engines.processes import memory_share

if TYPE_CHECKING:
    from distributed import Worker

_WANTED = ("executing", "long-running")
"""What Dask calls a task that somebody still waits for while it is made."""

_AT_WORK = ("running", "paused", "closing_gracefully")

_starting = threading.Lock()


def make(brief: str) -> str:
    """Make the run of an order, and return what it came to.

    Parameters
    ----------
    brief
        The order, the version of otgah that gave it, the modules that runs import, and the topic
        on which is told that it was begun, as JSON.

    Returns
    -------
    str
        As JSON: ``version`` and ``address`` of the worker, and ``ended``, which is null where the
        versions differ, and where Dask has given the task up.
    """
    from distributed import get_worker

    worker = get_worker()
    given = json.loads(brief)
    answer: dict[str, Any] = {
        "version": version("otgah"),
        "address": worker.address,
        "ended": None,
    }
    if answer["version"] == given["version"]:
        order = WorkOrder(**given["order"])
        worker.log_event(given["topic"], order.id)
        with _starting:  # the threads of a worker share one
            start_fork_server(given["modules"])
        key = worker.get_current_task()
        try:
            ended = carry_out(
                order, share_mb=_share(worker), is_wanted=lambda: _is_wanted(worker, key)
            )
            answer["ended"] = asdict(ended)
        except Unwanted:
            pass
    return json.dumps(answer)


def share_mb(memory_limit: int | None, num_threads: int) -> int:
    """Return what a run may hold on a worker, whose threads share what Dask gives it [MB].

    Parameters
    ----------
    memory_limit
        What Dask gives the worker [bytes]; None or 0 for all of its machine.
    num_threads
        Of the worker.
    """
    return memory_share(num_threads, memory=memory_limit or None)


def _share(worker: Worker) -> int:
    return share_mb(worker.memory_manager.memory_limit, worker.state.nthreads)


def _is_wanted(worker: Worker, key: Any) -> bool:
    """Whether somebody waits for a task: not where it was cancelled, or its client has gone."""
    task = worker.state.tasks.get(key)
    return worker.status.name in _AT_WORK and task is not None and task.state in _WANTED
