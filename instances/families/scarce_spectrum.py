"""The family scarce-spectrum: Section V with 180 kHz of uplink and faint channels."""

from __future__ import annotations

from pydantic import Field

from instances.families.family import Family
from instances.families.physical import Physical, draw


class ScarceSpectrum(Physical):
    """The server hears its users at a mean signal-to-noise ratio near 0 dB."""

    uplink_bandwidth_hz: float | None = Field(180e3, gt=0, le=1e12)
    """Uplink band of each edge node; by default one resource block of 5G."""

    mean_gain: float | None = Field(1e-14, gt=0, le=1)
    """Mean power gain of Rayleigh channels; by default 140 dB of loss."""

    compute_scale: float = Field(8.0, gt=0, le=1e6)
    """Speeds every device up by this factor, so that compute leaves room."""


FAMILY = Family(
    name="scarce-spectrum",
    summary="Section V with 180 kHz of uplink, faint channels and devices 8 times as fast",
    binds="uplink, (12a), at the server; compute, (12d), at the UAV and the vehicle",
    parameters=ScarceSpectrum,
    draw=draw,
)
