"""Run schema: the table of runs as one JSON document, and the schema of that document."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from analysis.runs.fields import RUN_FIELDS
from analysis.store.columns import CERTIFIED_COLUMNS, INSTANCE_COLUMNS, RUN_COLUMNS

if TYPE_CHECKING:
    import pandas as pd

FORMAT, VERSION = "otgah-runs", 1

DERIVED: dict[str, tuple[str, str]] = {
    "contradiction": (
        "TEXT",
        "Contradiction between a bound and the objective of a schedule; null without one.",
    ),
    "best_bound": ("INTEGER", "The least proven bound of the same instance and problem."),
    "bound_by": ("TEXT", "The source of best_bound: a method, or a certificate."),
    "bound_problem": (
        "TEXT",
        "The problem of the source of best_bound: P1 and P3prime share bounds at one edge node.",
    ),
    "gap": ("REAL", "(best_bound - objective) / best_bound, 0 when both are 0."),
    "short": ("INTEGER", "best_bound - objective [requests]."),
    "best_known": ("INTEGER", "The largest known objective of the same instance and problem."),
    "best_known_by": ("TEXT", "The method or the source of best_known."),
    "gap_to_best_known": ("REAL", "(best_known - objective) / best_known."),
    "short_of_best_known": ("INTEGER", "best_known - objective [requests]."),
    "own_gap": ("REAL", "(bound - objective) / bound of the run itself."),
    "solver_gap": ("REAL", "(bound - objective) / objective, as MILP solvers print it."),
    "failed": (
        "FLAG",
        "True if the run crashed, raised an error, or gave a result that the judge refused.",
    ),
}
"""Type and description of each column that :func:`analysis.metrics.with_best_bound` adds."""

_ABOUT = {each.name: each.about for each in RUN_FIELDS if each.about is not None} | {
    "notes": "Notes of the family on the drawn instance.",
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
    """Return the table of runs as a document: one object for each run, absent values null.

    Parameters
    ----------
    table
        Table of :func:`analysis.tables.runs.runs_table`.
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
        "description": "The table of runs: one object for each run, absent values null.",
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
