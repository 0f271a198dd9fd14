"""Statistics of an experiment: means over seeds, and paired differences, with intervals.

Every interval is the percentile bootstrap over seeds at 95 %: the seeds are drawn again with
replacement, always by the same random numbers, so that an interval is the same whenever it is
computed. All lines of a point met the same requests, so differences are taken seed by seed.
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

LEVEL = 0.95
NUM_RESAMPLES = 2000


@dataclass(frozen=True, kw_only=True)
class Estimate:
    """A statistic with its interval.

    Parameters
    ----------
    value
        Of all seeds.
    low, high
        The ends of the interval of 95 %; None where a single seed has none.
    """

    value: float
    low: float | None
    high: float | None

    @property
    def is_above_zero(self) -> bool:
        """Whether the whole interval is above 0."""
        return self.low is not None and self.low > 0

    @property
    def is_below_zero(self) -> bool:
        """Whether the whole interval is below 0."""
        return self.high is not None and self.high < 0

    def scaled(self, factor: float) -> Estimate:
        """Return it in another unit, of which there are so many."""
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
        Takes shape (S,) or (B, S) to the statistic of each last axis.
    """
    if len(values) < 2:
        return Estimate(value=float(statistic(values)), low=None, high=None)
    drawn = statistic(values[_places(len(values))])
    low, high = np.quantile(drawn, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return Estimate(value=float(statistic(values)), low=float(low), high=float(high))


@cache
def _places(number: int) -> NDArray[np.int64]:
    return np.random.default_rng(0).integers(number, size=(NUM_RESAMPLES, number))


def chosen(table: pd.DataFrame, given: Mapping[str, Any]) -> pd.DataFrame:
    """Return the rows with these values."""
    for column, value in given.items():
        table = table[table[column] == value]
    return table


def by_seed(table: pd.DataFrame, given: Mapping[str, Any], quantity: str) -> pd.Series[float]:
    """Return the mean of a quantity of each seed over the rows with these values, by seed."""
    rows = chosen(table, given)
    return rows.groupby("seed")[quantity].mean().astype(float)


def difference(
    table: pd.DataFrame,
    one: Mapping[str, Any],
    other: Mapping[str, Any],
    quantity: str = "completion_rate",
) -> Estimate | None:
    """Return how much more one has than the other, paired by seed; None without a common seed.

    Parameters
    ----------
    table
        Rows of an experiment.
    one, other
        Values that pick the rows of each; several rows of a seed count with their mean.
    quantity
        The column to compare.
    """
    paired = (by_seed(table, one, quantity) - by_seed(table, other, quantity)).dropna()
    return mean(paired.to_numpy()) if len(paired) else None
