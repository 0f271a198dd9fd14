"""The family scarce-spectrum: Section V with 180 kHz of uplink and weak channels."""

from __future__ import annotations

from instances.families.family import Family
from instances.families.physical import Physical, draw


class ScarceSpectrum(Physical):
    """Section V with a mean signal-to-noise ratio near 0 dB in the server's uplink."""

    scenario: str = "scarce-spectrum"
    """Recipe of the scenario: a name of the catalogue, or the path of a TOML file like one."""


FAMILY = Family(
    name="scarce-spectrum",
    summary="Section V with 180 kHz of uplink, weak channels and devices 8 times as fast",
    binds="uplink, (12a), at the server; compute, (12d), at the UAV and the vehicle",
    parameters=ScarceSpectrum,
    draw=draw,
)
