"""Descriptions: families and methods as dictionaries, as the command line lists them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from analysis.methods.method import Method
    from analysis.methods.option import Option
    from instances.families.family import Family


def describe_family(family: Family) -> dict[str, Any]:
    """Return a family as ``otgah families --json`` lists it."""
    return {
        "name": family.name,
        "summary": family.summary,
        "binds": family.binds,
        "parameters": family.parameters.model_json_schema()["properties"],
    }


def describe_method(chosen: Method) -> dict[str, Any]:
    """Return a method as ``otgah methods --json`` lists it."""
    return {
        "name": chosen.name,
        "summary": chosen.summary,
        "plugin": None if chosen.origin is None else chosen.origin.plugin,
        "problems": list(chosen.problems),
        "single_node": chosen.single_node,
        "node_kind": chosen.node_kind,
        "is_random": chosen.is_random,
        "is_exact": chosen.is_exact,
        "warm_start": chosen.takes_warm_start,
        "node_limit": chosen.takes_node_limit,
        "alternatives": chosen.takes_alternatives,
        "installed": chosen.missing is None,
        "install": chosen.missing,
        "options": [describe_option(option) for option in chosen.options],
    }


def describe_option(option: Option) -> dict[str, Any]:
    """Return an option, with the command that installs each value that is not installed."""
    shown = {
        name: getattr(option, name) for name in ("name", "summary", "default", "allowed", "least")
    }
    return shown | ({"install": option.missing} if option.needs else {})
