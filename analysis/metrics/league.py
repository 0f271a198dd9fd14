"""League: gaps, ranks and proofs of heuristics on the same instances under the same time limits."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Sequence

INSTANCE = ["family", "size", "seed"]
"""Columns that name an instance of the league."""

REFERENCE, FIRST = "decomposition", "ot-gah-fast"
"""Method whose proofs are the reference, and heuristic whose missing requests the others close."""

COLUMNS = (
    *INSTANCE,
    "instance",
    "num_requests",
    "num_edge_nodes",
    "method",
    "limit_s",
    "status",
    "ended_by",
    "objective",
    "bound",
    "runtime_s",
    "load",
    "trajectory",
    "otgah",
    "machine",
)
"""Columns of the file of the league."""

NUM_SAMPLES = 1000
"""Number of bootstrap samples of the instances."""


def with_gap(runs: pd.DataFrame) -> pd.DataFrame:
    """Return the runs of heuristics with the best bound of their instances and their gaps to it.

    Parameters
    ----------
    runs
        Runs with the columns `COLUMNS`.

    Returns
    -------
    pandas.DataFrame
        The rows of all methods but the reference, with ``best_bound``, the least bound of any run
        on the instance; ``best_known``, the largest throughput; ``gap``, the share of the bound
        that is missing, 1 without a schedule, NaN without a bound; ``is_proven``, True if bound and
        best throughput agree; and ``is_solved``, True if the run's throughput meets the bound.
    """
    by_instance = runs.groupby(INSTANCE)
    best = pd.DataFrame(
        {"best_bound": by_instance["bound"].min(), "best_known": by_instance["objective"].max()}
    ).reset_index()
    table = runs[runs["method"] != REFERENCE].merge(best, on=INSTANCE, how="left")
    served = table["objective"].fillna(0)
    bound = table["best_bound"]
    gap = (bound - served) / bound.where(bound > 0, 1)
    return table.assign(
        gap=gap.where(bound.notna()),
        is_proven=bound == table["best_known"],
        is_solved=table["objective"] == bound,
    )


def complete(table: pd.DataFrame, limit_s: float) -> pd.DataFrame:
    """Return the runs at one time limit on the instances that all methods have run on.

    A league that was interrupted has an instance on which some methods have not run yet.

    Parameters
    ----------
    table
        Runs as `with_gap` returns them.
    limit_s
        Time limit [s].
    """
    own = table[table["limit_s"] == limit_s]
    num_runs = own.groupby(INSTANCE)["method"].transform("nunique")
    return own[num_runs == own["method"].nunique()]


def standings(table: pd.DataFrame, limit_s: float) -> pd.DataFrame:
    """Return a row for each method at one time limit, the best mean rank first.

    Parameters
    ----------
    table
        Runs as `with_gap` returns them.
    limit_s
        Time limit [s].

    Returns
    -------
    pandas.DataFrame
        Indexed by method: ``num_runs``; ``mean_gap`` and ``worst_gap``; ``solved``, the share of
        runs that meet the bound; ``closed``, the share of the requests missing to `FIRST` that the
        method serves, NaN without it; ``rank``, the mean rank by throughput, ties shared, with
        ``rank_low`` and ``rank_high``, its 95 % bootstrap interval over instances.
    """
    own = complete(table, limit_s)
    by_method = own.groupby("method")
    served = own.pivot_table(index=INSTANCE, columns="method", values="objective", dropna=False)
    served = served.dropna(how="all").fillna(0)
    rank = served.rank(axis=1, ascending=False)
    low, high = _interval(rank.to_numpy())
    bound = own.groupby(INSTANCE)["best_bound"].first().reindex(served.index)
    result = pd.DataFrame(
        {
            "num_runs": by_method.size(),
            "mean_gap": by_method["gap"].mean(),
            "worst_gap": by_method["gap"].max(),
            "solved": by_method["is_solved"].mean(),
            "rank": rank.mean(),
            "rank_low": pd.Series(low, rank.columns),
            "rank_high": pd.Series(high, rank.columns),
        }
    )
    result["closed"] = np.nan
    if FIRST in served:
        missing = (bound - served[FIRST]).sum()
        if missing > 0:
            result["closed"] = served.sub(served[FIRST], axis=0).sum() / missing
    return result.sort_values(["rank", "mean_gap"])


def _interval(
    ranks: np.ndarray[tuple[int, ...], np.dtype[np.float64]],
) -> tuple[
    np.ndarray[tuple[int, ...], np.dtype[np.float64]],
    np.ndarray[tuple[int, ...], np.dtype[np.float64]],
]:
    """Return the ends of the 95 % bootstrap interval of each column's mean."""
    random = np.random.default_rng(0)
    places = random.integers(len(ranks), size=(NUM_SAMPLES, len(ranks)))
    means = ranks[places].mean(axis=1)
    low, high = np.quantile(means, (0.025, 0.975), axis=0)
    return low, high


def gaps_by_family(table: pd.DataFrame, limit_s: float) -> pd.DataFrame:
    """Return the mean and the worst gap by family and method at one time limit.

    Parameters
    ----------
    table
        Runs as `with_gap` returns them.
    limit_s
        Time limit [s].

    Returns
    -------
    pandas.DataFrame
        Indexed by family and method: ``mean_gap``, ``worst_gap`` and ``proven``, the share of
        runs whose instance has a proven optimum.
    """
    by = complete(table, limit_s).groupby(["family", "method"], sort=False)
    return pd.DataFrame(
        {
            "mean_gap": by["gap"].mean(),
            "worst_gap": by["gap"].max(),
            "proven": by["is_proven"].mean(),
        }
    )


def anytime(table: pd.DataFrame, times_s: Sequence[float]) -> pd.DataFrame:
    """Return the mean gap of each method at some times of its runs with the largest time limit.

    Parameters
    ----------
    table
        Runs as `with_gap` returns them; ``trajectory`` holds ``time:throughput`` in turn.
    times_s
        Times since the begin of a run [s].

    Returns
    -------
    pandas.DataFrame
        Mean gap by time (index) and method (columns). A run without a schedule so far counts 1.
    """
    own = complete(table, table["limit_s"].max()).dropna(subset=["best_bound"])
    gaps: dict[str, list[float]] = {}
    for method, runs in own.groupby("method"):
        served = np.array([_served(each, times_s) for each in runs["trajectory"].fillna("")])
        bound = runs["best_bound"].to_numpy(dtype=float)[:, None]
        gaps[str(method)] = ((bound - served) / np.maximum(bound, 1)).mean(axis=0).tolist()
    return pd.DataFrame(gaps, index=pd.Index(times_s, name="time_s"))


def _served(trajectory: str, times_s: Sequence[float]) -> list[int]:
    """Return the throughput at each time, 0 before the first schedule."""
    points = [point.split(":") for point in trajectory.split()]
    return [
        max((int(served) for at, served in points if float(at) <= time), default=0)
        for time in times_s
    ]
