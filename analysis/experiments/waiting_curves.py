"""Curves by scheme, a panel for each LLM, a drawing for each reading of waiting: Figs. 8 to 11."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analysis.experiments.comparing import RATE
from analysis.experiments.experiment import Drawing
from analysis.experiments.figure import Axis, Mark, curves
from analysis.experiments.lines import CEILING, LABELS, LLMS, READINGS, WAITING
from analysis.experiments.statistics import chosen

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd

COMPLETED = Axis(column=RATE, title="completed", is_share=True)
"""Axis of the completion rate."""


def waiting_curves(
    name: str,
    *,
    title: str,
    x: Axis,
    y: Axis = COMPLETED,
    caption: str,
    marks: tuple[Mark, ...] = (),
) -> Callable[[pd.DataFrame, str], tuple[Drawing, ...]]:
    """Return a function that draws a table twice: waiting counted, and waiting ignored.

    Parameters
    ----------
    name, title
        Name of the experiment and title of its drawings; each is followed by the reading.
    x, y
        The axes.
    caption
        Fixed settings. The remaining open points of the text are appended.
    marks
        Statements of the text at places on the x axis.
    """
    return lambda table, source: tuple(
        Drawing(
            name=f"{name}-{waiting.replace(' ', '-')}",
            picture=curves(
                chosen(table, {"count_waiting": value}),
                title=f"{title}, {waiting}",
                x=x,
                y=y,
                panels=("llm", LLMS),
                labels=LABELS,
                ceilings=CEILING,
                marks=marks,
                caption=f"{caption} {READINGS}",
                source=source,
            ),
        )
        for value, waiting in WAITING.items()
    )
