"""Violation: a broken constraint as JSON, and with the edge node indices of the file."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

from heuristics.judges.checker import Violation

if TYPE_CHECKING:
    from collections.abc import Mapping


def violation_to_dict(violation: Violation) -> dict[str, Any]:
    """Return a violation and its slack as a JSON object."""
    return {**asdict(violation), "slack": violation.slack}


def violation_from_dict(document: Mapping[str, Any]) -> Violation:
    """Return the violation of a JSON object."""
    return Violation(**{key: value for key, value in document.items() if key != "slack"})


def in_file_indices(
    violations: tuple[Violation, ...], edge_node: int | None
) -> tuple[Violation, ...]:
    """Return the violations at one edge node with the index of this node in the file."""
    if edge_node is None:
        return violations
    return tuple(
        each if each.edge_node is None else replace(each, edge_node=edge_node)
        for each in violations
    )
