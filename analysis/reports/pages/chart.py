"""Chart: an interactive drawing with its caption, and the layout that all charts share."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from importlib import resources
from typing import TYPE_CHECKING, Any

import numpy as np
from markupsafe import Markup

from analysis.reports.pages.grid import PAGE_TYPE, packed
from analysis.text.phrases import seconds
from heuristics.display.palette import COLOURS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    import numpy.typing as npt

SYMBOLS = ("circle", "square", "triangle-up", "diamond", "triangle-down", "cross", "x", "star")
DASHES = ("solid", "dash", "dot", "dashdot", "longdash", "longdashdot")

PLOTLY_TYPE = "application/vnd.plotly.v1+json"
"""MIME type of a chart for notebooks."""

LEAST_SECONDS = 1e-5
"""Least duration on a logarithmic axis [s], to which shorter durations are raised."""

_FEWEST_TICKS = 3
_MARGIN = 0.06

_FONT = 'system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", sans-serif'


@dataclass(frozen=True, kw_only=True)
class Look:
    """Colour, symbol and dash of a method, the same in every chart of a page.

    Methods differ in more than their colour.
    """

    colour: str
    symbol: str
    dash: str


@dataclass(frozen=True, kw_only=True, eq=False)
class Chart:
    """An interactive chart.

    Parameters
    ----------
    title
        Title of the chart.
    traces
        Traces of plotly. The ``customdata`` of a point is its row in the grid, or a mapping of
        columns to values by which a click filters the grid.
    layout
        Changes to the common layout.
    caption
        Explanation of the marks, and source of the data.
    alternative
        Text with the main result, for readers who cannot see the chart.
    grid
        Name of the grid to which a click leads.
    is_wide
        True for a chart as wide as the page, False for half of the width.
    """

    title: str
    traces: Sequence[Mapping[str, Any]]
    layout: Mapping[str, Any] = field(default_factory=dict)
    caption: str
    alternative: str
    grid: str = "runs"
    is_wide: bool = False

    def specification(self) -> dict[str, Any]:
        """Return the specification of the chart for plotly."""
        return {"data": list(self.traces), "layout": _merged(_LAYOUT, self.layout)}

    def _repr_mimebundle_(self, **_: Any) -> dict[str, Any]:
        return {
            PLOTLY_TYPE: self.specification(),
            "text/html": str(self._with_words(Markup(""))),
            PAGE_TYPE: self.to_html(),
        }

    def to_html(self) -> str:
        """Return the chart as markup; the script of the page draws it when it comes into view."""
        height = int(self.specification()["layout"]["height"])
        plot = Markup(
            '<div class="plot" role="img" aria-label="{}" data-grid="{}" data-packed="{}" '
            'style="min-height:{}px"></div>'
        ).format(self.alternative, self.grid, packed(self.specification()), height)
        return str(self._with_words(plot))

    def _with_words(self, plot: Markup) -> Markup:
        return Markup(
            '<figure class="chart{}"><h3>{}</h3>{}<noscript><p>{}</p></noscript>'
            "<figcaption>{}</figcaption></figure>"
        ).format(" wide" if self.is_wide else "", self.title, plot, self.alternative, self.caption)


_LAYOUT: dict[str, Any] = {
    "height": 380,
    "margin": {"l": 8, "r": 12, "t": 8, "b": 8},
    "font": {"family": _FONT, "size": 13, "color": "#1d2430"},
    "paper_bgcolor": "#fff",
    "plot_bgcolor": "#fff",
    "hovermode": "closest",
    "showlegend": True,
    "hoverlabel": {"bgcolor": "#fff", "font": {"color": "#1d2430"}, "align": "left"},
    "legend": {"orientation": "h", "x": 0, "xanchor": "left", "y": 1.02, "yanchor": "bottom"},
    "xaxis": {
        "automargin": True,
        "gridcolor": "#e4e7ec",
        "zeroline": False,
        "linecolor": "#8a8f98",
    },
    "yaxis": {
        "automargin": True,
        "gridcolor": "#e4e7ec",
        "zeroline": False,
        "linecolor": "#8a8f98",
    },
}


def _merged(base: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """Return a mapping with the values of another one over it, nested mappings included."""
    merged = dict(base)
    for key, value in over.items():
        below = merged.get(key)
        if isinstance(below, dict) and isinstance(value, dict):
            merged[key] = _merged(below, value)
        else:
            merged[key] = value
    return merged


def looks(methods: Iterable[str]) -> dict[str, Look]:
    """Return the look of each method, in the order of the methods."""
    return {
        method: Look(
            colour=COLOURS[rank % len(COLOURS)],
            # Each round of colours shifts the symbols by one, so that the first 64 looks differ.
            symbol=SYMBOLS[(rank + rank // len(COLOURS)) % len(SYMBOLS)],
            dash=DASHES[rank % len(DASHES)],
        )
        for rank, method in enumerate(methods)
    }


def log_axis(
    values: npt.NDArray[np.float64], show: Callable[[float], str] = "{:,.0f}".format
) -> dict[str, Any]:
    """Return a logarithmic axis of positive values, with ticks within any range.

    Parameters
    ----------
    values
        Values on the axis.
    show
        Function that returns the label of a tick.

    Notes
    -----
    Ticks are powers of ten, or 1, 2 and 5 times powers of ten if the range has few of them.

    Examples
    --------
    >>> log_axis(np.array([872.0, 933.0]))["ticktext"]
    ['500', '1,000']
    >>> log_axis(np.array([4.0, 3980.0]))["ticktext"]
    ['10', '100', '1,000']
    """
    known = values[np.isfinite(values) & (values > 0)]
    low, high = (float(known.min()), float(known.max())) if known.size else (1.0, 1.0)
    for multiples in ((1,), (1, 2, 5)):
        powers = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
        marks = [each * 10.0**power for power in powers for each in multiples]
        if len(powers) > _FEWEST_TICKS:
            break
    below, above = (each for each in marks if each <= low), (each for each in marks if each >= high)
    if sum(low <= each <= high for each in marks) < _FEWEST_TICKS - 1:
        low, high = max(below, default=low), min(above, default=high)
    if low == high:
        low, high = low / 2, high * 2
    ends = math.log10(low), math.log10(high)
    margin = _MARGIN * (ends[1] - ends[0])
    shown = [each for each in marks if low / 1.001 <= each <= high * 1.001]
    return {
        "type": "log",
        "tickvals": shown,
        "ticktext": [show(each) for each in shown],
        "range": [ends[0] - margin, ends[1] + margin],
    }


def seconds_axis(values: npt.NDArray[np.float64]) -> dict[str, Any]:
    """Return a logarithmic axis of durations [s]; see :func:`log_axis`."""
    return log_axis(np.maximum(values, LEAST_SECONDS), seconds)


def plain(text: object) -> str:
    """Return text with escapes, since plotly interprets some markup."""
    return str(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def library() -> str:
    """Return the drawing library, packed, for a page to hold once."""
    path = resources.files("plotly") / "package_data" / "plotly.min.js"
    return packed(path.read_text(encoding="utf-8"))
