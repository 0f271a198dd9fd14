"""Running: the jobs that decode, as sums that each step changes alike."""

from __future__ import annotations

import heapq
from typing import TYPE_CHECKING

from analysis.simulation.continuous.linear_time import Decoding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from analysis.simulation.continuous.job import Job


class Running:
    """Jobs that compute a token in each step, in the order in which they joined.

    Parameters
    ----------
    has_windows
        True if the cached tokens of each job are needed beside their sum.

    Notes
    -----
    A step changes two integers. A job that joins or leaves takes O(log b).
    """

    def __init__(self, *, has_windows: bool) -> None:
        self._jobs: dict[Job, None] = {}
        self._has_windows = has_windows
        self._leaving: list[tuple[int, int, Job]] = []
        self._dues: list[tuple[int, int, Job]] = []
        self._count = self._step = self._cached = 0

    def __len__(self) -> int:
        return len(self._jobs)

    def __contains__(self, job: Job) -> bool:
        return job in self._jobs

    @property
    def decoding(self) -> Decoding:
        """The jobs as the time of a step needs them."""
        each = tuple(self._each(-1)) if self._has_windows else ()
        return Decoding(len(self._jobs), self._cached, each)

    @property
    def num_tokens(self) -> int:
        """Prompts and tokens so far of all jobs, which their caches have room for [tokens]."""
        return self._cached + len(self._jobs)

    @property
    def each_tokens(self) -> tuple[int, ...]:
        """Prompt and tokens so far of each job."""
        return tuple(self._each(0))

    @property
    def steps_to_leave(self) -> int:
        """Number of steps after which a job leaves."""
        while self._is_gone(self._leaving[0][2], self._leaving[0][0]):
            heapq.heappop(self._leaving)
        return self._leaving[0][0] - self._step

    @property
    def first_due(self) -> int:
        """Earliest due tick of the jobs."""
        while self._dues[0][2] not in self._jobs:
            heapq.heappop(self._dues)
        return self._dues[0][0]

    @property
    def first_to_be_due(self) -> Job:
        """The job with the earliest due tick."""
        assert self.first_due
        return self._dues[0][2]

    def join(self, job: Job) -> None:
        """Add a job that has at least one token, and at least one more to compute."""
        self._count += 1
        self._jobs[job] = None
        job.leaves_at = self._step + job.stops_at - job.num_generated
        self._cached += job.tokens - 1
        heapq.heappush(self._leaving, (job.leaves_at, self._count, job))
        heapq.heappush(self._dues, (job.due, self._count, job))

    def advance(self, num_steps: int) -> list[Job]:
        """Let each job compute so many tokens; return the jobs that stop, which leave."""
        self._step += num_steps
        self._cached += num_steps * len(self._jobs)
        ended = []
        while self._jobs and self.steps_to_leave == 0:
            job = self._leaving[0][2]
            self.remove(job)
            ended.append(job)
        return ended

    def remove(self, job: Job) -> None:
        """Remove a job, with its number of tokens."""
        job.num_generated = self._generated(job)
        job.leaves_at = None
        self._cached -= job.tokens - 1
        del self._jobs[job]

    def _generated(self, job: Job) -> int:
        return job.stops_at - ((job.leaves_at or 0) - self._step)

    def _is_gone(self, job: Job, leaves_at: int) -> bool:
        return job not in self._jobs or job.leaves_at != leaves_at

    def _each(self, more: int) -> Iterator[int]:
        for job in self._jobs:
            yield job.prompt_tokens + self._generated(job) + more
