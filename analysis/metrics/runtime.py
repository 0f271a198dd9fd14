"""Runtimes: what each run counts with, and means in which a limit counts in three ways."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from analysis.metrics.mean import RUNTIME_SHIFT_S, shifted_geometric_mean
from analysis.metrics.question import question_numbers
from analysis.runs.outcome import FAILED
from heuristics.result import EndedBy

if TYPE_CHECKING:
    from collections.abc import Sequence

PENALTY_FACTOR = 10
"""The k of PAR-k."""

LONG_S = 1.0
"""Questions that took no method so long are left out of the mean over long ones [s]."""

ENDED_BY_ITSELF = (EndedBy.PROOF, EndedBy.COMPLETED)
"""The ends of runs that did what they were to do, and were not cut."""


def counted_runtime(runs: pd.DataFrame) -> pd.Series[float]:
    """Return the runtime that each run counts with [s].

    A run without a runtime of its own, since its process died, counts with its time limit, or with
    the time that its process lived where there was no limit. One that failed counts with its limit
    even where it failed sooner: failing is never fast.
    """
    limit = runs["time_limit_s"].astype("Float64")
    own = runs["runtime_s"].fillna(limit.fillna(runs["wall_s"])).astype(float)
    failed = runs["ended_by"].isin(FAILED)
    return own.where(~failed, np.fmax(own, limit.fillna(0.0).astype(float)))


def is_solved(runs: pd.DataFrame, *, gap: float | None = None) -> pd.Series[bool]:
    """Return whether each run did what was asked.

    Parameters
    ----------
    runs
        The table that :func:`analysis.metrics.with_best_bound` returns.
    gap
        The gap to the best proven bound that its schedule must reach, 0 for the optimum; if None,
        a run did what was asked if it ended by itself: by a proof, or a heuristic at its end.

    Notes
    -----
    A run that failed, or of whose question nothing is proved, reaches no gap.
    """
    if gap is None:
        return runs["ended_by"].isin(ENDED_BY_ITSELF)
    return (runs["gap"] <= gap).fillna(value=False).astype(bool)


def penalised_runtime(
    runs: pd.DataFrame, solved: pd.Series[bool], *, factor: float = PENALTY_FACTOR
) -> pd.Series[float]:
    """Return the runtime of each solved run, and ``factor`` times the limit of every other [s].

    Parameters
    ----------
    runs
        The table of runs.
    solved
        Which runs did what was asked, as :func:`is_solved` says.
    factor
        The k of PAR-k. PAR-10 is a score that punishes, not a time: the ratio of two is no
        speed-up.

    Notes
    -----
    A run without a time limit is penalised from the time that it counts with.

    References
    ----------
    B. Bischl et al., *ASlib: A benchmark library for algorithm selection*, Artificial Intelligence
    237, 2016, doi:10.1016/j.artint.2016.04.003.
    """
    counted = counted_runtime(runs)
    limit = runs["time_limit_s"].astype("Float64").fillna(counted.astype("Float64")).astype(float)
    return counted.where(solved, factor * limit)


def runtime_means(
    runs: pd.DataFrame,
    by: Sequence[str] = ("method",),
    *,
    gap: float | None = None,
    shift: float = RUNTIME_SHIFT_S,
    factor: float = PENALTY_FACTOR,
    long_s: float = LONG_S,
) -> pd.DataFrame:
    """Return the mean runtimes of each method side by side, as the ranking can turn on how.

    Parameters
    ----------
    runs
        The table that :func:`analysis.metrics.with_best_bound` returns; of one problem.
    by
        The columns whose values are compared with each other.
    gap
        What a solved run has reached; see :func:`is_solved`.
    shift
        Of the geometric means [s].
    factor
        The k of PAR-k.
    long_s
        How long some run on a long question takes at least [s]; see :func:`takes_long`.

    Returns
    -------
    pandas.DataFrame
        A row a method:

        * ``runs``, ``solved``;
        * ``counted_s``: shifted geometric mean of all runs, a limit counted as it stands, which
          favours those who meet it often;
        * ``penalised_s``: arithmetic mean, PAR-k, of all runs, which the unsolved decide;
        * ``common``, ``common_s``: the runs on questions that every method solved in all its runs,
          and their shifted geometric mean, which leaves out the hard ones; absent if there is none;
        * ``long``, ``long_s``: the runs on questions that some run took ``long_s`` on, and their
          shifted geometric mean, limits counted as they stand, which leaves out the easy ones;
        * ``counted_rank``, ``penalised_rank``, ``common_rank``: 1 for the least, equals share.

    References
    ----------
    The first is how H. Mittelmann's benchmarks count, the third what others call affected or
    all-optimal instances (Achterberg, Wunderling 2013).
    """
    solved = is_solved(runs, gap=gap)
    keys = [runs[name] for name in by]
    number = question_numbers(runs)
    is_common = _solved_by_all(solved, number, keys)
    table = pd.DataFrame(
        {
            "solved": solved,
            "counted": counted_runtime(runs),
            "penalised": penalised_runtime(runs, solved, factor=factor),
            "common": is_common,
            "long": takes_long(runs, long_s),
        }
    )
    rows = []
    for key, group in table.groupby(keys, dropna=False, sort=False):
        rows.append(
            dict(zip(by, key, strict=True))
            | {
                "runs": len(group),
                "solved": int(group["solved"].sum()),
                "counted_s": shifted_geometric_mean(group["counted"], shift=shift),
                "penalised_s": float(group["penalised"].mean()),
                "common": int(group["common"].sum()),
                "common_s": shifted_geometric_mean(
                    group.loc[group["common"], "counted"], shift=shift
                ),
                "long": int(group["long"].sum()),
                "long_s": shifted_geometric_mean(group.loc[group["long"], "counted"], shift=shift),
            }
        )
    columns = [*by, "runs", "solved", "counted_s", "penalised_s", "common", "common_s"]
    columns += ["long", "long_s"]
    means = pd.DataFrame(rows, columns=columns)
    for name in ("counted", "penalised", "common"):
        values = means[f"{name}_s"].astype("Float64")
        means[f"{name}_s"] = values
        means[f"{name}_rank"] = values.rank(method="min").astype("Int64")
    means["long_s"] = means["long_s"].astype("Float64")
    return means


def takes_long(runs: pd.DataFrame, least_s: float = LONG_S) -> pd.Series[bool]:
    """Return whether some run on the question of each run took at least so many seconds.

    Means over easy questions alone say little, and those that took one method long must be kept for
    all: a question is never left out for one method only (Achterberg, Wunderling 2013, whose
    brackets these are).
    """
    longest = counted_runtime(runs).groupby(question_numbers(runs)).transform("max")
    return longest >= least_s


def _solved_by_all(
    solved: pd.Series[bool], number: Any, keys: list[pd.Series[Any]]
) -> pd.Series[bool]:
    """Return whether the question of each run was asked of all, and solved in every run."""
    methods = solved.groupby(keys, dropna=False, sort=False).ngroup()
    num_methods = methods.groupby(number).transform("nunique")
    return solved.groupby(number).transform("all") & (num_methods == methods.nunique())
