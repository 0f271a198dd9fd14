"""Latency profiles: those of the catalogue by name, and those of files."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from heuristics.errors import InputError
from heuristics.system_models.catalogue.reader import catalogue_text, parse_toml, read_toml
from heuristics.system_models.latency_profile import LatencyProfile, parse_profile

if TYPE_CHECKING:
    from collections.abc import Mapping
    from os import PathLike

_FOLDER = "profiles"
_ENDING = ".toml"


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
    if not name.endswith(_ENDING) and not Path(name).is_file():
        rule = f"must be the file of a profile, or one of {', '.join(profiles())}"
        raise InputError(rule, field="profile", found=name)
    return parse_profile(read_toml(name_or_path), source=name_or_path)


@cache
def profiles() -> Mapping[str, LatencyProfile]:
    """Return the latency profiles of the catalogue by name."""
    return {
        name: parse_profile(
            parse_toml(catalogue_text(f"{_FOLDER}/{name}{_ENDING}"), source=f"{name}{_ENDING}"),
            source=f"{name}{_ENDING}",
        )
        for name in _names()
    }


def _names() -> list[str]:
    folder = files("heuristics.system_models.catalogue").joinpath(_FOLDER)
    if not folder.is_dir():
        return []
    return sorted(
        each.name.removesuffix(_ENDING) for each in folder.iterdir() if each.name.endswith(_ENDING)
    )
