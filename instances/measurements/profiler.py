"""LLMServingSim's profiler tables: microseconds a kernel, put together into iterations.

The tables of one folder describe one LLM on one device: ``dense`` by tokens, ``attention`` by the
composition of the batch, ``per_sequence`` by requests, ``moe`` by tokens and experts. An iteration
runs the kernels of a layer once for each layer, and those of :data:`ONCE` once. Times of kernels
leave out what the engine does between them.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from heuristics.system_models.catalogue import names, reader
from heuristics.system_models.transformer import expected_experts
from instances.measurements.format import Entry, Format, identity
from instances.measurements.measurement import Measurement, decoding_part, prefill_part

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from instances.measurements.row import Row

ONCE = ("embedding", "final_layernorm")
"""Kernels of ``dense`` that run once in an iteration."""

TWICE = ("layernorm",)
"""Kernels that run twice in each layer: before attention, and before the feed-forward network."""

_US = "microseconds"


@dataclass
class _Tables:
    """The tables of one folder, as points of curves: size and time [s]."""

    dense: dict[str, list[tuple[int, float]]] = field(default_factory=lambda: defaultdict(list))
    per_sequence: dict[str, list[tuple[int, float]]] = field(
        default_factory=lambda: defaultdict(list)
    )
    moe: dict[int, list[tuple[int, float]]] = field(default_factory=lambda: defaultdict(list))
    attention: list[Row] = field(default_factory=list)
    first: Row | None = None


def measure(form: Format, rows: Sequence[Row]) -> Iterator[Entry]:
    """Yield a measurement for each row of ``attention`` that is prefill or decoding alone."""
    folders: dict[Path, _Tables] = defaultdict(_Tables)
    for row in rows:
        tables = folders[Path(row.source).parent]
        tables.first = tables.first or row
        _add(tables, row)
    for folder, tables in folders.items():
        yield from _iterations(form, folder, tables)


def _add(tables: _Tables, row: Row) -> None:
    seconds = row.duration("time_us", _US, 1e-6)
    if row.has("n_decode"):
        tables.attention.append(row)
    elif row.has("activated_experts"):
        experts = row.count("activated_experts", unit="experts")
        tables.moe[row.count("tokens")].append((experts, seconds))
    elif row.has("sequences"):
        count = row.count("sequences", unit="requests")
        tables.per_sequence[row.text("layer")].append((count, seconds))
    else:
        tables.dense[row.text("layer")].append((row.count("tokens"), seconds))


def _iterations(form: Format, folder: Path, tables: _Tables) -> Iterator[Entry]:
    first = tables.first
    assert first is not None
    missing = [
        name
        for name, has in (
            ("dense.csv", tables.dense),
            ("attention.csv", tables.attention),
            ("per_sequence.csv", tables.per_sequence),
        )
        if not has
    ]
    if missing:
        rule = f"must come with {' and '.join(missing)} of the same folder, which make an iteration"
        raise first.error(rule, "")
    stated = _stated(folder)
    num_layers = _num_layers(first, stated)
    for row in tables.attention:
        prefill = row.count("prefill_chunk", least=0)
        filled, decoding = row.count("kv_prefill", least=0), row.count("n_decode", least=0)
        cached = row.count("kv_decode", least=0)
        if (prefill > 0) == (decoding > 0) or filled:
            continue  # a mixture, which has no single part
        tokens, sequences = prefill or decoding, decoding or 1
        layer = row.duration("time_us", _US, 1e-6) + _layer(tables, tokens)
        seconds = num_layers * layer + sum(
            _at(points, tokens) for name, points in tables.dense.items() if name in ONCE
        )
        seconds += sum(_at(points, sequences) for points in tables.per_sequence.values())
        part = (
            prefill_part(seconds, 1, prefill)
            if prefill
            else decoding_part(seconds, decoding, max(cached - 1, 0), 1)
        )
        yield Measurement(
            source=row.source,
            place=row.place,
            parts=(part,),
            batch=sequences,
            prompt_tokens=prefill,
            output_tokens=0 if prefill else 1,
            cached_tokens=0 if prefill else max(cached - 1, 0),
            columns=form.columns(row),
            keys={name: row.values[name] for name in ("prefill_chunk", "n_decode", "kv_decode")},
            identity=stated | identity(row),
        )


def _layer(tables: _Tables, tokens: int) -> float:
    """Return the time of one layer without its attention [s]."""
    dense = sum(
        _at(points, tokens) * (2 if name in TWICE else 1)
        for name, points in tables.dense.items()
        if name not in ONCE
    )
    if not tables.moe:
        return dense
    num_experts = max(each for points in tables.moe.values() for each, _ in points)
    num_active = min(each for points in tables.moe.values() for each, _ in points)
    reached = float(expected_experts(num_experts, num_active, tokens))
    curve = [(count, _at(points, reached)) for count, points in tables.moe.items()]
    return dense + _at(curve, tokens)


def _at(points: Sequence[tuple[int, float]], size: float) -> float:
    """Return the time at a size, interpolated between the measured ones."""
    sizes, times = np.array(sorted(points)).T
    return float(np.interp(size, sizes, times))


def _stated(folder: Path) -> dict[str, str]:
    """Return LLM and device by the folders' names: DEVICE/LLM, further folders below."""
    absolute = folder.absolute()
    for each in (absolute, *absolute.parents):
        if names.llm_name(each.name) is not None:
            return {"llm": each.name, "device": each.parent.name, "engine": "vLLM kernels"}
    return {"llm": absolute.name, "device": absolute.parent.name, "engine": "vLLM kernels"}


def _num_layers(row: Row, stated: dict[str, str]) -> int:
    if row.has("num_layers"):
        return row.count("num_layers", unit="layers")
    known = names.llm_name(stated["llm"])
    if known is None:
        rule = "must be given, as the catalogue has no LLM of the folder's name: --set num_layers=N"
        raise row.error(rule, "num_layers")
    return sum(each.count for each in reader.llms()[known].kinds)
