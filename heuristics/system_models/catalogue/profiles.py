"""Latency profiles: those of the catalogue by name, and those of files."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from heuristics.errors import InputError
from heuristics.system_models.catalogue.reader import (
    catalogue_text,
    devices,
    parse_toml,
    read_toml,
)
from heuristics.system_models.catalogue.reader import device as catalogued_device
from heuristics.system_models.latency_profile import LatencyProfile, parse_profile

if TYPE_CHECKING:
    from collections.abc import Mapping
    from os import PathLike

    from heuristics.system_models.catalogue.reader import Device

_FOLDER = "profiles"
ENDING = ".toml"
"""End of the name of a profile's file."""


def read_profile(name_or_path: str | PathLike[str]) -> LatencyProfile:
    """Return a latency profile.

    Parameters
    ----------
    name_or_path
        Name of the catalogue in any case, or path of a profile's TOML file.

    Raises
    ------
    InputError
        If there is no such profile, or the file breaks a rule of the format.
    """
    name = str(name_or_path)
    known = profiles().get(name.lower())
    if known is not None:
        return known
    if not name.endswith(ENDING) and not Path(name).is_file():
        rule = f"must be the file of a profile, or one of {', '.join(profiles())}"
        raise InputError(rule, field="profile", found=name)
    return parse_profile(read_toml(name_or_path), source=name_or_path)


def profile_of(device_name: str) -> LatencyProfile | None:
    """Return the latency profile that a device of a recipe names, None for a device itself.

    Parameters
    ----------
    device_name
        Name of a device or of a profile in the catalogue, or path of a profile's TOML file.

    Raises
    ------
    InputError
        If the file of a profile cannot be read, or breaks a rule of the format.
    """
    name = device_name.lower()
    if name in devices() or not (name in profiles() or name.endswith(ENDING)):
        return None
    return read_profile(device_name)


def device(name: str) -> Device:
    """Return a device of the catalogue; of a latency profile its data sheet.

    Parameters
    ----------
    name
        Name of a device or of a profile in the catalogue, or path of a profile's TOML file.

    Raises
    ------
    InputError
        If there is neither, or the profile does not name its data sheet.
    """
    profile = profile_of(name)
    if profile is None:
        return catalogued_device(name)
    if profile.base_device is None:
        rule = (
            "must be a latency profile that names its data sheet, as otgah calibrate --set"
            " base_device=NAME does"
        )
        raise InputError(rule, field="device", found=name)
    return catalogued_device(profile.base_device)


@cache
def profiles() -> Mapping[str, LatencyProfile]:
    """Return the latency profiles of the catalogue by name."""
    return {
        name: parse_profile(
            parse_toml(catalogue_text(f"{_FOLDER}/{name}{ENDING}"), source=f"{name}{ENDING}"),
            source=f"{name}{ENDING}",
        )
        for name in _names()
    }


def _names() -> list[str]:
    folder = files("heuristics.system_models.catalogue").joinpath(_FOLDER)
    if not folder.is_dir():
        return []
    return sorted(
        each.name.removesuffix(ENDING) for each in folder.iterdir() if each.name.endswith(ENDING)
    )
