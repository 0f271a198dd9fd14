"""Fields of a run: the one table from which JSON, wire, store, schema and export follow.

A number that is added to :class:`heuristics.result.Result` needs one line more, in
:data:`RUN_FIELDS`. The line puts it into ``otgah solve --json``, the message of a worker, the
columns of the store, the published schema, and every table that ``otgah export-runs`` writes.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import StrEnum
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from analysis.runs.values import Duration, Integer, KeptText, Number
from analysis.runs.violation import violation_to_dict
from heuristics.problem import Problem
from heuristics.result import EndedBy, NodeKind, Status

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from analysis.runs.outcome import Outcome

RESULT = "result"
MACHINE = "conditions.machine"


class Kind(StrEnum):
    """The type of a field."""

    TEXT = "text"
    INTEGER = "integer"
    NUMBER = "number"
    DURATION = "duration"
    DOCUMENT = "document"

    @property
    def sql(self) -> str:
        """The type of the column in SQLite."""
        return {Kind.INTEGER: "INTEGER", Kind.NUMBER: "REAL", Kind.DURATION: "REAL"}.get(
            self, "TEXT"
        )


_TYPES: dict[Kind, Any] = {
    Kind.TEXT: KeptText,
    Kind.INTEGER: Integer,
    Kind.NUMBER: Number,
    Kind.DURATION: Duration,
}


@dataclass(frozen=True, kw_only=True)
class RunField:
    """One field of a run.

    Parameters
    ----------
    name
        Name of the column and of the JSON key.
    kind
        Type of the value.
    source
        Attribute of the :class:`Outcome` that holds the value, or :data:`RESULT` or
        :data:`MACHINE`: the result's attribute, or the entry about the machine, of this name.
    constraint
        Constraint of the column in SQLite; empty if the value may be absent.
    words
        Values that a text can have; None for any text.
    about
        Description in the published schema; None if the name says it all.
    schema
        JSON Schema of a document; None for other kinds.
    encode
        Function from the value to the text of a document.
    derived
        True if the result computes the value from other fields: no worker sends it.
    stored
        True if the store has a column for the field.
    """

    name: str
    kind: Kind
    source: str
    constraint: str = ""
    words: type[StrEnum] | None = None
    about: str | None = None
    schema: Mapping[str, Any] | None = None
    encode: Callable[[Any], str | None] | None = None
    derived: bool = False
    stored: bool = True

    @property
    def sql(self) -> str:
        """The declaration of the column."""
        return f"{self.kind.sql} {self.constraint}".strip()

    @property
    def type(self) -> Any:
        """The type that pydantic checks in the message of a worker."""
        plain = _TYPES[self.kind] if self.words is None else self.words
        return plain if self.constraint else plain | None

    @property
    def json_types(self) -> tuple[str, ...]:
        """The JSON types of a document, ``null`` included; empty for other kinds."""
        types = () if self.schema is None else self.schema["type"]
        return (types,) if isinstance(types, str) else tuple(types)

    def of(self, outcome: Outcome) -> Any:
        """Return the value of the field in an outcome, as the store keeps it."""
        if self.source == MACHINE:
            return attrgetter(MACHINE)(outcome)[self.name]
        path = f"{RESULT}.{self.name}" if self.source == RESULT else self.source
        value = attrgetter(path)(outcome)
        return value if self.encode is None else self.encode(value)


def _or_null(value: Any) -> str | None:
    """Return a document as JSON; None for an empty or an absent one."""
    return json.dumps(value) if value else None


def _text_or_null(value: str) -> str | None:
    return value or None


def _options(value: Mapping[str, Any]) -> str:
    return json.dumps(dict(value))


def _assignment(value: Mapping[str, Any] | None) -> str | None:
    return None if value is None else json.dumps(value)


def _violations(value: Iterable[Any]) -> str:
    return json.dumps([violation_to_dict(each) for each in value])


_POINT = {
    "type": "array",
    "prefixItems": [
        {"type": "number", "minimum": 0},
        {"type": ["integer", "null"], "minimum": 0},
        {"type": ["integer", "null"], "minimum": 0},
    ],
    "minItems": 3,
    "maxItems": 3,
}

_MACHINE_FIELDS = tuple(
    RunField(name=name, kind=kind, source=MACHINE, constraint=constraint)
    for name, kind, constraint in (
        ("otgah", Kind.TEXT, "NOT NULL"),
        ("git", Kind.TEXT, ""),
        ("python", Kind.TEXT, "NOT NULL"),
        ("numpy", Kind.TEXT, "NOT NULL"),
        ("numba", Kind.TEXT, "NOT NULL"),
        ("highspy", Kind.TEXT, "NOT NULL"),
        ("pyomo", Kind.TEXT, "NOT NULL"),
        ("pulp", Kind.TEXT, "NOT NULL"),
        ("packages", Kind.TEXT, "NOT NULL"),
        ("platform", Kind.TEXT, "NOT NULL"),
        ("cpu", Kind.TEXT, ""),
        ("num_cpus", Kind.INTEGER, ""),
        ("num_cores", Kind.INTEGER, ""),
    )
)

RUN_FIELDS: tuple[RunField, ...] = (
    RunField(name="key", kind=Kind.TEXT, source="conditions.id", constraint="PRIMARY KEY"),
    RunField(
        name="instance",
        kind=Kind.TEXT,
        source="task.instance.name",
        constraint="NOT NULL REFERENCES instances (instance)",
    ),
    RunField(name="method", kind=Kind.TEXT, source="task.method", constraint="NOT NULL"),
    RunField(
        name="problem", kind=Kind.TEXT, source="task.problem", constraint="NOT NULL", words=Problem
    ),
    RunField(name="cardinality", kind=Kind.INTEGER, source="task.cardinality"),
    RunField(name="plugin", kind=Kind.TEXT, source="task.plugin_name"),
    RunField(name="plugin_sha256", kind=Kind.TEXT, source="task.plugin_sha256"),
    RunField(
        name="options",
        kind=Kind.DOCUMENT,
        source="task.options",
        constraint="NOT NULL",
        about="All options of the method, each with its value.",
        schema={"type": "object"},
        encode=_options,
    ),
    RunField(name="seed", kind=Kind.INTEGER, source="task.seed", constraint="NOT NULL"),
    RunField(name="time_limit_s", kind=Kind.DURATION, source="task.time_limit"),
    RunField(name="node_limit", kind=Kind.INTEGER, source="task.node_limit"),
    RunField(name="memory_limit_mb", kind=Kind.INTEGER, source="conditions.memory_limit_mb"),
    RunField(name="status", kind=Kind.TEXT, source=RESULT, constraint="NOT NULL", words=Status),
    RunField(name="ended_by", kind=Kind.TEXT, source=RESULT, constraint="NOT NULL", words=EndedBy),
    RunField(
        name="objective",
        kind=Kind.INTEGER,
        source=RESULT,
        about="The throughput of the schedule [requests]; null without one.",
        derived=True,
    ),
    RunField(
        name="bound",
        kind=Kind.INTEGER,
        source=RESULT,
        about="The upper bound that the run itself proved; null without one.",
    ),
    RunField(name="bound_raw", kind=Kind.NUMBER, source=RESULT),
    RunField(name="gap", kind=Kind.NUMBER, source=RESULT, derived=True, stored=False),
    RunField(
        name="runtime_s", kind=Kind.DURATION, source=RESULT, about="Time of solving alone [s]."
    ),
    RunField(
        name="build_s", kind=Kind.DURATION, source=RESULT, about="Time of building the model [s]."
    ),
    RunField(
        name="wall_s",
        kind=Kind.DURATION,
        source="conditions.wall_s",
        constraint="NOT NULL",
        about="Duration of the run with its processes [s].",
    ),
    RunField(
        name="num_nodes",
        kind=Kind.INTEGER,
        source=RESULT,
        about="Number of nodes visited, of the kind in node_kind.",
    ),
    RunField(name="node_kind", kind=Kind.TEXT, source=RESULT, words=NodeKind),
    RunField(name="simplex_iterations", kind=Kind.INTEGER, source=RESULT),
    RunField(name="proved_by", kind=Kind.TEXT, source=RESULT),
    RunField(name="proof", kind=Kind.TEXT, source=RESULT, derived=True),
    RunField(name="solver", kind=Kind.TEXT, source=RESULT),
    RunField(name="claimed_objective", kind=Kind.INTEGER, source=RESULT),
    RunField(name="message", kind=Kind.TEXT, source=RESULT),
    RunField(
        name="assignment",
        kind=Kind.DOCUMENT,
        source="assignment",
        about="Edge node index -> request indices.",
        schema={"type": ["object", "null"]},
        encode=_assignment,
    ),
    RunField(
        name="violations",
        kind=Kind.DOCUMENT,
        source="violations",
        about="Constraints that the judge found broken.",
        schema={"type": ["array", "null"], "items": {"type": "object"}},
        encode=_violations,
    ),
    RunField(
        name="trajectory",
        kind=Kind.DOCUMENT,
        source="result.trajectory",
        about="[runtime_s, objective, bound] after each improvement.",
        schema={"type": ["array", "null"], "items": _POINT},
        encode=_or_null,
    ),
    RunField(name="log", kind=Kind.TEXT, source="conditions.log", encode=_text_or_null),
    RunField(
        name="started_at", kind=Kind.TEXT, source="conditions.started_at", constraint="NOT NULL"
    ),
    RunField(name="ended_at", kind=Kind.TEXT, source="conditions.ended_at", constraint="NOT NULL"),
    RunField(name="load_start", kind=Kind.NUMBER, source="conditions.load_start"),
    RunField(name="load_end", kind=Kind.NUMBER, source="conditions.load_end"),
    RunField(name="largest_memory_mb", kind=Kind.INTEGER, source="conditions.largest_memory_mb"),
    RunField(
        name="num_attempts",
        kind=Kind.INTEGER,
        source="conditions.num_attempts",
        constraint="NOT NULL",
    ),
    *_MACHINE_FIELDS,
    RunField(
        name="num_jobs", kind=Kind.INTEGER, source="conditions.num_jobs", constraint="NOT NULL"
    ),
    RunField(
        name="isolation", kind=Kind.TEXT, source="conditions.isolation", constraint="NOT NULL"
    ),
)
"""Every field of a run, in the order of the columns of the store."""


def result_fields(*, derived: bool = True) -> tuple[RunField, ...]:
    """Return the fields of a result, in the order of their JSON keys.

    Parameters
    ----------
    derived
        True to include the fields that a result computes from others.
    """
    fields = (each for each in RUN_FIELDS if each.source == RESULT)
    return tuple(each for each in fields if derived or not each.derived)


def run_row(outcome: Outcome) -> dict[str, Any]:
    """Return an outcome as the row that the store keeps.

    Parameters
    ----------
    outcome
        A judged run with the conditions under which it was made.
    """
    return {each.name: each.of(outcome) for each in RUN_FIELDS if each.stored}
