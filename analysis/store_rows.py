"""The rows of a store as they are read: what no batch has written is refused, not reported."""

from __future__ import annotations

import json
from math import isfinite
from typing import TYPE_CHECKING, Any

from heuristics.errors import InputError
from heuristics.problem import Problem
from heuristics.result import EndedBy, NodeKind, Status

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from os import PathLike

_KINDS = {"TEXT": str, "INTEGER": int, "REAL": (int, float), "BLOB": bytes}

_WORDS = {
    "problem": tuple(Problem),
    "status": tuple(Status),
    "ended_by": tuple(EndedBy),
    "node_kind": tuple(NodeKind),
}
"""The columns that have one of a few words."""

_DOCUMENTS = {"options": dict, "notes": dict, "violations": list, "assignment": dict}
"""The columns that hold JSON, and of which kind."""

_LARGEST_INTEGER = 2**62


def refuse_broken(
    names: list[str],
    rows: Iterable[tuple[Any, ...]],
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
    # A column that is declared NOT NULL, or a key, which SQLite would let be null.
    rules = [(name, *columns[name].partition(" ")[::2]) for name in names]
    for number, row in enumerate(rows, start=1):
        for (name, kind, constraint), value in zip(rules, row, strict=True):
            told = _broken(name, kind, bool(constraint), value)
            if told is not None:
                raise InputError(told, source=path, field=f"row {number}: {name}", found=value)


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
    if name in _WORDS and value not in list(_WORDS[name]):
        return f"must be one of {', '.join(_WORDS[name])}"
    if name in _DOCUMENTS and not _is_document(value, _DOCUMENTS[name]):
        return f"must be JSON, a {_DOCUMENTS[name].__name__}"
    return None


def _is_document(text: str, kind: type) -> bool:
    try:
        return isinstance(json.loads(text), kind)
    except (ValueError, RecursionError):
        return False
