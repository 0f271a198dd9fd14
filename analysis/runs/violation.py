"""Violation: a broken constraint as JSON, and with the edge node indices of the file."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

from heuristics.judges.checker import Violation

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


def violation_to_dict(violation: Violation) -> dict[str, Any]:
    """Return a violation and its slack as a JSON object."""
    return {**asdict(violation), "slack": violation.slack}


def violation_from_dict(document: Mapping[str, Any]) -> Violation:
    """Return the violation of a JSON object."""
    return Violation(**{key: value for key, value in document.items() if key != "slack"})


def in_file_indices(
    violations: tuple[Violation, ...], rows: Sequence[int] | None
) -> tuple[Violation, ...]:
    """Return the violations at some rows, None for all, with the indices of the file."""
    if rows is None:
        return violations
    return tuple(
        each if each.edge_node is None else replace(each, edge_node=rows[each.edge_node])
        for each in violations
    )
