"""Registry of plug-ins: those in use in this process, named on the command line or installed."""

from __future__ import annotations

import sys
from functools import lru_cache, partial
from importlib.machinery import PathFinder
from importlib.metadata import entry_points
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from analysis.methods.registry import METHODS
from analysis.plugins.plugin import Plugin
from heuristics.errors import InputError
from heuristics.system_models.catalogue import reader
from instances.families import registry as families

if TYPE_CHECKING:
    from collections.abc import Mapping
    from importlib.machinery import ModuleSpec
    from importlib.metadata import EntryPoint, EntryPoints
    from os import PathLike

METHOD_GROUP, FAMILY_GROUP, CATALOGUE_GROUP = "otgah.methods", "otgah.families", "otgah.catalogues"
"""Groups of entry points. An entry point of the first two has its method's or family's name."""

_used: dict[str, Plugin] = {}


def use_plugin(path: str | PathLike[str]) -> Plugin:
    """Make the methods, families and models of a plug-in known to this process.

    The metadata is read and no code is executed. A file that is already in use is read again, and
    replaces its earlier version.

    Parameters
    ----------
    path
        Path of a file like :mod:`analysis.plugins.template`, or of TOML with the same keys.

    Returns
    -------
    Plugin
        The plug-in, with its metadata.

    Raises
    ------
    InputError
        If the metadata breaks a rule or contains a name that is already in use.
    """
    return _use(Plugin.read(path))


def use_installed(group: str, name: str | None = None) -> list[str]:
    """Use plug-ins that installed distributions announce by entry points.

    Parameters
    ----------
    group
        Group of entry points, such as ``otgah.methods``. The value of an entry point is the name
        of a module.
    name
        Name of a single entry point; None for all of the group.

    Returns
    -------
    list of str
        Errors of the plug-ins that are left out, one line each.

    Raises
    ------
    InputError
        If the plug-in of the named entry point is invalid.
    """
    troubles = []
    announced = _announced(group, _places())
    for each in announced if name is None else announced.select(name=name):
        try:
            _use(_installed(each))
        except InputError as error:
            if name is not None:
                raise
            troubles.append(str(error))
    return troubles


def _places() -> tuple[tuple[str, int], ...]:
    """Return the places of the import path, each with its last change [ns]."""
    folders = (Path(each or ".") for each in sys.path)
    return tuple((str(each), each.stat().st_mtime_ns) for each in folders if each.exists())


@lru_cache(maxsize=16)
def _announced(group: str, places: tuple[tuple[str, int], ...]) -> EntryPoints:
    """Return the entry points of a group; the files are read again after a change of a folder."""
    return entry_points(group=group)


def use_installed_plugins() -> list[str]:
    """Use every installed plug-in; return the errors of those that are left out."""
    groups = (METHOD_GROUP, FAMILY_GROUP, CATALOGUE_GROUP)
    return [trouble for group in groups for trouble in use_installed(group)]


def used_plugins() -> tuple[Plugin, ...]:
    """Return the plug-ins that are in use in this process."""
    return tuple(_used.values())


def forget_plugins() -> None:
    """Remove every plug-in from this process."""
    for plugin in used_plugins():
        _forget(plugin)


def _use(plugin: Plugin) -> Plugin:
    before = _used.get(plugin.file.path)
    if before is not None:
        if before.sha256 == plugin.sha256:
            return before
        _forget(before)
    try:
        _refuse_taken(plugin)
    except InputError:
        if before is not None:
            _add(before)
        raise
    _add(plugin)
    return plugin


def _add(plugin: Plugin) -> None:
    METHODS.update({each.name: each for each in plugin.methods()})
    for name in plugin.entry.families:
        families.ADDED[name] = partial(plugin.family, name)
    for kind, entries in _models(plugin).items():
        reader.ADDED[kind].update(entries)
    _used[plugin.file.path] = plugin


def _forget(plugin: Plugin) -> None:
    for name in plugin.entry.methods:
        METHODS.pop(name, None)
    for name in plugin.entry.families:
        families.ADDED.pop(name, None)
    for kind, entries in _models(plugin).items():
        for name in entries:
            reader.ADDED[kind].pop(name, None)
    _used.pop(plugin.file.path, None)


def _refuse_taken(plugin: Plugin) -> None:
    taken = {
        "methods": METHODS,
        "families": families.names(),
        "llms": reader.llms(),
        "devices": reader.devices(),
        "quantizations": reader.quantizations(),
    }
    brought: dict[str, Mapping[str, Any]] = {
        "methods": plugin.entry.methods,
        "families": plugin.entry.families,
    }
    for kind, entries in (brought | _models(plugin)).items():
        for name in entries:
            if name in taken[kind]:
                raise InputError(
                    "must be a name that is not taken",
                    source=plugin.file.path,
                    field=kind,
                    found=name,
                )


def _models(plugin: Plugin) -> dict[str, Mapping[str, Any]]:
    entry = plugin.entry
    return {
        "llms": entry.llms,
        "devices": entry.devices,
        "quantizations": entry.quantizations,
    }


def _installed(entry_point: EntryPoint) -> Plugin:
    """Read the plug-in of an entry point without importing any of its packages."""
    spec = _spec(entry_point.module)
    if spec is None or spec.origin is None:
        raise InputError(
            "must be the name of an installed module",
            source=f"entry point {entry_point.name} of {entry_point.group}",
            found=entry_point.value,
        )
    return Plugin.read(spec.origin, module=entry_point.module)


def _spec(module: str) -> ModuleSpec | None:
    first, *inner = module.split(".")
    try:
        spec = find_spec(first)
    except (ImportError, ValueError):
        return None
    name = first
    for part in inner:
        if spec is None or spec.submodule_search_locations is None:
            return None
        name = f"{name}.{part}"
        spec = PathFinder.find_spec(name, list(spec.submodule_search_locations))
    return spec
