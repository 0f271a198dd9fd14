"""Waiting: requests that wait at an edge node, in order."""

from __future__ import annotations

import heapq
from typing import TYPE_CHECKING

from analysis.simulation.continuous.policy import QueueOrder

if TYPE_CHECKING:
    from analysis.simulation.continuous.job import Job


class Waiting:
    """Queue of jobs by a key that does not change; preempted jobs keep their place.

    Parameters
    ----------
    order
        Order of the jobs.
    units_per_tick
        Units of :attr:`Job.alone` in a tick.
    """

    def __init__(self, order: QueueOrder, units_per_tick: int) -> None:
        self._order, self._units_per_tick = order, units_per_tick
        self._heap: list[tuple[tuple[int, ...], Job]] = []

    def __bool__(self) -> bool:
        return bool(self._heap)

    def __len__(self) -> int:
        return len(self._heap)

    @property
    def head(self) -> Job:
        """The job that is next."""
        return self._heap[0][1]

    def push(self, job: Job) -> None:
        """Add a job; its key is found the first time."""
        if not job.key:
            job.key = (*self._key(job), job.request.epoch, job.request.index)
        heapq.heappush(self._heap, (job.key, job))

    def pop(self) -> Job:
        """Take the job that is next."""
        return heapq.heappop(self._heap)[1]

    def _key(self, job: Job) -> tuple[int, ...]:
        ready = job.upload_end or 0
        if self._order is QueueOrder.DEADLINE:
            return job.due, ready
        if self._order is QueueOrder.SHORTEST:
            return job.alone, ready
        if self._order is QueueOrder.SLACK:
            return (job.due - job.expected_feeding_back) * self._units_per_tick - job.alone, ready
        return (ready,)
