"""Worker: the process in which a method runs.

A method cannot harm other processes: the worker's memory is a copy, its output is a pipe of
limited length, its children end with it, and its supervisor judges its result.
"""

from __future__ import annotations

import faulthandler
import json
import os
import signal
import threading
import traceback
from importlib import import_module
from typing import TYPE_CHECKING, Any

from analysis.engines.engine import WorkOrder
from analysis.engines.processes import be_ended_first
from analysis.engines.wire import LARGEST_MESSAGE, no_result, result_to_dict, to_task
from heuristics.errors import InputError
from heuristics.reporting import listening
from heuristics.result import EndedBy
from heuristics.schedule import Schedule

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

    from analysis.runs.task import Task

NOTHING_YET = "interrupted before it had a schedule or a bound"

_LONGEST_TRACEBACK = 2000


def serve(channel: Connection, order: WorkOrder, task: Task) -> None:
    """Make a run, then further runs, until the supervisor closes the connection.

    Parameters
    ----------
    channel
        Connection to the supervisor, for reports, results and further orders.
    order, task
        First run.
    """
    os.setsid()  # an interrupt at the terminal must reach the client alone
    be_ended_first()
    faulthandler.enable()
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    news = _News(channel)
    while True:
        news.send(_made(order, task, news))
        order = WorkOrder(**json.loads(channel.recv_bytes(LARGEST_MESSAGE)))
        task = to_task(order)


class _News:
    """Messages to the supervisor, which any thread may send."""

    def __init__(self, channel: Connection) -> None:
        self._channel = channel
        self._lock = threading.Lock()
        self.target: int | None = None
        """Throughput at which a report interrupts the run; None for no target."""

    def send(self, message: dict[str, Any]) -> None:
        text = json.dumps(message, default=_plain)
        with self._lock:
            self._channel.send_bytes(text.encode())

    def report(self, schedule: Schedule | None, bound: int | None) -> None:
        batches = None if schedule is None else schedule.batches
        self.send({"schedule": batches, "bound": bound})
        if schedule is not None and self.target is not None and schedule.throughput >= self.target:
            signal.raise_signal(signal.SIGINT)


def _made(order: WorkOrder, task: Task, news: _News) -> dict[str, Any]:
    """Make a run and return its result, not judged yet."""
    refusal: str | None = None
    try:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
        work = import_module(order.work)
        start = None if order.warm_start is None else Schedule.of(order.warm_start)
        news.send({"begun": True})
        news.target = order.target
        with listening(news.report):
            result = work.solved(task, start)
        document = result_to_dict(result, task.instance.name)
        json.dumps(document, default=_plain)
    except KeyboardInterrupt:
        document = _nothing(task, EndedBy.INTERRUPTED, NOTHING_YET)
    except MemoryError:
        document = _nothing(task, EndedBy.MEMORY_LIMIT, "the process ran out of memory")
    except (
        BaseException
    ) as error:  # the one place that catches every error: the row keeps the traceback
        refusal = str(error) if isinstance(error, InputError) else None
        document = _nothing(task, EndedBy.ERROR, traceback.format_exc()[-_LONGEST_TRACEBACK:])
    return {"result": document, "refusal": refusal}


def _nothing(task: Task, ended_by: EndedBy, message: str) -> dict[str, Any]:
    return result_to_dict(no_result(task.problem, ended_by, message), task.instance.name)


def _plain(value: Any) -> Any:
    """Return a number of NumPy as a number of Python."""
    if hasattr(value, "item"):
        return value.item()
    raise TypeError(f"{type(value).__name__} is neither a number nor a text")
