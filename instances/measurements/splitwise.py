"""splitwise-sim's perf_model: times of batches in milliseconds, prompt and token apart."""

from __future__ import annotations

from typing import TYPE_CHECKING

from instances.measurements.format import Entry, Format, differ, identity
from instances.measurements.measurement import LeftOut, Measurement, decoding_part, prefill_part

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from instances.measurements.row import Row

_MS = "milliseconds"


def measure(form: Format, rows: Sequence[Row]) -> Iterator[Entry]:
    """Yield the measurements of a table.

    Notes
    -----
    ``token_time`` is the mean of the steps after the first token. From 512 output tokens on,
    ``e2e_time`` stops growing where generation ended early, so the time of a row is
    ``prompt_time + (token_size - 1) token_time``, and a row whose ``e2e_time`` contradicts it by
    more than 5 % is left out.
    """
    for row in rows:
        batch = row.count("batch_size", unit="requests")
        prompt, output = row.count("prompt_size"), row.count("token_size")
        parts = [prefill_part(row.duration("prompt_time", _MS, 1e-3), batch, prompt)]
        if output > 1:
            step = row.duration("token_time", _MS, 1e-3)
            parts.append(decoding_part(step * (output - 1), batch, prompt, output - 1))
        seconds = sum(each.seconds for each in parts)
        if row.has("e2e_time"):
            whole = row.duration("e2e_time", _MS, 1e-3)
            if differ(seconds, whole):
                yield LeftOut(
                    source=row.source,
                    place=row.place,
                    reason=f"e2e_time, {whole:.6g} s, contradicts prompt_time + (token_size - 1)"
                    f" token_time, {seconds:.6g} s",
                    contradicts=True,
                )
                continue
        yield Measurement(
            source=row.source,
            place=row.place,
            parts=tuple(parts),
            batch=batch,
            prompt_tokens=prompt,
            output_tokens=output,
            columns=form.columns(row),
            keys={name: row.values[name] for name in ("prompt_size", "batch_size", "token_size")},
            identity=identity(row),
        )
