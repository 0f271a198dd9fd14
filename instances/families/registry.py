"""The families by name; a family's module is imported when it is asked for."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from heuristics.errors import InputError

if TYPE_CHECKING:
    from instances.families.family import Family

FAMILIES = {
    "paper": "instances.families.paper",
    "scarce-spectrum": "instances.families.scarce_spectrum",
    "scarce-memory": "instances.families.scarce_memory",
    "dense": "instances.families.dense",
    "single-node": "instances.families.single_node",
    "mixed-models": "instances.families.mixed_models",
    "modern": "instances.families.modern",
    "uniform-random": "instances.families.uniform_random",
    "half-tight": "instances.families.half_tight",
    "trace": "instances.families.trace",
}
"""Where each family lives: a module with a constant ``FAMILY``."""


def family(name: str) -> Family:
    """Return the family of this name.

    Raises
    ------
    InputError
        If there is none.
    """
    if name not in FAMILIES:
        raise InputError(f"must be one of {', '.join(FAMILIES)}", field="family", found=name)
    found: Family = import_module(FAMILIES[name]).FAMILY
    return found


def families() -> list[Family]:
    """Return every family, in the order of the table above."""
    return [family(name) for name in FAMILIES]
