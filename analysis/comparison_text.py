"""A comparison of two campaigns in words and tables, for a terminal and for a page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from analysis.metrics.paired import LEVEL, p_text
from analysis.text import ABSENT, aligned, percent, seconds

if TYPE_CHECKING:
    from analysis.comparison import Comparison

LONGEST_LIST = 10
"""How many pairs the terminal lists of those that got worse, and of those that got better."""

TITLE = "What got better, and what worse?"

_HEADER = (
    "method",
    "pairs",
    "better",
    "equal",
    "worse",
    "failed now",
    "no more",
    "gap before",
    "after",
    "p",
    "time before",
    "after",
    "p",
    "proofs",
)
_PAIR_HEADER = ("instance", "method", "seed", "what", "objective", "gap", "time", "proof")


def answers(comparison: Comparison) -> list[str]:
    """Return what the comparison says, a sentence for each problem and contestant.

    Notes
    -----
    That schedules became better is said only where Wilcoxon's test, adjusted for the number of
    contestants, shows a difference of gaps; what failed is said in any case.
    """
    if comparison.pairs.empty:
        return ["The two files have no run in common: nothing can be compared."]
    return [_answer(row) for row in comparison.methods.to_dict("records")]


def _answer(row: dict[Any, Any]) -> str:
    name = str(row["contestant"])
    on = "" if row["problem"] == "P1" else f" on {row['problem']}"
    told = [f"{name}{on}, {_number(row['pairs'], 'run')} in common: {_of_gaps(row)}"]
    counts = (
        f"schedules better in {row['better']}, equal in {row['equal']}, worse in {row['worse']}"
    )
    told.append(counts)
    if row["failed_now"] or row["failed_no_more"]:
        told.append(f"{row['failed_now']} failed now, {row['failed_no_more']} no more")
    if row["gained"] or row["lost"]:
        told.append(f"proofs gained {row['gained']}, lost {row['lost']}")
    return f"{'; '.join(told)}; {_of_times(row)}."


def _of_gaps(row: dict[Any, Any]) -> str:
    before, after, p = row["gap_before"], row["gap_after"], row["gap_p"]
    if pd.isna(p):
        return "no gap to compare"
    if before == after:
        return f"the mean gap is {percent(before, 2)} before and after"
    change = f"from {percent(before, 2)} to {percent(after, 2)}"
    if p >= LEVEL:
        return f"the mean gap went {change}, which shows no difference (p {p_text(p)})"
    verb = "fell" if after < before else "rose"
    return f"the mean gap {verb} {change} (p {p_text(p)})"


def _of_times(row: dict[Any, Any]) -> str:
    before, after, p = row["runtime_s_before"], row["runtime_s_after"], row["runtime_s_p"]
    if pd.isna(p):
        return "no time to compare"
    change = f"{seconds(before)} before, {seconds(after)} after"
    shown = f"p {p_text(p)}" if p < LEVEL else f"no difference shown, p {p_text(p)}"
    return f"time {change} ({shown})"


def comparison_text(comparison: Comparison) -> str:
    """Return the comparison for a terminal: contradictions, answers, tables, the worst first."""
    parts = [f"Contradiction: {each}" for each in _contradictions(comparison)]
    parts += answers(comparison)
    if not comparison.methods.empty:
        parts.append(aligned(_method_rows(comparison), _HEADER, right=range(1, 14)))
    for title, pairs in (
        ("Worse after", comparison.regressions()),
        ("Better after", comparison.improvements()),
    ):
        if not pairs.empty:
            more = len(pairs) - LONGEST_LIST
            rest = f"\n... and {more} more" if more > 0 else ""
            table = aligned(_pair_rows(pairs.head(LONGEST_LIST)), _PAIR_HEADER)
            parts.append(f"{title}: {len(pairs)}\n{table}{rest}")
    parts += _unpaired(comparison)
    return "\n\n".join(parts)


def comparison_section(comparison: Comparison, *, names: str) -> str:
    """Return the comparison as HTML for a page, with the pairs that changed most.

    Parameters
    ----------
    comparison
        The two campaigns.
    names
        What was compared with what.
    """
    from markupsafe import Markup

    from analysis.pages.markup import Head, items, paragraph, rows_table

    alarms = _contradictions(comparison)
    alarm = (
        Markup('<div class="alarm" role="alert"><strong>Contradictions.</strong>{}</div>').format(
            items(alarms)
        )
        if alarms
        else Markup("")
    )
    told = Markup("").join(paragraph(each, kind="answer") for each in answers(comparison))
    unpaired = Markup("").join(paragraph(each) for each in _unpaired(comparison))
    shown = Markup("")
    tables: list[tuple[str, tuple[str, ...], list[list[str]], int]] = [
        ("By method", _HEADER, _method_rows(comparison), 1),
        ("What got worse", _PAIR_HEADER, _pair_rows(comparison.regressions()), 8),
        ("What got better", _PAIR_HEADER, _pair_rows(comparison.improvements()), 8),
    ]
    for title, header, rows, num_texts in tables:
        heads = [Head(name, is_text=place < num_texts) for place, name in enumerate(header)]
        shown += Markup("<h2>{}</h2>").format(title)
        shown += (
            rows_table(title, heads, rows, what="pairs", longest=30)
            if rows
            else paragraph("Nothing.")
        )
    return str(
        Markup("<h1>{}</h1>").format(TITLE)
        + alarm
        + told
        + paragraph(f"From {names}.")
        + unpaired
        + shown
    )


def _contradictions(comparison: Comparison) -> list[str]:
    return [
        f"{row['instance']}, {row['problem']}: {row['contradiction']}"
        for row in comparison.contradictions.to_dict("records")
    ]


def _unpaired(comparison: Comparison) -> list[str]:
    return [
        f"{row['contestant']}: {_number(row['runs'], 'run')} only {row['campaign']}, in no figure "
        f"of the comparison."
        for row in comparison.unpaired.to_dict("records")
    ]


def _method_rows(comparison: Comparison) -> list[list[str]]:
    several = comparison.methods["problem"].nunique() > 1
    return [
        [
            f"{row['contestant']} on {row['problem']}" if several else str(row["contestant"]),
            *(
                str(row[name])
                for name in ("pairs", "better", "equal", "worse", "failed_now", "failed_no_more")
            ),
            *(percent(_known(row[f"gap_{side}"]), 2) for side in ("before", "after")),
            _p(row["gap_p"]),
            *(seconds(_known(row[f"runtime_s_{side}"])) for side in ("before", "after")),
            _p(row["runtime_s_p"]),
            f"+{row['gained']} -{row['lost']}",
        ]
        for row in comparison.methods.to_dict("records")
    ]


def _pair_rows(pairs: pd.DataFrame) -> list[list[str]]:
    return [
        [
            str(row["instance"]) + ("" if row["problem"] == "P1" else f" ({row['problem']})"),
            str(row["contestant"]),
            str(row["seed"]),
            str(row["schedule"]),
            *(
                f"{show(row[f'{name}_before'])} → {show(row[f'{name}_after'])}"
                for name, show in (("objective", _whole), ("gap", _gap), ("runtime_s", _time))
            ),
            str(row["proof"]),
        ]
        for row in pairs.to_dict("records")
    ]


def _known(value: Any) -> float | None:
    return None if pd.isna(value) else float(value)


def _whole(value: Any) -> str:
    return ABSENT if pd.isna(value) else str(value)


def _gap(value: Any) -> str:
    return percent(_known(value), 2)


def _time(value: Any) -> str:
    return seconds(_known(value))


def _p(value: Any) -> str:
    return ABSENT if pd.isna(value) else p_text(value).removeprefix("= ")


def _number(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"
