"""`vllm bench latency`: the time of one batch, whose sizes the user or PyTorch's format states."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from instances.measurements.format import Entry, Format, identity
from instances.measurements.measurement import Measurement, whole_part
from instances.measurements.row import Row

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_SIZES = {
    "batch": ("batch", "batch_size"),
    "prompt_tokens": ("prompt_tokens", "input_len"),
    "output_tokens": ("output_tokens", "output_len"),
}


def measure(form: Format, rows: Sequence[Row]) -> Iterator[Entry]:
    """Yield a measurement for each run of a batch."""
    for row in rows:
        latencies = row.values.get("latencies")
        if not isinstance(latencies, list) or not latencies:
            latencies = [row.values["avg_latency"]]
        sizes = {name: _size(row, name) for name in _SIZES}
        for number, latency in enumerate(latencies, start=1):
            place = f"{row.place}, run {number}"
            one = Row(source=row.source, place=place, values={"latencies": latency})
            seconds = one.duration("latencies", "seconds", 1.0)
            yield Measurement(
                source=row.source,
                place=place,
                parts=(whole_part(seconds, *sizes.values()),),
                columns=form.columns(row),
                keys=sizes,
                identity={"engine": "vLLM"} | identity(row),
                batch=sizes["batch"],
                prompt_tokens=sizes["prompt_tokens"],
                output_tokens=sizes["output_tokens"],
            )


def measure_pytorch(form: Format, rows: Sequence[Row]) -> Iterator[Entry]:
    """Yield the measurements of PyTorch's benchmark format, which holds vLLM's arguments."""
    for row in rows:
        metric = _table(row, row.values, "metric")
        if metric.get("name") != "latency":
            raise row.error("must be the metric latency of vllm bench latency", "metric")
        extra = _table(row, _table(row, row.values, "benchmark"), "extra_info")
        arguments = _table(row, extra, "args")
        values = {
            "model": arguments.get("model"),
            "tensor_parallel_size": arguments.get("tensor_parallel_size"),
            "quantization": arguments.get("quantization"),
            "dtype": arguments.get("dtype"),
            **{name: arguments.get(name) for names in _SIZES.values() for name in names[1:]},
            "latencies": metric.get("benchmark_values"),
            "avg_latency": _table(row, metric, "extra_info").get("avg_latency"),
        }
        given = {k: v for k, v in row.values.items() if not isinstance(v, dict | list)}
        one = Row(source=row.source, place=row.place, values=values | given)
        yield from measure(form, [one])


def _size(row: Row, name: str) -> int:
    column = next((each for each in _SIZES[name] if row.has(each)), None)
    if column is None:
        rule = (
            "must be given, as the file of vllm bench latency does not state it:"
            f" --set {name}=N, as in its option --{_SIZES[name][1].replace('_', '-')}"
        )
        raise row.error(rule, name)
    return row.count(column, unit="requests" if name == "batch" else "tokens")


def _table(row: Row, table: Any, name: str) -> dict[str, Any]:
    value = table.get(name)
    if not isinstance(value, dict):
        raise row.error("must be a table of keys and values", name)
    return value
