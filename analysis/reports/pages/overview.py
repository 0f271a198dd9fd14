"""Overview: the answer of a report, and the table of its methods by family."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd
from markupsafe import Markup

from analysis.metrics import NODE_SHIFT, RUNTIME_SHIFT_S, summary
from analysis.reports.pages.elements import (
    Head,
    TableCell,
    body,
    count_cell,
    decimal_cell,
    paragraph,
    percent_cell,
    prose,
    seconds_cell,
    table,
)
from analysis.reports.pages.troubles import contradicted, failures
from analysis.text import answer
from analysis.text.nodes import tree_remark

if TYPE_CHECKING:
    from collections.abc import Collection


def opening(runs: pd.DataFrame) -> str:
    """Return the question, an alarm on contradictions, the answer, and the number of failures."""
    return str(
        Markup("<h1>{}</h1>").format(prose(answer.question(runs)))
        + contradicted(runs)
        + paragraph(answer.answer(runs), kind="answer")
        + paragraph(answer.proven_optima(runs), answer.comparison(runs), answer.bound_sources(runs))
        + failures(runs)
    )


def heading(problem: str, problems: Collection[str]) -> str:
    """Return the heading of the part on one problem; empty if there is only one problem."""
    return str(Markup("<h3>Problem {}</h3>").format(problem)) if len(problems) > 1 else ""


_SUMMARY = (
    Head("method"),
    Head("runs", "failed included"),
    Head("mean gap", "to the best proven bound"),
    Head("largest gap"),
    Head("short", "requests below bound, mean"),
    Head("optimal", "schedule reaches the bound"),
    Head("proved", "by the run itself"),
    Head("runtime", f"mean, shift {RUNTIME_SHIFT_S:g} s"),
    Head("longest"),
    Head("tree nodes", f"mean, shift {NODE_SHIFT}"),
    Head("branch-and-bound nodes", f"mean, shift {NODE_SHIFT}"),
)


def summary_table(runs: pd.DataFrame, problem: str) -> str:
    """Return the table by family and method of one problem.

    Parameters
    ----------
    runs
        The table that :func:`analysis.metrics.with_best_bound` returns.
    problem
        Problem to summarise, since gaps of two problems never share a table.
    """
    chosen = runs[runs["problem"] == problem]
    everywhere = summary(chosen, by=("method",)).assign(family="all families")
    by_family = summary(chosen, by=("family", "method"))
    groups = [everywhere] if by_family["family"].nunique(dropna=False) > 1 else []
    groups += [group for _, group in by_family.groupby("family", dropna=False, sort=False)]
    made = table(f"Summary of {problem}", _SUMMARY, map(_table_group, groups))
    return str(made + paragraph(tree_remark(chosen)))


def _table_group(group: pd.DataFrame) -> Markup:
    family = group["family"].iloc[0]
    name = "(no family)" if pd.isna(family) else str(family)
    head = Markup('<tr class="family"><th colspan="{}" scope="rowgroup">{}</th></tr>')
    return head.format(len(_SUMMARY), name) + body(
        [_summary_row(row) for row in group.to_dict("records")], _SUMMARY
    )


def _summary_row(row: dict[Any, Any]) -> list[TableCell | str]:
    num_runs, with_gap = row["runs"], row["with_gap"]
    runs, gap = TableCell(f"{num_runs:,}", num_runs), percent_cell(row["mean_gap"])
    if row["failed"]:
        told = Markup('{} <strong class="bad">{} failed</strong>')
        runs = runs._replace(shown=told.format(runs.shown, row["failed"]))
    if 0 < with_gap < num_runs:
        told = Markup("{}<small>over {} runs</small>")
        gap = gap._replace(shown=told.format(gap.shown, with_gap))
    name = row["method"]
    if answer.is_subject(name):
        name = Markup("<strong>{}</strong>").format(name)
    return [
        name,
        runs,
        gap,
        percent_cell(row["max_gap"]),
        decimal_cell(row["mean_short"]),
        TableCell(f"{row['optimal']}/{num_runs}", row["optimal"] / num_runs),
        TableCell(f"{row['proved']}/{num_runs}", row["proved"] / num_runs),
        seconds_cell(row["runtime_s"]),
        seconds_cell(row["max_runtime_s"]),
        count_cell(row["tree_nodes"]),
        count_cell(row["branch_and_bound_nodes"]),
    ]
