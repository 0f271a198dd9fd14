"""The plug-ins of a process: those of its command line, and those that are installed."""

from __future__ import annotations

from functools import partial
from importlib.machinery import PathFinder
from importlib.metadata import entry_points
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from analysis.methods.registry import METHODS
from analysis.plugins.plugin import Plugin
from heuristics.errors import InputError
from heuristics.system_models.catalogue import reader
from instances.families import registry as families

if TYPE_CHECKING:
    from collections.abc import Mapping
    from importlib.machinery import ModuleSpec
    from importlib.metadata import EntryPoint
    from os import PathLike

METHOD_GROUP, FAMILY_GROUP, CATALOGUE_GROUP = "otgah.methods", "otgah.families", "otgah.catalogues"
"""The groups of entry points: of the first two each is named as the method, the family."""

_used: dict[str, Plugin] = {}


def use_plugin(path: str | PathLike[str]) -> Plugin:
    """Make the methods, families and models of a plug-in known to this process.

    Its metadata is read, its code is not executed. A file that was used before is read again, and
    what it brought then is forgotten.

    Parameters
    ----------
    path
        A file made from :mod:`analysis.plugins.template`, or TOML with the same keys.

    Returns
    -------
    Plugin
        What the file brings.

    Raises
    ------
    InputError
        If its metadata breaks a rule, or brings a name that is taken.
    """
    return _use(Plugin.read(path))


def use_installed(group: str, name: str | None = None) -> list[str]:
    """Use the plug-ins that installed distributions announce by entry points.

    Parameters
    ----------
    group
        Such as ``otgah.methods``; the value of an entry point is the name of a module.
    name
        The entry point that is meant; None for all.

    Returns
    -------
    list of str
        What is wrong with plug-ins that are left out, a line each.

    Raises
    ------
    InputError
        If the entry point that is meant is wrong.
    """
    troubles = []
    found = entry_points(group=group) if name is None else entry_points(group=group, name=name)
    for each in found:
        try:
            _use(_installed(each))
        except InputError as error:
            if name is not None:
                raise
            troubles.append(str(error))
    return troubles


def use_installed_plugins() -> list[str]:
    """Use every plug-in that is installed; return what is wrong with those that are left out."""
    groups = (METHOD_GROUP, FAMILY_GROUP, CATALOGUE_GROUP)
    return [trouble for group in groups for trouble in use_installed(group)]


def used_plugins() -> tuple[Plugin, ...]:
    """Return the plug-ins that are known to this process."""
    return tuple(_used.values())


def forget_plugins() -> None:
    """Forget every plug-in."""
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
    """Read the plug-in of an entry point, whose packages are not imported either."""
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
