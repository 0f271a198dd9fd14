"""Empirical complexity: growth of the runtime of a method with the size of the instance."""

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
"""Least number of runs for a fit with an interval."""

LEAST_SPREAD = 2.0
"""Least ratio of the largest to the smallest size. Similar sizes do not show growth."""

WIDEST_INTERVAL = 2.0
"""Largest width of the interval of an exponent that is reported."""


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
        Column of the size: ``num_eligible``, the number of variables of P1, or a positive feature.
    cost
        Column of the cost: ``runtime_s``, ``num_nodes``, or another column.
    by
        Columns that define the groups.
    least
        Least cost. Smaller costs are left out, since the clock cannot resolve them.

    Returns
    -------
    pandas.DataFrame
        A row for each group: ``runs``; ``used``, the runs in the fit; ``censored``, runs that
        ended at a limit or failed, left out since they would bias the exponent downwards;
        ``small``, runs left out with a cost below ``least`` or a size of 0; ``exponent`` with its
        95 % interval ``low`` to ``high``; ``per_doubling``, the factor of the cost for twice the
        size; ``r_squared``; ``smallest`` and ``largest`` size in the fit, outside which the fit is
        not valid. The fit is absent with fewer than three runs or two sizes.

    Notes
    -----
    The interval is that of the slope of a linear regression with independent errors of equal
    variance (Student's t with two degrees of freedom less than runs). If many runs are censored,
    the large instances that remain are the easy ones, and the exponent is too small.

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
    """Return True if a row of :func:`empirical_complexity` shows the growth of the cost."""
    if pd.isna(fitted["exponent"]):
        return False
    is_spread = fitted["largest"] >= LEAST_SPREAD * fitted["smallest"]
    return bool(is_spread and fitted["high"] - fitted["low"] <= WIDEST_INTERVAL)
