"""Costs: the cost of each question for each method, infinite if the method did not solve it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analysis.metrics.column import floats
from analysis.metrics.question import question_numbers
from analysis.metrics.runtime import counted_runtime

if TYPE_CHECKING:
    from collections.abc import Sequence

RUNTIME = "runtime_s"


def costs(
    runs: pd.DataFrame,
    solved: pd.Series[bool],
    *,
    cost: str = RUNTIME,
    by: str = "method",
) -> pd.DataFrame:
    """Return the cost of each question for each method.

    Parameters
    ----------
    runs
        The table of runs.
    solved
        True for each solved run, as :func:`analysis.metrics.is_solved` returns it.
    cost
        Column of the cost, of which less is better. ``runtime_s`` is the runtime that each run
        counts with.
    by
        Column with the names of the methods.

    Returns
    -------
    pandas.DataFrame
        Shape ``(num_questions, num_methods)``, both in order of first appearance. With several
        seeds, a cost is the mean over the runs of the method. It is infinite if a run is unsolved
        or has no cost, or if the method has no run on the question.
    """
    paid = counted_runtime(runs).to_numpy(float) if cost == RUNTIME else floats(runs[cost])
    value = np.where(solved.to_numpy(bool) & ~np.isnan(paid), paid, np.inf)
    table = pd.DataFrame({"question": question_numbers(runs), "value": value})
    table[by] = runs[by].to_numpy(dtype=object)
    means = table.groupby(["question", by], sort=False)["value"].mean().unstack(by, sort=False)
    return means.sort_index().fillna(np.inf).rename_axis(columns=None)


def mean_by_question(
    runs: pd.DataFrame, column: str, by: str = "method", *, among: Sequence[str] | None = None
) -> pd.DataFrame:
    """Return the mean of a column for each question and method, NaN if a run has no value.

    Parameters
    ----------
    runs
        The table of runs.
    column
        Column of numbers.
    by
        Column with the names of the methods.
    among
        Methods to keep; all if None.
    """
    chosen = runs if among is None else runs[runs[by].isin(among)]
    values = counted_runtime(chosen) if column == RUNTIME else chosen[column]
    table = pd.DataFrame({"question": question_numbers(chosen), "value": floats(values)})
    table[by] = chosen[by].to_numpy(dtype=object)
    groups = table.groupby(["question", by], sort=False)["value"]
    means = groups.mean().where(groups.count() == groups.size())
    return means.unstack(by, sort=False).sort_index().rename_axis(columns=None)
