"""Figure: lines with bands, a panel above the other, and marks of the paper's statements."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from analysis.experiments import statistics
from analysis.experiments.experiment import LABEL
from analysis.experiments.picture import MARKERS, STYLE, WIDTH_IN, Picture
from heuristics.display.palette import COLOURS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd
    from matplotlib.axes import Axes

BAND = "Bands: 95 %, t intervals over seeds."
BAND_OF_LOGARITHMS = "Lines and bands: geometric means over seeds with t intervals of 95 %."


@dataclass(frozen=True, kw_only=True)
class Axis:
    """Axis of a figure.

    Parameters
    ----------
    column
        Column of the tidy table.
    title
        Title of the axis, with its unit.
    is_share
        True if values are shown in percent.
    is_logarithmic
        True if the axis is logarithmic.
    """

    column: str
    title: str
    is_share: bool = False
    is_logarithmic: bool = False


@dataclass(frozen=True, kw_only=True)
class Mark:
    """Statement of the paper, drawn at a place of the horizontal or the vertical axis.

    Parameters
    ----------
    text
        Text of the statement.
    x, y
        Place on the axis: a value, or the two ends of a range. Exactly one of x and y is given.
    """

    text: str
    x: float | tuple[float, float] | None = None
    y: float | None = None


def curves(
    table: pd.DataFrame,
    *,
    title: str,
    x: Axis,
    y: Axis,
    source: str,
    panels: tuple[str, Mapping[Any, str]] | None = None,
    labels: Sequence[str] | None = None,
    marks: Sequence[Mark] = (),
    ceilings: Mapping[str, str] | None = None,
    caption: str = "",
) -> Picture:
    """Draw a quantity over a parameter, a line for each scheme, with bands over the seeds.

    Parameters
    ----------
    table
        Rows of an experiment; absent values are left out.
    title
        Title of the figure.
    x, y
        The axes.
    source
        Source of the rows.
    panels
        Column with a panel for each of its values, and the title of each panel.
    labels
        Lines in the order of the legend; the lines of the table if None. A line keeps its colour
        if another line is missing.
    marks
        Statements of the paper to draw.
    ceilings
        Dotted lines in the colour of another line: the optimum or a bound, by its name, and the
        line that it belongs to.
    caption
        Further sentences of the caption.
    """
    import matplotlib as mpl
    from matplotlib.figure import Figure

    column, names = panels if panels is not None else (None, {None: ""})
    names = {
        value: name for value, name in names.items() if column is None or _has(table, column, value)
    }
    labels = list(table[LABEL].unique()) if labels is None else labels
    ranks = {label: rank for rank, label in enumerate(labels)}
    labels = [label for label in labels if _has(table, LABEL, label)]
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(WIDTH_IN, 1.1 + 2.35 * len(names)), layout="constrained")
        grid = figure.subplots(len(names), 1, sharex=True, squeeze=False)
        told = []
        for axes, (value, name) in zip(grid[:, 0], names.items(), strict=True):
            shown = table if column is None else statistics.chosen(table, {column: value})
            for label, other in (ceilings or {}).items():
                _ceiling(axes, shown[shown[LABEL] == label], ranks[other], label, x, y)
            for label in labels:
                _line(axes, shown[shown[LABEL] == label], ranks[label], label, x, y)
            _scales(axes, table, x, y)
            _mark(axes, marks, is_first=axes is grid[0, 0])
            axes.set_ylabel(y.title if not name else f"{name}\n{y.title}")
            told.append(_told(shown, labels, y, name))
        grid[-1, 0].set_xlabel(x.title)
        figure.suptitle(title, x=0.01, ha="left", fontsize=10.5, fontweight="bold")
        handles, shown_labels = grid[0, 0].get_legend_handles_labels()
        figure.legend(
            handles,
            shown_labels,
            loc="outside lower left",
            ncols=2,
            frameon=False,
            handletextpad=0.4,
            fontsize=8.5,
        )
    band = BAND_OF_LOGARITHMS if y.is_logarithmic else BAND
    said = " ".join(part for part in (caption, band, f"Source: {source}.") if part)
    return Picture(figure=figure, caption=said, alternative=f"{title}. {' '.join(told)}")


def _has(table: pd.DataFrame, column: str, value: Any) -> bool:
    return bool((table[column] == value).any())


def _line(axes: Axes, rows: pd.DataFrame, rank: int, label: str, x: Axis, y: Axis) -> None:
    places, estimates = _points(rows, x, y)
    colour = COLOURS[rank % len(COLOURS)]
    axes.plot(
        places,
        [estimate.value for estimate in estimates],
        marker=MARKERS[rank % len(MARKERS)],
        color=colour,
        linestyle=("-", (0, (5, 2)), (0, (2, 1.5)))[rank % 3],
        linewidth=1.3,
        markersize=4,
        alpha=0.9,
        label=label,
    )
    axes.fill_between(
        places,
        [each.value if each.low is None else each.low for each in estimates],
        [each.value if each.high is None else each.high for each in estimates],
        color=colour,
        alpha=0.18,
        linewidth=0,
    )


def _ceiling(axes: Axes, rows: pd.DataFrame, rank: int, label: str, x: Axis, y: Axis) -> None:
    places, estimates = _points(rows, x, y)
    axes.plot(
        places,
        [estimate.value for estimate in estimates],
        color=COLOURS[rank % len(COLOURS)],
        linestyle=(0, (1, 0.8)),
        linewidth=4,
        alpha=0.4,
        label=label,
    )


def _points(rows: pd.DataFrame, x: Axis, y: Axis) -> tuple[list[float], list[statistics.Estimate]]:
    """Return the x values of a line and the mean over seeds at each.

    Means and intervals of a logarithmic axis are those of the logarithms: values that grow with a
    power of another are skewed, and an interval of their plain mean may reach below 0.
    """
    known = rows[rows[y.column].notna()]
    places = sorted(known[x.column].unique())
    values = [known.loc[known[x.column] == place, y.column].to_numpy(float) for place in places]
    if not y.is_logarithmic:
        return places, [statistics.mean(each) for each in values]
    return places, [_power(statistics.mean(np.log10(each))) for each in values]


def _power(logarithm: statistics.Estimate) -> statistics.Estimate:
    """Return the estimate whose decimal logarithm is given."""
    value, low, high = (
        None if each is None else 10**each
        for each in (logarithm.value, logarithm.low, logarithm.high)
    )
    return statistics.Estimate(value=value or 0.0, low=low, high=high)


def _scales(axes: Axes, table: pd.DataFrame, x: Axis, y: Axis) -> None:
    from matplotlib.ticker import FuncFormatter, NullFormatter, NullLocator

    if x.is_logarithmic:
        axes.set_xscale("log")
        axes.set_xticks(sorted(table[x.column].unique()))
        axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
        axes.xaxis.set_minor_locator(NullLocator())
    if y.is_logarithmic:
        axes.set_yscale("log")
        axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: power_of_ten(value)))
        axes.yaxis.set_minor_formatter(NullFormatter())
    else:
        axes.set_ylim(bottom=0)
    if y.is_share:
        axes.yaxis.set_major_formatter(FuncFormatter(lambda share, _: f"{100 * share:g} %"))


def power_of_ten(value: float) -> str:
    """Return the label of a tick of a logarithmic axis, without mathematical markup.

    Examples
    --------
    >>> power_of_ten(0.001), power_of_ten(1e10)
    ('10⁻³', '10¹⁰')
    """
    exponent = round(math.log10(value))
    return "10" + str(exponent).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))


def _mark(axes: Axes, marks: Sequence[Mark], *, is_first: bool) -> None:
    look: Any = {"color": "#8a8f98", "linewidth": 0.9, "linestyle": (0, (4, 3))}
    if any(mark.x is not None for mark in marks):
        axes.set_ylim(top=1.15 * axes.get_ylim()[1])  # room for what is written at the top
    for mark in marks:
        if isinstance(mark.x, tuple):
            axes.axvspan(*mark.x, color="#8a8f98", alpha=0.14, linewidth=0)
        elif mark.x is not None:
            axes.axvline(mark.x, **look)
        if mark.y is not None:
            axes.axhline(mark.y, **look)
        if is_first:
            _write(axes, mark)


def _write(axes: Axes, mark: Mark) -> None:
    place: tuple[float, float]
    if mark.y is not None:
        place, system = (0.01, mark.y), ("axes fraction", "data")
    else:
        first = mark.x[0] if isinstance(mark.x, tuple) else mark.x
        place, system = (first or 0.0, 0.98), ("data", "axes fraction")
    axes.annotate(
        mark.text,
        place,
        xycoords=system,
        textcoords="offset points",
        xytext=(3, 2 if mark.y is not None else -8),
        color="#555b66",
        fontsize=8,
    )


def _told(table: pd.DataFrame, labels: Sequence[str], y: Axis, name: str) -> str:
    """Return the text alternative of a panel: the mean of each line."""
    means = (f"{label} {table.loc[table[LABEL] == label, y.column].mean():.3g}" for label in labels)
    return f"{name or 'Means'}: {', '.join(means)}."
