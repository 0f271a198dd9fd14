"""Chart: an interactive drawing with the words that go with it, and what all drawings share."""

from __future__ import annotations

from dataclasses import dataclass, field
from importlib import resources
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from analysis.pages.grid import PAGE_TYPE, packed

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#B07C00", "#56B4E9", "#000000", "#7F7F7F")
"""The palette of Okabe and Ito, which colour-blind readers tell apart; its yellow is darker here,
to be seen on white."""

SYMBOLS = ("circle", "square", "triangle-up", "diamond", "triangle-down", "cross", "x", "star")
DASHES = ("solid", "dash", "dot", "dashdot", "longdash", "longdashdot")

PLOTLY_TYPE = "application/vnd.plotly.v1+json"

SECONDS_AXIS: Mapping[str, Any] = {
    "type": "log",
    "tickvals": [10.0**power for power in range(-5, 6)],
    "ticktext": [
        *("10 µs", "100 µs", "1 ms", "10 ms", "100 ms"),
        *("1 s", "10 s", "100 s", "1,000 s", "10,000 s", "100,000 s"),
    ],
}
"""An axis of durations, logarithmic."""

LEAST_SECONDS = 1e-5
"""Shorter durations are drawn as this: a logarithm has no 0."""

_FONT = 'system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", sans-serif'


@dataclass(frozen=True, kw_only=True)
class Look:
    """How a method is drawn, in every chart of a page alike: not by its colour alone."""

    colour: str
    symbol: str
    dash: str


@dataclass(frozen=True, kw_only=True, eq=False)
class Chart:
    """An interactive chart.

    Parameters
    ----------
    title
        What it shows.
    traces
        Its data, as plotly has it. A point's ``customdata`` is the row of the grid that it stands
        for, or a mapping of columns to values that the grid is filtered by.
    layout
        What differs from the common layout.
    caption
        How it is read, and where the data come from.
    alternative
        What a reader who cannot see it must know.
    grid
        The name of the grid in which a click leads to a row.
    is_wide
        Whether it takes the whole width of a page, and not half of it.
    """

    title: str
    traces: Sequence[Mapping[str, Any]]
    layout: Mapping[str, Any] = field(default_factory=dict)
    caption: str
    alternative: str
    grid: str = "runs"
    is_wide: bool = False

    def specification(self) -> dict[str, Any]:
        """Return the chart as plotly takes it."""
        return {"data": list(self.traces), "layout": _merged(_LAYOUT, self.layout)}

    def _repr_mimebundle_(self, **_: Any) -> dict[str, Any]:
        return {
            PLOTLY_TYPE: self.specification(),
            "text/html": str(self._with_words(Markup(""))),
            PAGE_TYPE: self.to_html(),
        }

    def to_html(self) -> str:
        """Return the chart as a page has it: drawn by the page's own script, once it is in view."""
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
    """Return one mapping laid over another, the mappings inside likewise."""
    merged = dict(base)
    for key, value in over.items():
        below = merged.get(key)
        if isinstance(below, dict) and isinstance(value, dict):
            merged[key] = _merged(below, value)
        else:
            merged[key] = value
    return merged


def looks(methods: Iterable[str]) -> dict[str, Look]:
    """Return how each method is drawn, in their order."""
    return {
        method: Look(
            colour=COLOURS[rank % len(COLOURS)],
            # One place further each time round: no two of the first 64 look alike.
            symbol=SYMBOLS[(rank + rank // len(COLOURS)) % len(SYMBOLS)],
            dash=DASHES[rank % len(DASHES)],
        )
        for rank, method in enumerate(methods)
    }


def plain(text: object) -> str:
    """Return text that plotly, which knows some markup, shows as it is."""
    return str(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def library() -> str:
    """Return the drawing library, packed, which a page holds once."""
    path = resources.files("plotly") / "package_data" / "plotly.min.js"
    return packed(path.read_text(encoding="utf-8"))
