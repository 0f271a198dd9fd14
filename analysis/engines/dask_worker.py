"""Dask worker: makes the run of one order, under all limits, on the worker's machine.

A worker is a thread of a process that Dask manages. The run has processes of its own beside that
process. The worker reads no file, since client and worker may have different disks.
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
"""States of a Dask task that a client still waits for."""

_AT_WORK = ("running", "paused", "closing_gracefully")

_starting = threading.Lock()


def make(brief: str) -> str:
    """Make the run of an order and return it as text.

    Parameters
    ----------
    brief
        JSON object with the order, the client's version of otgah, the modules that runs import,
        and the topic of the event that the run has begun.

    Returns
    -------
    str
        JSON object with ``version`` and ``address`` of the worker, and the run as ``ended``,
        which is null if the versions differ or Dask has given up the task.
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
        with _starting:  # the threads of a worker share one fork server
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
    """Return the share of a worker's memory for each run [MB].

    Parameters
    ----------
    memory_limit
        Memory of the worker [bytes]; None or 0 for the memory of its machine.
    num_threads
        Number of threads of the worker.
    """
    return memory_share(num_threads, memory=memory_limit or None)


def _share(worker: Worker) -> int:
    return share_mb(worker.memory_manager.memory_limit, worker.state.nthreads)


def _is_wanted(worker: Worker, key: Any) -> bool:
    """Return False if a task was cancelled or its client has gone."""
    task = worker.state.tasks.get(key)
    return worker.status.name in _AT_WORK and task is not None and task.state in _WANTED
