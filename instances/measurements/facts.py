"""Tables of facts: one metric a row, with its value and unit; and rates of single requests."""

from __future__ import annotations

from typing import TYPE_CHECKING

from instances.measurements.format import Entry, Format, identity
from instances.measurements.measurement import (
    LeftOut,
    Measurement,
    Part,
    decoding_part,
    prefill_part,
    whole_part,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from instances.measurements.row import Row

_DECODING = ("decode_rate", "output_throughput")
_PREFILL = {"prefill_rate": "tok/s", "context_time": "ms", "ttft": "ms"}
_WHOLE = ("mean_latency", "request_time")
_SINGLE = ("prompt_tokens", "gen_tokens", "prefill_tps", "decode_tps")
_SECONDS = {"s": 1.0, "ms": 1e-3, "us": 1e-6}


def measure(form: Format, rows: Sequence[Row]) -> Iterator[Entry]:
    """Yield the measurements of a table with the columns ``metric``, ``value`` and ``unit``.

    Notes
    -----
    ``decode_rate`` and ``prefill_rate`` are rates of one request, ``output_throughput`` is the rate
    of all requests together. A concurrency is read as the size of the batch.
    """
    for row in rows:
        metric = row.text("metric")
        batch = _known(row, "concurrency")
        prompt, output = _known(row, "prompt_tokens"), _known(row, "output_tokens")
        reason = ""
        if not batch:
            reason = "concurrency must be a number of requests"
        elif metric in _PREFILL and not prompt:
            reason = f"the prompt of a {metric} is not stated"
        elif metric in _WHOLE and not (prompt and output):
            reason = f"the lengths of a {metric} are not stated"
        elif metric not in (*_DECODING, *_PREFILL, *_WHOLE):
            reason = f"{metric} is not the time of a batch"
        if reason or batch is None:
            yield LeftOut(source=row.source, place=row.place, reason=reason)
            continue
        part = _part(row, metric, batch, prompt, output)
        yield Measurement(
            source=row.source,
            place=row.place,
            parts=(part,),
            batch=batch,
            prompt_tokens=prompt,
            output_tokens=0 if metric in _PREFILL else output,
            columns=form.columns(row),
            keys={"metric": metric, "concurrency": batch},
            identity=identity(row),
        )


def measure_single(form: Format, rows: Sequence[Row]) -> Iterator[Entry]:
    """Yield the measurements of edge-llm-bench: rates of one request at a time."""
    for row in rows:
        missing = [name for name in _SINGLE if not row.has(name)]
        if missing:
            reason = f"{missing[0]} is not stated"
            yield LeftOut(source=row.source, place=row.place, reason=reason)
            continue
        prompt, output = row.count("prompt_tokens"), row.count("gen_tokens")
        yield Measurement(
            source=row.source,
            place=row.place,
            parts=(
                prefill_part(prompt / row.rate("prefill_tps"), 1, prompt),
                decoding_part(output / row.rate("decode_tps"), 1, prompt, output),
            ),
            batch=1,
            prompt_tokens=prompt,
            output_tokens=output,
            columns=form.columns(row),
            keys={"prompt_tokens": prompt, "gen_tokens": output},
            identity=identity(row),
        )


def _part(row: Row, metric: str, batch: int, prompt: int | None, output: int | None) -> Part:
    if metric in _DECODING:
        _refuse_unit(row, metric, "tok/s")
        steps = max((output or 2) - 1, 1)
        tokens = steps if metric == "decode_rate" else steps * batch
        return decoding_part(tokens / row.rate("value"), batch, prompt or 0, steps)
    if metric == "prefill_rate":
        _refuse_unit(row, metric, "tok/s")
        return prefill_part((prompt or 0) / row.rate("value"), batch, prompt or 0)
    unit = row.text("unit")
    if unit not in _SECONDS:
        raise row.error(f"must be one of {', '.join(_SECONDS)} for {metric}", "unit")
    seconds = row.duration("value", unit, _SECONDS[unit])
    if metric in _PREFILL:
        return prefill_part(seconds, batch, prompt or 0)
    return whole_part(seconds, batch, prompt or 0, output or 1)


def _refuse_unit(row: Row, metric: str, unit: str) -> None:
    if row.text("unit") != unit:
        raise row.error(f"must be {unit} for {metric}", "unit")


def _known(row: Row, name: str) -> int | None:
    """Return a count; None where the cell is empty or a word."""
    if not row.has(name):
        return None
    text = row.text(name)
    return int(text) if text.isdecimal() else None
