"""Comparison of two campaigns in sentences, and in tables for a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from analysis.metrics.paired import SIGNIFICANCE
from analysis.text.phrases import ABSENT, aligned, counted, p_text, percent, seconds

if TYPE_CHECKING:
    from collections.abc import Callable

    from analysis.metrics.comparison import Comparison

LONGEST_LIST = 10
"""Maximum number of pairs in the lists of worse and of better pairs in a terminal."""

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
    """Return a sentence for each problem and contestant of the comparison.

    Notes
    -----
    A sentence says that gaps fell or rose only if Wilcoxon's test, adjusted for the number of
    contestants, shows a difference. New failures are always reported.
    """
    if comparison.pairs.empty:
        return ["The two files have no run in common: nothing can be compared."]
    return [_answer(row) for row in comparison.methods.to_dict("records")]


def _answer(row: dict[Any, Any]) -> str:
    name = str(row["contestant"])
    on = "" if row["problem"] == "P1" else f" on {row['problem']}"
    told = [f"{name}{on}, {counted(row['pairs'], 'run')} in common: {_of_gaps(row)}"]
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
    if p >= SIGNIFICANCE:
        return f"the mean gap went {change}, which shows no difference (p {p_text(p)})"
    verb = "fell" if after < before else "rose"
    return f"the mean gap {verb} {change} (p {p_text(p)})"


def _of_times(row: dict[Any, Any]) -> str:
    before, after, p = row["runtime_s_before"], row["runtime_s_after"], row["runtime_s_p"]
    if pd.isna(p):
        return "no time to compare"
    change = f"{seconds(before)} before, {seconds(after)} after"
    shown = f"p {p_text(p)}" if p < SIGNIFICANCE else f"no difference shown, p {p_text(p)}"
    return f"time {change} ({shown})"


def comparison_text(comparison: Comparison) -> str:
    """Return the comparison for a terminal: contradictions, answers, then tables, worst first."""
    parts = [f"Contradiction: {each}" for each in contradiction_lines(comparison)]
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
    parts += unpaired_lines(comparison)
    return "\n\n".join(parts)


def contradiction_lines(comparison: Comparison) -> list[str]:
    """Return a line for each contradiction between the runs of both campaigns."""
    return [
        f"{row['instance']}, {row['problem']}: {row['contradiction']}"
        for row in comparison.contradictions.to_dict("records")
    ]


def unpaired_lines(comparison: Comparison) -> list[str]:
    """Return a line for each contestant with runs that only one of the campaigns has."""
    return [
        f"{row['contestant']}: {counted(row['runs'], 'run')} only {row['campaign']}, in no figure "
        f"of the comparison."
        for row in comparison.unpaired.to_dict("records")
    ]


def contestant_name(row: dict[Any, Any], *, several: bool) -> str:
    """Return the contestant of a row, with its problem if there are several problems."""
    return f"{row['contestant']} on {row['problem']}" if several else str(row["contestant"])


def instance_name(row: dict[Any, Any]) -> str:
    """Return the instance of a row, with its problem if that is not P1."""
    return str(row["instance"]) + ("" if row["problem"] == "P1" else f" ({row['problem']})")


def change(row: dict[Any, Any], column: str) -> str:
    """Return a value of a pair before and after, as text."""
    show: Callable[[Any], str] = {"objective": _whole, "gap": _gap, "runtime_s": _time}[column]
    return f"{show(row[f'{column}_before'])} → {show(row[f'{column}_after'])}"


def _method_rows(comparison: Comparison) -> list[list[str]]:
    several = comparison.methods["problem"].nunique() > 1
    return [
        [
            contestant_name(row, several=several),
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
            instance_name(row),
            str(row["contestant"]),
            str(row["seed"]),
            str(row["schedule"]),
            *(change(row, column) for column in ("objective", "gap", "runtime_s")),
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
