"""Bounding: a proven bound on the throughput of an instance of any size."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analysis import settings as typed
from analysis.running import judged
from analysis.task import Outcome, Task
from heuristics.problem import Problem

if TYPE_CHECKING:
    from instances.instance import Instance

NAME = "bound"
"""What stands for the method in an outcome."""


def bound(
    instance: Instance, *, edge_node: str | int | None = None, time_limit: float | None = None
) -> Outcome:
    """Bound the throughput of P1, and judge the bound by its certificate.

    Parameters
    ----------
    instance
        The instance as its file has it.
    edge_node
        Name or index of the only edge node; None for all.
    time_limit
        Seconds; None for as long as it takes.

    Returns
    -------
    Outcome
        ``result.bound`` is what the certificate was verified to prove, ``result.objective`` the
        throughput of the best schedule on the way. The run failed if the certificate proves less.

    Raises
    ------
    InputError
        If there is no such edge node, or the limit is none.
    """
    from formulations.decomposition.decomposition import bound

    task = Task(
        whole=instance,
        edge_node=None if edge_node is None else instance.edge_node_index(str(edge_node)),
        method=NAME,
        problem=Problem.P1,
        time_limit=typed.time_limit(time_limit, source="time limit"),
    )
    return judged(task, bound(task.data, time_limit=task.time_limit))
