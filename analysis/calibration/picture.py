"""Picture: measured against predicted times, and their errors by batch size."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from analysis.experiments.picture import MARKERS, STYLE, Picture
from heuristics.errors import InputError
from instances.atomic import replacing

if TYPE_CHECKING:
    from os import PathLike

    from matplotlib.axes import Axes
    from numpy.typing import NDArray

    from analysis.calibration.calibration import Calibration
    from analysis.calibration.check import ProfileCheck

ENDINGS = (".svg", ".png")

_MOST_COLOURS = 8
_MANY_DECADES = 3.0
_INK = "#3b424c"


def draw(subject: Calibration | ProfileCheck) -> Picture:
    """Draw a calibration or a check: times on the left, errors by batch size on the right.

    Parameters
    ----------
    subject
        Measurements with their predicted times.
    """
    import matplotlib as mpl
    from matplotlib.figure import Figure

    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(9.2, 3.9), layout="constrained")
        left, right = figure.subplots(1, 2)
        _draw_times(left, subject)
        _draw_errors(right, subject)
    errors = subject.errors
    told = f"mean error {100 * errors.mape:.1f} %, worst {100 * errors.worst:.1f} %"
    return Picture(
        figure=figure,
        caption=f"{errors.count} measurements: {told}.",
        alternative=f"Predicted against measured time of {errors.count} batches: {told}.",
    )


def write_picture(subject: Calibration | ProfileCheck, path: str | PathLike[str]) -> None:
    """Write the picture of a calibration or a check.

    Parameters
    ----------
    subject
        Measurements with their predicted times.
    path
        Path of the file; its ending, .svg or .png, chooses the format.

    Raises
    ------
    InputError
        If the file has another ending, or cannot be written.
    """
    ending = Path(path).suffix.lower()
    if ending not in ENDINGS:
        raise InputError(f"must end in {' or '.join(ENDINGS)}", source="--picture", found=str(path))
    picture = draw(subject)
    data = picture.svg() if ending == ".svg" else picture.png()
    with replacing(path) as temporary:
        temporary.write_bytes(data)


def _draw_times(axes: Axes, subject: Calibration | ProfileCheck) -> None:
    from matplotlib.ticker import LogLocator, NullFormatter

    measured, predicted = subject.measured, np.maximum(subject.predicted, 1e-12)
    batches = np.array([each.batch for each in subject.kept])
    for index, (label, rows) in enumerate(_groups(batches)):
        axes.plot(
            measured[rows],
            predicted[rows],
            MARKERS[index % len(MARKERS)],
            markersize=5,
            alpha=0.75,
            markeredgewidth=0,
            color=f"C{index}",
            label=label,
        )
    ends = [0.8 * min(measured.min(), predicted.min()), 1.25 * max(measured.max(), predicted.max())]
    axes.plot(ends, ends, color=_INK, linewidth=1, zorder=1)
    axes.set(xscale="log", yscale="log", xlim=ends, ylim=ends)
    for axis in (axes.xaxis, axes.yaxis):
        decades = math.log10(ends[1] / ends[0])
        axis.set_major_locator(LogLocator(subs=(1, 2, 5) if decades < _MANY_DECADES else (1,)))
        axis.set_major_formatter(lambda value, _: f"{value:g}")
        axis.set_minor_formatter(NullFormatter())
    axes.set(xlabel="measured time [s]", ylabel="predicted time [s]")
    axes.set_title("Predicted against measured", fontsize=10, loc="left")
    axes.legend(title="batch size", fontsize=8, title_fontsize=8, frameon=False)


def _draw_errors(axes: Axes, subject: Calibration | ProfileCheck) -> None:
    batches = np.array([each.batch for each in subject.kept], dtype=np.float64)
    num_sizes = len(np.unique(batches))
    varies = num_sizes > 1
    sizes = batches if varies else np.array([max(e.context_tokens, 1) for e in subject.kept])
    fitted = 100 * (subject.predicted / subject.measured - 1)
    axes.plot(sizes, fitted, "o", markersize=4.5, alpha=0.7, markeredgewidth=0, label="predicted")
    held = getattr(subject, "held_out", None)
    if held is not None:
        without = 100 * (held.predicted / subject.measured - 1)
        axes.plot(
            sizes * (1.06 if 1 < num_sizes <= _MOST_COLOURS else 1.0),
            without,
            "o",
            markersize=5,
            alpha=0.8,
            fillstyle="none",
            color="C3",
            label="if its group is left out",
        )
    axes.axhline(0, color=_INK, linewidth=1, zorder=1)
    axes.set_xscale("log", base=2)
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:g}")
    axes.set(xlabel="batch size" if varies else "tokens of the request", ylabel="error [%]")
    axes.set_title("Error of the predicted time", fontsize=10, loc="left")
    axes.legend(fontsize=8, frameon=False)


def _groups(batches: NDArray[np.int64]) -> list[tuple[str, NDArray[np.bool_]]]:
    """Return batch sizes with their rows; ranges of sizes where there are many."""
    sizes = np.unique(batches)
    if len(sizes) <= _MOST_COLOURS:
        return [(f"{size:g}", batches == size) for size in sizes]
    parts = np.array_split(sizes, _MOST_COLOURS)
    return [
        (f"{part[0]:g} to {part[-1]:g}", (batches >= part[0]) & (batches <= part[-1]))
        for part in parts
    ]
