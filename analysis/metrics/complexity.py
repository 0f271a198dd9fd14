"""Empirical complexity: how the runtime of a method grows with the size of the instance."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from analysis.metrics.column import floats
from analysis.metrics.paired import CONFIDENCE
from analysis.metrics.profile import LEAST_RUNTIME_S
from analysis.metrics.runtime import is_solved

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

LEAST_RUNS = 3
"""A line through fewer has no interval."""

LEAST_SPREAD = 2.0
"""The largest size must be so many times the smallest: sizes alike show no growth."""

WIDEST_INTERVAL = 2.0
"""An exponent within a wider interval could be that of anything."""


def empirical_complexity(
    runs: pd.DataFrame,
    *,
    size: str = "num_eligible",
    cost: str = "runtime_s",
    by: Sequence[str] = ("method",),
    least: float = LEAST_RUNTIME_S / 100,
) -> pd.DataFrame:
    r"""Fit cost = c size^e to the runs of each method, by least squares in logarithms.

    Parameters
    ----------
    runs
        The table that :func:`analysis.metrics.with_best_bound` returns; of one problem.
    size
        What the cost grows with, positive: ``num_eligible``, the variables of P1, or any feature.
    cost
        ``runtime_s``, ``num_nodes``, or another column.
    by
        The columns that make the groups.
    least
        Smaller costs are left out: the clock does not tell them apart.

    Returns
    -------
    pandas.DataFrame
        A row a group: ``runs``; ``used``; ``censored``, runs that ended at a limit or failed, which
        would bend the line down and are left out; ``small``, left out below ``least``, or of no
        size; ``exponent`` with its 95 % interval ``low`` to ``high``; ``per_doubling``, by which
        factor the cost grows with twice the size; ``r_squared``; ``smallest`` and ``largest`` size
        that was used, beyond which nothing is said. Absent where fewer than three runs or two sizes
        are left.

    Notes
    -----
    The interval is that of the slope of a linear regression with independent errors of equal
    variance (Student's t with two degrees of freedom less than runs). Where many runs are
    censored, the largest instances that are left are the easy ones, and the exponent is too small.

    References
    ----------
    C. C. McGeoch, *A Guide to Experimental Algorithmics*, Cambridge University Press, 2012,
    chapter 7.
    """
    table = pd.DataFrame({"size": floats(runs[size]), "cost": floats(runs[cost])})
    table["solved"] = is_solved(runs).to_numpy()
    rows = []
    keys = [runs[name].to_numpy(dtype=object) for name in by]
    for key, group in table.groupby(keys, dropna=False, sort=False):
        solved = group[group["solved"]]
        used = solved[(solved["cost"] >= least) & (solved["size"] > 0)]
        rows.append(
            dict(zip(by, key, strict=True))
            | {
                "runs": len(group),
                "used": len(used),
                "censored": len(group) - len(solved),
                "small": len(solved) - len(used),
            }
            | _fit(used["size"].to_numpy(), used["cost"].to_numpy())
        )
    told = ["exponent", "low", "high", "per_doubling", "r_squared", "smallest", "largest"]
    fitted = pd.DataFrame(rows, columns=[*by, "runs", "used", "censored", "small", *told])
    return fitted.astype(dict.fromkeys(told, "Float64"))


def _fit(size: NDArray[np.float64], cost: NDArray[np.float64]) -> dict[str, float]:
    if len(size) < LEAST_RUNS or np.ptp(size) == 0:
        return {}
    from scipy import stats

    line = stats.linregress(np.log(size), np.log(cost))
    reach = float(stats.t.ppf((1 + CONFIDENCE) / 2, len(size) - 2)) * float(line.stderr)
    exponent = float(line.slope)
    return {
        "exponent": exponent,
        "low": exponent - reach,
        "high": exponent + reach,
        "per_doubling": 2**exponent,
        "r_squared": float(line.rvalue) ** 2,
        "smallest": float(size.min()),
        "largest": float(size.max()),
    }


def shows_growth(fitted: pd.Series[Any]) -> bool:
    """Return whether a row of :func:`empirical_complexity` says how the cost grows."""
    if pd.isna(fitted["exponent"]):
        return False
    is_spread = fitted["largest"] >= LEAST_SPREAD * fitted["smallest"]
    return bool(is_spread and fitted["high"] - fitted["low"] <= WIDEST_INTERVAL)
