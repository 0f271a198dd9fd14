"""Page of a league: standings, gaps by family, and the mean gap over time."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from markupsafe import Markup

from analysis.metrics.league import anytime, gaps_by_family, standings, with_gap
from analysis.reports.pages.chart import Chart, log_axis, looks, plain
from analysis.reports.pages.elements import (
    Head,
    TableCell,
    count_cell,
    fine_percent_cell,
    paragraph,
    percent_cell,
    rows_table,
)
from analysis.reports.pages.grid import numbers
from analysis.text.league import (
    LEAGUE_TITLE,
    closed_answer,
    closed_text,
    league_answer,
    rank_text,
)
from analysis.text.phrases import percent, seconds

if TYPE_CHECKING:
    from os import PathLike

    import pandas as pd

LEAST_TIME_S, NUM_TIMES = 1e-3, 60
"""First time of the curves [s], and their number of points."""

LEAST_GAP = 1e-4
"""Least mean gap on the logarithmic axis, to which smaller ones are raised."""


def source(path: str | PathLike[str], runs: pd.DataFrame) -> str:
    """Return the name of the file and the number of runs, for captions."""
    return f"{Path(path).name}, {len(runs):,} runs"


def limits(runs: pd.DataFrame) -> list[float]:
    """Return the time limits of the heuristics, ascending [s]."""
    return sorted(float(each) for each in with_gap(runs)["limit_s"].unique())


def opening(runs: pd.DataFrame) -> str:
    """Return the question, the answer, and the meaning of the gap."""
    table = with_gap(runs)
    tables = {limit_s: standings(table, limit_s) for limit_s in limits(runs)}
    load = runs["load"]
    return str(
        Markup("<h1>{}</h1>").format(LEAGUE_TITLE)
        + paragraph(league_answer(table, tables), kind="answer")
        + paragraph(
            closed_answer(table),
            "A gap is the share of the least proven bound of the instance that a schedule misses, "
            "and 100 % without a schedule. A run that meets the bound is solved, whether the "
            "method proves it or not.",
            f"The load of the machine was {load.min():.1f} to {load.max():.1f} during the runs: "
            "a loaded machine gives a method less in the same time.",
        )
    )


def standings_table(runs: pd.DataFrame, limit_s: float) -> str:
    """Return the standings at a time limit, the best mean rank first."""
    heads = [
        Head("method"),
        Head("mean rank", "95 % interval"),
        Head("mean gap"),
        Head("worst gap"),
        Head("solved", "of all runs"),
        Head("closed", "of the requests missing to OT-GAH"),
        Head("runs"),
    ]
    rows: list[list[TableCell | str]] = [
        [
            str(method),
            TableCell(rank_text(row), float(row["rank"])),
            fine_percent_cell(row["mean_gap"]),
            percent_cell(row["worst_gap"]),
            percent_cell(row["solved"]),
            TableCell(closed_text(row["closed"]), float(np.nan_to_num(row["closed"], nan=-9))),
            count_cell(row["num_runs"]),
        ]
        for method, row in standings(with_gap(runs), limit_s).iterrows()
    ]
    return str(rows_table(f"Standings at {seconds(limit_s)}", heads, rows, what="methods"))


def family_table(runs: pd.DataFrame, limit_s: float) -> str:
    """Return the mean and the worst gap by family at a time limit, the best method first."""
    table = with_gap(runs)
    found = gaps_by_family(table, limit_s).reset_index()
    methods = standings(table, limit_s).index.tolist()
    heads = [Head("family"), Head("proven", "of instances"), *(Head(each) for each in methods)]
    rows: list[list[TableCell | str]] = []
    for family, own in found.groupby("family", sort=False):
        by_method = own.set_index("method")
        cells = [
            TableCell(
                f"{percent(by_method['mean_gap'][each])} ({percent(by_method['worst_gap'][each])})",
                float(by_method["mean_gap"][each]),
            )
            if each in by_method.index and not np.isnan(by_method["mean_gap"][each])
            else TableCell("-")
            for each in methods
        ]
        rows.append([str(family), percent_cell(own["proven"].mean()), *cells])
    told = paragraph("Each cell has the mean gap, and the worst gap in brackets.")
    return str(
        rows_table(f"Gaps by family at {seconds(limit_s)}", heads, rows, what="families") + told
    )


def _gap_text(gap: float) -> str:
    """Return the label of a tick: 0.01 %, 0.1 %, 1 %."""
    return f"{100 * gap:g} %"


def curves(runs: pd.DataFrame, source: str) -> Chart:
    """Draw the mean gap of each method over the time of its runs with the largest limit."""
    table = with_gap(runs)
    largest = max(limits(runs))
    times = np.geomspace(LEAST_TIME_S, largest, NUM_TIMES)
    gaps = anytime(table, times.tolist())
    traces = [
        {
            "type": "scatter",
            "mode": "lines",
            "name": plain(method),
            "x": numbers(times),
            "y": numbers(gaps[method].clip(lower=LEAST_GAP).to_numpy()),
            "line": {"color": look.colour, "dash": look.dash, "shape": "hv"},
            "hovertemplate": "%{y:.3~%} at %{x:.3g} s<extra>%{fullData.name}</extra>",
        }
        for method, look in looks(gaps.columns).items()
    ]
    ends = gaps.iloc[-1].sort_values()
    told = ", ".join(f"{name} {percent(value, 2)}" for name, value in ends.items())
    return Chart(
        title=f"Mean gap over time, runs of {seconds(largest)}",
        traces=traces,
        layout={
            "height": 520,
            "xaxis": {"title": {"text": "time since the begin"}, **log_axis(times, seconds)},
            "yaxis": {
                "title": {"text": "mean gap"},
                **log_axis(np.array([LEAST_GAP, 1.0]), _gap_text),
            },
        },
        caption=(
            "A run counts 100 % until its first schedule, and a mean gap below "
            f"{percent(LEAST_GAP, 2)} is drawn there. Intermediate schedules were reported, and "
            f"the last one was judged. Source: {source}."
        ),
        alternative=f"Mean gaps at the end: {told}.",
        grid="",
        is_wide=True,
    )
