"""The catalogue's data files, read: LLMs, devices and quantization methods by name."""

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

_PACKAGE = "heuristics.system_models.catalogue"
_Value = TypeVar("_Value")

ADDED: dict[str, dict[str, Any]] = {"llms": {}, "devices": {}, "quantizations": {}}
"""Checked entries beside those of the data files, by kind and name."""


class KvCacheMode(StrEnum):
    """How large a quantized model's KV cache is taken to be.

    The paper scales weights and cache by the same alpha; in fact a method for weights alone
    stores the cache in FP16.
    """

    PAPER = "paper"
    STORED = "stored"


class Source(Record):
    """Where some values of a table are from, and whether that was verified."""

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
        If it cannot be read or is not TOML.
    """
    return parse_toml(read_text(path, largest=LARGEST_SETTINGS), source=path)


def parse_toml(text: str, *, source: str | PathLike[str]) -> dict[str, Any]:
    """Read the text of a TOML file.

    Parameters
    ----------
    text
        What the file holds.
    source
        The file, for the error.

    Raises
    ------
    InputError
        If it is not TOML.
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
        If there is no such name, or the file is no configuration that is understood.
    """
    if name_or_path.lower() in llms():
        return _transformer(llms()[name_or_path.lower()])
    if is_path(name_or_path):
        return read_config(Path(name_or_path))
    rule = f"must be one of {', '.join(llms())}, or the path of a config.json"
    raise InputError(rule, field="llm", found=name_or_path)


def is_path(name: str) -> bool:
    """Whether an LLM is named by the path of its configuration, not as in the catalogue."""
    return name.lower() not in llms() and ("/" in name or "\\" in name or name.endswith(".json"))


def device(name: str) -> Device:
    """Return a device of the catalogue.

    Raises
    ------
    InputError
        If there is none of this name.
    """
    return _named("device", name, devices())


def quantization_entry(name: str) -> QuantizationEntry:
    """Return a quantization method of the catalogue.

    Raises
    ------
    InputError
        If there is none of this name.
    """
    return _named("quantization", name, quantizations())


def quantization(
    name: str,
    llm: Transformer,
    *,
    kv_cache: KvCacheMode = KvCacheMode.PAPER,
    beta: float | None = None,
    ppl_differential: float | None = None,
) -> Quantization:
    """Return what a quantization method does to an LLM.

    Parameters
    ----------
    name
        The method.
    llm
        The LLM; only those of the catalogue have measured perplexities.
    kv_cache
        Whether alpha of the KV cache is that of the weights, or that of how it is stored.
    beta, ppl_differential
        Known better than the catalogue does.

    Raises
    ------
    InputError
        If there is no such method, or no perplexity is known and none is given.
    """
    entry = quantization_entry(name)
    measured = entry.llms.get(llm.name) if _is_catalogued(llm) else None
    reference = None
    if ppl_differential is not None:
        differential = ppl_differential
    elif measured is not None:
        # In decimals: 18.33 - 17.58 is 0.75.
        differential = float(Decimal(repr(measured.ppl)) - Decimal(repr(measured.ppl_reference)))
        reference = measured.ppl_reference
    elif entry.ppl_differential is not None:
        differential = entry.ppl_differential
    else:
        rule = f"must be given, since no perplexity of {llm.name} with {name.lower()} is known"
        raise InputError(rule, field="ppl_differential")
    if beta is None:
        beta = entry.beta if measured is None or measured.beta is None else measured.beta
    stored = kv_cache is KvCacheMode.STORED
    return Quantization(
        name=name.lower(),
        alpha_weights=entry.alpha_weights,
        alpha_kv_cache=entry.alpha_kv_cache if stored else entry.alpha_weights,
        beta=beta,
        ppl_differential=differential,
        ppl_reference=reference,
    )


def _transformer(entry: LlmEntry) -> Transformer:
    return Transformer.model_validate(entry.model_dump(exclude={"sources"}))


def _is_catalogued(llm: Transformer) -> bool:
    """Whether these are the dimensions that the catalogue has under the name."""
    entry = llms().get(llm.name)
    return entry is not None and _transformer(entry) == llm


def _named(field: str, name: str, entries: Mapping[str, _Value]) -> _Value:
    entry = entries.get(name.lower())
    if entry is None:
        raise InputError(f"must be one of {', '.join(entries)}", field=field, found=name)
    return entry


def _is_toml(name: str) -> bool:
    return name.endswith(".toml")
