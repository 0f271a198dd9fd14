"""Troubles: contradictions, failed runs and runs without a schedule, as parts of a page."""

from __future__ import annotations

from typing import Any

import pandas as pd
from markupsafe import Markup

from analysis.metrics import contradictions
from analysis.reports.pages.elements import (
    LONGEST_TABLE,
    Head,
    count_cell,
    items,
    paragraph,
    rows_table,
)
from analysis.text import answer
from analysis.text.phrases import ABSENT, counted

LONGEST_MESSAGE = 300


def contradicted(runs: pd.DataFrame) -> Markup:
    """Return an alarm with all contradictions between runs; empty without contradictions."""
    found = contradictions(runs)
    if found.empty:
        return Markup("")
    told = items(
        f"{row['instance']}, {row['problem']}: {row['contradiction']}"
        for row in found.to_dict("records")
    )
    return Markup(
        '<div class="alarm" role="alert"><strong>Contradictions.</strong> On {} a bound lies '
        "below a schedule that passed the judge. One of the two is wrong; these runs are in no "
        "mean.{}</div>"
    ).format(counted(found["instance"].nunique(), "instance"), told)


def failures(runs: pd.DataFrame) -> Markup:
    """Return the numbers of failed runs by method; empty without failed runs."""
    failed = runs[runs["failed"]]
    if failed.empty:
        return Markup("")
    counts = failed["method"].value_counts(sort=False)
    parts = ", ".join(f"{count} of {answer.title(str(name))}" for name, count in counts.items())
    return Markup(
        '<p class="warning"><strong>{} of {} runs failed</strong> ({}). They stay in every count; '
        "see “Runs without a schedule”.</p>"
    ).format(len(failed), len(runs), parts)


_TROUBLES = (
    Head("instance"),
    Head("method", is_text=True),
    Head("seed"),
    Head("ended by", is_text=True),
    Head("claimed", "by the solver, refused"),
    Head("message", is_text=True),
)


def troubles_table(runs: pd.DataFrame) -> str:
    """Return the table of runs that failed or ended without a schedule, with their messages."""
    without = runs["objective"].isna() & (runs["status"] != "infeasible")
    rows = runs[runs["failed"] | without]
    if rows.empty:
        return str(paragraph("Every run ended with a schedule or a proof."))
    return str(
        rows_table(
            "Runs without a schedule",
            _TROUBLES,
            [
                [
                    row["instance"],
                    row["method"],
                    count_cell(row["seed"]),
                    row["ended_by"],
                    count_cell(row["claimed_objective"]),
                    Markup('<span class="message">{}</span>').format(_last_line(row["message"])),
                ]
                for row in rows.head(LONGEST_TABLE + 1).to_dict("records")
            ],
            num_rows=len(rows),
            what="runs without a schedule",
        )
    )


def _last_line(message: Any) -> str:
    if pd.isna(message):
        return ABSENT
    return str(message).strip().splitlines()[-1][:LONGEST_MESSAGE]
