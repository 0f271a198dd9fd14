"""Contradictions: a bound below a schedule, two unequal optima, or an impossible claim."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from analysis.metrics.claim import CERTIFICATE, SEARCH, largest_objective, least_bound
from analysis.metrics.column import floats
from analysis.metrics.question import QUESTION, bounded_as
from heuristics.problem import Problem
from heuristics.result import Status

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd
    from numpy.typing import NDArray

    Rows = Sequence[Mapping[Any, Any]]

_TOLD = [
    "method",
    "problem",
    "cardinality",
    "status",
    "objective",
    "bound",
    "certified_objective",
    "certified_bound",
    "known_objective",
    "known_bound",
]
"""Columns that are compared between the runs of one question."""


def contradictions(runs: pd.DataFrame) -> pd.DataFrame:
    """Return the questions whose runs contradict each other, a row for each question.

    Parameters
    ----------
    runs
        The table that :func:`analysis.metrics.with_best_bound` returns.

    Returns
    -------
    pandas.DataFrame
        ``instance``, ``problem``, ``cardinality``, ``contradiction``; empty without contradictions.
        Look at this table first. One of the two claims is wrong, and it is unknown which one;
        therefore the question is left out of every mean.
    """
    found = runs[runs["contradiction"].notna()].drop_duplicates(QUESTION)
    kept = [name for name in QUESTION if name != "coefficients"]
    return found[[*kept, "contradiction"]].reset_index(drop=True)


def contradiction_of_each(runs: pd.DataFrame, number: NDArray[np.int64]) -> NDArray[np.object_]:
    """Return the contradiction of each question as text, None without a contradiction.

    Parameters
    ----------
    runs, number
        The table of runs, and the number of each run's question.

    Notes
    -----
    All questions are tested at once with arrays. Only questions with a contradiction, which are
    few, are then described one by one.
    """
    is_wrong = _is_wrong(runs, number)
    told: NDArray[np.object_] = np.full(len(is_wrong), None, dtype=object)
    if is_wrong.any():
        chosen = np.flatnonzero(is_wrong[number])
        columns = runs.iloc[chosen][_TOLD].astype(object)
        rows = columns.where(columns.notna(), None).to_dict("records")
        by_question: dict[int, list[Mapping[Any, Any]]] = {}
        for question, row in zip(number[chosen].tolist(), rows, strict=True):
            by_question.setdefault(question, []).append(row)
        for question, same in by_question.items():
            told[question] = contradiction_of(same)
    return told


def _is_wrong(runs: pd.DataFrame, number: NDArray[np.int64]) -> NDArray[np.bool_]:
    best, least = largest_objective(runs, number).value, least_bound(runs, number).value
    status = runs["status"].to_numpy(dtype=object)
    objective = floats(runs["objective"])
    optima = np.where(status == Status.OPTIMAL, objective, np.nan)
    low, high = _fold(np.fmin, optima, number, len(best)), _fold(np.fmax, optima, number, len(best))
    is_infeasible = np.bincount(number[status == Status.INFEASIBLE], minlength=len(best)) > 0
    of_p1 = bounded_as(runs) == Problem.P1
    known_bound, known_objective = (
        _fold(np.fmin, np.where(of_p1, floats(runs[name]), np.nan), number, len(best))
        for name in ("known_bound", "known_objective")
    )
    # Absent values are NaN, and every comparison with NaN is false.
    return np.asarray(
        (is_infeasible & ~np.isnan(best))
        | (low < high)
        | (least < best)
        | (known_bound < best)
        | (~np.isnan(known_bound) & (least < known_objective))
    )


def _fold(
    reduce: np.ufunc, values: NDArray[np.float64], number: NDArray[np.int64], size: int
) -> NDArray[np.float64]:
    folded = np.full(size, np.nan)
    reduce.at(folded, number, values)
    return folded


def contradiction_of(rows: Rows) -> str | None:
    """Return the contradiction between the claims of one question; None without one.

    Parameters
    ----------
    rows
        Runs of one question in the order of the table, with None for absent values.
    """
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
    if not _is_p1(rows[0]) or known_bound is None:
        return None
    if best is not None and known_bound < best[1]:
        return f"the file claims the bound {known_bound}, {found}"
    if least is not None and least[1] < known_objective:
        return f"the file claims a schedule of {known_objective}, {proved}"
    return None


def _is_p1(row: Mapping[Any, Any]) -> bool:
    """Return True if the values in the instance file, which are of P1, hold for this run."""
    return row["cardinality"] is None and Problem(row["problem"]).bounded_as is Problem.P1


def _least_bound(rows: Rows) -> tuple[str, int] | None:
    """Return the least bound of one question, after the name of the method that proved it."""
    claims = _claims(rows, "bound") + _claims(rows, "certified_bound", CERTIFICATE)
    return min(claims, key=lambda claim: claim[1], default=None)


def _largest_objective(rows: Rows) -> tuple[str, int] | None:
    """Return the largest throughput of one question, after the name of the method that found it."""
    claims = _claims(rows, "objective") + _claims(rows, "certified_objective", SEARCH)
    return max(claims, key=lambda claim: claim[1], default=None)


def _claims(rows: Rows, column: str, name: str | None = None) -> list[tuple[str, int]]:
    """Return the values of a column, each after the name of the method that claims it."""
    return [(name or row["method"], row[column]) for row in rows if row[column] is not None]


def _subject(name: str) -> str:
    return "the certificate" if name == CERTIFICATE else name
