"""Registry of families: every family by its name, imported when it is asked for."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from heuristics.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable

    from instances.families.family import Family

FAMILIES = {
    "paper": "instances.families.paper",
    "scarce-spectrum": "instances.families.scarce_spectrum",
    "scarce-memory": "instances.families.scarce_memory",
    "dense": "instances.families.dense",
    "single-node": "instances.families.single_node",
    "mixed-models": "instances.families.mixed_models",
    "quantized-nodes": "instances.families.quantized_nodes",
    "choose-quantization": "instances.families.choose_quantization",
    "choose-padding": "instances.families.choose_padding",
    "choose-model": "instances.families.choose_model",
    "modern": "instances.families.modern",
    "uniform-random": "instances.families.uniform_random",
    "half-tight": "instances.families.half_tight",
    "horizon": "instances.families.horizon",
    "city": "instances.families.city",
    "trace": "instances.families.trace",
}
"""Module of each family, with a constant ``FAMILY``."""

ADDED: dict[str, Callable[[], Family]] = {}
"""Function that returns the family, for each family of a plug-in."""


def names() -> tuple[str, ...]:
    """Return the names of all families, those of this distribution first."""
    return (*FAMILIES, *ADDED)


def family(name: str) -> Family:
    """Return the family of this name.

    Raises
    ------
    InputError
        If no family has this name.
    """
    if name in ADDED:
        return ADDED[name]()
    if name not in FAMILIES:
        raise InputError(f"must be one of {', '.join(names())}", field="family", found=name)
    found: Family = import_module(FAMILIES[name]).FAMILY
    return found


def families() -> list[Family]:
    """Return every family, in the order of the table above, then those of plug-ins."""
    return [family(name) for name in names()]
