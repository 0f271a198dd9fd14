"""Question: what two runs must have in common for the bound of one to hold for the other."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

QUESTION = ["instance", "coefficients", "problem", "cardinality"]
"""The columns that name a question: an instance, and the problem that is asked of it."""


def question_numbers(runs: pd.DataFrame) -> NDArray[np.int64]:
    """Return the question of each run as a number, from 0 in order of first appearance.

    Notes
    -----
    Bounds are never carried from one problem to another, although the optimum of P2 bounds P3'.
    """
    groups = runs.groupby(QUESTION, dropna=False, sort=False)
    return np.asarray(groups.ngroup().to_numpy(), dtype=np.int64)
