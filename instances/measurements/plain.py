"""Plain rows: a batch with its time, or with its rates of prefill and of decoding."""

from __future__ import annotations

from typing import TYPE_CHECKING

from instances.measurements.format import Entry, Format, differ, identity
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

BATCH = ("batch", "batch_size", "concurrency")
PROMPT = ("prompt_tokens", "input_tokens")
OUTPUT = ("output_tokens", "gen_tokens")
SECONDS = ("seconds", "time_s", "latency_s")
PREFILL_SECONDS = ("prefill_seconds", "prefill_s")
DECODE_SECONDS = ("decode_seconds", "decode_s", "decoding_s")
STEP_SECONDS = ("step_seconds", "step_s")
PREFILL_RATE = ("prefill_tok_s", "prefill_tps", "prefill_rate", "prefill_tokens_per_s")
DECODE_RATE = ("decode_tok_s", "decode_tps", "decode_rate", "decode_tokens_per_s")

RATES = (*PREFILL_RATE, *DECODE_RATE)
TIMES = (*SECONDS, *PREFILL_SECONDS, *DECODE_SECONDS, *STEP_SECONDS, *RATES)


def measure(form: Format, rows: Sequence[Row]) -> Iterator[Entry]:
    """Yield the measurements of plain rows.

    Notes
    -----
    Rates are those of all requests of the batch together. The first token of each output belongs
    to the prefill, so decoding has one step fewer than the output has tokens.
    """
    for row in rows:
        column = _column(row, BATCH)
        if column is None:
            raise row.error("is required; give a batch size of the file by --set batch=N", BATCH[0])
        batch = row.count(column, unit="requests")
        prompt = _size(row, PROMPT)
        output = _size(row, OUTPUT)
        if prompt == output == 0:
            raise row.error("must be above 0, or the length of the output", "prompt_tokens")
        parts = _parts(row, batch, prompt, output)
        whole = _column(row, SECONDS)
        seconds = sum(each.seconds for each in parts)
        if whole is not None:
            stated = row.duration(whole, "seconds", 1.0)
            if not parts or not _is_complete(parts, prompt, output):
                parts = [_whole(stated, batch, prompt, output)]
            elif differ(seconds, stated):
                reason = (
                    f"{whole}, {stated:.6g} s, contradicts the sum of its parts, {seconds:.6g} s"
                )
                yield LeftOut(source=row.source, place=row.place, reason=reason, contradicts=True)
                continue
        if not parts:
            rule = "must have the time of the batch, or rates of prefill and of decoding"
            raise row.error(rule, "seconds")
        yield Measurement(
            source=row.source,
            place=row.place,
            parts=tuple(parts),
            batch=batch,
            prompt_tokens=prompt,
            output_tokens=output,
            columns=form.columns(row),
            keys={each: row.values[each] for each in (*BATCH, *PROMPT, *OUTPUT) if row.has(each)},
            identity=identity(row),
        )


def _parts(row: Row, batch: int, prompt: int, output: int) -> list[Part]:
    """Return the parts that a row states separately."""
    parts = []
    prefill, rate = _column(row, PREFILL_SECONDS), _column(row, PREFILL_RATE)
    if prompt and prefill is not None:
        parts.append(prefill_part(row.duration(prefill, "seconds", 1.0), batch, prompt))
    elif prompt and rate is not None:
        parts.append(prefill_part(batch * prompt / row.rate(rate), batch, prompt))
    steps = output - 1
    if steps < 1:
        return parts
    decode, step = _column(row, DECODE_SECONDS), _column(row, STEP_SECONDS)
    rate = _column(row, DECODE_RATE)
    if decode is not None:
        seconds = row.duration(decode, "seconds", 1.0)
    elif step is not None:
        seconds = steps * row.duration(step, "seconds", 1.0)
    elif rate is not None:
        seconds = batch * steps / row.rate(rate)
    else:
        return parts
    return [*parts, decoding_part(seconds, batch, prompt, steps)]


def _whole(seconds: float, batch: int, prompt: int, output: int) -> Part:
    if not output:
        return prefill_part(seconds, batch, prompt)
    return whole_part(seconds, batch, prompt, output)


def _is_complete(parts: list[Part], prompt: int, output: int) -> bool:
    """Return True if the parts together are the whole batch."""
    return len(parts) == int(prompt > 0) + int(output > 1)


def _column(row: Row, names: Sequence[str]) -> str | None:
    return next((each for each in names if row.has(each)), None)


def _size(row: Row, names: Sequence[str]) -> int:
    column = _column(row, names)
    if column is None:
        raise row.error("is required", names[0])
    return row.count(column, least=0)
