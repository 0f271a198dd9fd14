"""Charts of a simulation: distributions of latencies, their parts, and edge nodes over time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from analysis.metrics.column import floats
from analysis.reports.pages.chart import LEAST_SECONDS, Chart, looks, plain, seconds_axis
from analysis.reports.pages.grid import numbers
from analysis.reports.pages.marks import PADDING, staircase
from analysis.reports.pages.simulation import LATENCIES
from analysis.text.phrases import percent, seconds
from heuristics.display.palette import COLOURS

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd
    from numpy.typing import NDArray

    from analysis.tables.simulation import SimulationTables

_DISTRIBUTIONS = {
    "e2e_s": "End-to-end latency",
    "ttft_s": "Time to first token",
    "tpot_s": "Time per output token",
}
_PARTS = ("queueing_s", "upload_s", "compute_s", "download_s")
_PATTERNS = ("", "/", ".", "x")

MOST_CHANGES = 1500
"""Maximum number of changes of an edge node in a timeline; its time is cut to the first ones."""


def distributions(tables: SimulationTables, source: str) -> Iterator[Chart]:
    """Yield a chart of the distribution of each latency, over the requests that arrived."""
    for column, title in _DISTRIBUTIONS.items():
        yield _distribution(tables, column, title, source)


def _distribution(tables: SimulationTables, column: str, title: str, source: str) -> Chart:
    found = tables.latencies
    traces, told = [], []
    known = np.maximum(floats(found[column].dropna()), LEAST_SECONDS)
    most = float(known.max()) * PADDING if len(known) else 1.0
    largest = 0.05
    for scheme, look in looks(tables.schemes["scheme"]).items():
        own = found[found["scheme"] == scheme]
        values = np.sort(np.maximum(floats(own[column].dropna()), LEAST_SECONDS))
        if not len(values):
            told.append(f"{scheme} none")
            continue
        share = np.arange(1, len(values) + 1) / len(own)
        half = np.quantile(values, 0.5, method="inverted_cdf")
        told.append(f"{scheme} {percent(float(share[-1]))}, half of them within {seconds(half)}")
        largest = max(largest, float(share[-1]))
        corners, shares = np.append(values, most), np.append(share, share[-1])
        traces.append(staircase(scheme, look, corners, shares, seconds))
    return Chart(
        title=title,
        traces=traces,
        layout={
            "xaxis": {"title": {"text": "at most"}, **seconds_axis(known)},
            "yaxis": {
                "title": {"text": "share of arrived requests"},
                "tickformat": ".0%",
                "range": [0, 1.06 * largest],
            },
        },
        caption=(
            "Each line ends at the share of all requests that have this latency; dropped and "
            f"refused requests have none. Source: {source}."
        ),
        alternative=f"{title} by scheme: {'; '.join(told)}.",
        grid="",
    )


def parts(tables: SimulationTables, source: str) -> Chart:
    """Draw the mean latency of each scheme, divided into its parts."""
    schemes = tables.schemes
    names = [plain(each) for each in schemes["scheme"]]
    traces, told = [], []
    for place, column in enumerate(_PARTS):
        means = floats(schemes[f"{column}.mean"])
        name = LATENCIES[column]
        traces.append(
            {
                "type": "bar",
                "orientation": "h",
                "name": name,
                "y": names,
                "x": numbers(means),
                "marker": {
                    "color": COLOURS[place],
                    "pattern": {
                        "shape": _PATTERNS[place],
                        "fillmode": "overlay",
                        "fgcolor": "#fff",
                        "fgopacity": 0.6,
                    },
                },
                "text": [seconds(each) if each == each else "" for each in means.tolist()],
                "textposition": "none",
                "hovertemplate": "%{y}: %{text}<extra>%{fullData.name}</extra>",
            }
        )
        shown = (seconds(each) if each == each else "none" for each in means.tolist())
        told.append(f"{name} {', '.join(shown)}")
    return Chart(
        title="Parts of the mean latency",
        traces=traces,
        layout={
            "height": 150 + 44 * len(names),
            "barmode": "stack",
            "legend": {"traceorder": "normal"},
            "xaxis": {"title": {"text": "mean over received outputs [s]"}},
            "yaxis": {"autorange": "reversed", "type": "category"},
        },
        caption=f"Queueing is the wait for the epoch, the band and the devices. Source: {source}.",
        alternative=f"Mean parts by scheme ({', '.join(names)}): {'; '.join(told)}.",
        grid="",
        is_wide=True,
    )


def timelines(tables: SimulationTables, source: str) -> Iterator[Chart]:
    """Yield a chart for each scheme: requests that wait and compute at each edge node."""
    for scheme in tables.schemes["scheme"]:
        own = tables.requests[tables.requests["scheme"] == scheme]
        nodes = sorted(own["edge_node"].dropna().unique().tolist())
        if nodes:
            yield _timeline(str(scheme), own, nodes, source)


def _timeline(scheme: str, requests: pd.DataFrame, nodes: list[str], source: str) -> Chart:
    traces, layout, told = [], {}, []
    lines = {name: _lines(requests[requests["edge_node"] == name]) for name in nodes}
    until = min(_until(times) for each in lines.values() for times, _ in each)
    is_cut = any(len(times) and times[-1] > until for each in lines.values() for times, _ in each)
    height = 1 / len(nodes)
    for place, name in enumerate(nodes):
        axis = "y" if not place else f"y{place + 1}"
        top = 1 - place * height
        layout[f"yaxis{axis[1:]}"] = {
            "domain": [top - height * 0.82, top],
            "title": {"text": plain(name)},
            "rangemode": "tozero",
            "automargin": True,
            "gridcolor": "#e4e7ec",
        }
        for rank, (kind, (times, counts)) in enumerate(
            zip(("compute", "wait"), lines[name], strict=True)
        ):
            kept = times <= until
            traces.append(
                {
                    "type": "scatter",
                    "mode": "lines",
                    "name": kind,
                    "legendgroup": kind,
                    "showlegend": not place,
                    "x": numbers(times[kept]),
                    "y": numbers(counts[kept]),
                    "yaxis": axis,
                    "fill": "none" if rank else "tozeroy",
                    "line": {
                        "shape": "hv",
                        "color": COLOURS[rank],
                        "dash": "dot" if rank else "solid",
                        "width": 1.6,
                    },
                    "hovertemplate": f"%{{y}} {kind} at %{{x:.3f}} s<extra>{plain(name)}</extra>",
                }
            )
        most = [int(counts.max()) if len(counts) else 0 for _, counts in lines[name]]
        told.append(f"{name} computes at most {most[0]} at a time, and {most[1]} wait at most")
    cut = f"The first {until:,.0f} s are drawn. " if is_cut else ""
    return Chart(
        title=f"Edge nodes over time: {scheme}",
        traces=traces,
        layout={
            "height": 120 + 120 * len(nodes),
            "xaxis": {
                "title": {"text": "time [s]"},
                "anchor": "y" if len(nodes) == 1 else f"y{len(nodes)}",
            },
            **layout,
        },
        caption=(
            "Area: requests in the batch that computes. Dotted: requests that were sent to the "
            "edge node and wait, during their upload too; one that is dropped counts until its "
            f"deadline. {cut}Source: {source}."
        ),
        alternative=f"{scheme}: {'; '.join(told)}.",
        grid="",
        is_wide=True,
    )


_Line = tuple["NDArray[np.float64]", "NDArray[np.float64]"]


def _lines(requests: pd.DataFrame) -> tuple[_Line, _Line]:
    """Return the number of requests that compute, and that wait, after each change of it."""
    given: dict[str, Any] = {
        name: requests[f"{name}_s"].to_numpy(dtype=np.float64, na_value=np.nan)
        for name in ("arrival", "deadline", "decided", "compute_start", "last_token")
    }
    due = given["arrival"] + given["deadline"]
    waited = np.where(np.isnan(given["compute_start"]), due, given["compute_start"])
    computed = np.where(np.isnan(given["last_token"]), np.fmax(due, waited), given["last_token"])
    started = ~np.isnan(given["compute_start"])
    return (
        _counts(given["compute_start"][started], computed[started]),
        _counts(given["decided"], np.fmax(waited, given["decided"])),
    )


def _counts(starts: NDArray[np.float64], ends: NDArray[np.float64]) -> _Line:
    # Rounded to nanoseconds, an end and the start that follows it at once are one change.
    times = np.round(np.concatenate([starts, ends]), 9)
    changes = np.concatenate([np.ones(len(starts)), -np.ones(len(ends))])
    order = np.lexsort((-changes, times))
    moments, last = np.unique(times[order][::-1], return_index=True)
    counts = np.cumsum(changes[order])[len(times) - 1 - last]
    return np.append(0.0, moments), np.append(0.0, counts)


def _until(times: NDArray[np.float64]) -> float:
    return float(times[MOST_CHANGES]) if len(times) > MOST_CHANGES else float("inf")
