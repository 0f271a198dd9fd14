r"""Paired comparisons: what the questions that two methods share let one say of the two.

A difference is tested by Wilcoxon's signed-rank test, bounded by a bootstrap interval of its mean,
and measured by the matched-pairs rank-biserial correlation: (W+ - W-) / (W+ + W-), the rank sum of
the questions on which the first has more, less that of those on which it has less. It is 1 or -1
where all differences point one way, 0 where they balance.

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
NUM_RESAMPLES = 2000
_DIGITS = 12
"""Differences are equal, and none, up to what rounding leaves of them."""

SHIFTS = {"runtime_s": RUNTIME_SHIFT_S, "num_nodes": float(NODE_SHIFT)}
"""Columns that are compared by their ratio, and the shift of its geometric means."""

LARGER_IS_BETTER = frozenset({"objective"})
"""Columns of which more is better; of all others less is."""


@dataclass(frozen=True, kw_only=True)
class Paired:
    """What two methods did on the questions that both have values of.

    Parameters
    ----------
    column
        What is compared.
    first, second
        The methods.
    pairs, unpaired
        Questions that both have a value of, and those that only one or none has: in no figure
        below, but told.
    first_better, equal, second_better
        Of the pairs; they add up to ``pairs``.
    first_mean, second_mean
        Arithmetic means over the pairs; shifted geometric where ``is_ratio``.
    is_ratio
        Whether ``effect`` is the ratio of the first to the second, of value + shift each, instead
        of the first less the second.
    effect, low, high
        The mean difference, or ratio, with its 95 % bootstrap interval; None without a pair.
    p_value
        Of Wilcoxon's signed-rank test, two-sided; 1 where all pairs are equal, None without one.
    rank_biserial
        The effect size, positive where the first has more; 0 where all pairs are equal.
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
        """Whether the difference is significant at 5 %, for this one comparison."""
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
    """Compare two methods on the questions that both have values of.

    Parameters
    ----------
    runs
        The table that :func:`analysis.metrics.with_best_bound` returns; of one problem.
    first, second
        The methods.
    column
        What is compared. ``runtime_s`` (as each run counts) and ``num_nodes`` by their ratio,
        everything else by the difference.
    by
        The column that names the methods.
    seed
        Of the bootstrap.

    Notes
    -----
    A question counts once: several seeds of a method are averaged before. One on which a run of a
    method has no value is no pair.
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
    """Compare two vectors of paired values, NaN where one is absent.

    Parameters
    ----------
    first_values, second_values
        Shape ``(num_questions,)`` each.
    column
        What they are, which decides whether they are compared by ratio, and which is better.
    first, second
        What they are called.
    seed
        Of the bootstrap.
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
    # A part at a time: all resamples of 10^5 pairs would fill the memory.
    part = max(1, 2_000_000 // size)
    means = []
    for done in range(0, NUM_RESAMPLES, part):
        chosen = rng.integers(size, size=(min(part, NUM_RESAMPLES - done), size))
        means.append(differences[chosen].mean(axis=1))
    tail = (1 - CONFIDENCE) / 2
    low, high = np.quantile(np.concatenate(means), [tail, 1 - tail])
    return float(differences.mean()), float(low), float(high)


def signed_ranks(differences: NDArray[np.float64]) -> tuple[float | None, float | None]:
    """Return the p-value of Wilcoxon's test and the rank-biserial correlation; None of nothing.

    Parameters
    ----------
    differences
        Of the pairs; those that are 0 are left out, as Wilcoxon does.
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
    """Compare every two methods, with p-values adjusted by Holm for their number.

    Parameters
    ----------
    runs, column, by
        As in :func:`paired_comparison`.
    among
        The methods; all of the table, in order of first appearance, if None.

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
        None where nothing was tested: it is not counted.

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
