"""Outcome: a run, or a bound, in a few lines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from analysis.runs.trees import node_kind_text
from analysis.text.phrases import ABSENT, aligned, percent, seconds

if TYPE_CHECKING:
    from collections.abc import Mapping

    from analysis.runs.outcome import Outcome


def outcome_text(outcome: Outcome) -> str:
    """Return a run as a few lines."""
    shown = outcome.to_dict()
    lines = [
        ("instance", shown["instance"]),
        ("method", f"{shown['method']} on {shown['problem']}"),
        ("status", f"{shown['status']}, {_ending(shown)}"),
        ("objective", _shown(shown["objective"])),
        ("bound", _shown(shown["bound"])),
        ("gap", percent(shown["gap"], 2)),
        ("runtime", seconds(shown["runtime_s"])),
    ]
    if shown["num_nodes"] is not None:
        kind = node_kind_text(outcome.task.options, shown["node_kind"])
        lines.append(("nodes", f"{shown['num_nodes']} ({kind})"))
    if shown["claimed_objective"] is not None:
        lines.append(("claimed", f"{shown['claimed_objective']}, by a schedule that is left out"))
    for edge_node, batch in (outcome.assignment or {}).items():
        lines.append((f"batch {edge_node}", " ".join(map(str, batch)) or "empty"))
    lines += [("broken", str(violation)) for violation in outcome.violations]
    return aligned(lines)


def bound_text(outcome: Outcome) -> str:
    """Return a bound and the best schedule beside it as a few lines."""
    result = outcome.result
    proves = "verified" if result.certificate is not None else ABSENT
    lines = [
        ("instance", outcome.task.instance.name),
        ("bound", _shown(result.bound)),
        ("unrounded", ABSENT if result.bound_raw is None else f"{result.bound_raw:.4f}"),
        ("best found", _shown(result.objective)),
        ("gap", percent(result.gap, 2)),
        ("certificate", proves),
        ("runtime", seconds(result.runtime_s)),
    ]
    return aligned(lines)


def _ending(shown: Mapping[str, Any]) -> str:
    if shown["proof"] is not None:
        return f"proved by {shown['proof']}"
    return f"ended by {shown['ended_by']}"


def _shown(value: object) -> str:
    return ABSENT if value is None else str(value)
