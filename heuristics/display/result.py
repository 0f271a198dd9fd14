"""Result as HTML: schedule, bound and runtime of a method."""

from __future__ import annotations

from typing import TYPE_CHECKING

from heuristics.display.markup import Markup, bar, table
from heuristics.display.schedule import schedule_html

if TYPE_CHECKING:
    from heuristics.result import Result


def result_html(result: Result) -> Markup:
    """Return the result as a table of names and values, and the batches below it."""
    batches = "" if result.schedule is None else schedule_html(result.schedule)
    return Markup(f"{summary_html(result)}{batches}")


def summary_html(
    result: Result, *, title: str | None = None, node_kind: str | None = None
) -> Markup:
    """Return the result without its batches.

    Parameters
    ----------
    result
        Result of a method.
    title
        Title above the table; None for the name of the problem.
    node_kind
        Text beside the number of nodes; None for the kind of node.
    """
    ending = f"ended by {result.ended_by}" if result.proof is None else f"proved by {result.proof}"
    gap, nodes = result.gap, result.num_nodes
    rows: list[tuple[str, object]] = [
        ("status", f"{result.status}, {ending}"),
        ("objective", result.objective),
        ("bound", result.bound),
        ("gap", None if gap is None else f"{100 * gap:.2f} %"),
        ("runtime", None if result.runtime_s is None else f"{result.runtime_s:.4g} s"),
    ]
    if result.objective is not None and result.bound is not None:
        rows[1] = ("objective", bar(result.objective, result.bound))
    if nodes is not None:
        rows.append(("nodes", f"{nodes:,} ({node_kind or result.node_kind})"))
    if result.claimed_objective is not None:
        rows.append(("claimed", f"{result.claimed_objective:,}, by a schedule that is left out"))
    if result.message is not None:
        rows.append(("message", result.message))
    return table(title or f"Result for {result.problem}", (), rows)
