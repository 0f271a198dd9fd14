"""Validation: each value of a store is checked when it is read, against its column."""

from __future__ import annotations

import json
from datetime import datetime
from typing import TYPE_CHECKING, Any

from analysis.runs.fields import RUN_FIELDS
from analysis.runs.values import broken_rule
from heuristics.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from os import PathLike

_WORDS = {each.name: tuple(each.words) for each in RUN_FIELDS if each.words is not None}
"""The columns that hold one of a few words."""

_JSON_TYPES = {"object": dict, "array": list}

_DOCUMENTS: dict[str, tuple[type, ...]] = {
    **{
        each.name: tuple(_JSON_TYPES[kind] for kind in each.json_types if kind in _JSON_TYPES)
        for each in RUN_FIELDS
        if each.schema is not None
    },
    "parameters": (dict,),
    "notes": (dict,),
    "assignment": (dict, list),  # of a run by edge node, of an epoch in their order
}
"""The columns that hold JSON, with the types of the document."""

_TOGETHER = (("plugin", "plugin_sha256"), ("known_bound", "known_objective"))
"""Pairs of columns that are both present or both absent."""

_TIMES = ("started_at", "ended_at", "claimed_at", "planned_at", "made_at")


def refuse_broken(
    names: list[str],
    rows: Sequence[tuple[Any, ...]],
    columns: Mapping[str, str],
    path: str | PathLike[str],
) -> None:
    """Raise an error for a row with a value that its column cannot hold.

    Parameters
    ----------
    names
        Names of the columns, in the order of the values in a row.
    rows
        Rows as the database returns them.
    columns
        Declaration of each column.
    path
        Path of the store, for the message.

    Raises
    ------
    InputError
        If a value breaks a rule of its column. The message names store, row, column, rule and
        value.
    """
    by_name = dict(zip(names, zip(*rows, strict=True), strict=False))
    for name, values in by_name.items():
        kind, _, constraint = columns[name].partition(" ")
        # Each distinct value is checked once, since 10^5 rows have few distinct texts.
        different = {(type(value), value): value for value in values}.values()
        for value in different:
            # SQLite lets a primary key be null, so every constraint counts as NOT NULL here.
            rule = _broken(name, kind, bool(constraint), value)
            if rule is not None:
                row = f"row {values.index(value) + 1}"
                raise InputError(rule, source=path, field=f"{row}: {name}", found=value)
    for first, second in _TOGETHER:
        if first in by_name and second in by_name:
            pairs = zip(by_name[first], by_name[second], strict=True)
            for number, (one, other) in enumerate(pairs, start=1):
                if (one is None) != (other is None):
                    rule = f"must be there where {first} is, and nowhere else"
                    place = f"row {number}: {second}"
                    raise InputError(rule, source=path, field=place, found=other)


def _broken(name: str, kind: str, is_required: bool, value: Any) -> str | None:
    """Return the rule that a value breaks; None if it breaks none."""
    if value is None:
        return "must be there" if is_required else None
    if (rule := broken_rule(kind, value)) is not None:
        return rule
    if name in _TIMES and not _is_time(value):
        return "must be a time of UTC, as 2026-01-31T12:00:00+00:00"
    if name == "num_jobs" and value < 1:
        return "must be at least 1"
    if name in _WORDS and value not in _WORDS[name]:
        return f"must be one of {', '.join(_WORDS[name])}"
    if name in _DOCUMENTS and not _is_document(value, _DOCUMENTS[name]):
        return f"must be JSON, a {' or a '.join(each.__name__ for each in _DOCUMENTS[name])}"
    return None


def _is_time(text: str) -> bool:
    try:
        return datetime.fromisoformat(text).tzinfo is not None
    except ValueError:
        return False


def _is_document(text: str, kinds: tuple[type, ...]) -> bool:
    try:
        return isinstance(json.loads(text), kinds)
    except (ValueError, RecursionError):
        return False
