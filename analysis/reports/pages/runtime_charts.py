"""Charts of runtimes: against size, and the share of questions completed within a time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from analysis.metrics import counted_runtime, data_profile, is_solved
from analysis.metrics.column import floats
from analysis.reports.pages.chart import LEAST_SECONDS, Chart, looks, plain, seconds_axis
from analysis.reports.pages.marks import (
    PADDING,
    SHARE_AXIS,
    names,
    of_sample,
    runs_marks,
    sample,
    size_axis,
    staircase,
)
from analysis.text.phrases import percent, seconds

if TYPE_CHECKING:
    import pandas as pd


def runtime_by_size(runs: pd.DataFrame, source: str) -> Chart:
    """Draw each run's runtime against the number of eligible pairs, the variables of P1.

    Parameters
    ----------
    runs, source
        As in :func:`charts`.
    """
    runtimes = counted_runtime(runs)
    is_cut = ~is_solved(runs)
    shown = sample(runs)
    traces = []
    for method, look in looks(runs["method"].unique()).items():
        chosen = runs.loc[shown[shown["method"] == method].index]
        cut = is_cut.loc[chosen.index].to_numpy()
        values = np.maximum(runtimes.loc[chosen.index].to_numpy(), LEAST_SECONDS)
        trace = runs_marks(method, look, chosen, values)
        trace["marker"] |= {
            "symbol": [f"{look.symbol}-open" if each else look.symbol for each in cut]
        }
        trace["text"] = [
            f"{name}<br>{seconds(value)}, ended by {plain(end)}"
            for name, value, end in zip(
                names(chosen), runtimes.loc[chosen.index], chosen["ended_by"], strict=True
            )
        ]
        traces.append(trace)
    limits = sorted(set(floats(runs["time_limit_s"].dropna()).tolist()))[:5]
    medians = runtimes.groupby(runs["method"], sort=False).median()
    return Chart(
        title="Runtime against size",
        traces=traces,
        layout={
            "xaxis": size_axis(runs),
            "yaxis": {
                "title": {"text": "runtime of the solve"},
                **seconds_axis(np.append(runtimes.to_numpy(), [2 * each for each in limits])),
            },
            "shapes": [_limit_line(limit) for limit in limits],
        },
        caption=(
            f"Each mark is a run. Hollow marks: runs that ended at a limit, or that failed and "
            f"count with their limit. Both axes are logarithmic. {of_sample(runs, shown)}"
            f"Source: {source}."
        ),
        alternative="Median runtimes: "
        + ", ".join(f"{method} {seconds(value)}" for method, value in medians.items())
        + ".",
    )


def _limit_line(limit: float) -> dict[str, Any]:
    """Return the line at a time limit [s]."""
    return {
        "type": "line",
        "xref": "paper",
        "x0": 0,
        "x1": 1,
        "y0": limit,
        "y1": limit,
        "line": {"color": "#5b6472", "width": 1, "dash": "dash"},
        "label": {
            "text": f"time limit {limit:g} s",
            "textposition": "start",
            "padding": 6,
            "font": {"size": 11, "color": "#5b6472"},
        },
    }


def runtime_profile(runs: pd.DataFrame, source: str) -> Chart | None:
    """Draw the share of questions that each method completes within a time.

    Parameters
    ----------
    runs, source
        As in :func:`charts`.

    Returns
    -------
    Chart or None
        None with fewer than two methods, or without a run that completed.
    """
    if runs["method"].nunique() < 2 or not is_solved(runs).any():
        return None
    corners = data_profile(runs)
    traces, told = [], []
    end = max(float(corners["budget"].max()), LEAST_SECONDS) * PADDING
    for method, look in looks(runs["method"].unique()).items():
        own = corners[corners["method"] == method]
        budget = np.maximum(own["budget"].to_numpy(float), LEAST_SECONDS)
        share = own["share"].to_numpy(float)
        traces.append(
            staircase(method, look, np.append(budget, end), np.append(share, share[-1]), seconds)
        )
        told.append(f"{method} {percent(float(share[-1]), 0)}")
    return Chart(
        title="Share of questions completed within a time",
        traces=traces,
        layout={
            "xaxis": {
                "title": {"text": "runtime of the solve, at most"},
                **seconds_axis(np.append(floats(corners["budget"]), end)),
            },
            "yaxis": SHARE_AXIS,
        },
        caption=(
            f"A run completes by a proof, or as a heuristic at its end, whatever its gap. Every "
            f"question (an instance with a problem) is in the denominator. Source: {source}."
        ),
        alternative=f"Share of questions that each method completed: {', '.join(told)}.",
    )
