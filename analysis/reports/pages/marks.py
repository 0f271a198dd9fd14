"""Marks and staircases of charts of runs, and the sample of runs if there are many."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from analysis.metrics import is_solved
from analysis.metrics.column import floats
from analysis.reports.pages.chart import Look, log_axis, plain
from analysis.reports.pages.grid import numbers

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

LARGEST_SAMPLE = 4000
"""Maximum number of runs in a chart. With more runs, a sample is drawn, and the caption says so."""

MOST_CORNERS = 400
"""Maximum number of corners of a staircase. With more corners, evenly spaced ones are drawn, at
distances below a pixel."""

PADDING = 1.03
"""Factor by which a staircase extends beyond its last corner, to make the last step visible."""

SHARE_AXIS = {"tickformat": ".0%", "range": [-0.02, 1.02], "title": {"text": "share"}}


def size_axis(runs: pd.DataFrame) -> dict[str, Any]:
    """Return the axis of the size of instances."""
    title = {"text": "eligible pairs of request and edge node"}
    return {"title": title, **log_axis(np.maximum(floats(runs["num_eligible"]), 1))}


def marks(name: str, look: Look, x: Sequence[Any], y: Sequence[Any]) -> dict[str, Any]:
    """Return the marks of a method, which show their text when the pointer is on them."""
    return {
        "type": "scatter",
        "mode": "markers",
        "name": plain(name),
        "x": x,
        "y": y,
        "marker": {"color": look.colour, "symbol": look.symbol, "size": 8},
        "hovertemplate": "%{text}<extra>%{fullData.name}</extra>",
    }


def runs_marks(
    method: str, look: Look, runs: pd.DataFrame, values: np.ndarray[Any, Any]
) -> dict[str, Any]:
    """Return a mark for each run, linked to the row of the run."""
    size = np.maximum(floats(runs["num_eligible"]), 1)
    trace = marks(method, look, numbers(size), numbers(values))
    trace["marker"] |= {"size": 7, "opacity": 0.8}
    return trace | {"customdata": [int(row) for row in runs.index]}


def staircase(
    method: str,
    look: Look,
    corners: np.ndarray[Any, Any],
    share: np.ndarray[Any, Any],
    show: Callable[[float], str],
) -> dict[str, Any]:
    """Return a staircase that rises to a share at each corner.

    With many corners, evenly spaced ones are drawn.
    """
    if len(corners) > MOST_CORNERS:
        chosen = np.unique(np.linspace(0, len(corners) - 1, MOST_CORNERS).astype(int))
        corners, share = corners[chosen], share[chosen]
    return {
        "type": "scatter",
        "mode": "lines",
        "name": plain(method),
        "x": numbers(corners),
        "y": numbers(share),
        "line": {"shape": "hv", "color": look.colour, "dash": look.dash, "width": 2.2},
        "text": [show(each) for each in corners.tolist()],
        "hovertemplate": "%{y:.1%} within %{text}<extra>%{fullData.name}</extra>",
    }


def sample(runs: pd.DataFrame) -> pd.DataFrame:
    """Return the runs to draw: all, or a sample that prefers failed and stopped runs."""
    if len(runs) <= LARGEST_SAMPLE:
        return runs
    unusual = runs[~is_solved(runs)]
    if len(unusual) > LARGEST_SAMPLE // 2:
        unusual = unusual.sample(LARGEST_SAMPLE // 2, random_state=0)
    others = runs[is_solved(runs)]
    num_others = min(LARGEST_SAMPLE - len(unusual), len(others))
    return pd.concat([unusual, others.sample(num_others, random_state=0)]).sort_index()


def of_sample(runs: pd.DataFrame, shown: pd.DataFrame) -> str:
    """Return a sentence on the number of runs drawn; empty if all are."""
    if len(shown) == len(runs):
        return ""
    return (
        f"{len(shown):,} of {len(runs):,} runs are drawn: a random sample that prefers runs that "
        f"failed or ended at a limit; the table has all runs. "
    )


def names(runs: pd.DataFrame) -> list[str]:
    """Return the names of runs: their instances and seeds."""
    return [
        f"{plain(instance)}, seed {seed}"
        for instance, seed in zip(runs["instance"], runs["seed"], strict=True)
    ]
