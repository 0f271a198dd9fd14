"""Calibration: coefficients of one device and LLM from measurement files, with their errors."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from analysis.calibration.efficiency import Efficiency, efficiency
from analysis.calibration.errors import (
    HeldOut,
    RelativeErrors,
    held_out,
    margin,
    measured_seconds,
    relative_errors,
)
from analysis.calibration.fit import Fit, fit
from analysis.calibration.knee import Knee, knees
from analysis.calibration.replay import Replayed, replay
from heuristics.errors import InputError
from heuristics.system_models.catalogue import names
from heuristics.system_models.latency_profile import (
    FORMAT,
    VERSION,
    LatencyProfile,
    ProfileSource,
    parse_profile,
)
from heuristics.system_models.rounding import round_significant
from instances.measurements.reader import Measurements, read_measurements
from instances.measurements.request_log import served_requests

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from os import PathLike

    from numpy.typing import NDArray

    from instances.measurements.measurement import Measurement

LEAST_MEASUREMENTS = 2
"""Least number of measurements that a profile is fitted to."""

LARGEST_ERROR = 20.0
"""Factor between a measured and a predicted time from which units are taken as mixed up."""

_SHOWN_PART = 12


@dataclass(frozen=True, kw_only=True)
class Calibration:
    """Measurements, the fit to them, and its errors.

    Parameters
    ----------
    measurements
        Measurements, with the rows left out.
    fit
        Coefficients with their intervals.
    held_out
        Errors on groups left out of the fit; None if no group can be left out.
    replays
        Replays of request logs, by file.
    """

    measurements: Measurements
    fit: Fit
    held_out: HeldOut | None
    replays: Mapping[str, Sequence[Replayed]]

    @cached_property
    def kept(self) -> tuple[Measurement, ...]:
        """The measurements fitted."""
        return self.measurements.kept

    @cached_property
    def measured(self) -> NDArray[np.float64]:
        """Measured times, shape ``(num_measurements,)`` [s]."""
        return measured_seconds(self.kept)

    @cached_property
    def predicted(self) -> NDArray[np.float64]:
        """Times by the coefficients, shape ``(num_measurements,)`` [s]."""
        return self.fit.predicted(self.kept)

    @cached_property
    def errors(self) -> RelativeErrors:
        """Relative errors on the measurements fitted."""
        return relative_errors(self.measured, self.predicted)

    @cached_property
    def part_errors(self) -> dict[str, RelativeErrors]:
        """Relative errors of each part: prefill, decoding, or whole batches."""
        return part_errors(self.kept, self.fit.values)

    @cached_property
    def efficiency(self) -> Efficiency:
        """Speeds that the coefficients imply, beside the data sheet."""
        return efficiency(self.fit, self.measurements.identity)

    @cached_property
    def knees(self) -> list[Knee]:
        """Batch sizes from which prefill or decoding takes longer than smaller batches predict."""
        return knees(self.kept)

    @property
    def margin(self) -> float:
        """Fraction added to every time: from rows left out, or from the rows fitted if none are."""
        predicted = self.predicted if self.held_out is None else self.held_out.predicted
        return margin(self.measured, predicted)

    @property
    def measured_range(self) -> dict[str, list[int]]:
        """Least and largest measured value of each quantity, as a profile states them."""
        return measured_range(self.kept)

    @property
    def remarks(self) -> tuple[str, ...]:
        """Sentences that a reader of the profile must know."""
        return tuple(_remarks(self))

    def profile(self, sources: Sequence[ProfileSource] | None = None) -> LatencyProfile:
        """Return the profile of the calibration.

        Parameters
        ----------
        sources
            Sources of the measurements; the names of the files with their digests if None.
        """
        identity = self.measurements.identity
        errors: dict[str, Any] = {
            "num_measurements": len(self.kept),
            "num_left_out": sum(each.contradicts for each in self.measurements.left_out),
            "mape": _rounded(self.errors.mape),
            "worst": _rounded(self.errors.worst),
        }
        if self.held_out is not None:
            errors["held_out_by"] = self.held_out.by
            errors["held_out_mape"] = _rounded(self.held_out.total.mape)
            errors["held_out_worst"] = _rounded(self.held_out.total.worst)
        table = {
            "format": FORMAT,
            "version": VERSION,
            "device": identity.get("device", "not stated"),
            "base_device": self.efficiency.base_device,
            "llm": identity.get("llm"),
            "quantization": identity.get("quantization"),
            "engine": identity.get("engine"),
            "num_devices": int(identity.get("num_devices", 1)),
            "coefficients": {
                name: {
                    "value": each.value,
                    "low": each.low,
                    "high": each.high,
                    "fixed": each.fixed,
                    "reason": each.reason or None,
                }
                for name, each in self.fit.estimates.items()
            },
            "measured_range": self.measured_range,
            "errors": errors,
            "margin": _rounded(self.margin),
            "sources": [
                each.model_dump(mode="json")
                for each in (self._files() if sources is None else sources)
            ],
        }
        return parse_profile(table)

    def _files(self) -> list[ProfileSource]:
        """Return the names of the files with the start of their SHA-256."""
        return [
            ProfileSource(
                values=("coefficients",),
                source=f"{Path(path).name}, sha256 {_digest(path)}",
                verified=True,
            )
            for path in self.measurements.paths
        ]


def calibrate(
    paths: Sequence[str | PathLike[str]], settings: Mapping[str, str] | None = None
) -> Calibration:
    """Fit a latency profile to measurement files.

    Parameters
    ----------
    paths
        Paths of measurement files of any known format.
    settings
        Columns with the value of the rows to take; and names that the files do not state.

    Raises
    ------
    InputError
        If a file breaks a rule of its format, the rows are of several devices or models, there are
        fewer than two measurements, or one row is far from all others.
    """
    measurements = read_measurements(paths, settings)
    _check_settings(measurements.identity)
    _refuse_few(measurements)
    model = fit(measurements.kept)
    _refuse_outlier(measurements.kept, model)
    return Calibration(
        measurements=measurements,
        fit=model,
        held_out=held_out(measurements.kept, model),
        replays=replays(measurements, model.values),
    )


def replays(
    measurements: Measurements, coefficients: NDArray[np.float64]
) -> dict[str, list[Replayed]]:
    """Return the replay of each request log by some coefficients."""
    return {
        source: replay(served_requests(rows), coefficients.tolist())
        for source, rows in measurements.logs.items()
    }


def part_errors(
    measurements: Sequence[Measurement], coefficients: NDArray[np.float64]
) -> dict[str, RelativeErrors]:
    """Return the relative errors of each kind of part."""
    found: dict[str, tuple[list[float], list[float]]] = {}
    for each in measurements:
        for part in each.parts:
            measured, predicted = found.setdefault(part.name, ([], []))
            measured.append(part.seconds)
            predicted.append(float(np.dot(part.work, coefficients)))
    return {
        name: relative_errors(np.array(measured), np.array(predicted))
        for name, (measured, predicted) in found.items()
    }


def measured_range(measurements: Sequence[Measurement]) -> dict[str, list[int]]:
    """Return the least and the largest value of each quantity that was measured.

    Notes
    -----
    A run of n output tokens measures the steps of all shorter outputs, so outputs start at 1.
    """
    prompts = [each.prompt_tokens for each in measurements if each.prompt_tokens]
    outputs = [each.output_tokens for each in measurements if each.output_tokens]
    contexts = [each.context_tokens for each in measurements]
    batches = [each.batch for each in measurements]
    return {
        "batch": [min(batches), max(batches)],
        "prompt_tokens": [min(prompts, default=0), max(prompts, default=0)],
        "output_tokens": [min(1, max(outputs, default=0)), max(outputs, default=0)],
        "context_tokens": [0, max(contexts)],
    }


def _check_settings(identity: Mapping[str, str]) -> None:
    """Check the names of the identity that must be numbers or names of the catalogue."""
    count = identity.get("num_devices", "1")
    if not count.isdecimal() or not 1 <= int(count) <= 10**6:
        raise InputError("must be a number of devices", field="num_devices", found=count)
    base = identity.get("base_device")
    if base is not None and names.device_name(base) != base:
        known = names.device_name(base)
        rule = "must be a device of `otgah catalogue devices`" + (
            f", such as {known}" if known else ""
        )
        raise InputError(rule, source="--set", field="base_device", found=base)


def _refuse_few(measurements: Measurements) -> None:
    first = measurements.kept[0]
    if len(measurements.kept) < LEAST_MEASUREMENTS:
        rule = f"must not be the only row to fit: {LEAST_MEASUREMENTS} measurements are needed"
        raise InputError(rule, source=first.source, field=first.place)
    if all(each.work == first.work for each in measurements.kept):
        rule = "must not have the sizes of all other rows: two different batches are needed"
        raise InputError(rule, source=first.source, field=first.place)


def _refuse_outlier(measurements: Sequence[Measurement], model: Fit) -> None:
    """Refuse a row that is far from the fit to all others: its unit is another one."""
    batches = [each for each in measurements if each.is_batch]
    if len(batches) < 2 * len(model.free) + 2:
        return
    predicted = model.predicted(batches)
    ratio = measured_seconds(batches) / np.maximum(predicted, 1e-300)
    suspects = np.argsort(-np.abs(np.log(ratio)))[:_SHOWN_PART]
    for at in suspects:
        row = batches[at]
        others = [each for each in measurements if each is not row]
        without = fit(others, with_intervals=False)
        if without.free != model.free:
            continue
        expected = float(without.predicted([row])[0])
        usual = np.median(np.abs(without.predicted(others) / measured_seconds(others) - 1))
        factor = max(row.seconds / expected, expected / row.seconds) if expected > 0 else 0.0
        if factor > LARGEST_ERROR and usual < 1 / 2:
            rule = (
                f"must be within a factor of {LARGEST_ERROR:g} of {expected:.6g} s, as all other"
                " rows predict: are units mixed up?"
            )
            found = float(f"{row.seconds:.6g}")
            raise InputError(rule, source=row.source, field=row.place, found=found)


def _remarks(calibration: Calibration) -> list[str]:
    estimates = calibration.fit.estimates
    found = [f"{name} is fixed: {each.reason}" for name, each in estimates.items() if each.reason]
    found += map(str, calibration.knees)
    if calibration.held_out is None:
        found.append("no group of rows can be left out; the margin covers the rows fitted alone")
    if calibration.efficiency.is_impossible:
        found.append(
            f"the device is faster than the data sheet of {calibration.efficiency.base_device}"
            " allows: check units and names"
        )
    elif calibration.efficiency.is_doubtful:
        found.append(
            "the estimate is faster than the data sheet, but its interval is not: measure more"
            " batch sizes and lengths"
        )
    identity = calibration.measurements.identity
    for name in ("device", "llm", "quantization", "engine"):
        if name not in identity:
            found.append(f"{name} is not stated: add --set {name}=NAME")
    if calibration.efficiency.base_device is None:
        found.append("no data sheet is known: add --set base_device=NAME of the catalogue")
    return found


def _rounded(value: float) -> float:
    return float(round_significant(value, 6))


def _digest(path: str) -> str:
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()[:_SHOWN_PART]
