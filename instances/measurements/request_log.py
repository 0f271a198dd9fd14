"""Request logs of a server under load: LLMServingSim's measured requests, with their batches.

Such a log states when each request was scheduled, had its first and its last token. The batch that
a request met follows from the other requests of the log: tokens are taken as evenly spaced between
the first and the last one, and a prompt as computed evenly between its scheduling and its first
token.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from heuristics.errors import InputError
from heuristics.system_models.batch_time import Work
from heuristics.text_file import LARGEST_SETTINGS, read_text
from instances.measurements.format import Entry, Format, identity
from instances.measurements.measurement import DECODING, PREFILL, LeftOut, Measurement, Part

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from instances.measurements.row import Row

_EVICTED = "the KV cache overflows while it decodes, so requests are evicted and wait"

TIMES = ("queued_ts", "scheduled_ts", "first_token_ts", "last_token_ts")
"""Times of a request on one monotonic clock [s]; ``arrival_time`` is Unix time and is not read."""


@dataclass(frozen=True, kw_only=True)
class ServedRequests:
    """Requests of one log, in the order of the file.

    Parameters
    ----------
    source
        Path of the file.
    prompt_tokens, output_tokens
        Lengths, shape ``(num_requests,)``.
    queued_s, scheduled_s, first_s, last_s
        Times of arrival, of scheduling, and of the first and the last token [s].
    settings
        Settings of the engine from ``meta.json`` beside the log; empty without it.
    """

    source: str
    prompt_tokens: NDArray[np.int64]
    output_tokens: NDArray[np.int64]
    queued_s: NDArray[np.float64]
    scheduled_s: NDArray[np.float64]
    first_s: NDArray[np.float64]
    last_s: NDArray[np.float64]
    settings: dict[str, int]


def measure(form: Format, rows: Sequence[Row]) -> Iterator[Entry]:
    """Yield one measurement for each request of each log."""
    for _, group in groupby(rows, key=lambda row: row.source):
        listed = list(group)
        yield from _measurements(form, listed, served_requests(listed))


def served_requests(rows: Sequence[Row]) -> ServedRequests:
    """Return the requests of a log.

    Raises
    ------
    InputError
        If a time or a length is missing or no number, or the times are not in order.
    """
    times = []
    for row in rows:
        one = [row.number(name, "seconds") for name in TIMES]
        if one != sorted(one):
            rule = "must have its times in order: " + " <= ".join(TIMES)
            raise row.error(rule, "scheduled_ts")
        if row.count("output_toks") > 1 and one[3] <= one[2]:
            raise row.error("must be after first_token_ts", "last_token_ts")
        if one[2] <= one[1]:
            raise row.error("must be after scheduled_ts", "first_token_ts")
        times.append(one)
    start = min(one[0] for one in times)
    queued, scheduled, first, last = np.array(times).T - start
    return ServedRequests(
        source=rows[0].source,
        prompt_tokens=np.array([row.count("input_toks") for row in rows]),
        output_tokens=np.array([row.count("output_toks") for row in rows]),
        queued_s=queued,
        scheduled_s=scheduled,
        first_s=first,
        last_s=last,
        settings=_settings(rows[0].source),
    )


def _measurements(form: Format, rows: Sequence[Row], served: ServedRequests) -> Iterator[Entry]:
    load = _Load(served)
    stated = _identity(served.source)
    room = served.settings.get("num_kv_tokens", 0) or math.inf
    room *= served.settings.get("data_parallel_size", 1)
    for at, row in enumerate(rows):
        prompt, output = int(served.prompt_tokens[at]), int(served.output_tokens[at])
        scheduled, first, last = served.scheduled_s[at], served.first_s[at], served.last_s[at]
        prefills = max(load.num_prefills(scheduled, first), 1)
        batch, cached = load.means(scheduled, first)
        busy = prefills if batch > 0 else 0
        tokens = max(load.prefill_tokens(scheduled, first), prompt)
        work = Work(prefills, tokens, busy, busy * batch, busy * cached)
        parts = [Part(name=PREFILL, seconds=float(first - scheduled), work=work)]
        if output > 1:
            steps = output - 1
            batch, cached = load.means(first, last)
            if cached > room:
                yield LeftOut(source=row.source, place=row.place, reason=_EVICTED)
                continue
            others = load.num_prefills(first, last)
            tokens = load.prefill_tokens(first, last)
            work = Work(others, tokens, steps, steps * max(batch, 1.0), steps * cached)
            parts.append(Part(name=DECODING, seconds=float(last - first), work=work))
        yield Measurement(
            source=row.source,
            place=row.place,
            parts=tuple(parts),
            batch=max(round(batch), 1),
            prompt_tokens=prompt,
            output_tokens=output,
            columns=form.columns(row),
            keys={"request_id": row.values.get("request_id", at), "input_toks": prompt},
            identity=stated | identity(row),
            is_batch=False,
        )


class _Load:
    """Requests that decode, their caches and the prompts computed, integrated over time."""

    def __init__(self, served: ServedRequests) -> None:
        first, last, steps = served.first_s, served.last_s, served.output_tokens - 1
        self._ends = np.unique(first)
        self._scheduled, self._first = served.scheduled_s, first
        self._prompts = served.prompt_tokens
        self._last = last
        self._span = np.maximum(last - first, 1e-12)
        self._steps = steps

    def num_prefills(self, start: float, end: float) -> int:
        """Return the number of iterations that ended an initial stage in (start, end]."""
        left, right = np.searchsorted(self._ends, [start, end], side="right")
        return int(right - left)

    def prefill_tokens(self, start: float, end: float) -> float:
        """Return the prompt tokens computed in an interval."""
        span = self._first - self._scheduled
        overlap = np.minimum(self._first, end) - np.maximum(self._scheduled, start)
        return float(np.sum(self._prompts * np.clip(overlap / span, 0, 1)))

    def means(self, start: float, end: float) -> tuple[float, float]:
        """Return the mean number of requests that decode in an interval, and of cached tokens."""
        low, high = np.maximum(self._first, start), np.minimum(self._last, end)
        lasting = np.maximum(high - low, 0)
        middle = (low + high) / 2 - self._first
        cached = self._prompts + middle / self._span * self._steps
        length = end - start
        return float(lasting.sum() / length), float((lasting * cached).sum() / length)


def _settings(source: str) -> dict[str, int]:
    """Return the integers of the engine's settings in ``meta.json`` beside a log."""
    meta = _meta(source)
    engine, cache = meta.get("engine_kwargs", {}), meta.get("kv_cache", {})
    found = {**engine, **cache} if isinstance(engine, dict) and isinstance(cache, dict) else {}
    return {
        name: value
        for name, value in found.items()
        if isinstance(value, int) and not isinstance(value, bool)
    }


def _identity(source: str) -> dict[str, str]:
    """Return what ``meta.json`` and the folder of a log state: LLM, precision, engine, device."""
    meta = _meta(source)
    if not meta:
        return {}
    engine, hardware = meta.get("engine_kwargs", {}), meta.get("hardware", {})
    found = {
        "llm": meta.get("model"),
        "quantization": engine.get("dtype"),
        "engine": f"vLLM {meta.get('vllm_version', '')}".strip(),
        "num_devices": str(
            engine.get("tensor_parallel_size", 1) * engine.get("data_parallel_size", 1)
        ),
        "device": hardware.get("device_name") or Path(source).absolute().parent.parent.name,
    }
    return {name: value for name, value in found.items() if isinstance(value, str) and value}


def _meta(source: str) -> dict[str, Any]:
    path = Path(source).parent / "meta.json"
    if not path.is_file():
        return {}
    try:
        found = json.loads(read_text(path, largest=LARGEST_SETTINGS))
    except ValueError as error:
        raise InputError("must be JSON", source=path) from error
    return found if isinstance(found, dict) else {}
