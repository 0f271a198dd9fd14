r"""Profiles: share of the questions that a method solves within a ratio, or within a budget.

References
----------
E. D. Dolan, J. J. Moré, *Benchmarking optimization software with performance profiles*,
Mathematical Programming 91, 2002, doi:10.1007/s101070100263.

J. J. Moré, S. M. Wild, *Benchmarking derivative-free optimization algorithms*, SIAM Journal on
Optimization 20(1), 2009, doi:10.1137/080724083.

N. Gould, J. Scott, *A note on performance profiles for benchmarking software*, ACM Transactions on
Mathematical Software 43(2), 2016, doi:10.1145/2950048.

A. Mahajan, S. Leyffer, C. Kirches, *Solving mixed-integer nonlinear programs by QP-diving*,
Argonne National Laboratory, 2012 (ratios to the best of the others).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analysis.metrics.cost import RUNTIME, costs
from analysis.metrics.question import question_numbers
from analysis.metrics.runtime import is_solved

if TYPE_CHECKING:
    from numpy.typing import NDArray

LEAST_RUNTIME_S = 1e-3
"""Least runtime in a ratio [s]. Shorter runtimes are raised to it, since the clock is no more
accurate."""

LEAST_NODES = 1.0


def performance_profile(
    runs: pd.DataFrame,
    solved: pd.Series[bool] | None = None,
    *,
    cost: str = RUNTIME,
    by: str = "method",
    least: float | None = None,
    to_others: bool = False,
) -> pd.DataFrame:
    r"""Return the performance profile of each method.

    Parameters
    ----------
    runs
        The table that :func:`analysis.metrics.with_best_bound` returns; of one problem.
    solved
        True for each solved run; if None, runs that completed count as solved.
    cost, by
        As in :func:`analysis.metrics.costs`.
    least
        Least cost, to which smaller costs are raised so that no ratio is to 0. If None, 1 ms for
        runtimes and 1 for other costs.
    to_others
        True to take ratios to the best of the other methods, which may be less than 1 (extended
        profile); False to take ratios to the best of all methods.

    Returns
    -------
    pandas.DataFrame
        The corners of a right-continuous staircase for each method, in the order of the methods:
        its name, ``ratio`` :math:`\tau`, and ``share``, the share of questions whose ratio is at
        most :math:`\tau`. The first corner is at ratio 1, with the share of questions on which the
        method is best or ties with the best; extended profiles begin at the least ratio. Every
        question is in the denominator, even if no method solved it. A method without a run on a
        question has not solved it.

    Notes
    -----
    With more than two methods, only comparisons with the best curve are valid: the order of the
    second and the third may change if the first is left out (Gould and Scott). To compare two
    methods, make a profile of these two alone.
    """
    paid = costs(runs, is_solved(runs) if solved is None else solved, cost=cost, by=by)
    floor = (LEAST_RUNTIME_S if cost == RUNTIME else LEAST_NODES) if least is None else least
    values = np.maximum(paid.to_numpy(), floor)
    best = _best_of_others(values) if to_others else values.min(axis=1, initial=np.inf)[:, None]
    # The ratio of a question that no method solved, infinite over infinite, is infinite.
    ratios = np.divide(values, best, out=np.full_like(values, np.inf), where=np.isfinite(values))
    start = None if to_others else 1.0
    return _staircases(ratios, list(paid.columns), by, "ratio", start=start)


def _best_of_others(values: NDArray[np.float64]) -> NDArray[np.float64]:
    others = np.full_like(values, np.inf)
    for method in range(values.shape[1]):
        others[:, method] = np.delete(values, method, axis=1).min(axis=1, initial=np.inf)
    return others


def data_profile(
    runs: pd.DataFrame,
    solved: pd.Series[bool] | None = None,
    *,
    cost: str = RUNTIME,
    by: str = "method",
    per: str | None = None,
) -> pd.DataFrame:
    """Return the data profile of each method: the share of questions solved within a budget.

    Parameters
    ----------
    runs, solved, cost, by
        As in :func:`performance_profile`.
    per
        Column whose value plus one divides the cost of a question, as Moré and Wild divide by
        the number of variables plus one. If None, costs are not divided, as in PAVER's absolute
        profile.

    Returns
    -------
    pandas.DataFrame
        The corners of a staircase for each method: its name, ``budget`` and ``share``, from budget
        0. Unlike ratios, budgets do not depend on the other methods in the table.
    """
    paid = costs(runs, is_solved(runs) if solved is None else solved, cost=cost, by=by)
    values = paid.to_numpy()
    if per is not None:
        size = runs[per].astype(float).groupby(question_numbers(runs)).first()
        values = values / (1.0 + size.to_numpy()[:, None])
    return _staircases(values, list(paid.columns), by, "budget", start=0.0)


def _staircases(
    values: NDArray[np.float64], methods: list[str], by: str, name: str, *, start: float | None
) -> pd.DataFrame:
    parts = []
    for method, column in zip(methods, values.T, strict=True):
        finite = column[np.isfinite(column)]
        if start is not None:
            finite = np.append(finite, start)
        corners, counts = np.unique(finite, return_counts=True)
        if start is not None:
            counts[corners == start] -= 1
        share = np.cumsum(counts) / len(column)
        parts.append(pd.DataFrame({by: method, name: corners, "share": share}))
    empty = pd.DataFrame({by: [], name: [], "share": []})
    return pd.concat(parts, ignore_index=True) if parts else empty
