"""The family scarce-spectrum: Section V with 180 kHz of uplink and faint users."""

from __future__ import annotations

from instances.families.family import Family
from instances.families.physical import Physical, draw


class ScarceSpectrum(Physical):
    """The server hears its users at a mean signal-to-noise ratio near 0 dB."""

    scenario: str = "scarce-spectrum"
    """A scenario of the catalogue, or the path of a TOML file made like one."""


FAMILY = Family(
    name="scarce-spectrum",
    summary="Section V with 180 kHz of uplink, faint users and devices 8 times as fast",
    binds="uplink, (12a), at the server; compute, (12d), at the UAV and the vehicle",
    parameters=ScarceSpectrum,
    draw=draw,
)
