"""Station: an edge node that plans and executes iterations.

Between two iterations the edge node looks at its requests. Requests that have all their tokens
leave. If caches are paged and the next tokens would not fit, the requests admitted last are
preempted. Then waiting requests are admitted in order while the memory holds them, and the next
iteration computes their prompts and one token of each request that decodes. Iterations without
prompts are executed together until a request leaves, the memory is full, a request is overdue, or
a request arrives that fits.

An output may be longer than its estimate. If memory is reserved, the request then reserves its true
length, and the requests admitted last are dropped until that fits.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import simpy
from simpy.events import EventPriority

from analysis.simulation.continuous.cache_memory import CacheMemory
from analysis.simulation.continuous.pace import AS_ESTIMATED
from analysis.simulation.continuous.policy import Cache, Overdue
from analysis.simulation.continuous.running import Running
from analysis.simulation.continuous.step import Step
from analysis.simulation.continuous.step_time import StepTime
from analysis.simulation.continuous.waiting import Waiting
from analysis.simulation.usage import Usage

if TYPE_CHECKING:
    from collections.abc import Callable

    from analysis.simulation.continuous.job import Job
    from analysis.simulation.continuous.pace import Pace
    from analysis.simulation.continuous.policy import Policy
    from heuristics.system_models.scenario import EdgeNode, Setting

_AFTER_ALL = EventPriority(2)
"""Priority of the end of an iteration: after all that happens in the same tick, so that a request
whose upload ends in this tick joins."""

_NANOSECONDS = 10**9

Chunk = tuple["Job", int, int]


class _Boundary(simpy.Event):
    """The end of an iteration, with the version of its plan."""

    def __init__(self, clock: simpy.Environment, version: int) -> None:
        super().__init__(clock)
        self._ok, self._value = True, version


class _Plan(NamedTuple):
    """Iterations that are executed: their number, and the prompts of a single one."""

    num_steps: int
    chunks: tuple[Chunk, ...]
    num_preempted: int


class Station:
    """An edge node with its queue, its running requests and its memory.

    Parameters
    ----------
    clock
        The clock of the simulation, in ticks.
    index, edge_node, setting
        Index of the edge node, the edge node, and its setting.
    policy
        Options of the scheme.
    end
        Function that is called with each job at its end, computed or dropped.
    observe
        Function that is called with each step after its execution; None for no observer.
    pace
        Ratios of computing times to their estimates.

    Notes
    -----
    The time within a busy period is exact, in units of :class:`StepTime`; what leaves the edge node
    does so in the next tick.
    """

    def __init__(
        self,
        clock: simpy.Environment,
        index: int,
        edge_node: EdgeNode,
        setting: Setting,
        policy: Policy,
        *,
        end: Callable[[Job], None],
        observe: Callable[[Step], None] | None = None,
        pace: Pace = AS_ESTIMATED,
    ) -> None:
        self._pace = pace
        self.edge_node, self.usage = edge_node, Usage()
        self.time, self.memory = StepTime(edge_node, setting), CacheMemory(edge_node, setting)
        self._clock, self._index, self._policy = clock, index, policy
        self._end, self._observe = end, observe
        self._is_paged = policy.cache is Cache.PAGED
        self._drops = policy.overdue is Overdue.DROP
        self.waiting = Waiting(policy.queue, self.time.units_per_tick)
        self.running = Running(has_windows=edge_node.llm.has_windows)
        self._admitted: dict[Job, None] = {}
        self._prefilling: list[Job] = []
        self._reserved = 0
        self._at = 0
        self._plan: _Plan | None = None
        self._version = 0
        self._busy = 0
        self._filled = 0.0

    def add(self, job: Job) -> None:
        """Add a job whose upload has ended."""
        job.alone = self._alone(job.prompt_tokens, job.reserved_tokens)
        self.waiting.push(job)
        if self._plan is None:
            self._at = int(self._clock.now) * self.time.units_per_tick
            self._begin(_Plan(0, (), 0))  # others may arrive in the same tick
        elif self._plan.num_steps > 1 and self.waiting.head is job:
            self._cut()

    def ticks_alone(self, prompt_tokens: int, output_tokens: int) -> int:
        """Return the computing time of a request alone, rounded up [ticks]."""
        return self._tick(self._alone(prompt_tokens, output_tokens))

    def total_usage(self) -> Usage:
        """Return the usage of devices and memory so far."""
        self.usage.compute_s = self._busy / self.time.units_per_tick / _NANOSECONDS
        capacity = max(self.memory.capacity, 1)
        self.usage.memory_s = self._filled / capacity / self.time.units_per_tick / _NANOSECONDS
        return self.usage

    def _next(self) -> None:
        """Plan and begin what follows at the present time."""
        tick = self._tick(self._at)
        if self._drops:
            self._drop_overdue(tick)
        num_preempted = self._preempt() if self._is_paged else 0
        chunks = self._chunks(tick)
        if chunks:
            self._begin(_Plan(1, chunks, num_preempted))
        elif len(self.running):
            self._begin(_Plan(self._num_steps(), (), num_preempted))
        else:
            self._plan = None

    def _drop_overdue(self, tick: int) -> None:
        while len(self.running) and self.running.first_due <= tick:
            self._drop(self.running.first_to_be_due)

    def _preempt(self) -> int:
        """Preempt the requests admitted last until the next tokens fit; return their number."""
        count = 0
        while self._held(1) > self.memory.capacity:
            job = next(reversed(self._admitted))
            if job in self.running:
                self.running.remove(job)
            self._release(job)
            job.num_computed = 0
            job.num_preemptions += 1
            job.alone = self._alone(job.tokens, job.reserved_tokens - job.num_generated)
            self.waiting.push(job)
            count += 1
        return count

    def _chunks(self, tick: int) -> tuple[Chunk, ...]:
        """Return the parts of prompts of the next iteration, and admit their requests."""
        left = self._policy.chunk_tokens
        chunks: list[Chunk] = []
        for job in self._prefilling:
            if left == 0:
                break
            left = _take(chunks, job, left)
        while self.waiting and left != 0:
            job = self.waiting.head
            if self._drops and self._last_start(job) < tick:
                self._end(self.waiting.pop())
                continue
            if not self._fits(job):
                break
            self.waiting.pop()
            self._admit(job, tick)
            left = _take(chunks, job, left)
        return tuple(chunks)

    def _last_start(self, job: Job) -> int:
        """Return the last tick at which a job that had the edge node alone could start in time."""
        return job.due - job.expected_feeding_back - self._tick(job.alone)

    def _fits(self, job: Job) -> bool:
        most = self._policy.max_requests
        if most is not None and len(self._admitted) >= most:
            return False
        return self._held(1) + self._needed(job) <= self.memory.capacity

    def _needed(self, job: Job) -> int:
        """Return the memory of a job that is admitted: for its whole output, or its next token."""
        return self.memory.held(job.tokens + 1 if self._is_paged else job.whole_tokens)

    def _admit(self, job: Job, tick: int) -> None:
        self._admitted[job] = None
        self._prefilling.append(job)
        self._reserved += self._needed(job)
        if job.compute_start is None:
            job.compute_start = tick

    def _held(self, num_steps: int) -> int:
        """Return the memory in use after so many steps of the running jobs."""
        if not self._is_paged:
            return self._reserved
        running = self.running
        tokens = running.num_tokens + num_steps * len(running)
        each = () if self.memory.is_linear else [one + num_steps for one in running.each_tokens]
        return self._reserved + self.memory.held_by(len(running), tokens, each)

    def _num_steps(self) -> int:
        """Return the number of steps until something can change without an arrival."""
        steps = self.running.steps_to_leave
        if self._is_paged:
            steps = min(steps, self._steps_of_memory(steps))
        if self._drops:
            due = self.running.first_due
            if self.waiting:  # its head does not fit, and gives way when it is hopeless
                due = min(due, self._last_start(self.waiting.head) + 1)
            if self._tick(self._at + self._steps(steps)) >= due:
                steps = self._first_step_at(due, steps)
        return steps

    def _steps_of_memory(self, most: int) -> int:
        """Return the number of steps, up to the most, whose tokens the memory holds."""
        low, high = 1, most
        while low < high:
            middle = (low + high + 1) // 2
            if self._held(middle) <= self.memory.capacity:
                low = middle
            else:
                high = middle - 1
        return low

    def _first_step_at(self, tick: int, most: int) -> int:
        """Return the first step that ends in this tick or later; the last step is one."""
        target = (tick - 1) * self.time.units_per_tick - self._at
        low, high = 1, most
        while low < high:
            middle = (low + high) // 2
            if self._steps(middle) > target:
                high = middle
            else:
                low = middle + 1
        return low

    def _cut(self) -> None:
        """End the planned steps where the new head of the queue fits, or is to be dropped."""
        plan, job, tick = self._plan, self.waiting.head, int(self._clock.now)
        assert plan is not None
        if not self._fits(job):
            if not self._drops:
                return
            tick = max(tick, self._last_start(job) + 1)
        steps = self._first_step_at(tick, plan.num_steps)
        if steps < plan.num_steps:
            self._begin(plan._replace(num_steps=steps))

    def _begin(self, plan: _Plan) -> None:
        self._plan = plan
        self._version += 1
        tick = self._tick(self._at + self._duration(plan))
        event = _Boundary(self._clock, self._version)
        event.callbacks.append(self._happened)
        self._clock.schedule(event, _AFTER_ALL, tick - self._clock.now)

    def _duration(self, plan: _Plan) -> int:
        if not plan.chunks:
            return self._steps(plan.num_steps)
        parts = [(start, end) for _, start, end in plan.chunks]
        ending = sum(end == job.tokens for job, _, end in plan.chunks)
        took = self.time.iteration(parts, ending, self.running.decoding)
        return self._pace.true(took, self._tick(self._at))

    def _steps(self, num_steps: int) -> int:
        """Return the time of so many steps that decode alone, from the present time on."""
        took = self.time.steps(self.running.decoding, num_steps)
        return self._pace.true(took, self._tick(self._at))

    def _alone(self, prompt_tokens: int, output_tokens: int) -> int:
        """Return the expected time of a request alone."""
        return self._pace.planned(self.time.alone(prompt_tokens, output_tokens))

    def _happened(self, event: simpy.Event) -> None:
        if event.value != self._version:
            return
        plan = self._plan
        assert plan is not None
        if plan.num_steps:
            self._count(plan)
        tick = self._tick(self._at)
        stopped = self.running.advance(plan.num_steps)
        for job, _, end in plan.chunks:
            job.num_computed = end
            if end == job.tokens:
                stopped += self._prompt_ended(job, tick)
        self._plan = None
        ended = [job for job in stopped if job.num_generated == job.output_tokens]
        for job in ended:
            self._release(job)
        for job in ended:
            job.last_token = tick
            self._end(job)
        for job in stopped:
            if job in self._admitted:
                self._outgrow(job)
        self._next()

    def _prompt_ended(self, job: Job, tick: int) -> list[Job]:
        """Give a job its next token; return the job if it stops there."""
        self._prefilling.remove(job)
        if self._is_paged:
            self._reserved -= self._needed(job)
        job.num_generated += 1
        if job.first_token is None:
            job.first_token = tick
        if job.num_generated < job.stops_at:
            self.running.join(job)
            return []
        return [job]

    def _outgrow(self, job: Job) -> None:
        """Go on with a job that is longer than estimated, if need be without younger ones."""
        if self.memory.held(job.prompt_tokens + job.output_tokens) > self.memory.capacity:
            self._drop(job)
            return
        if not self._is_paged:
            self._reserved -= self._needed(job)
        job.reserved_tokens = job.output_tokens
        if not self._is_paged:
            self._reserved += self._needed(job)
            while self._reserved > self.memory.capacity:
                self._drop(next(reversed(self._admitted)))
        if job in self._admitted:
            self.running.join(job)

    def _drop(self, job: Job) -> None:
        if job in self.running:
            self.running.remove(job)
        self._release(job)
        self._end(job)

    def _release(self, job: Job) -> None:
        """Give the memory of a job back that does not decode, or not any more."""
        del self._admitted[job]
        is_prefilling = job in self._prefilling
        if is_prefilling:
            self._prefilling.remove(job)
        if is_prefilling or not self._is_paged:
            self._reserved -= self._needed(job)

    def _count(self, plan: _Plan) -> None:
        """Move the time on, and count the use of devices and memory."""
        start, took = self._at, self._duration(plan)
        before, after = self._held(0), self._held(plan.num_steps)
        self._at += took
        self._busy += took
        self._filled += took * (before + after) / 2
        if self._observe is not None:
            self._observe(
                Step(
                    edge_node=self._index,
                    start=self._tick(start),
                    end=self._tick(self._at),
                    num_steps=plan.num_steps,
                    num_decoding=len(self.running),
                    chunks=plan.chunks,
                    held=after,
                    capacity=self.memory.capacity,
                    num_preempted=plan.num_preempted,
                )
            )

    def _tick(self, units: int) -> int:
        return -(-units // self.time.units_per_tick)


def _take(chunks: list[Chunk], job: Job, left: int | None) -> int | None:
    """Take the next part of a job's prompt within the tokens that are left; return the rest."""
    start = job.num_computed
    size = job.tokens - start
    if left is not None:
        size = min(size, left)
        left -= size
    chunks.append((job, start, start + size))
    return left
