"""The table of runs as one JSON document, and the schema of that document."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from analysis.runs.fields import RUN_FIELDS
from analysis.store.columns import CERTIFIED_COLUMNS, INSTANCE_COLUMNS, RUN_COLUMNS

if TYPE_CHECKING:
    import pandas as pd

FORMAT, VERSION = "otgah-runs", 1

DERIVED: dict[str, tuple[str, str]] = {
    "contradiction": ("TEXT", "What is wrong where a bound lies below a schedule."),
    "best_bound": ("INTEGER", "The least bound that is proved of the same question."),
    "bound_by": ("TEXT", "Whose bound that is."),
    "gap": ("REAL", "(best_bound - objective) / best_bound, 0 when both are 0."),
    "short": ("INTEGER", "best_bound - objective [requests]."),
    "best_known": ("INTEGER", "The largest objective that is known of the same question."),
    "best_known_by": ("TEXT", "Who found or claims it."),
    "gap_to_best_known": ("REAL", "(best_known - objective) / best_known."),
    "short_of_best_known": ("INTEGER", "best_known - objective [requests]."),
    "own_gap": ("REAL", "(bound - objective) / bound of the run itself."),
    "solver_gap": ("REAL", "(bound - objective) / objective, as MILP solvers print it."),
    "failed": ("FLAG", "Whether the run crashed, raised, or returned what the judge refused."),
}
"""The columns that :func:`analysis.metrics.with_best_bound` adds: their type, and what they say."""

_ABOUT = {each.name: each.about for each in RUN_FIELDS if each.about is not None} | {
    "notes": "What the family says of what it drew.",
    "coefficients": "sha256 of the coefficients.",
}
"""The descriptions of columns whose names do not say enough."""

NESTED: dict[str, Any] = {
    **{each.name: each.schema for each in RUN_FIELDS if each.schema is not None},
    "notes": {"type": ["object", "null"]},
}
"""The columns that hold JSON, with their schemas."""

_WORDS = {each.name: each.words for each in RUN_FIELDS if each.words is not None}
_TYPES = {"TEXT": "string", "INTEGER": "integer", "REAL": "number", "FLAG": "boolean"}


def runs_document(table: pd.DataFrame) -> dict[str, Any]:
    """Return the table of runs as a document: an object a run, absent values null.

    Parameters
    ----------
    table
        The table that :func:`analysis.tables.runs.runs_table` returns.
    """
    plain = table.astype(object)
    rows: list[dict[Any, Any]] = plain.where(plain.notna(), None).to_dict("records")
    for row in rows:
        for name in NESTED.keys() & row.keys():
            row[name] = None if row[name] is None else json.loads(row[name])
    return {"format": FORMAT, "version": VERSION, "runs": rows}


def runs_schema() -> dict[str, Any]:
    """Return the schema of :func:`runs_document`."""
    columns = RUN_COLUMNS | INSTANCE_COLUMNS | CERTIFIED_COLUMNS
    properties = {name: _column(name, sql) for name, sql in columns.items()}
    for name, (sql, told) in DERIVED.items():
        properties[name] = _column(name, sql) | {"description": told}
    properties["failed"]["type"] = "boolean"
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "otgah runs",
        "description": "The table of runs: an object a run, absent values null.",
        "type": "object",
        "required": ["format", "version", "runs"],
        "additionalProperties": False,
        "properties": {
            "format": {"const": FORMAT},
            "version": {"type": "integer", "const": VERSION},
            "runs": {
                "type": "array",
                "items": {
                    "type": "object",
                    "required": list(properties),
                    "additionalProperties": False,
                    "properties": properties,
                },
            },
        },
    }


def _column(name: str, sql: str) -> dict[str, Any]:
    told = {"description": _ABOUT[name]} if name in _ABOUT else {}
    if name in NESTED:
        return {**NESTED[name], **told}
    is_required = "NOT NULL" in sql or "PRIMARY KEY" in sql
    kind = _TYPES[sql.split()[0]]
    if name in _WORDS:
        values = [str(each) for each in _WORDS[name]]
        return {"enum": values if is_required else [*values, None]} | told
    return {"type": kind if is_required else [kind, "null"]} | told
