"""Methods side by side: what each found on every question, a row a question."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from analysis.metrics.question import QUESTION, question_numbers
from analysis.metrics.runtime import counted_runtime

if TYPE_CHECKING:
    from collections.abc import Sequence

SHOWN = ("objective", "gap", "runtime_s", "num_nodes")
"""What is shown of each method, its mean over the runs of a question."""


def side_by_side(
    runs: pd.DataFrame, by: str = "method", shown: Sequence[str] = SHOWN
) -> pd.DataFrame:
    """Return the table of PAVER's solve data, and of IPET's long table: a row a question.

    Parameters
    ----------
    runs
        The table that :func:`analysis.metrics.with_best_bound` returns; of one problem.
    by
        The column whose values are set side by side.
    shown
        Columns of numbers, of which the mean over the runs (the seeds) of a method is shown.
        ``runtime_s`` is what each run counts with.

    Returns
    -------
    pandas.DataFrame
        In the order of the first runs: the columns that make the question, ``family``,
        ``best_bound``, and for each method "METHOD COLUMN" and "METHOD ended_by", where several
        ends are joined. What a method has not is absent.
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
