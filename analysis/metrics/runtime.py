"""Runtimes that runs count with, and means that treat time limits in three ways."""

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
"""Factor k of PAR-k."""

LONG_S = 1.0
"""Runtime that some run on a long question takes at least [s]; see :func:`takes_long`."""

ENDED_BY_ITSELF = (EndedBy.PROOF, EndedBy.COMPLETED)
"""Endings of runs that completed, and were not stopped by a limit or by hand."""


def counted_runtime(runs: pd.DataFrame) -> pd.Series[float]:
    """Return the runtime that each run counts with [s].

    A run without a runtime, because its process died, counts with its time limit; without a limit,
    it counts with the lifetime of its process. A failed run counts at least with its time limit,
    even if it failed sooner, so that failing is never fast.
    """
    limit = runs["time_limit_s"].astype("Float64")
    own = runs["runtime_s"].fillna(limit.fillna(runs["wall_s"])).astype(float)
    failed = runs["ended_by"].isin(FAILED)
    return own.where(~failed, np.fmax(own, limit.fillna(0.0).astype(float)))


def is_solved(runs: pd.DataFrame, *, gap: float | None = None) -> pd.Series[bool]:
    """Return True for each run that solved its question.

    Parameters
    ----------
    runs
        The table that :func:`analysis.metrics.with_best_bound` returns.
    gap
        Gap to the best proven bound that the schedule must reach, 0 for the optimum. If None, a
        run counts as solved if it completed: by a proof, or as a heuristic at its end.

    Notes
    -----
    A failed run reaches no gap, and neither does a run on a question without a proven bound.
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
        True for each solved run, as :func:`is_solved` returns it.
    factor
        Factor k of PAR-k. PAR-10 is a score with a penalty and not a time: the ratio of two
        scores is no speed-up.

    Notes
    -----
    Without a time limit, the penalty is ``factor`` times the runtime that the run counts with.

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
    """Return three mean runtimes of each method, since the ranking may depend on the mean.

    Parameters
    ----------
    runs
        The table that :func:`analysis.metrics.with_best_bound` returns; of one problem.
    by
        Columns whose values are compared with each other.
    gap
        Gap that a solved run has reached; see :func:`is_solved`.
    shift
        Shift of the geometric means [s].
    factor
        Factor k of PAR-k.
    long_s
        Runtime that some run on a long question takes at least [s]; see :func:`takes_long`.

    Returns
    -------
    pandas.DataFrame
        A row for each method:

        * ``runs``, ``solved``: number of runs, and of solved runs;
        * ``counted_s``: shifted geometric mean of all runs, in which a run that reaches its time
          limit counts with the limit. It favours methods that often reach the limit;
        * ``penalised_s``: arithmetic mean of all runs by PAR-k, dominated by unsolved runs;
        * ``common``, ``common_s``: number of runs on questions that every method solved in all its
          runs, and their shifted geometric mean, which leaves out hard questions; absent without
          such questions;
        * ``long``, ``long_s``: number of runs on questions on which some run took ``long_s``, and
          their shifted geometric mean as in ``counted_s``, which leaves out easy questions;
        * ``counted_rank``, ``penalised_rank``, ``common_rank``: rank by each mean, 1 for the
          least; equal means share a rank.

    References
    ----------
    The first mean is that of H. Mittelmann's benchmarks. The third is taken over the instances
    that others call affected or all-optimal (Achterberg, Wunderling 2013).
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
    """Return True for each run on a question on which some run took at least ``least_s`` seconds.

    Means over easy questions say little. A question that took one method long is kept for all
    methods, so that all means are over the same questions, like the brackets of Achterberg and
    Wunderling (2013).
    """
    longest = counted_runtime(runs).groupby(question_numbers(runs)).transform("max")
    return longest >= least_s


def _solved_by_all(
    solved: pd.Series[bool], number: Any, keys: list[pd.Series[Any]]
) -> pd.Series[bool]:
    """Return True for each run on a question that every method has runs on, all of them solved."""
    methods = solved.groupby(keys, dropna=False, sort=False).ngroup()
    num_methods = methods.groupby(number).transform("nunique")
    return solved.groupby(number).transform("all") & (num_methods == methods.nunique())
