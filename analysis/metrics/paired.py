r"""Paired comparisons: tests of the difference of two methods on the questions that both have.

A difference is tested by Wilcoxon's signed-rank test. A bootstrap interval bounds its mean. Its
effect size is the matched-pairs rank-biserial correlation (W+ - W-) / (W+ + W-). There W+ is the
rank sum of the questions on which the first method has the larger value, and W- the rank sum of
the questions on which it has the smaller value. The correlation is 1 or -1 if all differences have
one sign, and 0 if the rank sums are equal.

References
----------
F. Wilcoxon, *Individual comparisons by ranking methods*, Biometrics Bulletin 1(6), 1945,
doi:10.2307/3001968.

D. S. Kerby, *The simple difference formula*, Comprehensive Psychology 3, 2014,
doi:10.2466/11.IT.3.1.

B. Efron, R. J. Tibshirani, *An Introduction to the Bootstrap*, 1993, chapter 13 (percentile
interval).

S. Holm, *A simple sequentially rejective multiple test procedure*, Scandinavian Journal of
Statistics 6(2), 1979.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analysis.metrics.cost import mean_by_question
from analysis.metrics.mean import NODE_SHIFT, RUNTIME_SHIFT_S

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

SIGNIFICANCE = 0.05
"""Significance level: a difference is called significant if its p-value is smaller."""

CONFIDENCE = 0.95
"""Confidence level of intervals."""

NUM_RESAMPLES = 2000
"""Number of bootstrap resamples."""

_DIGITS = 12
"""Number of decimals of a difference. Rounding makes equal values and equal differences equal."""

SHIFTS = {"runtime_s": RUNTIME_SHIFT_S, "num_nodes": float(NODE_SHIFT)}
"""Columns that are compared by ratio, with the shift of their geometric means."""

LARGER_IS_BETTER = frozenset({"objective"})
"""Columns of which more is better; in all other columns less is better."""


@dataclass(frozen=True, kw_only=True)
class Paired:
    """Comparison of two methods on the questions on which both have values.

    Parameters
    ----------
    column
        Column that is compared.
    first, second
        Names of the methods.
    pairs, unpaired
        Number of questions on which both methods have a value, and number of all other questions.
        The latter are in no figure below.
    first_better, equal, second_better
        Numbers of pairs, which add up to ``pairs``.
    first_mean, second_mean
        Arithmetic means over the pairs; shifted geometric means if ``is_ratio``.
    is_ratio
        True if ``effect`` is the ratio of the first to the second, each value plus the shift;
        False if it is the first minus the second.
    effect, low, high
        Mean difference or ratio, with its 95 % bootstrap interval; None without a pair.
    p_value
        Two-sided p-value of Wilcoxon's signed-rank test; 1 if all pairs are equal, None without a
        pair.
    rank_biserial
        Effect size, positive if the first method tends to have the larger value; 0 if all pairs
        are equal.
    """

    column: str
    first: str
    second: str
    pairs: int
    unpaired: int
    first_better: int
    equal: int
    second_better: int
    first_mean: float | None
    second_mean: float | None
    is_ratio: bool
    effect: float | None
    low: float | None
    high: float | None
    p_value: float | None
    rank_biserial: float | None

    @property
    def is_significant(self) -> bool:
        """True if the difference is significant at 5 %, taken as a single comparison."""
        return self.p_value is not None and self.p_value < SIGNIFICANCE


def paired_comparison(
    runs: pd.DataFrame,
    first: str,
    second: str,
    *,
    column: str = "gap",
    by: str = "method",
    seed: int = 0,
) -> Paired:
    """Compare two methods on the questions on which both have values.

    Parameters
    ----------
    runs
        The table that :func:`analysis.metrics.with_best_bound` returns; of one problem.
    first, second
        Names of the methods.
    column
        Column to compare: ``runtime_s`` (the runtime that each run counts with) and ``num_nodes``
        by ratio, every other column by difference.
    by
        Column with the names of the methods.
    seed
        Seed of the bootstrap.

    Notes
    -----
    Each question counts once: the seeds of a method are averaged first. A question on which a run
    of either method has no value is not a pair.
    """
    means = mean_by_question(runs, column, by, among=(first, second))
    means = means.reindex(columns=[first, second])
    return compare_values(
        means[first].to_numpy(float),
        means[second].to_numpy(float),
        column=column,
        first=first,
        second=second,
        seed=seed,
    )


def compare_values(
    first_values: NDArray[np.float64],
    second_values: NDArray[np.float64],
    *,
    column: str,
    first: str,
    second: str,
    seed: int = 0,
) -> Paired:
    """Compare two vectors of paired values, with NaN for absent values.

    Parameters
    ----------
    first_values, second_values
        Values of the two methods, shape ``(num_questions,)`` each.
    column
        Name of the column, which decides between ratio and difference, and whether more is better.
    first, second
        Names of the methods.
    seed
        Seed of the bootstrap.
    """
    both = ~np.isnan(first_values) & ~np.isnan(second_values)
    shift = SHIFTS.get(column)
    ours, theirs = first_values[both], second_values[both]
    if shift is not None:
        ours, theirs = np.log(ours + shift), np.log(theirs + shift)
    differences = np.round(ours - theirs, _DIGITS)
    more, less = int((differences > 0).sum()), int((differences < 0).sum())
    better, worse = (more, less) if column in LARGER_IS_BETTER else (less, more)
    extent = _mean_with_interval(differences, seed)
    means: tuple[float | None, ...] = (_mean(ours), _mean(theirs))
    p_value, rank_biserial = signed_ranks(differences)
    if shift is not None:
        extent = tuple(None if each is None else float(np.exp(each)) for each in extent)
        means = tuple(None if each is None else float(np.exp(each)) - shift for each in means)
    return Paired(
        column=column,
        first=first,
        second=second,
        pairs=int(both.sum()),
        unpaired=int((~both).sum()),
        first_better=better,
        equal=int((differences == 0).sum()),
        second_better=worse,
        first_mean=means[0],
        second_mean=means[1],
        is_ratio=shift is not None,
        effect=extent[0],
        low=extent[1],
        high=extent[2],
        p_value=p_value,
        rank_biserial=rank_biserial,
    )


def _mean(values: NDArray[np.float64]) -> float | None:
    return float(values.mean()) if values.size else None


def _mean_with_interval(differences: NDArray[np.float64], seed: int) -> tuple[float | None, ...]:
    """Return the mean and the percentile interval of its bootstrap distribution."""
    size = differences.size
    if size == 0:
        return None, None, None
    rng = np.random.default_rng(seed)
    # Resamples are drawn in parts: 2000 resamples of 10^5 pairs at once would fill the memory.
    part = max(1, 2_000_000 // size)
    means = []
    for done in range(0, NUM_RESAMPLES, part):
        chosen = rng.integers(size, size=(min(part, NUM_RESAMPLES - done), size))
        means.append(differences[chosen].mean(axis=1))
    tail = (1 - CONFIDENCE) / 2
    low, high = np.quantile(np.concatenate(means), [tail, 1 - tail])
    return float(differences.mean()), float(low), float(high)


def signed_ranks(differences: NDArray[np.float64]) -> tuple[float | None, float | None]:
    """Return the p-value of Wilcoxon's test and the rank-biserial correlation.

    Parameters
    ----------
    differences
        Differences of the pairs. Differences of 0 are left out, as by Wilcoxon.

    Returns
    -------
    tuple
        1 and 0 if all differences are 0; None and None without differences.
    """
    if differences.size == 0:
        return None, None
    unequal = differences[differences != 0]
    if unequal.size == 0:
        return 1.0, 0.0
    from scipy import stats

    ranks = stats.rankdata(np.abs(unequal))
    rank_biserial = float((np.sign(unequal) * ranks).sum() / ranks.sum())
    return float(stats.wilcoxon(unequal).pvalue), rank_biserial


def all_pairs(
    runs: pd.DataFrame,
    *,
    column: str = "gap",
    by: str = "method",
    among: Sequence[str] | None = None,
) -> pd.DataFrame:
    """Compare every two methods, with p-values adjusted for the number of pairs by Holm.

    Parameters
    ----------
    runs, column, by
        As in :func:`paired_comparison`.
    among
        Names of the methods; all methods of the table, in order of first appearance, if None.

    Returns
    -------
    pandas.DataFrame
        A row for each pair: the fields of :class:`Paired` and ``p_adjusted``.
    """
    means = mean_by_question(runs, column, by, among=among)
    names = [str(name) for name in (means.columns if among is None else among)]
    means = means.reindex(columns=names)
    compared = [
        compare_values(
            means[first].to_numpy(float),
            means[second].to_numpy(float),
            column=column,
            first=first,
            second=second,
        )
        for first, second in combinations(names, 2)
    ]
    adjusted = holm([each.p_value for each in compared])
    rows = [asdict(each) | {"p_adjusted": p} for each, p in zip(compared, adjusted, strict=True)]
    return pd.DataFrame(rows)


def holm(p_values: Sequence[float | None]) -> list[float | None]:
    """Return p-values adjusted for their number by Holm's step-down procedure.

    Parameters
    ----------
    p_values
        P-values; None for a comparison without a test, which is not counted.

    Examples
    --------
    >>> holm([0.01, 0.04, None, 0.03])
    [0.03, 0.06, None, 0.06]
    """
    tested = [(p, place) for place, p in enumerate(p_values) if p is not None]
    adjusted: list[float | None] = [None] * len(p_values)
    largest = 0.0
    for rank, (p, place) in enumerate(sorted(tested)):
        largest = max(largest, min(1.0, (len(tested) - rank) * p))
        adjusted[place] = largest
    return adjusted
