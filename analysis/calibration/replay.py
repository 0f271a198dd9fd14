"""Replay: a request log served again by a profile's iterations, compared with what was measured.

The engine is continuous batching with chunked prefill, as vLLM schedules it: an iteration decodes
one token of each running request and fills the rest of its budget of tokens with prompts, in the
order of arrival, as long as :data:`WATERMARK` of the KV cache stays free. Where the cache
overflows, the request that was admitted last is evicted and computed again.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from heuristics.system_models.batch_time import iteration_work

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from instances.measurements.request_log import ServedRequests

QUANTILES = (0.5, 0.95)

WATERMARK = 0.01
"""Share of the KV cache that stays free when a request is admitted, as in vLLM."""

_BUDGET, _REQUESTS = 2048, 256  # defaults of vLLM, where the log has no settings


@dataclass(frozen=True, kw_only=True)
class Replayed:
    """Times of one kind, measured and replayed, at quantiles over requests.

    Parameters
    ----------
    name
        ``ttft`` for the time to the first token, or ``e2e`` for the whole request.
    measured_s, replayed_s
        Quantiles of :data:`QUANTILES` [s].
    error
        Quantiles of the absolute relative error of single requests.
    """

    name: str
    measured_s: tuple[float, ...]
    replayed_s: tuple[float, ...]
    error: tuple[float, ...]

    def to_dict(self) -> dict[str, float]:
        """Return the quantiles as JSON has them."""
        document = {}
        for at, quantile in enumerate(QUANTILES):
            label = f"p{quantile * 100:g}"
            document[f"measured_{label}_s"] = self.measured_s[at]
            document[f"replayed_{label}_s"] = self.replayed_s[at]
            document[f"error_{label}"] = self.error[at]
        return document


@dataclass
class _Request:
    """A request in the engine: prompt to compute, tokens in the cache and tokens of output."""

    index: int
    prompt: int
    output: int
    cached: int = 0
    made: int = 0

    @property
    def to_compute(self) -> int:
        """Tokens that the initial stage still has to compute, those of an eviction included."""
        return self.prompt + self.made - self.cached

    @property
    def is_decoding(self) -> bool:
        return self.made > 0 and self.to_compute <= 1


def replay(served: ServedRequests, coefficients: Sequence[float]) -> list[Replayed]:
    """Serve a log again by the times of a profile.

    Parameters
    ----------
    served
        Requests with their measured times, and the settings of the engine.
    coefficients
        Coefficients of :data:`~heuristics.system_models.batch_time.COEFFICIENTS` [s].
    """
    first, last = _served_again(served, tuple(float(each) for each in coefficients))
    return [
        _compared("ttft", served.first_s - served.queued_s, first - served.queued_s),
        _compared("e2e", served.last_s - served.queued_s, last - served.queued_s),
    ]


def _compared(name: str, measured: NDArray[np.float64], replayed: NDArray[np.float64]) -> Replayed:
    error = np.abs(replayed / measured - 1)
    found = (tuple(np.quantile(each, QUANTILES).tolist()) for each in (measured, replayed, error))
    measured_s, replayed_s, quantiles = found
    return Replayed(name=name, measured_s=measured_s, replayed_s=replayed_s, error=quantiles)


def _served_again(
    served: ServedRequests, coefficients: tuple[float, ...]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    settings = served.settings
    copies = settings.get("data_parallel_size", 1)
    budget = copies * settings.get("max_num_batched_tokens", _BUDGET)
    most = copies * settings.get("max_num_seqs", _REQUESTS)
    room = copies * settings.get("num_kv_tokens", 10**15)
    order = np.argsort(served.queued_s, kind="stable")
    coming = deque(
        _Request(int(at), int(served.prompt_tokens[at]), int(served.output_tokens[at]))
        for at in order
    )
    first, last = np.zeros(len(order)), np.zeros(len(order))
    waiting: deque[_Request] = deque()
    running: list[_Request] = []
    now = 0.0
    while coming or waiting or running:
        if not waiting and not running:
            now = max(now, float(served.queued_s[coming[0].index]))
        while coming and served.queued_s[coming[0].index] <= now:
            waiting.append(coming.popleft())
        _evict(running, waiting, room)
        decoding = [each for each in running if each.is_decoding]
        cached = sum(each.cached for each in decoding)
        chunks = _chunks(running, waiting, budget - len(decoding), most, room)
        work = iteration_work(sum(size for _, size in chunks), len(decoding), cached)
        now += sum(value * count for value, count in zip(coefficients, work, strict=True))
        for each in decoding:
            each.cached += 1
            each.made += 1
        for each, size in chunks:
            each.cached += size
            if each.to_compute == 0:
                each.made += 1
                if each.made == 1:
                    first[each.index] = now
        for each in running:
            if each.made >= each.output:
                last[each.index] = now
        running = [each for each in running if each.made < each.output]
    return first, last


def _evict(running: list[_Request], waiting: deque[_Request], room: int) -> None:
    """Evict requests, the last admitted first, until each decoding one has room for its token."""
    while len(running) > 1 and sum(each.cached + 1 for each in running) > room:
        evicted = running.pop()
        evicted.cached = 0
        waiting.appendleft(evicted)


def _chunks(
    running: list[_Request], waiting: deque[_Request], budget: int, most: int, room: int
) -> list[tuple[_Request, int]]:
    """Return the prompts of an iteration with their tokens, and admit waiting requests."""
    chunks = []
    for each in running:
        if not each.is_decoding and budget > 0:
            size = min(each.to_compute, budget)
            chunks.append((each, size))
            budget -= size
    held = sum(each.cached for each in running) + sum(size for _, size in chunks)
    while waiting and budget > 0 and len(running) < most:
        size = min(waiting[0].to_compute, budget)
        if running and held + waiting[0].to_compute > (1 - WATERMARK) * room:
            break
        chunks.append((waiting[0], size))
        running.append(waiting.popleft())
        budget -= size
        held += size
    return chunks
