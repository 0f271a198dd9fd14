"""Campaigns: questions that each method ran on, costs by ending, failures and origins of bounds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from analysis.metrics.column import floats
from analysis.metrics.question import QUESTION
from analysis.metrics.runtime import counted_runtime
from analysis.metrics.summary import endings

if TYPE_CHECKING:
    from collections.abc import Iterable

_DIGITS = r"\d+"


def coverage(runs: pd.DataFrame) -> pd.DataFrame:
    """Return the number of questions that each method ran on, and the number of all.

    Parameters
    ----------
    runs
        The table of runs.

    Returns
    -------
    pandas.DataFrame
        A row for each problem and method: ``problem``, ``method``, ``asked``, the questions with
        a run of the method, and ``questions``, those with a run of any method.
    """
    rows: list[dict[str, Any]] = []
    for problem, group in runs.groupby("problem", sort=False):
        number = group.groupby(QUESTION, dropna=False, sort=False).ngroup()
        asked = number.groupby(group["method"], sort=False).nunique()
        rows += [
            {
                "problem": problem,
                "method": method,
                "asked": int(count),
                "questions": int(number.nunique()),
            }
            for method, count in asked.items()
        ]
    return pd.DataFrame(rows, columns=["problem", "method", "asked", "questions"])


def ending_costs(runs: pd.DataFrame) -> pd.DataFrame:
    """Return the endings of each method on each problem, and the time that its runs took.

    Parameters
    ----------
    runs
        The table of runs.

    Returns
    -------
    pandas.DataFrame
        The columns of :func:`analysis.metrics.endings` by ``problem`` and ``method``, then
        ``wall_s``, the total lifetime of the processes, and ``longest_s``, the longest runtime as
        :func:`analysis.metrics.counted_runtime` counts it.
    """
    by = ["problem", "method"]
    times = pd.DataFrame({"wall_s": floats(runs["wall_s"]), "longest_s": counted_runtime(runs)})
    grouped = times.groupby([runs[name] for name in by], sort=False)
    spent = grouped.agg({"wall_s": "sum", "longest_s": "max"})
    return endings(runs, by=by).merge(spent, on=by, how="left")


def failure_kinds(runs: pd.DataFrame) -> pd.DataFrame:
    """Return the failed runs by method, ending and message, the most frequent kind first.

    Parameters
    ----------
    runs
        The table that :func:`analysis.metrics.with_best_bound` returns.

    Returns
    -------
    pandas.DataFrame
        ``method``, ``ended_by``, ``runs``, and ``instance`` and ``message`` of the first run of
        the kind; messages that differ in numbers alone are of one kind.
    """
    failed = runs[runs["failed"]]
    message = last_lines(failed["message"]).fillna("(no message)")
    kind = message.str.replace(_DIGITS, "#", regex=True)
    kinds = failed.assign(message=message, kind=kind).groupby(
        ["method", "ended_by", "kind"], sort=False
    )
    counted = kinds.agg(
        runs=("instance", "size"), instance=("instance", "first"), message=("message", "first")
    ).reset_index()
    ordered = counted.sort_values("runs", ascending=False, kind="stable", ignore_index=True)
    return ordered[["method", "ended_by", "runs", "instance", "message"]]


def bound_origins(runs: pd.DataFrame) -> pd.DataFrame:
    """Return the number of questions whose best bound each method proved.

    Parameters
    ----------
    runs
        The table that :func:`analysis.metrics.with_best_bound` returns.

    Returns
    -------
    pandas.DataFrame
        ``bound_by`` and ``questions``; ``bound_by`` is absent for questions without a bound.
    """
    counts = runs.drop_duplicates(QUESTION)["bound_by"].value_counts(sort=False, dropna=False)
    return counts.rename("questions").rename_axis("bound_by").reset_index()


def varying(runs: pd.DataFrame, columns: Iterable[str]) -> dict[str, list[str]]:
    """Return the columns with several values, each with its values as text, in sorted order."""
    return {
        name: sorted(str(each) for each in runs[name].unique())
        for name in columns
        if runs[name].nunique(dropna=False) > 1
    }


def last_lines(messages: pd.Series[Any]) -> pd.Series[Any]:
    """Return the last line of each message, which names the error; absent without a message."""
    return messages.astype("string").str.strip().str.split("\n").str[-1]
