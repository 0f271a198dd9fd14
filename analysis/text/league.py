"""Sentences and tables about a league of heuristics."""

from __future__ import annotations

from math import isnan
from typing import TYPE_CHECKING

from analysis.metrics.league import FIRST, INSTANCE, standings
from analysis.text.phrases import aligned, counted, percent, seconds

if TYPE_CHECKING:
    import pandas as pd

LEAGUE_TITLE = "Which heuristic comes nearest to the optimum within a time limit?"


def league_answer(table: pd.DataFrame, tables: dict[float, pd.DataFrame]) -> str:
    """Return the sentence that answers the title.

    Parameters
    ----------
    table
        Runs as :func:`analysis.metrics.league.with_gap` returns them.
    tables
        Standings by time limit.
    """
    instances = table.drop_duplicates(INSTANCE)
    num_proven = int(instances["is_proven"].sum())
    told = []
    for limit_s, standing in sorted(tables.items()):
        by_gap = standing.sort_values(["mean_gap", "rank"])
        name, first = by_gap.index[0], by_gap.iloc[0]
        told.append(f"{name} with {percent(first['mean_gap'], 2)} at {seconds(limit_s)}")
    return (
        f"Least mean gap: {'; '.join(told)}. {counted(len(instances), 'instance')}, "
        f"{num_proven:,} of them with a proven optimum; the gap of the others is to the best bound."
    )


def standings_text(standing: pd.DataFrame, limit_s: float) -> str:
    """Return the standings at one time limit as an aligned table.

    Parameters
    ----------
    standing
        Table of :func:`analysis.metrics.league.standings`.
    limit_s
        Time limit [s].
    """
    header = ["method", "mean rank", "mean gap", "worst gap", "solved", "of missing"]
    rows = [
        [
            str(method),
            rank_text(row),
            percent(row["mean_gap"], 2),
            percent(row["worst_gap"]),
            percent(row["solved"]),
            closed_text(row["closed"]),
        ]
        for method, row in standing.iterrows()
    ]
    return f"Limit {seconds(limit_s)}\n\n{aligned(rows, header, right=range(1, len(header)))}"


def comparison(table: pd.DataFrame) -> list[list[str]]:
    """Return a header and a row for each method, by mean rank at the middle time limit.

    Parameters
    ----------
    table
        Runs as :func:`analysis.metrics.league.with_gap` returns them.

    Returns
    -------
    list of list of str
        Method, mean gap at each time limit, share of solved runs at the last one, and mean rank
        with its interval at the middle one.
    """
    limits = sorted(float(each) for each in table["limit_s"].unique())
    by_limit = {limit_s: standings(table, limit_s) for limit_s in limits}
    middle = limits[len(limits) // 2]
    gaps = [f"mean gap at {limits[0]:g} s", *(f"at {each:g} s" for each in limits[1:])]
    rank = f"mean rank at {middle:g} s, with interval"
    records = [standing.to_dict("index") for standing in by_limit.values()]
    rows = [["method", *gaps, f"solved at {limits[-1]:g} s", rank]]
    for name, row in by_limit[middle].iterrows():
        at = [each[name] for each in records]
        told = [percent(each["mean_gap"], 2) for each in at]
        rows.append([str(name), *told, percent(at[-1]["solved"]), rank_text(row)])
    return rows


def closed_answer(table: pd.DataFrame) -> str:
    """Return the sentence on the requests missing to OT-GAH that the best heuristic serves.

    Parameters
    ----------
    table
        Runs as :func:`analysis.metrics.league.with_gap` returns them.
    """
    limits = sorted(float(each) for each in table["limit_s"].unique())
    middle = limits[len(limits) // 2]
    proven = standings(table[table["is_proven"]], middle)["closed"].dropna()
    if proven.empty:
        return f"At {seconds(middle)}, no instance with a proven optimum lacks requests."
    overall = standings(table, middle)["closed"]
    name = str(overall.idxmax())
    return (
        f"At {seconds(middle)}, {name} serves {percent(proven[name])} of the requests missing to "
        f"{FIRST} where the optimum is proven, and {percent(overall[name])} of those missing to "
        "the best bound on all instances."
    )


def extent(table: pd.DataFrame) -> str:
    """Return the numbers of instances, seeds and proven optima of a league."""
    instances = table.drop_duplicates(INSTANCE)
    num_seeds, num_proven = instances["seed"].nunique(), int(instances["is_proven"].sum())
    return (
        f"{counted(len(instances), 'instance')} of {counted(num_seeds, 'seed')}, "
        f"{num_proven:,} with a proven optimum"
    )


def rank_text(row: pd.Series) -> str:
    """Return a mean rank with its interval."""
    return f"{row['rank']:.2f} [{row['rank_low']:.2f}, {row['rank_high']:.2f}]"


def closed_text(share: float) -> str:
    """Return the share of OT-GAH's missing requests that a method serves."""
    return "-" if isnan(share) else percent(share)
