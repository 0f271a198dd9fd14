"""The charts of a table of runs: each answers one question and says where it comes from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from analysis.metrics import counted_runtime, data_profile, is_solved, summary
from analysis.metrics.column import floats
from analysis.pages.chart import (
    LEAST_SECONDS,
    Chart,
    Look,
    log_axis,
    looks,
    plain,
    seconds_axis,
)
from analysis.pages.grid import numbers
from analysis.text import percent, seconds

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

LARGEST_SAMPLE = 4000
"""The most runs that a chart draws; of more a sample, which its caption says."""

MOST_CORNERS = 400
"""The most corners of a staircase; of more those at equal steps, which is finer than a pixel."""

NO_FAMILY = "(no family)"

_PADDING = 1.03
"""By how much a staircase goes beyond its last corner, to be seen to rise there."""


def charts(runs: pd.DataFrame, source: str) -> Iterator[Chart]:
    """Return the charts of the runs of one problem.

    Parameters
    ----------
    runs
        Runs of one problem, as :func:`analysis.metrics.with_best_bound` returns them. Their index
        is the row of the grid in which a click on a point leads to its run.
    source
        Where the runs come from.
    """
    drawn = (
        gap_by_family(runs, source),
        gap_profile(runs, source),
        runtime_by_size(runs, source),
        runtime_profile(runs, source),
        nodes_by_size(runs, "tree", source),
        nodes_by_size(runs, "branch-and-bound", source),
    )
    return (each for each in drawn if each is not None)


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
    traces = []
    for rank, (method, look) in enumerate(styles.items()):
        own = means[means["method"] == method]
        mean, most = (100 * floats(own[name]) for name in ("mean_gap", "max_gap"))
        places = [families.index(family) - 0.4 + step * (rank + 0.5) for family in own["family"]]
        traces.append(
            _marks(method, look, numbers(mean), numbers(np.array(places)))
            | {
                "customdata": [
                    {"method": method, "problem": runs["problem"].iloc[0]}
                    | ({} if family == NO_FAMILY else {"family": family})
                    for family in own["family"]
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
                    for row in own.to_dict("records")
                ],
            }
        )
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
        caption=f"Mark: mean gap; bar: from 0 to the largest gap. Source: {source}.",
        alternative=(
            f"Gap to the best proven bound for {len(families)} families and {len(styles)} methods. "
            f"The largest mean, {percent(worst['mean_gap'])}, is that of {worst['method']} in "
            f"{worst['family']}."
        ),
    )


def _families_height(runs: pd.DataFrame) -> int:
    """Return the height of the chart by family, and of the one beside it [px]."""
    num_families, num_methods = runs["family"].nunique(dropna=False), runs["method"].nunique()
    return max(300, 170 + num_families * (16 + 8 * num_methods))


def gap_profile(runs: pd.DataFrame, source: str) -> Chart | None:
    """Draw which share of its runs each method ends within a gap.

    Parameters
    ----------
    runs, source
        As in :func:`charts`.
    """
    if runs["gap"].isna().all():
        return None
    traces, told = [], []
    end = float(runs["gap"].max()) * _PADDING
    for method, look in looks(runs["method"].unique()).items():
        own = floats(runs.loc[runs["method"] == method, "gap"])
        corners, counts = np.unique(own[~np.isnan(own)], return_counts=True)
        share = np.cumsum(counts) / len(own)
        at_optimum = float(share[0]) if corners.size and corners[0] == 0 else 0.0
        told.append(f"{method} {percent(at_optimum, 0)}")
        corners = np.concatenate([[0.0], corners, [end]])
        share = np.concatenate([[at_optimum], share, share[-1:] if share.size else [0.0]])
        traces.append(_staircase(method, look, 100 * corners, share))
    return Chart(
        title="Share of runs within a gap",
        traces=traces,
        layout={
            "height": min(_families_height(runs), 560),
            "xaxis": {"title": {"text": "gap to the best proven bound, at most [%]"}},
            "yaxis": _SHARE_AXIS,
        },
        caption=(
            f"Higher is better. All runs of a method are in the denominator, also those without a "
            f"gap, so that a curve may end below 100 %. Source: {source}."
        ),
        alternative=f"Share of runs whose schedule reaches the bound: {', '.join(told)}.",
    )


def runtime_by_size(runs: pd.DataFrame, source: str) -> Chart:
    """Draw each run's runtime against the number of eligible pairs, the variables of P1.

    Parameters
    ----------
    runs, source
        As in :func:`charts`.
    """
    runtimes = counted_runtime(runs)
    is_cut = ~is_solved(runs)
    shown = _sample(runs)
    traces = []
    for method, look in looks(runs["method"].unique()).items():
        chosen = runs.loc[shown[shown["method"] == method].index]
        cut = is_cut.loc[chosen.index].to_numpy()
        values = np.maximum(runtimes.loc[chosen.index].to_numpy(), LEAST_SECONDS)
        trace = _runs_marks(method, look, chosen, values)
        trace["marker"] |= {
            "symbol": [f"{look.symbol}-open" if each else look.symbol for each in cut]
        }
        trace["text"] = [
            f"{name}<br>{seconds(value)}, ended by {plain(end)}"
            for name, value, end in zip(
                _names(chosen), runtimes.loc[chosen.index], chosen["ended_by"], strict=True
            )
        ]
        traces.append(trace)
    limits = sorted(set(floats(runs["time_limit_s"].dropna()).tolist()))[:5]
    medians = runtimes.groupby(runs["method"], sort=False).median()
    return Chart(
        title="Runtime against size",
        traces=traces,
        layout={
            "xaxis": _size_axis(runs),
            "yaxis": {
                "title": {"text": "runtime of the solve"},
                **seconds_axis(np.append(runtimes.to_numpy(), limits)),
            },
            "shapes": [
                {
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
                for limit in limits
            ],
        },
        caption=(
            f"Each mark is a run; hollow: ended at a limit, or failed and counted with its limit. "
            f"Both axes logarithmic. {_of_sample(runs, shown)}Source: {source}."
        ),
        alternative="Median runtimes: "
        + ", ".join(f"{method} {seconds(value)}" for method, value in medians.items())
        + ".",
    )


def runtime_profile(runs: pd.DataFrame, source: str) -> Chart | None:
    """Draw which share of the questions each method ends within a time, by itself.

    Parameters
    ----------
    runs, source
        As in :func:`charts`.

    Returns
    -------
    Chart or None
        None where there is nothing to compare: one method, or no run that ended by itself.
    """
    if runs["method"].nunique() < 2 or not is_solved(runs).any():
        return None
    corners = data_profile(runs)
    traces, told = [], []
    end = max(float(corners["budget"].max()), LEAST_SECONDS) * _PADDING
    for method, look in looks(runs["method"].unique()).items():
        own = corners[corners["method"] == method]
        budget = np.maximum(own["budget"].to_numpy(float), LEAST_SECONDS)
        share = own["share"].to_numpy(float)
        traces.append(_staircase(method, look, np.append(budget, end), np.append(share, share[-1])))
        told.append(f"{method} {percent(float(share[-1]), 0)}")
    return Chart(
        title="Share of questions ended within a time",
        traces=traces,
        layout={
            "xaxis": {
                "title": {"text": "runtime of the solve, at most"},
                **seconds_axis(np.append(floats(corners["budget"]), end)),
            },
            "yaxis": _SHARE_AXIS,
        },
        caption=(
            f"Ended by itself: by a proof, or a heuristic at its end, whatever its gap. Every "
            f"question (an instance with a problem) is in the denominator. Source: {source}."
        ),
        alternative=f"Share of questions that each method ended by itself: {', '.join(told)}.",
    )


def nodes_by_size(runs: pd.DataFrame, kind: str, source: str) -> Chart | None:
    """Draw each run's node count of one kind against the number of eligible pairs.

    Parameters
    ----------
    runs, source
        As in :func:`charts`.
    kind
        The kind of node; counts of different kinds never share a chart.

    Returns
    -------
    Chart or None
        None if no run counted nodes of this kind.
    """
    counted = runs[(runs["node_kind"] == kind) & runs["num_nodes"].notna()]
    if counted.empty:
        return None
    shown = _sample(counted)
    traces = []
    for method, look in looks(runs["method"].unique()).items():
        own = shown[shown["method"] == method]
        if own.empty:
            continue
        count = floats(own["num_nodes"])
        # The logarithm of a count plus one draws 0 at the foot of the axis.
        trace = _runs_marks(method, look, own, count + 1)
        trace["text"] = [
            f"{name}<br>{value:,.0f} nodes" for name, value in zip(_names(own), count, strict=True)
        ]
        traces.append(trace)
    what = "Tree nodes" if kind == "tree" else "Branch-and-bound nodes"
    return Chart(
        title=f"{what} against size",
        traces=traces,
        layout={
            "xaxis": _size_axis(counted),
            "yaxis": {
                "title": {"text": "nodes visited, plus 1"},
                **log_axis(floats(counted["num_nodes"]) + 1),
            },
        },
        caption=(
            f"Each mark is a run; both axes logarithmic. {_of_sample(counted, shown)}"
            f"Source: {source}."
        ),
        alternative=f"{what}: from {counted['num_nodes'].min()} to {counted['num_nodes'].max()}.",
    )


def _size_axis(runs: pd.DataFrame) -> dict[str, Any]:
    title = {"text": "eligible pairs of request and edge node"}
    return {"title": title, **log_axis(np.maximum(floats(runs["num_eligible"]), 1))}


_SHARE_AXIS = {"tickformat": ".0%", "range": [-0.02, 1.02], "title": {"text": "share"}}


def _marks(name: str, look: Look, x: Sequence[Any], y: Sequence[Any]) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "markers",
        "name": plain(name),
        "x": x,
        "y": y,
        "marker": {"color": look.colour, "symbol": look.symbol, "size": 8},
        "hovertemplate": "%{text}<extra>%{fullData.name}</extra>",
    }


def _runs_marks(
    method: str, look: Look, runs: pd.DataFrame, values: np.ndarray[Any, Any]
) -> dict[str, Any]:
    """Return a mark for each run, which leads to its row."""
    size = np.maximum(floats(runs["num_eligible"]), 1)
    trace = _marks(method, look, numbers(size), numbers(values))
    trace["marker"] |= {"size": 7, "opacity": 0.8}
    return trace | {"customdata": [int(row) for row in runs.index]}


def _staircase(
    method: str, look: Look, corners: np.ndarray[Any, Any], share: np.ndarray[Any, Any]
) -> dict[str, Any]:
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
        "hovertemplate": "%{y:.1%} within %{x}<extra>%{fullData.name}</extra>",
    }


def _sample(runs: pd.DataFrame) -> pd.DataFrame:
    """Return the runs that are drawn: all, or those that failed or were cut first, then others."""
    if len(runs) <= LARGEST_SAMPLE:
        return runs
    unusual = runs[~is_solved(runs)]
    if len(unusual) > LARGEST_SAMPLE // 2:
        unusual = unusual.sample(LARGEST_SAMPLE // 2, random_state=0)
    others = runs[is_solved(runs)]
    num_others = min(LARGEST_SAMPLE - len(unusual), len(others))
    return pd.concat([unusual, others.sample(num_others, random_state=0)]).sort_index()


def _of_sample(runs: pd.DataFrame, shown: pd.DataFrame) -> str:
    if len(shown) == len(runs):
        return ""
    return (
        f"{len(shown):,} of {len(runs):,} runs are drawn, by chance but for those that failed or "
        f"ended at a limit, which come first; the table holds all. "
    )


def _names(runs: pd.DataFrame) -> list[str]:
    return [
        f"{plain(instance)}, seed {seed}"
        for instance, seed in zip(runs["instance"], runs["seed"], strict=True)
    ]
