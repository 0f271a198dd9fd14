"""Statistics of an experiment: means over seeds, and paired differences, with intervals.

Every interval is the percentile bootstrap over seeds at 95 %. Seeds are resampled with replacement,
always by the same random numbers, so that an interval is reproducible. All lines of a point serve
the same requests, so differences are paired by seed.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import pandas as pd
    from numpy.typing import ArrayLike, NDArray

CONFIDENCE = 0.95
NUM_RESAMPLES = 2000


@dataclass(frozen=True, kw_only=True)
class Estimate:
    """Statistic with its interval.

    Parameters
    ----------
    value
        Value of the statistic over all seeds.
    low, high
        Ends of the interval of 95 %; None for a single seed.
    """

    value: float
    low: float | None
    high: float | None

    @property
    def is_above_zero(self) -> bool:
        """True if the whole interval is above 0."""
        return self.low is not None and self.low > 0

    @property
    def is_below_zero(self) -> bool:
        """True if the whole interval is below 0."""
        return self.high is not None and self.high < 0

    def scaled(self, factor: float) -> Estimate:
        """Return the estimate multiplied by a factor, such as for another unit."""
        return Estimate(
            value=self.value * factor,
            low=None if self.low is None else self.low * factor,
            high=None if self.high is None else self.high * factor,
        )

    def text(self, form: str = ".3g", scale: float = 1) -> str:
        """Return the value and its interval.

        Examples
        --------
        >>> Estimate(value=0.5, low=0.25, high=0.75).text(".0f", 100)
        '50 [25, 75]'
        """
        shown = format(scale * self.value, form)
        if self.low is None or self.high is None:
            return f"{shown} [one seed]"
        return f"{shown} [{format(scale * self.low, form)}, {format(scale * self.high, form)}]"


def mean(values: ArrayLike) -> Estimate:
    """Return the mean over seeds, shape (S,).

    Examples
    --------
    >>> mean([1.0, 1.0, 1.0])
    Estimate(value=1.0, low=1.0, high=1.0)
    """
    return bootstrap(np.asarray(values, dtype=float), lambda drawn: drawn.mean(axis=-1))


def bootstrap(values: NDArray[Any], statistic: Callable[[NDArray[Any]], Any]) -> Estimate:
    """Return a statistic over seeds with its interval.

    Parameters
    ----------
    values
        One row a seed, shape (S,).
    statistic
        Function from shape (S,) or (B, S) to the statistic over the last axis.
    """
    if len(values) < 2:
        return Estimate(value=float(statistic(values)), low=None, high=None)
    drawn = statistic(values[_places(len(values))])
    low, high = np.quantile(drawn, [(1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2])
    return Estimate(value=float(statistic(values)), low=float(low), high=float(high))


def slope(rows: pd.DataFrame, x: str, y: str) -> Estimate:
    """Return the exponent b of y ~ x^b, by least squares of the logarithms, with its interval.

    Parameters
    ----------
    rows
        Rows of an experiment; those where either is 0 or absent are left out.
    x, y
        The columns.
    """
    return _fitted(_positive(rows, x, y), x, y, lambda moments: _line_fit(moments)[0])


def exponential_lead(rows: pd.DataFrame, x: str, y: str) -> Estimate:
    """Return the lead of the exponential y ~ exp(b x) over the power law y ~ x^b.

    The lead is log10 of the power law's residual sum of squares of log y over the exponential's:
    positive if the exponential fits better. Parameters as in :func:`slope`.
    """

    def lead(moments: NDArray[Any]) -> Any:
        squares = (_line_fit(moments[..., part, :])[1] for part in (0, 1))
        power, exponential = (np.log10(np.maximum(each, 1e-9)) for each in squares)
        return power - exponential

    kept = _positive(rows, x, y)
    return _fitted(kept, x, y, lead, are_both=True)


def _positive(rows: pd.DataFrame, x: str, y: str) -> pd.DataFrame:
    known = rows[rows[x].notna() & rows[y].notna()]
    return known[(known[x] > 0) & (known[y] > 0)]


def _fitted(
    rows: pd.DataFrame,
    x: str,
    y: str,
    statistic: Callable[[NDArray[Any]], Any],
    *,
    are_both: bool = False,
) -> Estimate:
    """Return a statistic of the moments of a fit; the bootstrap resamples seeds."""
    by_seed = []
    for _, own in rows.groupby("seed"):
        size, count = own[x].to_numpy(dtype=float), own[y].to_numpy(dtype=float)
        parts = [_moments(np.log(size), np.log(count))]
        if are_both:
            parts.append(_moments(size, np.log(count)))
        by_seed.append(parts if are_both else parts[0])
    moments = np.array(by_seed)
    value = float(statistic(moments.sum(axis=0)))
    if len(moments) < 2:
        return Estimate(value=value, low=None, high=None)
    drawn = statistic(moments[_places(len(moments))].sum(axis=1))
    low, high = np.quantile(drawn, [(1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2])
    return Estimate(value=value, low=float(low), high=float(high))


def _moments(x: NDArray[Any], y: NDArray[Any]) -> list[float]:
    sums = (np.ones_like(x), x, y, x * x, x * y, y * y)
    return [float(each.sum()) for each in sums]


def _line_fit(moments: NDArray[Any]) -> tuple[Any, Any]:
    """Return the slope and the residual sum of squares of a straight line, from its moments."""
    n, x, y, xx, xy, yy = np.moveaxis(moments, -1, 0)
    spread, common, whole = xx - x * x / n, xy - x * y / n, yy - y * y / n
    fitted = common / spread
    return fitted, np.maximum(whole - fitted * common, 0)


@cache
def _places(number: int) -> NDArray[np.int64]:
    return np.random.default_rng(0).integers(number, size=(NUM_RESAMPLES, number))


def chosen(table: pd.DataFrame, given: Mapping[str, Any]) -> pd.DataFrame:
    """Return the rows with these column values."""
    for column, value in given.items():
        table = table[table[column] == value]
    return table


def by_seed(table: pd.DataFrame, given: Mapping[str, Any], quantity: str) -> pd.Series[float]:
    """Return the mean of a quantity over the rows with these column values, by seed."""
    rows = chosen(table, given)
    return rows.groupby("seed")[quantity].mean().astype(float)


def difference(
    table: pd.DataFrame,
    one: Mapping[str, Any],
    other: Mapping[str, Any],
    quantity: str = "completion_rate",
) -> Estimate | None:
    """Return the mean difference of two lines, paired by seed; None without a common seed.

    Parameters
    ----------
    table
        Rows of an experiment.
    one, other
        Column values that select the rows of each line; several rows of a seed are averaged.
    quantity
        Column to compare.
    """
    paired = (by_seed(table, one, quantity) - by_seed(table, other, quantity)).dropna()
    return mean(paired.to_numpy()) if len(paired) else None
