"""The rows of a store as they are read: what no batch has written is refused, not reported."""

from __future__ import annotations

import json
from datetime import datetime
from math import isfinite
from typing import TYPE_CHECKING, Any

from heuristics.errors import InputError
from heuristics.problem import Problem
from heuristics.result import EndedBy, NodeKind, Status

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from os import PathLike

_KINDS: dict[str, Any] = {"TEXT": str, "INTEGER": int, "REAL": (int, float), "BLOB": bytes}

_WORDS = {
    "problem": tuple(Problem),
    "status": tuple(Status),
    "ended_by": tuple(EndedBy),
    "node_kind": tuple(NodeKind),
}
"""The columns that have one of a few words."""

_DOCUMENTS: dict[str, tuple[type, ...]] = {
    "options": (dict,),
    "parameters": (dict,),
    "notes": (dict,),
    "violations": (list,),
    "trajectory": (list,),
    "assignment": (dict, list),  # of a run by edge node, of an epoch in their order
}
"""The columns that hold JSON, and of which kinds."""

_TOGETHER = (("plugin", "plugin_sha256"), ("known_bound", "known_objective"))
"""The columns of which one is there where the other is."""

_TIMES = ("started_at", "ended_at", "claimed_at", "planned_at", "made_at")

_LARGEST_INTEGER = 2**62


def refuse_broken(
    names: list[str],
    rows: Sequence[tuple[Any, ...]],
    columns: Mapping[str, str],
    path: str | PathLike[str],
) -> None:
    """Refuse rows that have another type, word or document than the column holds.

    Parameters
    ----------
    names
        The columns, in the order of the rows.
    rows
        As the database has them.
    columns
        The declaration of each column.
    path
        The store, for the error.

    Raises
    ------
    InputError
        If a value is none of its column: store, row, column, rule, value found.
    """
    by_name = dict(zip(names, zip(*rows, strict=True), strict=False))
    for name, values in by_name.items():
        kind, _, constraint = columns[name].partition(" ")
        # Values are looked at once each: 10^5 rows have few words, and numbers all of one type.
        different = {(type(value), value): value for value in values}.values()
        for value in different:
            # A constraint is NOT NULL, or that of a key, which SQLite would let be null.
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
    """Return the rule that a value breaks; None if it keeps them."""
    if value is None:
        return "must be there" if is_required else None
    if not isinstance(value, _KINDS[kind]):
        return f"must be of the kind {kind.lower()}"
    if isinstance(value, int) and not 0 <= value <= _LARGEST_INTEGER:
        return "must be an integer of 0..2^62"
    if isinstance(value, float) and not isfinite(value):
        return "must be a finite number"
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
