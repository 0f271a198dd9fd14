"""Catalogue: the names that a scenario's settings take, with the source of each value."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from analysis.plugins.registry import CATALOGUE_GROUP, use_installed
from heuristics.errors import InputError
from heuristics.system_models.catalogue import reader
from heuristics.system_models.catalogue.profiles import profiles

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from heuristics.system_models.catalogue.reader import Sourced


_PROFILES = "profiles"


@dataclass(frozen=True, kw_only=True)
class ValueSource:
    """The source of some values of an entry.

    Parameters
    ----------
    values
        Names of the values.
    source
        Publication, data sheet or file that states the values.
    verified
        True if the source was read, False if it was not, ``"assumed"`` without a source.
    """

    values: tuple[str, ...]
    source: str
    verified: bool | str

    def __str__(self) -> str:
        if self.verified is True:
            return self.source
        return f"{self.source} ({'not verified' if self.verified is False else self.verified})"


@dataclass(frozen=True, kw_only=True)
class CatalogueEntry:
    """An entry of the catalogue.

    Parameters
    ----------
    kind
        Kind of the entry: one of :data:`CATALOGUE_KINDS`.
    name
        Name that a setting takes.
    setting
        Key of the setting, as in ``--set llm=bloom-3b``; ``check`` for a latency profile, which
        ``otgah calibrate --check`` compares with measurements.
    values
        Values of the entry by name, in the units of their names. The perplexities that were
        measured with a quantization method have names like ``llms.bloom-3b.ppl``; the tables of
        a scenario are nested.
    sources
        Sources of the values. A scenario states its sources as comments in its text.
    text
        Text of a scenario's TOML file; None for the other kinds.
    """

    kind: str
    name: str
    setting: str
    values: Mapping[str, Any]
    sources: tuple[ValueSource, ...] = ()
    text: str | None = None

    @property
    def usage(self) -> str:
        """Option that takes the entry, up to its name."""
        return "--check " if self.kind == _PROFILES else f"--set {self.setting}="

    def to_dict(self) -> dict[str, Any]:
        """Return the entry as ``otgah catalogue --json`` prints it."""
        document: dict[str, Any] = {
            "kind": self.kind,
            "name": self.name,
            "setting": self.setting,
            "values": dict(self.values),
            "sources": [
                {"values": list(each.values), "source": each.source, "verified": each.verified}
                for each in self.sources
            ],
        }
        return document if self.text is None else document | {"text": self.text}


def catalogue(kind: str | None = None) -> tuple[CatalogueEntry, ...]:
    """Return the entries of the catalogue and of the plug-ins in use.

    Parameters
    ----------
    kind
        ``llms``, ``devices``, ``quantization``, ``profiles`` or ``scenarios``; None for all.

    Raises
    ------
    InputError
        If there is no such kind.

    Examples
    --------
    >>> [each.name for each in catalogue("scenarios")][:2]
    ['city', 'mixed-models']
    >>> board = next(each for each in catalogue("devices") if each.name == "tx2")
    >>> board.setting, board.values["gpu_memory_bytes"], len(board.sources)
    ('device', 8000000000, 3)
    """
    if kind is not None and kind not in CATALOGUE_KINDS:
        rule = f"must be one of {', '.join(CATALOGUE_KINDS)}"
        raise InputError(rule, field="kind", found=kind)
    use_installed(CATALOGUE_GROUP)
    kinds = CATALOGUE_KINDS if kind is None else (kind,)
    return tuple(entry for each in kinds for entry in _ENTRIES[each]())


def _llms() -> Iterator[CatalogueEntry]:
    for name, entry in reader.llms().items():
        yield _table("llms", name, "llm", entry)


def _devices() -> Iterator[CatalogueEntry]:
    for name, entry in reader.devices().items():
        yield _table("devices", name, "device", entry)


def _quantization() -> Iterator[CatalogueEntry]:
    for name, entry in reader.quantizations().items():
        measured = {f"llms.{llm}": each for llm, each in entry.llms.items()}
        yield _table("quantization", name, "quantization", entry, measured)


def _table(
    kind: str,
    name: str,
    setting: str,
    table: Sourced,
    inner: Mapping[str, Sourced] = MappingProxyType({}),
) -> CatalogueEntry:
    """Return the entry of a table and of the tables inside it, by the path of their keys."""
    values: dict[str, Any] = {}
    sources: list[ValueSource] = []
    for place, each in {"": table, **inner}.items():
        start = f"{place}." if place else ""
        values |= {start + key: value for key, value in _values(each).items()}
        sources += [
            ValueSource(
                values=tuple(start + key for key in source.values),
                source=source.source,
                verified=source.verified,
            )
            for source in each.sources
        ]
    return CatalogueEntry(
        kind=kind, name=name, setting=setting, values=values, sources=tuple(sources)
    )


def _values(table: Sourced) -> dict[str, Any]:
    """Return the values of a table as JSON has them, without absent ones and inner tables."""
    values = table.model_dump(mode="json", exclude={"name", "sources", "llms"}, exclude_none=True)
    return dict(values)


def _latency_profiles() -> Iterator[CatalogueEntry]:
    for name, profile in profiles().items():
        values = profile.model_dump(
            mode="json", exclude={"format", "version", "sources"}, exclude_none=True
        )
        values["coefficients"] = profile.batch_time.model_dump(mode="json")
        paths = [
            f"{name}.{inner}" if isinstance(value, dict) else name
            for name, value in values.items()
            for inner in (value if isinstance(value, dict) else [""])
        ]
        sources = tuple(
            ValueSource(
                values=tuple(path for path in paths if path.split(".")[0] in each.values),
                source=each.source,
                verified=each.verified,
            )
            for each in profile.sources
        )
        yield CatalogueEntry(
            kind=_PROFILES, name=name, setting="check", values=values, sources=sources
        )


def _scenarios() -> Iterator[CatalogueEntry]:
    for name in reader.scenario_names():
        text = reader.catalogue_text(f"scenarios/{name}.toml")
        values = reader.parse_toml(text, source=f"{name}.toml")
        yield CatalogueEntry(
            kind="scenarios", name=name, setting="scenario", values=values, text=text
        )


_ENTRIES: dict[str, Callable[[], Iterator[CatalogueEntry]]] = {
    "llms": _llms,
    "devices": _devices,
    "quantization": _quantization,
    _PROFILES: _latency_profiles,
    "scenarios": _scenarios,
}

CATALOGUE_KINDS = tuple(_ENTRIES)
"""Kinds of entries, in the order in which they are listed."""
