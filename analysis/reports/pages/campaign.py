"""The page of a campaign: what ran, what failed, with what it was made."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from markupsafe import Markup

from analysis.metrics import QUESTION, counted_runtime, endings, is_solved
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
from analysis.reports.pages.grid import last_lines, numbers
from analysis.reports.pages.troubles import contradicted
from analysis.store.columns import PROVENANCE
from analysis.text.phrases import counted, seconds

if TYPE_CHECKING:
    from collections.abc import Sequence

TITLE = "What ran, and what failed?"

_DIGITS = r"\d+"


def answer(runs: pd.DataFrame) -> str:
    """Return one sentence on how many runs there are and how they ended."""
    num_failed = int(runs["failed"].sum())
    num_cut = int((~runs["failed"] & ~is_solved(runs)).sum())
    num_whole = len(runs) - num_failed - num_cut
    ended = f"{num_whole:,} ended by {'itself' if num_whole == 1 else 'themselves'}"
    were = "was" if num_cut == 1 else "were"
    cut = f"{num_cut:,} {were} cut, by a limit or by hand" if num_cut else "none was cut"
    failed = f"{num_failed:,} failed" if num_failed else "none failed"
    return (
        f"{counted(len(runs), 'run')} of {counted(runs['method'].nunique(), 'method')} on "
        f"{counted(runs['instance'].nunique(), 'instance')}: {ended}, {cut}, and {failed}."
    )


def opening(runs: pd.DataFrame) -> str:
    """Return the question, what contradicts, the answer, and whether the campaign is whole."""
    return str(
        Markup("<h1>{}</h1>").format(TITLE)
        + contradicted(runs)
        + paragraph(answer(runs), kind="answer")
        + paragraph(completeness(runs), duration(runs), uniformity(runs))
    )


def completeness(runs: pd.DataFrame) -> str:
    """Return one sentence on whether every method ran on every question with every seed."""
    questions = runs.groupby(["problem"], sort=False)
    missing = []
    for problem, group in questions:
        number = group.groupby(QUESTION, dropna=False, sort=False).ngroup()
        asked = number.groupby(group["method"], sort=False).nunique()
        total = int(number.nunique())
        on = "" if runs["problem"].nunique() == 1 else f" of {problem[0]}"
        missing += [
            f"{method} on {count} of {total}{on}"
            for method, count in asked.items()
            if count < total
        ]
    if not missing:
        return "Every method ran on every question."
    return f"Not every method ran on every question: {', '.join(missing)}."


def duration(runs: pd.DataFrame) -> str:
    """Return one sentence on when the runs were made, and how long they took together."""
    start = runs["started_at"].min()
    last = runs["started_at"].max()
    wall = float(runs["wall_s"].sum())
    first, latest = _minute(start), _minute(last)
    began = f"at {first}" if first == latest else f"between {first} and {latest}"
    return f"They began {began} (UTC); their processes lived {seconds(wall)} in total."


def uniformity(runs: pd.DataFrame) -> str:
    """Return one sentence on what changed of the software and the machine between runs."""
    changed = [name for name in PROVENANCE if runs[name].nunique(dropna=False) > 1]
    if not changed:
        return "All were made with the same software on the same machine."
    told = ", ".join(
        f"{name} ({', '.join(sorted(str(each) for each in runs[name].unique()))})"
        for name in changed
    )
    return f"Not all were made alike, so compare their times with care; what differs: {told}."


def endings_table(runs: pd.DataFrame) -> str:
    """Return how the runs of each method on each problem ended, and what they cost."""
    counts = endings(runs, by=("problem", "method"))
    ends = [name for name in counts.columns if name not in ("problem", "method", "runs")]
    time = (
        pd.DataFrame({"wall_s": floats(runs["wall_s"]), "counted_s": counted_runtime(runs)})
        .groupby([runs["problem"], runs["method"]], sort=False)
        .agg({"wall_s": "sum", "counted_s": "max"})
    )
    heads = [
        Head("method"),
        Head("problem", is_text=True),
        Head("runs"),
        *(Head(each, "runs") for each in ends),
        Head("processes", "lived in total"),
        Head("longest", "solve, failed: limit"),
    ]
    rows: list[Sequence[TableCell | str]] = []
    for row in counts.to_dict("records"):
        spent = time.loc[(row["problem"], row["method"])]
        rows.append(
            [
                row["method"],
                row["problem"],
                count_cell(row["runs"]),
                *(count_cell(row[each]) for each in ends),
                seconds_cell(spent["wall_s"]),
                seconds_cell(spent["counted_s"]),
            ]
        )
    return str(table("How the runs ended", heads, [body(rows, heads)]))


def failure_kinds(runs: pd.DataFrame) -> str:
    """Return the failures by method and message, numbers in messages taken for the same."""
    failed = runs[runs["failed"]]
    if failed.empty:
        return str(paragraph("No run failed."))
    message = last_lines(failed["message"]).fillna("(no message)")
    kinds = failed.assign(
        shown=message, kind=message.str.replace(_DIGITS, "#", regex=True)
    ).groupby(["method", "ended_by", "kind"], sort=False)
    told = kinds.agg(
        count=("instance", "size"), instance=("instance", "first"), shown=("shown", "first")
    ).reset_index()
    heads = [
        Head("method"),
        Head("ended by", is_text=True),
        Head("runs"),
        Head("first instance", is_text=True),
        Head("message", "of the first", is_text=True),
    ]
    ordered = told.sort_values("count", ascending=False, kind="stable").to_dict("records")
    rows = [
        [
            row["method"],
            row["ended_by"],
            count_cell(row["count"]),
            row["instance"],
            Markup('<span class="message">{}</span>').format(str(row["shown"])[:300]),
        ]
        for row in ordered
    ]
    return str(rows_table("Failures by kind", heads, rows, what="kinds of failure"))


def bounds_table(runs: pd.DataFrame) -> str:
    """Return who proved the best bound of how many questions."""
    asked = runs.drop_duplicates(QUESTION)
    by = asked["bound_by"].fillna("nobody").value_counts(sort=False)
    heads = [Head("best bound proved by"), Head("questions")]
    return str(
        rows_table(
            "Bounds by origin", heads, [[str(name), count_cell(n)] for name, n in by.items()]
        )
    )


MOST_MARKS = 4000
"""The most runs that the timeline draws."""


def timeline(runs: pd.DataFrame, source: str) -> Chart:
    """Draw when each run began and how long its process lived."""
    shown = (
        runs if len(runs) <= MOST_MARKS else runs.sample(MOST_MARKS, random_state=0).sort_index()
    )
    sampled = (
        "" if len(shown) == len(runs) else f"{len(shown):,} of {len(runs):,} are drawn, by chance. "
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
        title="When runs began, and how long their processes lived",
        traces=traces,
        layout={
            "xaxis": {"title": {"text": "began (UTC)"}, "type": "date"} | _range(shown),
            "yaxis": {
                "title": {"text": "life of the process"},
                **seconds_axis(floats(runs["wall_s"])),
            },
        },
        caption=f"Hollow: failed, or ended at a limit. {sampled}Source: {source}.",
        alternative=duration(runs),
        is_wide=True,
    )


def _range(runs: pd.DataFrame) -> dict[str, Any]:
    """Return half a minute around runs that began all at once, which have no span to draw."""
    began = pd.to_datetime(runs["started_at"].str.slice(0, 19))
    if (began.max() - began.min()).total_seconds() >= 1:
        return {}
    around = (began.min() + pd.Timedelta(seconds=side) for side in (-30, 30))
    return {"range": [each.isoformat() for each in around]}


def _minute(time: Any) -> str:
    return str(time)[:16].replace("T", " ")
