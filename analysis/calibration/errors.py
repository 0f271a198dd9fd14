"""Errors: relative errors of predicted times, on the rows fitted and on rows left out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from analysis.calibration.fit import fit

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping, Sequence

    from numpy.typing import NDArray

    from analysis.calibration.fit import Fit
    from instances.measurements.measurement import Measurement

MARGIN_QUANTILE = 0.95
"""Quantile of the relative errors on left-out rows that the margin covers."""


@dataclass(frozen=True, kw_only=True)
class RelativeErrors:
    """Relative errors of some times, as fractions of the measured time.

    Parameters
    ----------
    count
        Number of times.
    mape
        Mean absolute error.
    worst
        Largest absolute error.
    """

    count: int
    mape: float
    worst: float

    def to_dict(self) -> dict[str, float]:
        """Return the errors as JSON has them."""
        return {"count": self.count, "mape": self.mape, "worst": self.worst}


@dataclass(frozen=True, kw_only=True)
class HeldOut:
    """Errors on measurements that were left out of the fit, group by group.

    Parameters
    ----------
    by
        Groups: ``batch`` for batch sizes, or ``lengths`` if there is one batch size alone.
    groups
        Errors of each group, by the batch size or by ``prompt+output``.
    total
        Errors of all groups together.
    interior
        Errors of all groups but those of the least and the largest batch size; None without such.
    predicted
        Predicted time of each measurement, shape ``(num_measurements,)`` [s]; NaN if it was not
        left out.
    """

    by: str
    groups: Mapping[str, RelativeErrors]
    total: RelativeErrors
    interior: RelativeErrors | None
    predicted: NDArray[np.float64]


def relative_errors(
    measured: NDArray[np.float64], predicted: NDArray[np.float64]
) -> RelativeErrors:
    """Return the relative errors of predicted times.

    Examples
    --------
    >>> relative_errors(np.array([1.0, 2.0]), np.array([1.25, 2.0]))
    RelativeErrors(count=2, mape=0.125, worst=0.25)
    """
    errors = np.abs(predicted / measured - 1)
    return RelativeErrors(count=len(errors), mape=float(errors.mean()), worst=float(errors.max()))


def grouped_errors(
    measurements: Sequence[Measurement], predicted: NDArray[np.float64], by: str
) -> dict[str, RelativeErrors]:
    """Return the relative errors by batch size, or by lengths of prompt and output."""
    measured = measured_seconds(measurements)
    return {
        str(group): relative_errors(measured[rows], predicted[rows])
        for group, rows in _groups(measurements, by).items()
    }


def held_out(measurements: Sequence[Measurement], model: Fit) -> HeldOut | None:
    """Return the errors on left-out groups: each batch size in turn, else each pair of lengths.

    Parameters
    ----------
    measurements
        Measurements that were fitted.
    model
        Their fit. A group without which a coefficient of the fit is not determined is not left out.

    Returns
    -------
    HeldOut or None
        None if no group can be left out.
    """
    measured = measured_seconds(measurements)
    for by in ("batch", "lengths"):
        predicted = np.full(len(measurements), np.nan)
        groups: dict[str, RelativeErrors] = {}
        for group, rows in _groups(measurements, by).items():
            mine = set(rows.tolist())
            others = [each for at, each in enumerate(measurements) if at not in mine]
            if not others:
                continue
            without = fit(others, with_intervals=False)
            if without.free == model.free:
                predicted[rows] = without.predicted([measurements[at] for at in rows])
                groups[str(group)] = relative_errors(measured[rows], predicted[rows])
        if groups:
            kept = np.isfinite(predicted)
            sizes = np.array([each.batch for each in measurements])
            inside = kept & (sizes > sizes.min()) & (sizes < sizes.max())
            return HeldOut(
                by=by,
                groups=groups,
                total=relative_errors(measured[kept], predicted[kept]),
                interior=relative_errors(measured[inside], predicted[inside])
                if inside.any()
                else None,
                predicted=predicted,
            )
    return None


def margin(measured: NDArray[np.float64], predicted: NDArray[np.float64]) -> float:
    """Return the fraction to add to predicted times that covers most measured ones.

    Parameters
    ----------
    measured, predicted
        Times of the same measurements [s]; NaN for a time that was not predicted.

    Notes
    -----
    The margin is the 95 % quantile of ``measured / predicted - 1``, 0 if that is negative. A time
    predicted as 0 has no such fraction and is left out.
    """
    usable = predicted > 0  # false for NaN
    if not usable.any():
        return 0.0
    late = measured[usable] / predicted[usable] - 1
    return max(float(np.quantile(late, MARGIN_QUANTILE)), 0.0)


def measured_seconds(measurements: Sequence[Measurement]) -> NDArray[np.float64]:
    """Return the measured times, shape ``(num_measurements,)`` [s]."""
    return np.array([each.seconds for each in measurements])


def _groups(measurements: Sequence[Measurement], by: str) -> dict[Hashable, NDArray[np.int64]]:
    groups: dict[Hashable, list[int]] = {}
    for at, each in enumerate(measurements):
        key: Hashable = each.batch
        if by == "lengths":
            key = (each.cached_tokens + (each.prompt_tokens or 0), each.output_tokens or 0)
        groups.setdefault(key, []).append(at)
    ordered = sorted(groups, key=lambda key: key)  # type: ignore[arg-type,return-value]
    return {_named(key): np.array(groups[key]) for key in ordered}


def _named(key: Hashable) -> Hashable:
    return f"{key[0]}+{key[1]}" if isinstance(key, tuple) else key
