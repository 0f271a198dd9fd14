"""Check: the errors of a profile on measurements that it was not fitted to."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from analysis.calibration.calibration import part_errors, replays
from analysis.calibration.errors import (
    RelativeErrors,
    grouped_errors,
    measured_seconds,
    relative_errors,
)
from analysis.calibration.fit import work_matrix
from heuristics.system_models.batch_time import COEFFICIENTS
from heuristics.system_models.catalogue.profiles import read_profile
from instances.measurements.reader import Measurements, read_measurements

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from os import PathLike

    from numpy.typing import NDArray

    from analysis.calibration.replay import Replayed
    from heuristics.system_models.latency_profile import LatencyProfile
    from instances.measurements.measurement import Measurement


@dataclass(frozen=True, kw_only=True)
class ProfileCheck:
    """A profile beside measurements.

    Parameters
    ----------
    profile
        Profile.
    measurements
        Measurements, with the rows left out.
    replays
        Replays of request logs by the profile, by file.
    """

    profile: LatencyProfile
    measurements: Measurements
    replays: Mapping[str, Sequence[Replayed]]

    @cached_property
    def kept(self) -> tuple[Measurement, ...]:
        """The measurements that are compared."""
        return self.measurements.kept

    @cached_property
    def coefficients(self) -> NDArray[np.float64]:
        """Coefficients of the profile, shape ``(5,)`` [s]."""
        return np.array([getattr(self.profile.batch_time, name) for name in COEFFICIENTS])

    @cached_property
    def measured(self) -> NDArray[np.float64]:
        """Measured times, shape ``(num_measurements,)`` [s]."""
        return measured_seconds(self.kept)

    @cached_property
    def predicted(self) -> NDArray[np.float64]:
        """Times by the profile without its margin, shape ``(num_measurements,)`` [s]."""
        return work_matrix(self.kept) @ self.coefficients

    @cached_property
    def errors(self) -> RelativeErrors:
        """Relative errors on all measurements."""
        return relative_errors(self.measured, self.predicted)

    @cached_property
    def part_errors(self) -> dict[str, RelativeErrors]:
        """Relative errors of each part: prefill, decoding, or whole batches."""
        return part_errors(self.kept, self.coefficients)

    @property
    def measured_range(self) -> dict[str, list[int]]:
        """Range of the measurements that the profile was fitted to."""
        bounds = self.profile.measured_range
        return {name: list(getattr(bounds, name)) for name in type(bounds).model_fields}

    @property
    def by_batch(self) -> dict[str, RelativeErrors]:
        """Relative errors by batch size."""
        return grouped_errors(self.kept, self.predicted, "batch")

    @property
    def by_lengths(self) -> dict[str, RelativeErrors]:
        """Relative errors by lengths, ``prompt+output``."""
        return grouped_errors(self.kept, self.predicted, "lengths")

    @property
    def remarks(self) -> tuple[str, ...]:
        """Names in which the measurements differ from the profile."""
        found = []
        for name in ("device", "llm", "quantization", "engine"):
            mine, theirs = getattr(self.profile, name), self.measurements.identity.get(name)
            if mine is not None and theirs is not None and mine != theirs:
                found.append(f"{name} of the profile is {mine}, of the measurements {theirs}")
        devices = self.measurements.identity.get("num_devices", "1")
        if str(self.profile.num_devices) != devices:
            found.append(f"the profile is of {self.profile.num_devices} device(s), not {devices}")
        return tuple(found)

    @property
    def covered(self) -> float:
        """Share of the measurements that the profile with its margin is not below."""
        return float(np.mean(self.measured <= (1 + self.profile.margin) * self.predicted))


def check_profile(
    paths: Sequence[str | PathLike[str]],
    profile: str | PathLike[str],
    settings: Mapping[str, str] | None = None,
) -> ProfileCheck:
    """Compare a profile with measurement files.

    Parameters
    ----------
    paths
        Paths of measurement files of any known format.
    profile
        Path of a profile, or its name in the catalogue.
    settings
        Columns with the value of the rows to take; and names that the files do not state.

    Raises
    ------
    InputError
        If a file breaks a rule of its format, or the rows are of several devices or models.
    """
    known = read_profile(profile)
    measurements = read_measurements(paths, settings)
    values = np.array([getattr(known.batch_time, name) for name in COEFFICIENTS])
    return ProfileCheck(
        profile=known, measurements=measurements, replays=replays(measurements, values)
    )
