"""Display: an outcome as HTML, with the loads of its schedule as bars."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analysis.runs.trees import node_kind_text
from heuristics.display.markup import Markup, table
from heuristics.display.result import summary_html
from heuristics.display.schedule import loads_html
from heuristics.loads import Loads

if TYPE_CHECKING:
    from analysis.runs.outcome import Outcome


def outcome_html(outcome: Outcome) -> Markup:
    """Return an outcome as the HTML that a notebook shows."""
    task, result = outcome.task, outcome.result
    title = f"{task.method} on {result.problem} of {task.instance.name}"
    node_kind = node_kind_text(task.options, result.node_kind)
    parts = [summary_html(result, title=title, node_kind=node_kind)]
    if result.schedule is not None:
        names = task.instance.edge_node_names
        loads = Loads.of(task.data, result.schedule, problem=result.problem, names=names)
        parts.append(loads_html(loads))
    if outcome.violations:
        rows = [[str(each)] for each in outcome.violations]
        parts.append(table("Broken constraints", (), rows))
    return Markup("".join(parts))
