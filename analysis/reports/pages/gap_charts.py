"""Charts of gaps: by family and method, and the share of runs within a gap."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from analysis.metrics import summary
from analysis.metrics.column import floats
from analysis.reports.pages.chart import Chart, looks, plain
from analysis.reports.pages.grid import numbers
from analysis.reports.pages.marks import PADDING, SHARE_AXIS, marks, staircase
from analysis.text.phrases import percent

if TYPE_CHECKING:
    import pandas as pd

    from analysis.reports.pages.chart import Look

NO_FAMILY = "(no family)"


def gap_by_family(runs: pd.DataFrame, source: str) -> Chart | None:
    """Draw the mean and the largest gap of each method in each family.

    Parameters
    ----------
    runs, source
        As in :func:`charts`.

    Returns
    -------
    Chart or None
        None if no run has a gap.
    """
    named = runs.assign(family=runs["family"].fillna(NO_FAMILY))
    means = summary(named, by=("family", "method"))
    means = means[means["with_gap"] > 0]
    if means.empty:
        return None
    worst_rows = named.loc[
        named.dropna(subset=["gap"]).groupby(["family", "method"], sort=False)["gap"].idxmax(),
        ["family", "method", "instance"],
    ]
    means = means.merge(worst_rows, on=["family", "method"])
    families = list(dict.fromkeys(means["family"]))
    styles = looks(runs["method"].unique())
    step = 0.8 / len(styles)
    problem = {"problem": runs["problem"].iloc[0]}
    traces = []
    for rank, (method, look) in enumerate(styles.items()):
        own = means[means["method"] == method]
        places = [families.index(family) - 0.4 + step * (rank + 0.5) for family in own["family"]]
        traces.append(_gap_marks(own, method, look, places, problem))
    worst = means.sort_values("mean_gap").iloc[-1]
    return Chart(
        title="Gap by family and method",
        traces=traces,
        layout={
            "height": _families_height(runs),
            "xaxis": {"title": {"text": "gap to the best proven bound [%]"}, "rangemode": "tozero"},
            "yaxis": {
                "tickvals": list(range(len(families))),
                "ticktext": [plain(each) for each in families],
                "range": [len(families) - 0.45, -0.55],
                "showgrid": False,
            },
        },
        caption=f"Mark: mean gap. Bar: from 0 to the largest gap. Source: {source}.",
        alternative=(
            f"Gap to the best proven bound for {len(families)} families and {len(styles)} methods. "
            f"The largest mean, {percent(worst['mean_gap'])}, is that of {worst['method']} in "
            f"{worst['family']}."
        ),
    )


def _gap_marks(
    means: pd.DataFrame, method: str, look: Look, places: list[float], problem: dict[str, str]
) -> dict[str, Any]:
    """Return the mark of a method in each family, with a bar from 0 to the largest gap."""
    mean, most = (100 * floats(means[name]) for name in ("mean_gap", "max_gap"))
    return marks(method, look, numbers(mean), numbers(np.array(places))) | {
        "customdata": [
            {"method": method} | problem | ({} if family == NO_FAMILY else {"family": family})
            for family in means["family"]
        ],
        "error_x": {
            "type": "data",
            "array": numbers(most - mean),
            "arrayminus": numbers(mean),
            "thickness": 1.2,
            "width": 3,
            "color": look.colour,
        },
        "text": [
            f"{plain(row['family'])}: mean {percent(row['mean_gap'])}"
            f" over {row['with_gap']} of {row['runs']} runs"
            f"<br>largest {percent(row['max_gap'])} on {plain(row['instance'])}"
            for row in means.to_dict("records")
        ],
    }


def _families_height(runs: pd.DataFrame) -> int:
    """Return the height of the chart by family and of the chart beside it [px]."""
    num_families, num_methods = runs["family"].nunique(dropna=False), runs["method"].nunique()
    return max(300, 170 + num_families * (16 + 8 * num_methods))


def gap_profile(runs: pd.DataFrame, source: str) -> Chart | None:
    """Draw the share of runs of each method within a gap.

    Parameters
    ----------
    runs, source
        As in :func:`charts`.
    """
    if runs["gap"].isna().all():
        return None
    traces, told = [], []
    end = float(runs["gap"].max()) * PADDING
    for method, look in looks(runs["method"].unique()).items():
        own = floats(runs.loc[runs["method"] == method, "gap"])
        corners, counts = np.unique(own[~np.isnan(own)], return_counts=True)
        share = np.cumsum(counts) / len(own)
        at_optimum = float(share[0]) if corners.size and corners[0] == 0 else 0.0
        told.append(f"{method} {percent(at_optimum, 0)}")
        corners = np.concatenate([[0.0], corners, [end]])
        share = np.concatenate([[at_optimum], share, share[-1:] if share.size else [0.0]])
        traces.append(staircase(method, look, 100 * corners, share, "{:.2f} %".format))
    return Chart(
        title="Share of runs within a gap",
        traces=traces,
        layout={
            "height": min(_families_height(runs), 560),
            "xaxis": {"title": {"text": "gap to the best proven bound, at most [%]"}},
            "yaxis": SHARE_AXIS,
        },
        caption=(
            f"Higher is better. Runs without a gap are in the denominator too, so that a curve may "
            f"end below 100 %. Source: {source}."
        ),
        alternative=f"Share of runs whose schedule reaches the bound: {', '.join(told)}.",
    )
