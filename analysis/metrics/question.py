"""Question: an instance and a problem. A bound of one run holds for all runs of its question."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from heuristics.problem import Problem

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

QUESTION = ["instance", "coefficients", "problem", "cardinality"]
"""Columns that identify a question: the instance, its coefficients, and the problem to solve."""


def bounded_as(runs: pd.DataFrame) -> NDArray[np.object_]:
    """Return the problem whose bounds hold for each run: P1 for P3' without z, else its own."""
    problem = runs["problem"].to_numpy(dtype=object)
    is_maximised = runs["cardinality"].isna().to_numpy()
    is_same = (problem == Problem.P3PRIME) & is_maximised
    return np.where(is_same, str(Problem.P3PRIME.bounded_as), problem)


def question_numbers(runs: pd.DataFrame) -> NDArray[np.int64]:
    """Return the number of each run's question, from 0 in order of first appearance.

    Notes
    -----
    P3' without z is P1 at one edge node, so runs of the two have one question. No other bounds are
    used across problems, although the optimum of P2 is a bound for P3'.
    """
    asked = runs[QUESTION].assign(problem=bounded_as(runs))
    groups = asked.groupby(QUESTION, dropna=False, sort=False)
    return np.asarray(groups.ngroup().to_numpy(), dtype=np.int64)
