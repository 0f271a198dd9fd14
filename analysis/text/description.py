"""Description: families, methods and the catalogue as ``otgah`` lists them in a terminal."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Any

from analysis.text.phrases import ABSENT, aligned

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from analysis.generation.catalogue import CatalogueEntry
    from analysis.methods.method import Method
    from analysis.methods.option import Option
    from instances.families.family import Family

_WIDTH = 100
_LEAST_WIDTH = 40
_SCENARIO_NOTE = f"{ABSENT}: the value of the scenario holds, or the parameter is off."


def family_text(family: Family) -> str:
    """Return what a family draws, and its parameters with default and description."""
    schema = family.parameters.model_json_schema()
    rows = [
        (name, _value(each.get("default")), _described(each, schema.get("$defs", {})))
        for name, each in schema["properties"].items()
    ]
    heads = ("parameter", "default", "description")
    parts = [
        f"{family.name}: {family.summary}",
        f"Binding constraint: {family.binds}",
        f"Parameters (--set KEY=VALUE):\n{_table(rows, heads)}",
    ]
    if "scenario" in schema["properties"]:
        parts.append(_SCENARIO_NOTE)
    return "\n\n".join(parts)


def _described(schema: Mapping[str, Any], definitions: Mapping[str, Any]) -> str:
    """Return the description of a parameter and, for an enumeration, its values."""
    text = str(schema.get("description", ""))
    for each in (schema, *schema.get("anyOf", ())):
        values = definitions.get(str(each.get("$ref", "")).rpartition("/")[2], {}).get("enum")
        if values:
            return f"{text} One of {', '.join(map(str, values))}."
    return text


def method_text(method: Method) -> str:
    """Return what a method solves, and its options with default and description."""
    traits = [
        ["problems", ", ".join(method.problems)],
        ["edge nodes", "one" if method.single_node else "any number"],
        ["proves the optimum", "yes, given time" if method.is_exact else "no"],
        ["depends on the seed", _yes(method.is_random)],
        ["warm start", _yes(method.takes_warm_start)],
        ["node limit", _yes(method.takes_node_limit)],
        ["alternatives", _yes(method.takes_alternatives)],
        ["counts nodes", ABSENT if method.node_kind is None else f"of {method.node_kind}"],
    ]
    if method.origin is not None:
        traits.append(["plug-in", method.origin.plugin])
    if method.missing is not None:
        traits.append(["not installed", method.missing])
    return "\n\n".join(
        [f"{method.name}: {method.summary}", aligned(traits), _options_text(method.options)]
    )


def scheme_document(name: str) -> dict[str, Any]:
    """Return a scheme of the simulation as ``otgah methods NAME --json`` prints it."""
    from analysis.methods.describe import describe_option
    from analysis.simulation.schemes import RIVALS, SUMMARIES

    options = [describe_option(each) for each in RIVALS[name]]
    return {"name": name, "summary": SUMMARIES[name], "options": options}


def scheme_text(name: str) -> str:
    """Return what a scheme of the simulation is, and its options with default and description."""
    from analysis.simulation.schemes import RIVALS, SUMMARIES

    return "\n\n".join(
        [
            f"{name}: {SUMMARIES[name]}",
            "A scheme of `otgah simulate`, which solves no instance.",
            _options_text(RIVALS[name]),
        ]
    )


def _options_text(options: Sequence[Option]) -> str:
    if not options:
        return "The method has no options."
    rows = [
        (each.name, _value(each.default), f"{each.summary}; {_allowed(each)}") for each in options
    ]
    table = f"Options (--set KEY=VALUE):\n{_table(rows, ('option', 'default', 'description'))}"
    return "\n\n".join([table, *(_installed(each) for each in options if each.needs)])


def _installed(option: Option) -> str:
    """Return the values of an option that are installed, and what installs the others."""
    rows = [[value, option.missing.get(value, "installed")] for value in option.allowed]
    return f"{option.name}:\n{aligned(rows)}"


def _allowed(option: Option) -> str:
    if option.allowed:
        return f"one of {', '.join(option.allowed)}"
    return f"an integer of at least {option.least}"


def catalogue_text(entries: Iterable[CatalogueEntry]) -> str:
    """Return entries of the catalogue: each value with its source, scenarios as TOML."""
    return "\n\n".join(f"{each.usage}{each.name}\n{_values_text(each)}" for each in entries)


def _values_text(entry: CatalogueEntry) -> str:
    if entry.text is not None:
        return textwrap.indent(entry.text.rstrip(), "  ")
    sources = {name: each for each in entry.sources for name in each.values}
    rows, above = [], None
    for name, value in _flat(entry.values):
        source = sources.get(name)
        told = ABSENT if source is None else "as above" if source is above else str(source)
        rows.append((name, _value(value), told))
        above = source
    return textwrap.indent(_table(rows, ("value", "is", "source")), "  ")


def _flat(values: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Yield the values with the path of their keys."""
    for name, value in values.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{prefix}{name}.")
        else:
            yield prefix + name, value


def catalogue_overview(entries: Iterable[CatalogueEntry]) -> str:
    """Return the names of all entries, a paragraph for each option that takes them."""
    names: dict[str, list[str]] = {}
    kinds = {}
    for each in entries:
        names.setdefault(each.usage, []).append(each.name)
        kinds[each.usage] = each.kind
    rows = [
        (f"{usage}NAME", f"otgah catalogue {kinds[usage]}", ", ".join(known))
        for usage, known in names.items()
    ]
    return _table(rows, ("setting", "values and sources", "names"))


def _table(rows: Sequence[tuple[str, str, str]], header: tuple[str, str, str]) -> str:
    """Return three columns, of which the last one is wrapped."""
    taken = sum(max(len(row[column]) + 2 for row in (header, *rows)) for column in (0, 1))
    wrapped = []
    for first, second, text in rows:
        width = max(_WIDTH - taken, _LEAST_WIDTH)
        lines = textwrap.wrap(text, width, break_on_hyphens=False, break_long_words=False) or [""]
        wrapped.append([first, second, lines[0]])
        wrapped += [["", "", line] for line in lines[1:]]
    return aligned(wrapped, header)


def _value(value: object) -> str:
    """Return a value as ``--set`` takes it."""
    if value is None:
        return ABSENT
    if isinstance(value, list | tuple):
        return "+".join(map(_value, value))
    if isinstance(value, bool):
        return str(value).lower()
    return str(value)


def _yes(holds: bool) -> str:
    return "yes" if holds else "no"
