"""Page of two campaigns: the answers, the table of methods, and the pairs that changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from analysis.reports.pages.elements import (
    Head,
    TableCell,
    count_cell,
    fine_percent_cell,
    items,
    known,
    p_cell,
    paragraph,
    rows_table,
    seconds_cell,
)
from analysis.text.comparison import (
    TITLE,
    answers,
    change,
    contestant_name,
    contradiction_lines,
    instance_name,
    unpaired_lines,
)

if TYPE_CHECKING:
    import pandas as pd

    from analysis.metrics.comparison import Comparison

LONGEST_LIST = 30
"""Maximum number of pairs in the tables of worse and of better pairs; the grid has all pairs."""

_METHOD_HEADS = (
    Head("method"),
    Head("pairs", "of runs"),
    Head("better", "schedules"),
    Head("equal"),
    Head("worse"),
    Head("failed", "now"),
    Head("failed", "no more"),
    Head("gap", "mean, before"),
    Head("gap", "mean, after"),
    Head("p", "of gaps"),
    Head("time", "mean, before"),
    Head("time", "mean, after"),
    Head("p", "of times"),
    Head("proofs", "gained, lost"),
)
_PAIR_HEADS = (
    Head("instance"),
    Head("method", is_text=True),
    Head("seed"),
    Head("schedule", is_text=True),
    Head("served", "requests"),
    Head("gap", "to the best bound"),
    Head("time", "of the solve"),
    Head("proof", is_text=True),
)


def comparison_section(comparison: Comparison, *, names: str) -> str:
    """Return the comparison as HTML for a page, with the pairs that changed.

    Parameters
    ----------
    comparison
        Comparison of two campaigns.
    names
        Names of both stores.
    """
    alarms = contradiction_lines(comparison)
    alarm = Markup('<div class="alarm" role="alert"><strong>Contradictions.</strong>{}</div>')
    parts = [
        Markup("<h1>{}</h1>").format(TITLE),
        alarm.format(items(alarms)) if alarms else Markup(""),
        *(paragraph(each, kind="answer") for each in answers(comparison)),
        paragraph(f"From {names}."),
        *(paragraph(each) for each in unpaired_lines(comparison)),
        _table("By method", _METHOD_HEADS, _method_rows(comparison)),
        _table("What got worse", _PAIR_HEADS, _pair_rows(comparison.regressions())),
        _table("What got better", _PAIR_HEADS, _pair_rows(comparison.improvements())),
    ]
    return str(Markup("").join(parts))


def _table(title: str, heads: tuple[Head, ...], rows: list[list[TableCell | str]]) -> Markup:
    shown = rows_table(title, heads, rows, what="pairs", longest=LONGEST_LIST)
    return Markup("<h2>{}</h2>").format(title) + (shown if rows else paragraph("None."))


def _method_rows(comparison: Comparison) -> list[list[TableCell | str]]:
    several = comparison.methods["problem"].nunique() > 1
    counts = ("pairs", "better", "equal", "worse", "failed_now", "failed_no_more")
    return [
        [
            contestant_name(row, several=several),
            *(count_cell(row[name]) for name in counts),
            *(fine_percent_cell(row[f"gap_{side}"]) for side in ("before", "after")),
            p_cell(row["gap_p"]),
            *(seconds_cell(row[f"runtime_s_{side}"]) for side in ("before", "after")),
            p_cell(row["runtime_s_p"]),
            TableCell(f"+{row['gained']} -{row['lost']}", row["gained"] - row["lost"]),
        ]
        for row in comparison.methods.to_dict("records")
    ]


def _pair_rows(pairs: pd.DataFrame) -> list[list[TableCell | str]]:
    return [
        [
            instance_name(row),
            str(row["contestant"]),
            count_cell(row["seed"]),
            str(row["schedule"]),
            *(_change_cell(row, column) for column in ("objective", "gap", "runtime_s")),
            str(row["proof"]),
        ]
        for row in pairs.to_dict("records")
    ]


def _change_cell(row: dict[Any, Any], column: str) -> TableCell:
    """Return a cell with the values before and after, sorted by their difference."""
    before, after = (known(row[f"{column}_{side}"]) for side in ("before", "after"))
    by = None if before is None or after is None else after - before
    return TableCell(change(row, column), by)
