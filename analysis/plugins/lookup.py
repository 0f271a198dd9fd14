"""Lookup: a method or a family by its name, installed plug-ins included."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analysis.methods.registry import METHODS
from heuristics.errors import InputError
from instances.families import registry as families

if TYPE_CHECKING:
    from analysis.methods.method import Method
    from instances.families.family import Family


def method(name: str) -> Method:
    """Return the method of this name; installed plug-ins are searched last.

    Raises
    ------
    InputError
        If no method has this name, or the plug-in that announces it is wrong.
    """
    if not is_method(name):
        raise InputError(f"must be one of {', '.join(METHODS)}", field="method", found=name)
    return METHODS[name]


def is_method(name: str) -> bool:
    """Return True if a method has this name.

    Raises
    ------
    InputError
        If the plug-in that announces it is wrong.
    """
    if name not in METHODS:
        # Reading a plug-in imports much that a method of this distribution does not need.
        from analysis.plugins.registry import METHOD_GROUP, use_installed

        use_installed(METHOD_GROUP, name)
    return name in METHODS


def family(name: str) -> Family:
    """Return the family of this name; installed plug-ins are searched last.

    Raises
    ------
    InputError
        If no family has this name, or the plug-in that announces it is wrong.
    """
    if name not in families.names():
        from analysis.plugins.registry import FAMILY_GROUP, use_installed

        use_installed(FAMILY_GROUP, name)
    return families.family(name)
