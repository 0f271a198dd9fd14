"""Question: an instance and a problem. A bound of one run holds for all runs of its question."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

QUESTION = ["instance", "coefficients", "problem", "cardinality"]
"""Columns that identify a question: the instance, its coefficients, and the problem to solve."""


def question_numbers(runs: pd.DataFrame) -> NDArray[np.int64]:
    """Return the number of each run's question, from 0 in order of first appearance.

    Notes
    -----
    Bounds are not used across problems, although the optimum of P2 is a bound for P3'.
    """
    groups = runs.groupby(QUESTION, dropna=False, sort=False)
    return np.asarray(groups.ngroup().to_numpy(), dtype=np.int64)
