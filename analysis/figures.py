"""The figures of a report: each answers one question and says where it comes from."""

from __future__ import annotations

import base64
import html
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import matplotlib as mpl
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, NullFormatter

from analysis.metrics import counted_runtime, summary
from analysis.text import percent, seconds

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000", "#7F7F7F")
"""The palette of Okabe and Ito, which colour-blind readers tell apart."""

MARKERS = ("o", "s", "^", "D", "v", "P", "X", "*")

WIDTH_IN = 5.2
STYLE: Any = {
    "text.parse_math": False,  # a name with a dollar is a name
    "font.size": 9.5,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.edgecolor": "#8a8f98",
    "grid.color": "#e4e7ec",
    "axes.axisbelow": True,
    "xtick.color": "#3b424c",
    "ytick.color": "#3b424c",
    "svg.hashsalt": "otgah",
}


@dataclass(frozen=True, kw_only=True)
class Picture:
    """A figure with the words that go with it.

    Parameters
    ----------
    figure
        The drawing.
    caption
        What is drawn, and from which runs.
    alternative
        What a reader who cannot see it must know.
    """

    figure: Figure
    caption: str
    alternative: str

    def svg(self) -> bytes:
        """Return the figure as SVG: the same drawing has the same bytes."""
        buffer = io.BytesIO()
        with mpl.rc_context(STYLE):  # for its salt
            self.figure.savefig(buffer, format="svg", metadata={"Date": None})
        return buffer.getvalue()

    def png(self) -> bytes:
        """Return the figure as PNG."""
        buffer = io.BytesIO()
        with mpl.rc_context(STYLE):
            self.figure.savefig(buffer, format="png", dpi=160, metadata={"Software": None})
        return buffer.getvalue()

    def to_html(self) -> str:
        """Return the figure as HTML that needs no other file."""
        data = base64.b64encode(self.svg()).decode()
        return (
            f'<figure><img src="data:image/svg+xml;base64,{data}" '
            f'alt="{html.escape(self.alternative)}"/>'
            f"<figcaption>{html.escape(self.caption)}</figcaption></figure>"
        )


def gap_by_family(runs: pd.DataFrame, source: str) -> Picture | None:
    """Draw the mean and the largest gap of each method in each family.

    Parameters
    ----------
    runs
        Runs of one problem, as :func:`analysis.metrics.with_best_bound` returns them.
    source
        Where the runs come from.

    Returns
    -------
    Picture or None
        None if no run has a gap.
    """
    means = summary(runs, by=("family", "method"))
    means = means[means["with_gap"] > 0]
    if means.empty:
        return None
    families = list(dict.fromkeys(means["family"].fillna("(none)")))
    looks = _looks(runs)
    figure, axes = _axes(height_in=1.5 + len(families) * (0.14 * len(looks) + 0.16))
    step = 0.8 / len(looks)
    for rank, (method, (colour, marker)) in enumerate(looks.items()):
        own = means[means["method"] == method]
        places = [
            families.index(family) - 0.4 + step * (rank + 0.5)
            for family in own["family"].fillna("(none)")
        ]
        mean, most = (100 * own[name].astype(float) for name in ("mean_gap", "max_gap"))
        axes.hlines(places, 0 * mean, most, color=colour, linewidth=1.2, alpha=0.45)
        axes.plot(mean, places, marker, color=colour, markersize=5.5, label=method, clip_on=False)
        axes.plot(most, places, "|", color=colour, markersize=6, clip_on=False)
    axes.set_yticks(range(len(families)), families)
    axes.set_ylim(len(families) - 0.45, -0.55)
    axes.set_xlim(left=0)
    axes.grid(visible=False, axis="y")
    axes.set_xlabel("gap to the best proven bound [%]")
    _title(axes, "Gap by family and method")
    _legend(figure, axes)
    worst = means.sort_values("mean_gap").iloc[-1]
    return Picture(
        figure=figure,
        caption=f"Mark: mean gap; bar: from 0 to the largest gap. Source: {source}.",
        alternative=(
            f"Gap to the best proven bound for {len(families)} families and {len(looks)} methods. "
            f"The largest mean, {percent(worst['mean_gap'])}, is that of {worst['method']} in "
            f"{worst['family']}."
        ),
    )


def runtime_by_size(runs: pd.DataFrame, source: str) -> Picture:
    """Draw each run's runtime against the number of eligible pairs, the variables of P1.

    Parameters
    ----------
    runs, source
        As in :func:`gap_by_family`.
    """
    looks = _looks(runs)
    figure, axes = _axes(height_in=3.9)
    runtimes = counted_runtime(runs).clip(lower=1e-5)
    for method, (colour, marker) in looks.items():
        own = runs["method"] == method
        cut = own & (runs["failed"] | runs["ended_by"].str.endswith("-limit"))
        for chosen, face in ((own & ~cut, colour), (cut, "none")):
            axes.plot(
                _size(runs[chosen]),
                runtimes[chosen],
                marker,
                color=colour,
                markerfacecolor=face,
                markersize=4.5,
                alpha=0.8,
                label=method if face == colour else None,
            )
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: seconds(value)))
    _plain_numbers(axes, "x")
    for limit in runs["time_limit_s"].dropna().unique():
        axes.axhline(limit, color="#8a8f98", linewidth=0.9, linestyle=(0, (4, 3)))
        axes.annotate(
            f"time limit {limit:g} s",
            (0.01, limit),
            xycoords=("axes fraction", "data"),
            textcoords="offset points",
            xytext=(0, 3),
            color="#555b66",
            fontsize=8.5,
        )
    axes.set_xlabel("eligible pairs of request and edge node")
    axes.set_ylabel("runtime of the solve")
    _title(axes, "Runtime against size")
    _legend(figure, axes)
    medians = runtimes.groupby(runs["method"], sort=False).median()
    return Picture(
        figure=figure,
        caption=(
            f"Each mark is a run; hollow: ended at a limit, or failed and counted with its limit. "
            f"Both axes logarithmic. Source: {source}."
        ),
        alternative="Median runtimes: "
        + ", ".join(f"{method} {seconds(value)}" for method, value in medians.items())
        + ".",
    )


def nodes_by_size(runs: pd.DataFrame, kind: str, source: str) -> Picture | None:
    """Draw each run's node count of one kind against the number of eligible pairs.

    Parameters
    ----------
    runs, source
        As in :func:`gap_by_family`.
    kind
        The kind of node; counts of different kinds never share a figure.

    Returns
    -------
    Picture or None
        None if no run counted nodes of this kind.
    """
    counted = runs[(runs["node_kind"] == kind) & runs["num_nodes"].notna()]
    if counted.empty:
        return None
    figure, axes = _axes(height_in=3.4)
    looks = {
        method: look for method, look in _looks(runs).items() if method in set(counted["method"])
    }
    for method, (colour, marker) in looks.items():
        own = counted[counted["method"] == method]
        axes.plot(
            _size(own),
            own["num_nodes"].astype(float),
            marker,
            color=colour,
            markersize=4.5,
            alpha=0.8,
            label=method,
        )
    axes.set_xscale("log")
    axes.set_yscale("symlog", linthresh=1)
    axes.set_ylim(0, 3 * max(1.0, float(counted["num_nodes"].max())))
    _plain_numbers(axes, "x")
    axes.set_xlabel("eligible pairs of request and edge node")
    axes.set_ylabel("nodes visited")
    what = "Tree nodes" if kind == "tree" else "Branch-and-bound nodes"
    _title(axes, f"{what} against size")
    _legend(figure, axes)
    return Picture(
        figure=figure,
        caption=f"Each mark is a run; both axes logarithmic. Source: {source}.",
        alternative=f"{what}: from {counted['num_nodes'].min()} to {counted['num_nodes'].max()}.",
    )


def _looks(runs: pd.DataFrame) -> dict[str, tuple[str, str]]:
    """Return the colour and the marker of each method, the same in every figure of a table."""
    return {
        str(method): (COLOURS[rank % len(COLOURS)], MARKERS[rank % len(MARKERS)])
        for rank, method in enumerate(runs["method"].unique())
    }


def _axes(*, height_in: float) -> tuple[Figure, Axes]:
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(WIDTH_IN, height_in), layout="constrained")
        return figure, figure.subplots()


def _title(axes: Axes, text: str) -> None:
    axes.set_title(text, loc="left", fontsize=10.5, fontweight="bold")


def _legend(figure: Figure, axes: Axes) -> None:
    handles, labels = axes.get_legend_handles_labels()
    figure.legend(
        handles, labels, loc="outside lower left", ncols=2, frameon=False, handletextpad=0.3
    )


def _plain_numbers(axes: Axes, axis: str) -> None:
    which = axes.xaxis if axis == "x" else axes.yaxis
    which.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}"))
    which.set_minor_formatter(NullFormatter())


def _size(runs: pd.DataFrame) -> pd.Series[float]:
    return runs["num_eligible"].clip(lower=1).astype(float)


def gallery(runs: pd.DataFrame, source: str) -> str:
    """Return the figures of one problem as HTML.

    Parameters
    ----------
    runs, source
        As in :func:`gap_by_family`.
    """
    drawn = (
        gap_by_family(runs, source),
        runtime_by_size(runs, source),
        nodes_by_size(runs, "tree", source),
        nodes_by_size(runs, "branch-and-bound", source),
    )
    figures = "".join(each.to_html() for each in drawn if each is not None)
    return f'<div class="figures">{figures}</div>'
