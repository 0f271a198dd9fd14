"""Reader of the catalogue's data files: LLMs, devices and quantization methods by name."""

from __future__ import annotations

import tomllib
from decimal import Decimal
from enum import StrEnum
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeVar

from pydantic import Field

from heuristics.errors import InputError
from heuristics.system_models.catalogue.hugging_face import read_config
from heuristics.system_models.quantization import Quantization
from heuristics.system_models.transformer import Transformer
from heuristics.system_models.validation import Flag, Name, Positive, Record, Signed
from heuristics.text_file import LARGEST_SETTINGS, read_text

if TYPE_CHECKING:
    from collections.abc import Mapping
    from os import PathLike

    from heuristics.system_models.stored_weights import StoredWeights

_PACKAGE = "heuristics.system_models.catalogue"
_Value = TypeVar("_Value")

ADDED: dict[str, dict[str, Any]] = {"llms": {}, "devices": {}, "quantizations": {}}
"""Checked entries beside those of the data files, by kind and name."""


STORED = "stored"
"""Name of the quantization method that an LLM's own file states."""


class KvCacheMode(StrEnum):
    """Reading of the size of a quantized model's KV cache.

    The paper scales weights and cache by the same alpha; in fact a method for weights alone
    stores the cache in FP16.
    """

    PAPER = "paper"
    STORED = "stored"


class Source(Record):
    """Source of some values of a table, and whether the values were verified there."""

    values: Annotated[tuple[Name, ...], Field(min_length=1)]
    source: Name
    verified: Flag | Literal["assumed"]


class Sourced(Record):
    """A table of the catalogue, each value with its source."""

    sources: tuple[Source, ...]


class LlmEntry(Sourced, Transformer):
    """An LLM of the catalogue."""


class Device(Sourced):
    """An accelerator: its dense FP16 peak, its memory, and how fast that is read."""

    gpu_flop_per_s: Positive
    gpu_memory_bytes: Annotated[int, Field(strict=True, ge=1)]
    gpu_memory_bytes_per_s: Positive | None = None


class Measurement(Sourced):
    """The perplexity of one LLM with a quantization method, and in FP16 on the same data."""

    ppl: Positive
    ppl_reference: Positive
    beta: Positive | None = None


class QuantizationEntry(Sourced):
    """A quantization method: its effect on size and time, and on the LLMs it was measured on."""

    alpha_weights: Positive
    alpha_kv_cache: Positive
    beta: Positive
    ppl_differential: Signed | None = None
    llms: dict[str, Measurement] = Field(default_factory=dict)


def read_toml(path: str | PathLike[str]) -> dict[str, Any]:
    """Read a TOML file.

    Raises
    ------
    InputError
        If the file cannot be read or is not TOML.
    """
    return parse_toml(read_text(path, largest=LARGEST_SETTINGS), source=path)


def parse_toml(text: str, *, source: str | PathLike[str]) -> dict[str, Any]:
    """Read the text of a TOML file.

    Parameters
    ----------
    text
        Text of the file.
    source
        Path of the file, for the error.

    Raises
    ------
    InputError
        If the text is not TOML.
    """
    try:
        return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise InputError(f"must be TOML ({error})", source=source) from error


def catalogue_text(name: str) -> str:
    """Return the text of a data file of the catalogue, such as ``"scenarios/section-v.toml"``."""
    return files(_PACKAGE).joinpath(*name.split("/")).read_text(encoding="utf-8")


def scenario_names() -> tuple[str, ...]:
    """Return the names of the scenarios that come with the catalogue."""
    folder = files(_PACKAGE).joinpath("scenarios")
    return tuple(
        sorted(each.name.removesuffix(".toml") for each in folder.iterdir() if _is_toml(each.name))
    )


def llms() -> Mapping[str, LlmEntry]:
    """Return the LLMs of the catalogue by name, and those that were added."""
    return {**_llms(), **ADDED["llms"]}


def devices() -> Mapping[str, Device]:
    """Return the devices of the catalogue by name, and those that were added."""
    return {**_devices(), **ADDED["devices"]}


def quantizations() -> Mapping[str, QuantizationEntry]:
    """Return the quantization methods of the catalogue by name, and those that were added."""
    return {**_quantizations(), **ADDED["quantizations"]}


@cache
def _llms() -> Mapping[str, LlmEntry]:
    tables = parse_toml(catalogue_text("llms.toml"), source="llms.toml")
    return {
        name: LlmEntry.parse({"name": name, **table}, source="llms.toml", field=name)
        for name, table in tables.items()
    }


@cache
def _devices() -> Mapping[str, Device]:
    tables = parse_toml(catalogue_text("devices.toml"), source="devices.toml")
    return {
        name: Device.parse(table, source="devices.toml", field=name)
        for name, table in tables.items()
    }


@cache
def _quantizations() -> Mapping[str, QuantizationEntry]:
    tables = parse_toml(catalogue_text("quantization.toml"), source="quantization.toml")
    return {
        name: QuantizationEntry.parse(table, source="quantization.toml", field=name)
        for name, table in tables.items()
    }


def llm(name_or_path: str) -> Transformer:
    """Return the dimensions of an LLM.

    Parameters
    ----------
    name_or_path
        A name of the catalogue in any case, or the path of a Hugging Face ``config.json``.

    Raises
    ------
    InputError
        If there is no such name, or the file is not a configuration that is understood.
    """
    if name_or_path.lower() in llms():
        return _transformer(llms()[name_or_path.lower()])
    if is_path(name_or_path):
        return read_config(Path(name_or_path))
    rule = f"must be one of {', '.join(llms())}, or the path of a config.json"
    raise InputError(rule, field="llm", found=name_or_path)


def is_path(name: str) -> bool:
    """Return whether an LLM is named by the path of its configuration, not by the catalogue."""
    return name.lower() not in llms() and ("/" in name or "\\" in name or name.endswith(".json"))


def device(name: str) -> Device:
    """Return a device of the catalogue.

    Raises
    ------
    InputError
        If the catalogue has no entry of this name.
    """
    return _named("device", name, devices())


def quantization_entry(name: str) -> QuantizationEntry:
    """Return a quantization method of the catalogue.

    Raises
    ------
    InputError
        If the catalogue has no entry of this name.
    """
    return _named("quantization", name, quantizations())


def quantization(
    name: str,
    llm: Transformer,
    *,
    kv_cache: KvCacheMode = KvCacheMode.PAPER,
    beta: float | None = None,
    ppl_differential: float | None = None,
    needs_accuracy: bool = True,
) -> Quantization:
    """Return the effect of a quantization method on an LLM.

    Parameters
    ----------
    name
        Name of the method, or ``"stored"`` for the one that the LLM's own file states; another
        name must then agree with the file.
    llm
        LLM; only those of the catalogue have measured perplexities.
    kv_cache
        Reading of alpha of the KV cache: that of the weights, or as the cache is stored. A
        method of the LLM's own file is always taken as stored.
    beta, ppl_differential
        Values that replace the catalogue's.
    needs_accuracy
        False if no request requires accuracy: then an unknown differential counts as a loss of
        everything, f = 0, which no such request notices.

    Raises
    ------
    InputError
        If there is no such method, it contradicts the LLM's file, or no perplexity is known and
        none is given although a request may require accuracy.
    """
    entry = None if name.lower() == STORED else quantization_entry(name)
    if llm.stored is not None:
        entry = _stated_entry(name, entry, llm.stored)
    elif entry is None:
        raise InputError(
            "must be a method of the catalogue, since the LLM's file states none",
            field="quantization",
            found=name,
        )
    label = llm.stored.method if llm.stored is not None else name.lower()
    measured = entry.llms.get(llm.name) if entry is not None and _is_catalogued(llm) else None
    known = None if entry is None else entry.ppl_differential
    differential, reference = _lost(measured, known) if ppl_differential is None else (None, None)
    differential = ppl_differential if differential is None else differential
    if differential is None:
        if needs_accuracy:
            rule = (
                f"must be given, since no perplexity of {llm.name} with {label} is known, or "
                "accuracy be 0+0"
            )
            raise InputError(rule, field="ppl_differential")
        differential, reference = 1.0, 1.0
    if llm.stored is not None:
        return Quantization(
            name=label,
            alpha_weights=llm.stored.alpha_weights,
            alpha_kv_cache=llm.stored.alpha_kv_cache,
            beta=1.0 if beta is None else beta,
            ppl_differential=differential,
            ppl_reference=reference,
            alpha_experts=llm.stored.alpha_experts,
            alpha_embedding=llm.stored.alpha_embedding,
        )
    if entry is None:
        raise RuntimeError("a method that no file states has an entry of the catalogue")
    if beta is None:
        beta = entry.beta if measured is None or measured.beta is None else measured.beta
    stored = kv_cache is KvCacheMode.STORED
    return Quantization(
        name=label,
        alpha_weights=entry.alpha_weights,
        alpha_kv_cache=entry.alpha_kv_cache if stored else entry.alpha_weights,
        beta=beta,
        ppl_differential=differential,
        ppl_reference=reference,
    )


def _lost(measured: Measurement | None, known: float | None) -> tuple[float | None, float | None]:
    """Return the perplexity differential of a measurement, else the method's, and its reference."""
    if measured is None:
        return known, None
    # In decimals: 18.33 - 17.58 is 0.75.
    differential = float(Decimal(repr(measured.ppl)) - Decimal(repr(measured.ppl_reference)))
    return differential, measured.ppl_reference


def _stated_entry(
    name: str, entry: QuantizationEntry | None, stored: StoredWeights
) -> QuantizationEntry | None:
    """Return the catalogue's entry of the method that an LLM's file states, None without one."""
    method, _, bits = stored.method.rpartition("-")
    alike = f"w{bits.removesuffix('bit')}a16-{method}"
    if entry is not None and name.lower() != alike:
        known = f"{STORED} or {alike}" if alike in quantizations() else STORED
        rule = f"must be left out or {known}, since the LLM's file states {stored.method}"
        raise InputError(rule, field="quantization", found=name)
    return quantizations().get(alike)


def _transformer(entry: LlmEntry) -> Transformer:
    return Transformer.model_validate(entry.model_dump(exclude={"sources"}))


def _is_catalogued(llm: Transformer) -> bool:
    """Return whether the catalogue has these dimensions under the LLM's name."""
    entry = llms().get(llm.name)
    plain = llm.model_copy(update={"stored": None})
    return entry is not None and _transformer(entry) == plain


def _named(field: str, name: str, entries: Mapping[str, _Value]) -> _Value:
    entry = entries.get(name.lower())
    if entry is None:
        raise InputError(f"must be one of {', '.join(entries)}", field=field, found=name)
    return entry


def _is_toml(name: str) -> bool:
    return name.endswith(".toml")
