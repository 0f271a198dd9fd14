"""Methods side by side: the results of every method, a row for each question."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from analysis.metrics.question import QUESTION, question_numbers
from analysis.metrics.runtime import counted_runtime

if TYPE_CHECKING:
    from collections.abc import Sequence

SHOWN = ("objective", "gap", "runtime_s", "num_nodes")
"""Columns shown for each method, as means over the runs on a question."""


def side_by_side(
    runs: pd.DataFrame, by: str = "method", shown: Sequence[str] = SHOWN
) -> pd.DataFrame:
    """Return a row for each question, like the solve data of PAVER and the long table of IPET.

    Parameters
    ----------
    runs
        The table that :func:`analysis.metrics.with_best_bound` returns; of one problem.
    by
        Column with the names of the methods.
    shown
        Columns of numbers, shown as means over the runs (seeds) of a method. ``runtime_s`` is the
        runtime that each run counts with.

    Returns
    -------
    pandas.DataFrame
        The columns of the question, ``family``, ``best_bound``, and for each method
        "METHOD COLUMN" and "METHOD ended_by", with several endings joined by commas. Questions
        are in the order of their first runs. Values that a method lacks are absent.
    """
    number = pd.Series(question_numbers(runs), index=runs.index)
    first = ~number.duplicated()
    about = [name for name in QUESTION if name != "coefficients"]
    table = runs.loc[first, [*dict.fromkeys([*about, "family", "best_bound"])]]
    table.index = pd.Index(number[first])
    counted = runs.assign(runtime_s=counted_runtime(runs))
    for method, own in counted.groupby(by, dropna=False, sort=False):
        groups = own.groupby(number.loc[own.index])
        for name in shown:
            table[f"{method} {name}"] = groups[name].mean().astype("Float64")
        table[f"{method} ended_by"] = groups["ended_by"].agg(
            lambda ends: ", ".join(dict.fromkeys(map(str, ends)))
        )
    return table.reset_index(drop=True)
