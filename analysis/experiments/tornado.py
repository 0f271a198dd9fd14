"""Tornado diagram: effects of changes on quantities, a bar a change, a panel a quantity."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from analysis.experiments.picture import STYLE, WIDTH_IN, Picture
from heuristics.display.palette import COLOURS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes

    from analysis.experiments.statistics import Estimate

INTERVALS = "Whiskers: 95 %, t intervals over seeds."

_UP, _DOWN, _REST = COLOURS[0], COLOURS[1], "#8a8f98"


@dataclass(frozen=True, kw_only=True)
class Panel:
    """Panel of a tornado diagram: a quantity under each change.

    Parameters
    ----------
    title
        Title of the quantity, with its unit.
    estimates
        Estimate under each change, in the order of the bars; None without a value.
    base
        Value without any change, where the bars start.
    """

    title: str
    estimates: Sequence[Estimate | None]
    base: float


def tornado(
    names: Sequence[str],
    panels: Sequence[Panel],
    *,
    title: str,
    caption: str,
    row_in: float = 0.23,
) -> Picture:
    """Draw a bar for each change, from the quantity without the change to that with it.

    Parameters
    ----------
    names
        Names of the changes, from the top.
    panels
        The quantities, from the left.
    title, caption
        Title and caption of the figure.
    row_in
        Height of a row [inch].
    """
    import matplotlib as mpl
    from matplotlib.figure import Figure

    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(1.25 * WIDTH_IN, 1.2 + row_in * len(names)), layout="constrained")
        grid = figure.subplots(1, len(panels), sharey=True, squeeze=False)[0]
        for axes, panel in zip(grid, panels, strict=True):
            _bars(axes, panel)
        grid[0].set_yticks(range(len(names)), names)
        grid[0].set_ylim(len(names) - 0.4, -0.6)
        figure.suptitle(title, x=0.01, ha="left", fontsize=10.5, fontweight="bold")
    told = (
        f"{name}: " + ", ".join("none" if each is None else each.text() for each in estimates)
        for name, *estimates in zip(names, *(panel.estimates for panel in panels), strict=True)
    )
    titles = " and ".join(panel.title for panel in panels)
    return Picture(
        figure=figure,
        caption=f"{caption} {INTERVALS}",
        alternative=f"{title}: {titles}. {'; '.join(told)}.",
    )


def _bars(axes: Axes, panel: Panel) -> None:
    for place, estimate in enumerate(panel.estimates):
        if estimate is None:
            continue
        change = estimate.value - panel.base
        colour = _UP if change > 0 else _DOWN if change < 0 else _REST
        axes.barh(place, change, left=panel.base, height=0.62, color=colour, alpha=0.75)
        if estimate.low is not None and estimate.high is not None:
            axes.hlines(place, estimate.low, estimate.high, color="#3b424c", linewidth=1.1)
        axes.plot(estimate.value, place, "|", color="#3b424c", markersize=6)
    axes.axvline(panel.base, color="#3b424c", linewidth=0.9)
    axes.grid(visible=False, axis="y")
    axes.set_xlabel(panel.title)
