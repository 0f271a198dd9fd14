"""Curves by scheme, a panel an LLM, a drawing for each reading of waiting: Figs. 8 to 11."""

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
"""The completion rate, upwards."""


def waiting_curves(
    name: str,
    *,
    title: str,
    x: Axis,
    y: Axis = COMPLETED,
    caption: str,
    marks: tuple[Mark, ...] = (),
) -> Callable[[pd.DataFrame, str], tuple[Drawing, ...]]:
    """Return what draws the table of an experiment, twice: waiting counts, and is ignored.

    Parameters
    ----------
    name, title
        Of the experiment, and of its drawings; the reading of waiting follows either.
    x, y
        The axes.
    caption
        What is fixed; how much else the text leaves open is added.
    marks
        What the text says of places on the x axis.
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
