"""Path loss by distance: free space, Manhattan grid, infrastructure link.

The paper names free space for the UAV and "the Manhattan grid layout" for the vehicle and gives
no constants. The Manhattan grid has the constants of WINNER+ B1, as 3GPP TR 36.885, Annex A.1.4,
uses it for the urban case; differences of public implementations are noted below. Losses are in dB
and exclude shadowing, distances are in metres.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, Self

import numpy as np
from pydantic import model_validator

from heuristics.system_models.validation import NonNegative, Positive, Record, broken_rule

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    FloatArray = NDArray[np.float64]

SPEED_OF_LIGHT_M_PER_S = 299_792_458.0
SHORTEST_MANHATTAN_M = 3.0
SHORTEST_INFRASTRUCTURE_M = 35.0
_GHZ = 1e9


class FreeSpace(Record):
    """A line of sight to a node at some height, without fading.

    Parameters
    ----------
    carrier_hz
        Carrier frequency; the paper gives none.
    height_m
        Height of the node above the users.
    """

    model: Literal["free-space"]
    carrier_hz: Positive = 2e9
    height_m: Positive = 100.0


class Manhattan(Record):
    """Streets at right angles between a base station and a vehicle.

    Parameters
    ----------
    carrier_hz
        Carrier frequency; the paper gives none, and 5.9 GHz is the band of vehicles.
    base_station_height_m, vehicle_height_m
        Heights of the antennas.
    environment_height_m
        Height that the breakpoint subtracts from both: 1 in WINNER+, 0 in some implementations.
    street_half_width_m
        There is a line of sight where one of the two distances along the streets is below it.
    los_shadowing_db, nlos_shadowing_db
        Standard deviations of the shadowing.
    """

    model: Literal["manhattan"]
    carrier_hz: Positive = 5.9e9
    base_station_height_m: Positive = 5.0
    vehicle_height_m: Positive = 1.5
    environment_height_m: NonNegative = 1.0
    street_half_width_m: NonNegative = 7.0
    los_shadowing_db: NonNegative = 3.0
    nlos_shadowing_db: NonNegative = 4.0

    @model_validator(mode="after")
    def _check(self) -> Self:
        for name in ("base_station_height_m", "vehicle_height_m"):
            if getattr(self, name) <= self.environment_height_m:
                rule = f"must be above environment_height_m, {self.environment_height_m:g}"
                raise broken_rule(name, rule, found=getattr(self, name))
        return self


class Infrastructure(Record):
    """The link of TR 36.885 between a base station at 25 m and a vehicle or a user at 2 GHz.

    Parameters
    ----------
    shadowing_db
        Standard deviation of the shadowing, 8 in TR 36.885.
    """

    model: Literal["infrastructure"]
    shadowing_db: NonNegative = 8.0


def free_space_loss_db(distance_m: ArrayLike, carrier_hz: float) -> FloatArray:
    """Return the loss of free space, 20 log10(4 pi d f / c).

    References
    ----------
    ITU-R P.525: 32.45 + 20 log10(d / km) + 20 log10(f / MHz).
    """
    wavelength = SPEED_OF_LIGHT_M_PER_S / carrier_hz
    distance = np.asarray(distance_m, dtype=np.float64)
    return np.asarray(20 * np.log10(4 * np.pi * distance / wavelength))


def manhattan_los_loss_db(distance_m: ArrayLike, channel: Manhattan) -> FloatArray:
    """Return the loss along a street, WINNER+ B1 with a line of sight.

    Two slopes that meet near the breakpoint 4 h1 h2 f / c, with the heights above the
    environment; never below 46.4 + 20 log10(d) + 20 log10(f / 5 GHz), and below 3 m as at 3 m.
    """
    distance = np.maximum(np.asarray(distance_m, dtype=np.float64), SHORTEST_MANHATTAN_M)
    frequency = channel.carrier_hz / _GHZ
    heights = [
        height - channel.environment_height_m
        for height in (channel.base_station_height_m, channel.vehicle_height_m)
    ]
    breakpoint_m = 4 * heights[0] * heights[1] * channel.carrier_hz / SPEED_OF_LIGHT_M_PER_S
    near = 22.7 * np.log10(distance) + 27.0 + 20 * np.log10(frequency)
    far = (
        40 * np.log10(distance)
        + 7.56
        - 17.3 * np.log10(heights[0])
        - 17.3 * np.log10(heights[1])
        + 2.7 * np.log10(frequency)
    )
    floor = 46.4 + 20 * np.log10(distance) + 20 * np.log10(frequency / 5)
    return np.asarray(np.maximum(np.where(distance < breakpoint_m, near, far), floor))


def manhattan_loss_db(
    along_m: ArrayLike, across_m: ArrayLike, channel: Manhattan
) -> tuple[FloatArray, NDArray[np.bool_]]:
    """Return the loss between two points of a grid of streets, and where it has a line of sight.

    Parameters
    ----------
    along_m, across_m
        Distances d1 along the own street and d2 along the other street.
    channel
        The constants.

    Notes
    -----
    Without a line of sight it is min(P(d1, d2), P(d2, d1)) with P(a, b) = LOS(a) + 20 - 12.5 n
    + 10 n log10(b) + 3 log10(f / 5 GHz) and n = max(2.8 - 0.0024 a, 1.84). Some public
    implementations put b into n; WINNER II, Table 4-4, and ns-3 have a.
    """
    along = np.abs(np.asarray(along_m, dtype=np.float64))
    across = np.abs(np.asarray(across_m, dtype=np.float64))
    sight = np.minimum(along, across) < channel.street_half_width_m
    straight = manhattan_los_loss_db(np.hypot(along, across), channel)
    corner = np.minimum(
        _around_corner_db(along, across, channel), _around_corner_db(across, along, channel)
    )
    return np.where(sight, straight, corner), sight


def _around_corner_db(first_m: FloatArray, second_m: FloatArray, channel: Manhattan) -> FloatArray:
    """Return P(a, b) of :func:`manhattan_loss_db`."""
    exponent = np.maximum(2.8 - 0.0024 * first_m, 1.84)
    second = np.maximum(second_m, SHORTEST_MANHATTAN_M)
    frequency = channel.carrier_hz / _GHZ
    return np.asarray(
        manhattan_los_loss_db(first_m, channel)
        + 20
        - 12.5 * exponent
        + 10 * exponent * np.log10(second)
        + 3 * np.log10(frequency / 5)
    )


def infrastructure_loss_db(distance_m: ArrayLike) -> FloatArray:
    """Return 128.1 + 37.6 log10(d / km), TR 36.885; below 35 m as at 35 m."""
    distance = np.maximum(np.asarray(distance_m, dtype=np.float64), SHORTEST_INFRASTRUCTURE_M)
    return np.asarray(128.1 + 37.6 * np.log10(distance / 1000))
