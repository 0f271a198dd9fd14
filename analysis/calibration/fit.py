"""The fit: non-negative least squares on relative errors, with bootstrap intervals."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from heuristics.system_models.batch_time import COEFFICIENTS
from heuristics.system_models.rounding import round_significant

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from instances.measurements.measurement import Measurement

NUM_RESAMPLES = 400
"""Number of bootstrap samples of the measurements."""

LEVEL = 0.99
"""Probability with which the intervals hold the five coefficients all at once."""

LEAST_VARIATION = 0.02
"""Least part of a column that other columns do not explain, for its coefficient to be told."""

LARGEST_CONDITION = 1e12
"""Largest condition number of a resample whose coefficients are used."""

_PRIORITY = (2, 1, 3, 4, 0)  # a step, a prompt token, a request's step, a cached token, a prefill
_ABSENT = (
    "no row has a prefill",
    "no row has a prefill",
    "no row has a decoding step",
    "no row has a decoding step",
    "no row has a decoding step",
)
_CONSTANT = (
    "the number of prompt tokens in a batch does not vary, so c0 is part of c1",
    "the number of prompt tokens in a batch does not vary with the rest",
    "the number of steps does not vary with the rest",
    "the size of the batch does not vary, so d1 is part of d0",
    "the cached tokens of a step do not vary, so d2 is part of d0",
)


@dataclass(frozen=True, kw_only=True)
class Estimate:
    """One coefficient.

    Parameters
    ----------
    value
        Estimate [s].
    low, high
        Ends of the interval [s]; None if the coefficient is fixed, or the rows are too few.
    reason
        Reason why the coefficient is fixed at its value; empty if it is estimated.
    """

    value: float
    low: float | None = None
    high: float | None = None
    reason: str = ""

    @property
    def fixed(self) -> bool:
        """True if the measurements do not determine the coefficient."""
        return bool(self.reason)


@dataclass(frozen=True, kw_only=True)
class Fit:
    """Coefficients by name, in the order of :data:`COEFFICIENTS`."""

    estimates: Mapping[str, Estimate]

    @property
    def free(self) -> tuple[str, ...]:
        """Names of the coefficients that are estimated."""
        return tuple(name for name, each in self.estimates.items() if not each.fixed)

    @property
    def values(self) -> NDArray[np.float64]:
        """Coefficients, shape ``(5,)`` [s]."""
        return np.array([each.value for each in self.estimates.values()])

    def predicted(self, measurements: Sequence[Measurement]) -> NDArray[np.float64]:
        """Return the time of each measurement by the coefficients, shape ``(num,)`` [s]."""
        return work_matrix(measurements) @ self.values


def work_matrix(measurements: Sequence[Measurement]) -> NDArray[np.float64]:
    """Return the work of each measurement, shape ``(num_measurements, 5)``."""
    return np.array([each.work for each in measurements], dtype=np.float64).reshape(-1, 5)


def fit(measurements: Sequence[Measurement], *, with_intervals: bool = True) -> Fit:
    r"""Fit the coefficients of a batch's time.

    Parameters
    ----------
    measurements
        Measurements; one or more.
    with_intervals
        True to compute intervals by the bootstrap.

    Notes
    -----
    Each part of a measurement is a row of its own, so prefill and decoding are separate targets
    where a row states both. The coefficients minimise
    :math:`\sum_r (1 - \sum_k w_{rk} x_k / y_r)^2` over :math:`x \ge 0`. A column that is a multiple
    of other columns, up to :data:`LEAST_VARIATION`, is fixed at 0. An interval is the estimate plus
    and minus a multiple of its standard error, cut off at 0. The standard error is that of 400
    resamples of the measurements, which sees errors of the model, or that of ordinary least
    squares where it is larger, since resamples miss the noise of a few decisive rows. The multiple
    is Student's t, so that all intervals together hold with probability :data:`LEVEL`.
    """
    scaled, owners = _scaled(measurements)
    free, reasons = _free(scaled, measurements)
    values = np.zeros(5)
    values[free] = _nnls(scaled[:, free])
    values = round_significant(values)
    errors = (
        _standard_errors(scaled[:, free], owners, len(measurements))
        if with_intervals
        else np.full(len(free), np.nan)
    )
    half = dict(zip(free, _multiple(len(scaled), len(free)) * errors, strict=True))
    estimates = {}
    for at, name in enumerate(COEFFICIENTS):
        value, width = float(values[at]), float(half.get(at, np.nan))
        if np.isfinite(width):
            low, high = (float(each) for each in round_significant([value - width, value + width]))
            estimates[name] = Estimate(value=value, low=max(low, 0.0), high=high)
        else:
            estimates[name] = Estimate(value=value, reason=reasons.get(at, ""))
    return Fit(estimates=estimates)


def _scaled(
    measurements: Sequence[Measurement],
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Return the work of each part over its time, and the measurement of each part."""
    parts = [(part, owner) for owner, each in enumerate(measurements) for part in each.parts]
    work = np.array([part.work for part, _ in parts], dtype=np.float64)
    seconds = np.array([part.seconds for part, _ in parts])
    return work / seconds[:, None], np.array([owner for _, owner in parts])


def _free(
    scaled: NDArray[np.float64], measurements: Sequence[Measurement]
) -> tuple[list[int], dict[int, str]]:
    """Return the columns to estimate, and the reason of each other one."""
    free: list[int] = []
    reasons: dict[int, str] = {}
    basis = np.zeros((len(scaled), 0))
    unknown = any(each.work.steps and each.prompt_tokens is None for each in measurements)
    for at in _PRIORITY:
        column = scaled[:, at]
        length = float(np.linalg.norm(column))
        if length == 0:
            reasons[at] = _ABSENT[at]
            continue
        if at == 4 and unknown:
            reasons[at] = "not every row states the lengths that its cached tokens follow from"
            continue
        rest = column / length
        for _ in range(2):  # twice, against rounding
            rest = rest - basis @ (basis.T @ rest)
        remains = float(np.linalg.norm(rest))
        if remains < LEAST_VARIATION:
            reasons[at] = _CONSTANT[at]
            continue
        basis = np.column_stack([basis, rest / remains])
        free.append(at)
    return sorted(free), reasons


def _nnls(scaled: NDArray[np.float64]) -> NDArray[np.float64]:
    from scipy.optimize import nnls

    norms = np.linalg.norm(scaled, axis=0)
    values, _ = nnls(scaled / norms, np.ones(len(scaled)))
    return np.asarray(values / norms, dtype=np.float64)


def _standard_errors(
    scaled: NDArray[np.float64], owners: NDArray[np.int64], num_measurements: int
) -> NDArray[np.float64]:
    """Return the bootstrap's standard errors of the coefficients; NaN where rows are too few.

    Measurements are drawn with replacement, and fitted without the constraint of signs, which would
    hide the spread of a coefficient at 0.
    """
    told = np.array([_is_told(scaled, column) for column in range(scaled.shape[1])])
    errors = np.full(scaled.shape[1], np.nan)
    plain = scaled[:, told]
    num_columns = plain.shape[1]
    if not num_columns:
        return errors
    norms = np.linalg.norm(plain, axis=0)
    plain = plain / norms
    gram = np.zeros((num_measurements, num_columns, num_columns))
    right = np.zeros((num_measurements, num_columns))
    np.add.at(gram, owners, plain[:, :, None] * plain[:, None, :])
    np.add.at(right, owners, plain)
    rng = np.random.default_rng(0)
    drawn = rng.multinomial(
        num_measurements, np.full(num_measurements, 1 / num_measurements), NUM_RESAMPLES
    ).astype(np.float64)
    sums = np.tensordot(drawn, gram, axes=1)
    usable = np.linalg.cond(sums) < LARGEST_CONDITION
    if usable.sum() < NUM_RESAMPLES / 2:
        return errors
    solved = np.linalg.solve(sums[usable], (drawn[usable] @ right)[:, :, None])[:, :, 0]
    # A few resamples without variation in a column would dominate the standard deviation.
    low, high = np.quantile(solved, [0.1587, 0.8413], axis=0)
    freedom = num_measurements / max(num_measurements - num_columns, 1)
    spread = (high - low) / 2 * np.sqrt(freedom)
    errors[told] = np.maximum(spread, _classical_errors(plain)) / norms
    return errors


def _classical_errors(plain: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the standard errors of ordinary least squares for relative errors of one size."""
    solved = np.linalg.lstsq(plain, np.ones(len(plain)), rcond=None)[0]
    residuals = 1 - plain @ solved
    variance = float(residuals @ residuals) / max(len(plain) - plain.shape[1], 1)
    covariance = variance * np.linalg.pinv(plain.T @ plain)
    return np.asarray(np.sqrt(np.diag(covariance)), dtype=np.float64)


def _is_told(scaled: NDArray[np.float64], column: int) -> bool:
    """Return True if more rows have a column than they have columns, so that their spread shows."""
    rows = scaled[scaled[:, column] != 0]
    return len(rows) > int((rows != 0).any(axis=0).sum())


def _multiple(num_rows: int, num_columns: int) -> float:
    """Return Student's t of one of the intervals that hold all at once."""
    from scipy.special import stdtrit

    return float(stdtrit(max(num_rows - num_columns, 1), 1 - (1 - LEVEL) / (2 * len(COEFFICIENTS))))
