"""Figures drawn from the table of runs. Pure functions: a table in, a table or a number out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from analysis.task import FAILED
from heuristics.result import Status, relative_gap

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    Rows = Sequence[Mapping[Any, Any]]

QUESTION = ["instance", "coefficients", "problem", "cardinality"]
"""What two runs must have in common for the bound of one to hold for the other."""

CERTIFICATE = "certificate"
"""What proved a bound that is kept beside the runs, in the place of a method's name."""

_SEARCH = "the certificate's search"
"""What found a schedule on the way to such a bound."""

_TOLD = (
    "method",
    "status",
    "objective",
    "bound",
    "certified_objective",
    "certified_bound",
    "known_objective",
    "known_bound",
)
"""What is compared between the rows of one question."""

RUNTIME_SHIFT_S = 0.1
"""The shift of the geometric mean of runtimes [s]."""

NODE_SHIFT = 10
"""The shift of the geometric mean of node counts."""


def with_best_bound(runs: pd.DataFrame) -> pd.DataFrame:
    """Add ``best_bound``, ``bound_by``, ``gap``, ``short``, ``failed`` and ``contradiction``.

    Parameters
    ----------
    runs
        A row for each run, as the store has it: with the bound that is kept of its question.

    Returns
    -------
    pandas.DataFrame
        A copy with

        * ``best_bound``: the least bound that any run in the table or a kept certificate proved
          of the same problem on the same instance. What the instance file says is best known
          stays apart, in ``known_bound``: nothing here proved it.
        * ``bound_by``: the method whose bound that is, the first in the table of several;
          ``certificate`` where all are above the kept certificate's.
        * ``gap``: (best_bound - objective) / best_bound, 0 when both are 0.
        * ``short``: best_bound - objective, in requests.
        * ``failed``: whether the method crashed, raised, or returned what the judge refused.
        * ``contradiction``: what is wrong where a bound lies below a schedule that the judge
          let pass; absent otherwise. ``best_bound``, ``bound_by``, ``gap`` and ``short`` are
          absent there, since one of the two is wrong and nothing tells which.

    Notes
    -----
    Bounds are never carried from one problem to another, although the optimum of P2 bounds P3'.
    """
    table = runs.copy()
    best_bound: list[int | None] = [None] * len(table)
    bound_by: list[str | None] = [None] * len(table)
    contradiction: list[str | None] = [None] * len(table)
    for places, rows in _questions(table):
        told, least = _contradiction(rows), _least_bound(rows)
        for place in places:
            if told is not None:
                contradiction[place] = told
            elif least is not None:
                bound_by[place], best_bound[place] = least
    table["contradiction"] = pd.array(contradiction, dtype="string")
    table["best_bound"] = pd.array(best_bound, dtype="Int64")
    table["bound_by"] = pd.array(bound_by, dtype="string")
    table["failed"] = table["ended_by"].isin(FAILED)
    table["gap"] = pd.array(
        [
            relative_gap(_or_none(objective), _or_none(bound))
            for objective, bound in zip(table["objective"], table["best_bound"], strict=True)
        ],
        dtype="Float64",
    )
    table["short"] = table["best_bound"] - table["objective"]
    return table


def _questions(table: pd.DataFrame) -> Iterator[tuple[list[int], Rows]]:
    """Yield the places and the rows of each question, with None for what is absent."""
    columns = table[[*QUESTION, *_TOLD]].astype(object)
    rows = columns.where(columns.notna(), None).to_dict("records")
    places: dict[tuple[Any, ...], list[int]] = {}
    for place, row in enumerate(rows):
        places.setdefault(tuple(row[key] for key in QUESTION), []).append(place)
    for each in places.values():
        yield each, [rows[place] for place in each]


def _least_bound(rows: Rows) -> tuple[str, int] | None:
    """Return who proved the least bound of one question, and the bound."""
    claims = _claims(rows, "bound") + _claims(rows, "certified_bound", CERTIFICATE)
    return min(claims, key=lambda claim: claim[1], default=None)


def _largest_objective(rows: Rows) -> tuple[str, int] | None:
    """Return who found the best schedule of one question, and its throughput."""
    claims = _claims(rows, "objective") + _claims(rows, "certified_objective", _SEARCH)
    return max(claims, key=lambda claim: claim[1], default=None)


def _claims(rows: Rows, column: str, name: str | None = None) -> list[tuple[str, int]]:
    """Return the values that a column has, each with who claims it."""
    return [(name or row["method"], row[column]) for row in rows if row[column] is not None]


def _contradiction(rows: Rows) -> str | None:
    """Return how the proofs of one question contradict each other, or what the file claims."""
    best, least = _largest_objective(rows), _least_bound(rows)
    infeasible = [row["method"] for row in rows if row["status"] == Status.INFEASIBLE]
    if best is not None and infeasible:
        return f"{infeasible[0]} says infeasible, {best[0]} found a schedule"
    optima = _claims([row for row in rows if row["status"] == Status.OPTIMAL], "objective")
    low = min(optima, key=lambda claim: claim[1], default=None)
    high = max(optima, key=lambda claim: claim[1], default=None)
    if low is not None and high is not None and low[1] < high[1]:
        return f"{low[0]} proved the optimum {low[1]}, {high[0]} the optimum {high[1]}"
    found = "" if best is None else f"{best[0]} found {best[1]}"
    proved = "" if least is None else f"{_subject(least[0])} proved the bound {least[1]}"
    if best is not None and least is not None and least[1] < best[1]:
        return f"{proved}, {found}"
    known_bound, known_objective = rows[0]["known_bound"], rows[0]["known_objective"]
    if rows[0]["problem"] != "P1" or known_bound is None:
        return None
    if best is not None and known_bound < best[1]:
        return f"the file claims the bound {known_bound}, {found}"
    if least is not None and least[1] < known_objective:
        return f"the file claims a schedule of {known_objective}, {proved}"
    return None


def _subject(name: str) -> str:
    return "the certificate" if name == CERTIFICATE else name


def _or_none(value: int | None) -> int | None:
    return None if pd.isna(value) else int(value)


def shifted_geometric_mean(values: Iterable[float], *, shift: float) -> float | None:
    """Return exp(mean(ln(value + shift))) - shift; None of no values.

    Parameters
    ----------
    values
        At least 0 each.
    shift
        Keeps values near 0 from deciding alone, positive.

    Examples
    --------
    >>> shifted_geometric_mean([0, 3], shift=1)
    1.0
    """
    array = np.fromiter(values, dtype=float)
    if array.size == 0:
        return None
    return float(np.exp(np.log(array + shift).mean()) - shift)


def counted_runtime(runs: pd.DataFrame) -> pd.Series[float]:
    """Return the runtime that each run counts with [s].

    A run that failed has none of its own. It counts with its time limit, or with the time its
    process lived where there was no limit, so that failing is never fast.
    """
    fallback = runs["time_limit_s"].fillna(runs["wall_s"])
    return runs["runtime_s"].fillna(fallback).astype(float)


def summary(
    runs: pd.DataFrame, by: Sequence[str] = ("problem", "family", "method")
) -> pd.DataFrame:
    """Summarise runs by groups, with every run in the denominators.

    Parameters
    ----------
    runs
        The table that :func:`with_best_bound` returns.
    by
        The columns that make the groups, in order of their first appearance.

    Returns
    -------
    pandas.DataFrame
        A row a group:

        * ``runs``, ``failed``; ``proved``: runs that ended with a proof of their own;
          ``optimal``: runs whose schedule reaches the best bound;
        * ``with_gap``: runs that have a gap; ``mean_gap``, ``max_gap``, ``mean_short`` over them;
        * ``runtime_s``: shifted geometric mean of :func:`counted_runtime`, ``max_runtime_s``;
        * ``tree_nodes``, ``branch_and_bound_nodes``: shifted geometric means of the counts, each
          of its kind alone.

        What no run of the group has is absent.
    """
    rows = []
    for key, group in runs.groupby(list(by), dropna=False, sort=False):
        gaps, runtimes = group["gap"].dropna(), counted_runtime(group)
        rows.append(
            dict(zip(by, key, strict=True))
            | {
                "runs": len(group),
                "failed": int(group["failed"].sum()),
                "proved": int(group["proved_by"].notna().sum()),
                "optimal": int((group["gap"] == 0).sum()),
                "with_gap": len(gaps),
                "mean_gap": gaps.mean() if len(gaps) else pd.NA,
                "max_gap": gaps.max() if len(gaps) else pd.NA,
                "mean_short": group["short"].dropna().mean() if len(gaps) else pd.NA,
                "runtime_s": shifted_geometric_mean(runtimes, shift=RUNTIME_SHIFT_S),
                "max_runtime_s": runtimes.max(),
                "tree_nodes": _mean_nodes(group, "tree"),
                "branch_and_bound_nodes": _mean_nodes(group, "branch-and-bound"),
            }
        )
    return pd.DataFrame(rows)


def _mean_nodes(runs: pd.DataFrame, kind: str) -> float | None:
    counts = runs.loc[runs["node_kind"] == kind, "num_nodes"].dropna()
    return shifted_geometric_mean(counts.astype(float), shift=NODE_SHIFT)
