"""New file: a method, a family or a scenario of the user, cut from a template."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from analysis.plugins.entry import NAME_RULE, is_name
from analysis.plugins.excerpt import excerpt
from heuristics.errors import InputError
from heuristics.system_models.catalogue.reader import catalogue_text

if TYPE_CHECKING:
    from os import PathLike

KINDS = ("method", "family", "scenario")
"""Kinds of files that can be written."""

TEMPLATE = Path(__file__).with_name("template.py")
"""Template of a method and of a family: a plug-in with one of each."""

_SCENARIO = "scenarios/section-v.toml"
_GROUPS = {"method": "methods", "family": "families"}
_HIDING = ("analysis", "formulations", "heuristics", "instances", "otgah")
_DOCSTRING = '''"""The {kind} {name}, made from the template: edit this file, and try it.

The literal `PLUGIN` is read without being executed, so it may contain constants only.
"""'''


def new(kind: str, name: str, folder: str | PathLike[str] = ".") -> Path:
    """Write a file of the user from a template, ready to run and to be edited.

    Parameters
    ----------
    kind
        ``"method"``, ``"family"`` or ``"scenario"``.
    name
        Name of the method, family or scenario, and of the file: at most 60 small letters and
        digits, words joined by hyphens or dots.
    folder
        Folder of the file.

    Returns
    -------
    Path
        Path of the file: a plug-in ``NAME.py``, or a scenario ``NAME.toml``.

    Raises
    ------
    InputError
        If the kind or the name is bad, or the file exists.
    """
    if kind not in KINDS:
        raise InputError(f"must be one of {', '.join(KINDS)}", field="kind", found=kind)
    _check_name(kind, name)
    is_scenario = kind == "scenario"
    text = catalogue_text(_SCENARIO) if is_scenario else plugin_text(kind, name)
    path = Path(folder, f"{name}.{'toml' if is_scenario else 'py'}")
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        raise InputError("must be a file that does not exist yet", source=path) from None
    return path


def _check_name(kind: str, name: str) -> None:
    if not is_name(name):
        raise InputError(NAME_RULE, field="name", found=name)
    if name in _HIDING:
        rule = f"must not be one of {', '.join(_HIDING)}, which would hide a package of otgah"
        raise InputError(rule, field="name", found=name)
    if kind in _GROUPS and name in _taken(kind):
        raise InputError("must be a name that is not taken", field=kind, found=name)


def _taken(kind: str) -> tuple[str, ...]:
    from analysis.methods.registry import METHODS
    from instances.families.registry import names

    return tuple(METHODS) if kind == "method" else names()


def plugin_text(kind: str, name: str) -> str:
    """Return the text of a plug-in with a single method or family.

    Parameters
    ----------
    kind
        ``"method"`` or ``"family"``.
    name
        Name of the plug-in and of its method or family.
    """
    text, old = excerpt(TEMPLATE.read_text(encoding="utf-8"), _GROUPS[kind])
    text = text.replace(f'"{old}"', f'"{name}"').replace('"template"', f'"{name}"')
    return f"{_DOCSTRING.format(kind=kind, name=name)}\n\n{text}"
