"""Claims: bounds and schedules that runs, kept certificates and instance files claim."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from analysis.metrics.column import floats
from analysis.metrics.question import bounded_as
from heuristics.problem import Problem

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from numpy.typing import NDArray

    from analysis.metrics.column import Floats

CERTIFICATE = "certificate"
"""Origin of a bound that is kept beside the runs, in place of a method's name."""

SEARCH = "the certificate's search"
"""Origin of a schedule that was found during the search for such a bound."""

FILE = "the file"
"""Origin of a best known schedule or bound in an instance file, proved by no run here."""


class Extreme(NamedTuple):
    """Extreme claims: the least or the largest value claimed for each question.

    Parameters
    ----------
    value
        Extreme value of each question, NaN without a claim, shape ``(num_questions,)``.
    by
        Origin of the first claim of that value, None without a claim, shape
        ``(num_questions,)``.
    problem
        Problem of the run with that claim, None without a claim, shape ``(num_questions,)``. A kept
        certificate and an instance file claim values of P1 or P2, never of P3'.
    """

    value: Floats
    by: NDArray[np.object_]
    problem: NDArray[np.object_]


def least_bound(runs: pd.DataFrame, number: NDArray[np.int64]) -> Extreme:
    """Return the least bound of each question that a run or a kept certificate proved."""
    return _extreme(runs, number, [("bound", None), ("certified_bound", CERTIFICATE)], sign=1)


def largest_objective(
    runs: pd.DataFrame, number: NDArray[np.int64], *, with_file: bool = False
) -> Extreme:
    """Return the largest throughput of a schedule found for each question.

    Parameters
    ----------
    runs, number
        The table of runs, and the number of each run's question.
    with_file
        True to include the best known value of the instance file, which holds for P1 alone.
    """
    sources: list[tuple[str, str | None]] = [("objective", None), ("certified_objective", SEARCH)]
    if with_file:
        sources.append(("known_objective", FILE))
    return _extreme(runs, number, sources, sign=-1)


def _extreme(
    runs: pd.DataFrame,
    number: NDArray[np.int64],
    sources: Sequence[tuple[str, str | None]],
    *,
    sign: int,
) -> Extreme:
    """Return the least value (sign 1) or the largest (sign -1); the first claim wins a tie."""
    columns = []
    for name, _ in sources:
        values = floats(runs[name])
        if name.startswith("known_"):
            values = np.where(bounded_as(runs) == Problem.P1, values, np.nan)
        columns.append(values)
    values = np.concatenate(columns)
    claims = np.flatnonzero(~np.isnan(values))
    asked = np.tile(number, len(sources))[claims]
    ordered = np.lexsort((claims, sign * values[claims], asked))
    questions, first = np.unique(asked[ordered], return_index=True)
    chosen = claims[ordered[first]]
    num_questions = int(number.max(initial=-1)) + 1
    value = np.full(num_questions, np.nan)
    by: NDArray[np.object_] = np.full(num_questions, None, dtype=object)
    value[questions] = values[chosen]
    methods = runs["method"].to_numpy(dtype=object)
    source, row = np.divmod(chosen, max(len(runs), 1))
    names = np.array([name for _, name in sources], dtype=object)
    by[questions] = np.where(source == 0, methods[row], names[source])
    problem = by.copy()
    problems = runs["problem"].to_numpy(dtype=object)
    problem[questions] = np.where(source == 0, problems[row], bounded_as(runs)[row])
    return Extreme(value, by, problem)
