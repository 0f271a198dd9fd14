"""Readings of the paper's text where it is open, each an alternative to the project's own."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

AS_READ = "as read here"
"""Name of the project's own reading: the scenario section-v unchanged."""

TOGETHER = " + "


@dataclass(frozen=True, kw_only=True)
class Reading:
    """Alternative reading of one statement.

    Parameters
    ----------
    name
        Name of the reading.
    about
        Subject of the reading; two readings of one subject exclude each other.
    settings
        Parameters of the scenario.
    edge_nodes
        Changed values of edge nodes, by name; values of a channel as an inner table.
    sections
        Changed values without a parameter of their own, by section of the scenario.
    is_capped
        True if s' is an upper limit chosen for each batch, instead of a constant.
    options
        Options of Algorithm 3; a method without such an option ignores it.
    """

    name: str
    about: str
    settings: Mapping[str, Any] = field(default_factory=dict)
    edge_nodes: Mapping[str, Any] = field(default_factory=dict)
    sections: Mapping[str, Any] = field(default_factory=dict)
    is_capped: bool = False
    options: Mapping[str, Any] = field(default_factory=dict)

    def to_settings(self) -> dict[str, Any]:
        """Return the reading as settings of :mod:`analysis.experiments.solved_epochs`."""
        own = {
            "edge_nodes": self.edge_nodes,
            "sections": self.sections,
            "options": self.options,
        }
        given = {name: dict(value) for name, value in own.items() if value}
        return {**self.settings, **given, **({"is_capped": True} if self.is_capped else {})}


_INFRASTRUCTURE = {"model": "infrastructure", "shadowing_db": 8.0}

READINGS = (
    Reading(name="beta of W8A16 0.5", about="beta", settings={"beta": 0.5}),
    Reading(name="beta of W8A16 0.25", about="beta", settings={"beta": 0.25}),
    Reading(name="s' a cap of each batch", about="padding", is_capped=True),
    Reading(name="waiting ignored", about="waiting", settings={"count_waiting": False}),
    Reading(name="an epoch every T_C", about="period", settings={"period": "pipelined"}),
    Reading(name="weights read in overlap", about="latency", settings={"latency": "roofline"}),
    Reading(
        name="weights read in series",
        about="latency",
        settings={"latency": "serial", "count_kv_reading": False},
    ),
    Reading(
        name="weights and KV caches read in series",
        about="latency",
        settings={"latency": "serial"},
    ),
    Reading(name="8 GB a TX2", about="memory", settings={"device": "tx2"}),
    Reading(name="KV cache at 16 bits", about="alpha", settings={"kv_cache": "stored"}),
    Reading(
        name="embedding and head counted",
        about="embedding",
        sections={"inference": {"include_embedding": True}},
    ),
    Reading(name="relative perplexity", about="accuracy", settings={"accuracy_mode": "relative"}),
    Reading(
        name="downlink of each user", about="downlink", settings={"downlink_reading": "per-user"}
    ),
    Reading(name="18 bits a token", about="bits", settings={"bits_per_token": 18}),
    Reading(name="mean gain 1e-6", about="server channel", settings={"mean_gain": 1e-6}),
    Reading(
        name="server by TR 36.885",
        about="server channel",
        edge_nodes={"server": {"channel": _INFRASTRUCTURE}},
    ),
    Reading(
        name="vehicle by TR 36.885",
        about="vehicle channel",
        edge_nodes={"vehicle": {"channel": _INFRASTRUCTURE}},
    ),
    Reading(
        name="vehicle at 2 GHz",
        about="vehicle channel",
        edge_nodes={"vehicle": {"channel": {"carrier_hz": 2e9}}},
    ),
    Reading(
        name="UAV at 5.9 GHz",
        about="UAV channel",
        edge_nodes={"uav": {"channel": {"carrier_hz": 5.9e9}}},
    ),
    Reading(
        name="UAV 1 km away", about="UAV place", edge_nodes={"uav": {"position_m": [1000.0, 0.0]}}
    ),
    Reading(
        name="vehicle 1 km away",
        about="vehicle place",
        edge_nodes={"vehicle": {"position_m": [1000.0, 0.0]}},
    ),
    Reading(name="largest edge node first", about="order", options={"order": "capacity"}),
    Reading(name="best order of edge nodes", about="order", options={"order": "all"}),
    Reading(name="ties to fewer edge nodes", about="ties", options={"ties": "eligibility"}),
)

_BY_NAME = {each.name: each for each in READINGS}

PAIRS = tuple(
    TOGETHER.join((one.name, other.name))
    for one, other in itertools.combinations(READINGS, 2)
    if one.about != other.about
)
"""Pairs of readings that are applied together."""


def parts(name: str) -> tuple[str, ...]:
    """Return the readings that a name combines; none for the project's own reading.

    Examples
    --------
    >>> parts("waiting ignored + 18 bits a token")
    ('waiting ignored', '18 bits a token')
    >>> parts(AS_READ)
    ()
    """
    return () if name == AS_READ else tuple(name.split(TOGETHER))


def settings_of(name: str) -> dict[str, Any]:
    """Return the settings of one reading, or of several combined."""
    settings: dict[str, Any] = {}
    for each in parts(name):
        settings = merged(settings, _BY_NAME[each].to_settings())
    return settings


def merged(values: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """Return a table with changes applied, inner tables included.

    A changed channel table that names a model replaces the whole channel table.

    Examples
    --------
    >>> merged({"a": {"b": 1, "c": 2}, "d": 3}, {"a": {"b": 4}})
    {'a': {'b': 4, 'c': 2}, 'd': 3}
    """
    result = dict(values)
    for key, value in changes.items():
        old = result.get(key)
        is_table = isinstance(old, Mapping) and isinstance(value, Mapping)
        replaces = not is_table or "model" in value
        result[key] = value if replaces else merged(old, value)  # type: ignore[arg-type]
    return result
