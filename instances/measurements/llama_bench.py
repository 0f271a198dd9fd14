"""llama-bench: JSON, JSON lines and CSV by named fields, Markdown by the name of the test."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from instances.measurements.format import Entry, Format, differ, identity
from instances.measurements.measurement import (
    WHOLE,
    LeftOut,
    Measurement,
    Part,
    decoding_part,
    prefill_part,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from instances.measurements.row import Row

_TEST = re.compile(r"^(?:pp ?(\d+))?\+?(?:tg ?(\d+))?(?: @ d ?(\d+))?$")
_PRECISION = re.compile(r"\b(F16|F32|BF16|I?Q\d\w*|TQ\d\w*|MXFP4\w*|NVFP4\w*)(?: - (\w+))?", re.I)
_DEPTH = "prefill on a filled KV cache, for which the model has no term"
_ENGINE = "llama.cpp"


def measure(form: Format, rows: Sequence[Row]) -> Iterator[Entry]:
    """Yield the measurements of llama-bench's records."""
    for row in rows:
        sizes = (
            row.count("n_prompt", least=0),
            row.count("n_gen", least=0),
            row.count("n_depth", least=0) if row.has("n_depth") else 0,
        )
        seconds = row.duration("avg_ns", "nanoseconds", 1e-9)
        stated = sum(sizes[:2]) / row.rate("avg_ts") if row.has("avg_ts") else seconds
        if sum(sizes[:2]) and differ(seconds, stated):
            yield LeftOut(
                source=row.source,
                place=row.place,
                reason=f"avg_ns, {seconds:.6g} s, contradicts avg_ts, {stated:.6g} s",
                contradicts=True,
            )
            continue
        keys = {
            name: row.values[name] for name in ("n_prompt", "n_gen", "n_depth") if row.has(name)
        }
        yield _measurement(form, row, sizes, seconds, keys)


def measure_table(form: Format, rows: Sequence[Row]) -> Iterator[Entry]:
    """Yield the measurements of llama-bench's Markdown table, whose times are rates alone."""
    for row in rows:
        test = row.text("test")
        found = _TEST.match(test)
        if not found or not (found[1] or found[2]):
            rule = "must be a test of llama-bench, such as pp512, tg128 or pp512+tg128 @ d1024"
            raise row.error(rule, "test")
        prompt, output, depth = (int(each or 0) for each in found.groups())
        told = row.text("t/s").split("±")[0].strip()
        rate = row.changed({"t/s": told}).rate("t/s")
        if not prompt + output:
            raise row.error("must have tokens", "test")
        seconds = (prompt + output) / rate
        yield _measurement(form, row, (prompt, output, depth), seconds, {"test": test})


def _measurement(
    form: Format, row: Row, sizes: tuple[int, int, int], seconds: float, keys: dict[str, object]
) -> Entry:
    """Return a row of one request: prefill, decoding, or both in one time."""
    prompt, output, depth = sizes
    if not prompt and not output:
        raise row.error("must have n_prompt or n_gen above 0", "n_prompt")
    if prompt and depth:
        return LeftOut(source=row.source, place=row.place, reason=_DEPTH)
    if not output:
        part = prefill_part(seconds, 1, prompt)
    else:
        part = decoding_part(seconds, 1, depth + prompt, output)
        if prompt:
            work = prefill_part(1.0, 1, prompt).work + part.work
            part = Part(name=WHOLE, seconds=seconds, work=work)
    return Measurement(
        source=row.source,
        place=row.place,
        parts=(part,),
        batch=1,
        prompt_tokens=prompt,
        output_tokens=output,
        cached_tokens=depth,
        columns=form.columns(row),
        keys=keys,
        identity=_identity(row),
    )


def _identity(row: Row) -> dict[str, str]:
    found = identity(row)
    name = next((each for each in ("model_type", "model") if row.has(each)), "")
    model = row.text(name) if name else ""
    precision = _PRECISION.search(model)
    if "quantization" not in found and precision:
        found["quantization"] = precision[0]
    if "engine" not in found:
        found["engine"] = _ENGINE
    elif not found["engine"].lower().startswith("llama.cpp") and not row.has("engine"):
        found["engine"] = f"{_ENGINE} {found['engine']}"
    if precision and not row.has("llm"):
        found["llm"] = model[: precision.start()].strip() or model
    for name, column in (("weight_bytes", "model_size"), ("num_weights", "model_n_params")):
        if row.has(column):
            found[name] = row.text(column)
    return found
