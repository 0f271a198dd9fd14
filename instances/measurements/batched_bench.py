"""llama-batched-bench: one batch a row, with separate times of prompts and of decoding."""

from __future__ import annotations

from typing import TYPE_CHECKING

from instances.measurements.format import Entry, Format, differ, identity
from instances.measurements.measurement import LeftOut, Measurement, decoding_part, prefill_part

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from instances.measurements.row import Row

LINES = {"pp": "pp", "tg": "tg", "b": "pl", "t_pp": "t_pp", "t_tg": "t_tg", "t": "t"}
"""Columns of JSON lines: lengths, batch, times of prompts, of decoding and of both."""

TABLE = {"pp": "PP", "tg": "TG", "b": "B", "t_pp": "T_PP s", "t_tg": "T_TG s", "t": "T s"}
"""Columns of Markdown."""

_RATES = {"t_pp": ("speed_pp", "S_PP t/s"), "t_tg": ("speed_tg", "S_TG t/s")}


def measure(form: Format, rows: Sequence[Row]) -> Iterator[Entry]:
    """Yield the measurements of JSON lines."""
    for row in rows:
        yield _entry(form, row, LINES)


def measure_table(form: Format, rows: Sequence[Row]) -> Iterator[Entry]:
    """Yield the measurements of a Markdown table."""
    for row in rows:
        yield _entry(form, row, TABLE)


def _entry(form: Format, row: Row, names: Mapping[str, str]) -> Entry:
    prompt, output, batch = (
        row.count(names["pp"], least=0),
        row.count(names["tg"], least=0),
        row.count(names["b"], unit="requests"),
    )
    is_shared = row.has("is_pp_shared") and bool(
        row.count("is_pp_shared", least=0, unit="(0 or 1)")
    )
    computed = 1 if is_shared else batch
    parts, tokens = [], {"t_pp": computed * prompt, "t_tg": batch * output}
    if prompt:
        seconds = row.duration(names["t_pp"], "seconds", 1.0)
        parts.append(prefill_part(seconds, computed, prompt))
    if output:
        seconds = row.duration(names["t_tg"], "seconds", 1.0)
        parts.append(decoding_part(seconds, batch, prompt, output))
    if not parts:
        raise row.error("must be above 0, or the other length", names["pp"])
    contradiction = _contradiction(row, names, tokens)
    if contradiction:
        return LeftOut(source=row.source, place=row.place, reason=contradiction, contradicts=True)
    return Measurement(
        source=row.source,
        place=row.place,
        parts=tuple(parts),
        batch=batch,
        prompt_tokens=prompt,
        output_tokens=output,
        columns=form.columns(row),
        keys={names[key]: row.values[names[key]] for key in ("pp", "tg", "b")},
        identity={"engine": "llama.cpp"} | identity(row),
    )


def _contradiction(row: Row, names: Mapping[str, str], tokens: Mapping[str, int]) -> str:
    """Return how a row contradicts itself; empty if it does not."""
    for part, rates in _RATES.items():
        rate = next((each for each in rates if row.has(each)), None)
        if rate is None or not tokens[part]:
            continue
        seconds = row.duration(names[part], "seconds", 1.0)
        stated = tokens[part] / row.rate(rate)
        # Markdown has three digits after the point.
        if differ(seconds, stated) and abs(seconds - stated) > 1e-3:
            return f"{names[part]}, {seconds:.6g} s, contradicts {rate}, {stated:.6g} s"
    if row.has(names["t"]):
        whole = row.duration(names["t"], "seconds", 1.0)
        present = [each for each in ("t_pp", "t_tg") if tokens[each]]
        summed = sum(row.duration(names[each], "seconds", 1.0) for each in present)
        if differ(summed, whole) and abs(summed - whole) > 2e-3:
            return f"{names['t']}, {whole:.6g} s, contradicts the sum of its parts, {summed:.6g} s"
    return ""
