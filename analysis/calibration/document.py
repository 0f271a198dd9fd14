"""Document: a calibration or a check as JSON, its predictions as CSV, a profile as TOML."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Any

from heuristics.system_models.latency_profile import LatencyProfile, profile_text
from instances.atomic import replacing

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from os import PathLike

    from analysis.calibration.calibration import Calibration
    from analysis.calibration.check import ProfileCheck
    from analysis.calibration.errors import RelativeErrors
    from instances.measurements.measurement import Measurement
    from instances.measurements.reader import Measurements

_SIZES = ("batch", "prompt_tokens", "output_tokens", "cached_tokens")
_TIMES = ("measured_s", "predicted_s", "in_range")


def calibration_document(calibration: Calibration) -> dict[str, Any]:
    """Return a calibration as ``otgah calibrate --json`` prints it."""
    held = calibration.held_out
    return {
        "mape": calibration.errors.mape,
        "worst": calibration.errors.worst,
        "coefficients": {
            name: {
                "value": each.value,
                "low": each.low,
                "high": each.high,
                "fixed": each.fixed,
                "reason": each.reason or None,
            }
            for name, each in calibration.fit.estimates.items()
        },
        "parts": _documents(calibration.part_errors),
        "held_out": None
        if held is None
        else {
            **held.total.to_dict(),
            "by": held.by,
            "interior": None if held.interior is None else held.interior.to_dict(),
            "groups": _documents(held.groups),
        },
        "knees": [each.to_dict() for each in calibration.knees],
        "margin": calibration.margin,
        "range": calibration.measured_range,
        "efficiency": calibration.efficiency.to_dict(),
        "replays": _replays(calibration),
        "remarks": list(calibration.remarks),
        **_measured(calibration.measurements),
    }


def check_document(check: ProfileCheck) -> dict[str, Any]:
    """Return a check as ``otgah calibrate --check --json`` prints it."""
    return {
        "mape": check.errors.mape,
        "worst": check.errors.worst,
        "parts": _documents(check.part_errors),
        "by_batch": _documents(check.by_batch),
        "by_lengths": _documents(check.by_lengths),
        "margin": check.profile.margin,
        "covered": check.covered,
        "remarks": list(check.remarks),
        "replays": _replays(check),
        **_measured(check.measurements),
    }


def write_profile(profile: LatencyProfile, path: str | PathLike[str]) -> None:
    """Write a profile as TOML; equal profiles give equal bytes.

    Raises
    ------
    InputError
        If the file cannot be written.
    """
    with replacing(path) as temporary:
        temporary.write_text(profile_text(profile), encoding="utf-8")


def write_predictions(subject: Calibration | ProfileCheck, path: str | PathLike[str]) -> None:
    """Write a CSV with one row a measurement: its keys, measured and predicted time.

    Raises
    ------
    InputError
        If the file cannot be written.
    """
    bounds = subject.measured_range
    names = dict.fromkeys(
        name for each in subject.kept for name in (*each.columns, *each.keys, *_SIZES)
    )
    buffer = io.StringIO()
    table = csv.writer(buffer, lineterminator="\n")
    table.writerow(["file", "row", *names, "part", *_TIMES])
    for each, predicted in zip(subject.kept, subject.predicted.tolist(), strict=True):
        sizes = {name: getattr(each, name) for name in _SIZES}
        cells: dict[str, Any] = {**each.columns, **each.keys, **sizes}
        inside = is_inside(each, bounds)
        times = [repr(float(each.seconds)), repr(predicted), str(inside).lower()]
        table.writerow(
            [
                each.source,
                each.place,
                *(_cell(cells.get(name)) for name in names),
                each.part,
                *times,
            ]
        )
    with replacing(path) as temporary:
        temporary.write_text(buffer.getvalue(), encoding="utf-8")


def is_inside(row: Measurement, bounds: Mapping[str, Sequence[int]]) -> bool:
    """Return True if a measurement lies in a measured range."""
    values = {
        "batch": row.batch,
        "prompt_tokens": row.prompt_tokens or None,
        "output_tokens": row.output_tokens or None,
        "context_tokens": row.context_tokens,
    }
    return all(
        value is None or bounds[name][0] <= value <= bounds[name][1]
        for name, value in values.items()
    )


def _measured(measurements: Measurements) -> dict[str, Any]:
    return {
        "rows": len(measurements.kept),
        "num_left_out": len(measurements.left_out),
        "num_contradictory": sum(each.contradicts for each in measurements.left_out),
        "left_out": [
            {
                "file": each.source,
                "row": each.place,
                "reason": each.reason,
                "contradictory": each.contradicts,
            }
            for each in measurements.left_out
        ],
        "files": list(measurements.paths),
        "formats": list(measurements.formats),
        "identity": measurements.identity,
    }


def _documents(errors: Mapping[str, RelativeErrors]) -> dict[str, dict[str, float]]:
    return {name: each.to_dict() for name, each in errors.items()}


def _replays(subject: Calibration | ProfileCheck) -> dict[str, dict[str, dict[str, float]]]:
    return {
        source: {each.name: each.to_dict() for each in listed}
        for source, listed in subject.replays.items()
    }


def _cell(value: object) -> object:
    return "" if value is None else value
