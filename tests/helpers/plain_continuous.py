"""Continuous batching of one edge node a second time: one step after the other, in fractions."""

from fractions import Fraction
from math import ceil

from analysis.simulation import execution
from heuristics.system_models.latency import LatencyModel, batch_s
from heuristics.system_models.memory import request_bytes
from heuristics.system_models.quantization import step_bytes
from heuristics.system_models.rounding import as_fraction
from heuristics.system_models.transformer import (
    decoding_cache_bytes,
    decoding_flop,
    head_flop,
    prefill_flop,
    state_bytes,
)

NS = 10**9


class PlainJob:
    """A request: when it is ready [ns], its lengths, and what became of it."""

    def __init__(self, ready, prompt, output, due=10**18, feeding_back=0):
        self.ready, self.prompt, self.output = ready, prompt, output
        self.due, self.feeding_back = due, feeding_back
        self.generated = self.computed = self.preempted = 0
        self.start = self.first = self.last = self.dropped = None
        self.key = None

    @property
    def tokens(self):
        return self.prompt + self.generated


def iteration_s(node, setting, chunks, num_ending, cached):
    """Return the time of an iteration: parts of prompts, and the cached tokens of each request."""
    num_tokens = sum(end - start for start, end in chunks) + len(cached)
    if setting.latency is LatencyModel.MEASURED:
        model = node.latency_profile
        c0, c1, d0, d1, d2 = (
            as_fraction(getattr(model, name)) for name in ("c0_s", "c1_s", "d0_s", "d1_s", "d2_s")
        )
        prompts = sum(end - start for start, end in chunks)
        time = Fraction(0)
        if prompts:
            time += c0 + c1 * prompts
        if cached:
            time += d0 + len(cached) * d1 + d2 * sum(each + 1 for each in cached)
        return time
    llm, speed = node.llm, node.num_gpus * as_fraction(node.gpu_flop_per_s)
    flop = sum(
        prefill_flop(llm, end) - (prefill_flop(llm, start) if start else 0) for start, end in chunks
    )
    flop += sum(decoding_flop(llm, each, 2) for each in cached)
    if setting.include_embedding:
        flop += head_flop(llm) * (num_ending + len(cached))
    computing = flop * as_fraction(node.quantization.beta) / speed
    if not setting.latency.counts_reading or node.gpu_memory_bytes_per_s is None:
        return computing
    read = step_bytes(
        llm,
        node.quantization,
        include_embedding=setting.include_embedding,
        num_tokens=num_tokens,
    )
    if setting.count_kv_reading:
        alpha = as_fraction(node.quantization.alpha_kv_cache)
        read += sum(
            alpha * decoding_cache_bytes(llm, each, 2) + state_bytes(llm) for each in cached
        )
    reading = read / (node.num_gpus * as_fraction(node.gpu_memory_bytes_per_s))
    return batch_s(setting.latency, computing, reading)


def alone_s(node, setting, prompt, output):
    """Return the computing time of a request alone."""
    time = iteration_s(node, setting, [(0, prompt)], 1, [])
    for step in range(output - 1):
        time += iteration_s(node, setting, [], 0, [prompt + step])
    return time


def serve(jobs, node, setting, policy):
    """Serve jobs in the order of their list where keys tie; return the largest memory in use."""
    capacity = node.num_gpus * node.gpu_memory_bytes - execution.memory_bytes(node, setting, 0)
    paged, drop = policy.cache == "paged", policy.overdue == "drop"
    coming = sorted(range(len(jobs)), key=lambda i: (jobs[i].ready, i))
    waiting, prefilling, running = [], [], []
    admitted = []
    time, peak = Fraction(0), Fraction(0)

    def need(job, tokens):
        return request_bytes(node, tokens)

    def held(more):
        if not paged:
            return sum(need(job, job.prompt + job.output) for job in admitted)
        return sum(need(job, job.tokens + more) for job in running) + sum(
            need(job, job.tokens + 1) for job in prefilling
        )

    def last_start(job):
        rest = alone_s(node, setting, job.tokens, job.output - job.generated)
        return job.due - job.feeding_back - ceil(rest * NS)

    def key(index):
        job = jobs[index]
        if job.key is None:
            first = {
                "fcfs": (),
                "deadline": (job.due,),
                "shortest": (alone_s(node, setting, job.prompt, job.output),),
                "slack": (
                    job.due
                    - job.feeding_back
                    - alone_s(node, setting, job.prompt, job.output) * NS,
                ),
            }[policy.queue]
            job.key = (*first, job.ready, index)
        return job.key

    while coming or waiting or admitted:
        tick = ceil(time * NS)
        if not waiting and not admitted and jobs[coming[0]].ready > tick:
            tick = jobs[coming[0]].ready
            time = Fraction(tick, NS)
        while coming and jobs[coming[0]].ready <= tick:
            waiting.append(coming.pop(0))
        if drop:
            for job in [each for each in running if each.due <= tick]:
                job.dropped = tick
                running.remove(job)
                admitted.remove(job)
        while paged and held(1) > capacity:
            job = admitted.pop()
            (running if job in running else prefilling).remove(job)
            job.computed = 0
            job.preempted += 1
            waiting.append(jobs.index(job))
        left = policy.chunk_tokens
        chunks = []

        for job in prefilling:
            if left == 0:
                break
            left = _take(chunks, job, left)
        while waiting and left != 0:
            index = min(waiting, key=key)
            job = jobs[index]
            if drop and last_start(job) < tick:
                job.dropped = tick
                waiting.remove(index)
                continue
            wanted = job.tokens + 1 if paged else job.prompt + job.output
            is_full = policy.max_requests is not None and len(admitted) >= policy.max_requests
            if is_full or held(1) + need(job, wanted) > capacity:
                break
            waiting.remove(index)
            admitted.append(job)
            prefilling.append(job)
            job.start = tick if job.start is None else job.start
            left = _take(chunks, job, left)
        if not chunks and not running:
            continue
        ending = [job for job, _, end in chunks if end == job.tokens]
        peak = max(peak, held(1))
        time += iteration_s(
            node,
            setting,
            [(start, end) for _, start, end in chunks],
            len(ending),
            [job.tokens - 1 for job in running],
        )
        tick = ceil(time * NS)
        for job in running:
            job.generated += 1
        for job, _, end in chunks:
            job.computed = end
        for job in ending:
            prefilling.remove(job)
            running.append(job)
            job.generated += 1
            job.first = tick if job.first is None else job.first
        for job in [each for each in running if each.generated == each.output]:
            job.last = tick
            running.remove(job)
            admitted.remove(job)
    return peak, capacity


def _take(chunks, job, left):
    size = job.tokens - job.computed
    if left is not None:
        size = min(size, left)
        left -= size
    chunks.append((job, job.computed, job.computed + size))
    return left
