"""Versions: an instance in version 1 of the file format, of all pairs, or 2, of eligible pairs."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from heuristics.coefficients import FIELDS, LARGEST_DENSE, RESOURCES, Coefficients
from heuristics.errors import InputError

if TYPE_CHECKING:
    from heuristics.system_models.scenario import Scenario
    from instances.instance import Instance

MATRICES = 1
"""Version with a number for each pair of an edge node and a request."""

COMPRESSED_ROWS = 2
"""Version with the numbers of eligible pairs alone, and the channels of covered pairs alone."""

VERSIONS = (MATRICES, COMPRESSED_ROWS)


def version_of(instance: Instance) -> int:
    """Return the version in which an instance is written unless another is asked for."""
    return COMPRESSED_ROWS if instance.coefficients.is_compressed else MATRICES


def refuse_version(version: int) -> None:
    """Raise InputError unless the format has this version."""
    if version not in VERSIONS:
        known = " or ".join(map(str, VERSIONS))
        raise InputError(f"must be {known}", field="format version", found=version)


def in_version(instance: Instance, version: int) -> Instance:
    """Return the same problem as an instance of the given version.

    The digest of the coefficients depends on the version, so certificates and stores of runs
    belong to one version of an instance.

    Parameters
    ----------
    instance
        Instance of either version.
    version
        1 or 2.

    Raises
    ------
    InputError
        If the version is another one, or the matrices of version 1 would be too large.
    """
    refuse_version(version)
    scenario = instance.scenario
    if version == MATRICES:
        scenario = None if scenario is None else scenario.to_dense()
        return _changed(instance, _matrices(instance.coefficients, scenario), scenario)
    scenario = None if scenario is None else scenario.to_sparse()
    return _changed(instance, _compressed(instance.coefficients), scenario)


def _changed(instance: Instance, coefficients: Coefficients, scenario: Scenario | None) -> Instance:
    if coefficients is instance.coefficients and scenario is instance.scenario:
        return instance
    return replace(instance, coefficients=coefficients, scenario=scenario)


def _compressed(data: Coefficients) -> Coefficients:
    if data.is_compressed:
        return data
    capacities = (getattr(data, f"{name}_capacity") for name in RESOURCES)
    groups = data.alternatives
    return Coefficients.from_pairs(data.pairs, data.num_requests, *capacities, alternatives=groups)


def _matrices(data: Coefficients, scenario: Scenario | None) -> Coefficients:
    """Return the numbers of all pairs: those of the scenario, or 0 for pairs not eligible."""
    if not data.is_compressed:
        return data
    size = data.num_edge_nodes * data.num_requests
    if size > LARGEST_DENSE:
        rule = f"must have at most {LARGEST_DENSE} pairs of edge node and request in version 1"
        raise InputError(rule, field="coefficients", found=size)
    fields = {name: getattr(data, name) for name in FIELDS}
    made = Coefficients(**fields, alternatives=data.alternatives)
    if scenario is None:
        return made
    from heuristics.system_models.assemble import assemble

    derived = assemble(scenario)
    is_same = all(map(np.array_equal, made.pairs, derived.pairs)) and all(
        np.array_equal(getattr(made, f"{name}_capacity"), getattr(derived, f"{name}_capacity"))
        for name in RESOURCES
    )
    is_same = is_same and made.alternatives == derived.alternatives
    return derived if is_same else made
