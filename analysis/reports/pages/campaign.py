"""Page of a campaign: endings and failures of its runs, origins of bounds, and a timeline."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from markupsafe import Markup

from analysis.metrics import bound_origins, ending_costs, failure_kinds, is_solved
from analysis.metrics.column import floats
from analysis.reports.pages.chart import LEAST_SECONDS, Chart, looks, plain, seconds_axis
from analysis.reports.pages.elements import (
    Head,
    TableCell,
    body,
    count_cell,
    paragraph,
    rows_table,
    seconds_cell,
    table,
)
from analysis.reports.pages.grid import numbers
from analysis.reports.pages.troubles import LONGEST_MESSAGE, contradicted
from analysis.text.campaign_runs import TITLE, answer, completeness, duration, uniformity
from analysis.text.phrases import seconds

if TYPE_CHECKING:
    from collections.abc import Sequence


def opening(runs: pd.DataFrame) -> str:
    """Return the question, contradictions, the answer, and remarks on missing or unequal runs."""
    return str(
        Markup("<h1>{}</h1>").format(TITLE)
        + contradicted(runs)
        + paragraph(answer(runs), kind="answer")
        + paragraph(completeness(runs), duration(runs), uniformity(runs))
    )


_NO_ENDINGS = ("problem", "method", "runs", "wall_s", "longest_s")


def endings_table(runs: pd.DataFrame) -> str:
    """Return the table of endings and times of each method on each problem."""
    costs = ending_costs(runs)
    ends = [name for name in costs.columns if name not in _NO_ENDINGS]
    heads = [
        Head("method"),
        Head("problem", is_text=True),
        Head("runs"),
        *(Head(each, "runs") for each in ends),
        Head("processes", "total lifetime"),
        Head("longest", "solve, failed: limit"),
    ]
    rows: list[Sequence[TableCell | str]] = [
        [
            row["method"],
            row["problem"],
            count_cell(row["runs"]),
            *(count_cell(row[each]) for each in ends),
            seconds_cell(row["wall_s"]),
            seconds_cell(row["longest_s"]),
        ]
        for row in costs.to_dict("records")
    ]
    return str(table("Endings of the runs", heads, [body(rows, heads)]))


def failures_table(runs: pd.DataFrame) -> str:
    """Return the table of failures by method and message."""
    kinds = failure_kinds(runs)
    if kinds.empty:
        return str(paragraph("No run failed."))
    heads = [
        Head("method"),
        Head("ended by", is_text=True),
        Head("runs"),
        Head("first instance", is_text=True),
        Head("message", "of the first", is_text=True),
    ]
    message = Markup('<span class="message">{}</span>')
    rows = [
        [
            row["method"],
            row["ended_by"],
            count_cell(row["runs"]),
            row["instance"],
            message.format(str(row["message"])[:LONGEST_MESSAGE]),
        ]
        for row in kinds.to_dict("records")
    ]
    return str(rows_table("Failures by kind", heads, rows, what="kinds of failure"))


def bounds_table(runs: pd.DataFrame) -> str:
    """Return the table of the methods that proved the best bounds."""
    heads = [Head("best bound proved by"), Head("questions")]
    rows = [
        ["no method" if pd.isna(row["bound_by"]) else row["bound_by"], count_cell(row["questions"])]
        for row in bound_origins(runs).to_dict("records")
    ]
    return str(rows_table("Origins of the bounds", heads, rows))


MOST_MARKS = 4000
"""Maximum number of runs in the timeline."""


def timeline(runs: pd.DataFrame, source: str) -> Chart:
    """Draw the start of each run against the lifetime of its process."""
    shown = (
        runs if len(runs) <= MOST_MARKS else runs.sample(MOST_MARKS, random_state=0).sort_index()
    )
    sampled = (
        ""
        if len(shown) == len(runs)
        else f"A random sample of {len(shown):,} of {len(runs):,} runs is drawn. "
    )
    is_odd = ~is_solved(shown)
    traces = []
    for method, look in looks(runs["method"].unique()).items():
        own = shown[shown["method"] == method]
        odd = is_odd.loc[own.index].to_numpy()
        traces.append(
            {
                "type": "scatter",
                "mode": "markers",
                "name": plain(method),
                "x": own["started_at"].str.slice(0, 19).tolist(),
                "y": numbers(np.maximum(floats(own["wall_s"]), LEAST_SECONDS)),
                "marker": {
                    "color": look.colour,
                    "size": 7,
                    "symbol": [f"{look.symbol}-open" if each else look.symbol for each in odd],
                },
                "customdata": [int(row) for row in own.index],
                "text": [
                    f"{plain(name)}<br>{seconds(float(wall))}, ended by {end}"
                    for name, wall, end in zip(
                        own["instance"], own["wall_s"], own["ended_by"], strict=True
                    )
                ],
                "hovertemplate": "%{text}<extra>%{fullData.name}</extra>",
            }
        )
    return Chart(
        title="Start of the runs, and lifetime of their processes",
        traces=traces,
        layout={
            "xaxis": {"title": {"text": "start (UTC)"}, "type": "date"} | _range(shown),
            "yaxis": {
                "title": {"text": "lifetime of the process"},
                **seconds_axis(floats(runs["wall_s"])),
            },
        },
        caption=(
            f"Each mark is a run. Hollow marks: runs that failed or ended at a limit. {sampled}"
            f"Source: {source}."
        ),
        alternative=duration(runs),
        is_wide=True,
    )


def _range(runs: pd.DataFrame) -> dict[str, Any]:
    """Return a range of one minute around runs that all started within a second."""
    began = pd.to_datetime(runs["started_at"].str.slice(0, 19))
    if (began.max() - began.min()).total_seconds() >= 1:
        return {}
    around = (began.min() + pd.Timedelta(seconds=side) for side in (-30, 30))
    return {"range": [each.isoformat() for each in around]}
