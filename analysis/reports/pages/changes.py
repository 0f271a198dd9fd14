"""Pairs of two campaigns on a page: charts of before against after, and the grid of all pairs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from analysis.metrics.column import floats
from analysis.reports.pages.chart import LEAST_SECONDS, Chart, looks, plain, seconds_axis
from analysis.reports.pages.grid import ColumnKind, Grid, GridColumn, numbers
from analysis.text.phrases import percent, seconds

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    import pandas as pd
    from numpy.typing import NDArray

    from analysis.metrics.comparison import Comparison
    from analysis.reports.pages.chart import Look

MOST_MARKS = 4000
"""Maximum number of pairs in a chart, which draws those with the largest changes."""

_COLUMNS = {
    "instance": GridColumn(title="instance"),
    "family": GridColumn(title="family", is_choice=True),
    "contestant": GridColumn(title="method", is_choice=True),
    "problem": GridColumn(title="problem", is_choice=True),
    "seed": GridColumn(title="seed", kind=ColumnKind.COUNT),
    "schedule": GridColumn(title="schedule", is_choice=True),
    "time": GridColumn(title="time", is_choice=True),
    "proof": GridColumn(title="proof", is_choice=True),
    "objective_before": GridColumn(title="served", kind=ColumnKind.COUNT, note="before"),
    "objective_after": GridColumn(title="served", kind=ColumnKind.COUNT, note="after"),
    "gap_before": GridColumn(title="gap", kind=ColumnKind.PERCENT, note="before"),
    "gap_after": GridColumn(title="gap", kind=ColumnKind.PERCENT, note="after"),
    "runtime_s_before": GridColumn(title="runtime", kind=ColumnKind.SECONDS, note="before"),
    "runtime_s_after": GridColumn(title="runtime", kind=ColumnKind.SECONDS, note="after"),
    "ended_by_before": GridColumn(title="ended by", note="before", is_choice=True),
    "ended_by_after": GridColumn(title="ended by", note="after", is_choice=True),
}


def pairs_grid(comparison: Comparison) -> Grid:
    """Return the grid of all pairs."""
    return Grid(
        name="pairs",
        label="pairs of runs",
        one="pair of runs",
        frame=comparison.pairs,
        columns=_COLUMNS,
    )


def change_charts(comparison: Comparison, source: str) -> Iterator[Chart]:
    """Return charts of the gap and of the time of each pair before and after.

    Parameters
    ----------
    comparison
        Comparison of two campaigns.
    source
        Source of the runs, for the captions.
    """
    styles = looks(comparison.methods["contestant"].unique())
    with_gaps = comparison.pairs.dropna(subset=["gap_before", "gap_after"])
    if not with_gaps.empty:
        yield _chart(with_gaps, "gap", "Gap before and after", percent, styles, source)
    with_times = comparison.pairs.dropna(subset=["runtime_s_before", "runtime_s_after"])
    if not with_times.empty:
        yield _chart(with_times, "runtime_s", "Runtime before and after", seconds, styles, source)


def _chart(
    pairs: pd.DataFrame,
    column: str,
    title: str,
    show: Callable[[float], str],
    styles: dict[str, Look],
    source: str,
) -> Chart:
    is_time = column == "runtime_s"
    sides = {side: floats(pairs[f"{column}_{side}"]) for side in ("before", "after")}
    if is_time:
        drawn = {side: np.maximum(values, LEAST_SECONDS) for side, values in sides.items()}
    else:
        drawn = {side: 100 * values for side, values in sides.items()}
    change = np.abs(drawn["after"] - drawn["before"])
    if is_time:
        change = np.abs(np.log(drawn["after"] / drawn["before"]))
    order = np.sort(np.argsort(-change, kind="stable")[:MOST_MARKS])
    names = pairs["contestant"].to_numpy()
    told = [
        f"{show(one)} → {show(other)}"
        for one, other in zip(sides["before"], sides["after"], strict=True)
    ]
    traces = [
        _pair_marks(pairs, own, name, look, drawn, told)
        for name, look in styles.items()
        if (own := order[names[order] == name]).size
    ]
    both = np.concatenate([drawn["before"], drawn["after"]])
    low, high = float(both.min()), float(both.max())
    axis = seconds_axis(both) if is_time else {"rangemode": "tozero", "ticksuffix": " %"}
    num_less, num_more = (
        int((sides["after"] < sides["before"]).sum()),
        int((sides["after"] > sides["before"]).sum()),
    )
    sampled = (
        f"The {len(order):,} of {len(pairs):,} pairs with the largest changes are drawn. "
        if len(order) < len(pairs)
        else ""
    )
    return Chart(
        title=title,
        traces=traces,
        layout={
            "height": 440,
            "xaxis": {"title": {"text": "before"}, **axis},
            "yaxis": {"title": {"text": "after"}, **axis},
            "shapes": [_diagonal(low, high)],
        },
        caption=(
            f"Each mark is a pair; marks below the line are better after. {sampled}"
            f"Source: {source}."
        ),
        alternative=(
            f"{title} of {len(pairs):,} pairs: less after in {num_less:,}, more in {num_more:,}, "
            f"equal in {len(pairs) - num_less - num_more:,}."
        ),
        grid="pairs",
    )


def _pair_marks(
    pairs: pd.DataFrame,
    own: NDArray[np.int64],
    name: str,
    look: Look,
    drawn: Mapping[str, NDArray[np.float64]],
    told: Sequence[str],
) -> dict[str, object]:
    """Return the marks of the pairs at given places, linked to their rows."""
    instances = pairs["instance"].to_numpy()
    return {
        "type": "scatter",
        "mode": "markers",
        "name": plain(name),
        "x": numbers(drawn["before"][own]),
        "y": numbers(drawn["after"][own]),
        "marker": {"color": look.colour, "symbol": look.symbol, "size": 7, "opacity": 0.8},
        "customdata": [int(row) for row in pairs.index[own]],
        "text": [f"{plain(instances[place])}<br>{told[place]}" for place in own],
        "hovertemplate": "%{text}<extra>%{fullData.name}</extra>",
    }


def _diagonal(low: float, high: float) -> dict[str, object]:
    """Return the line of equal values before and after."""
    line = {"color": "#5b6472", "width": 1, "dash": "dash"}
    return {"type": "line", "x0": low, "y0": low, "x1": high, "y1": high, "line": line}
