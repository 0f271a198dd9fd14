"""The family paper: the simulation settings of Section V."""

from __future__ import annotations

from instances.families.family import Family
from instances.families.physical import Physical, draw


class Paper(Physical):
    """Section V as its text has it; what it leaves open is in the scenario."""


FAMILY = Family(
    name="paper",
    summary="Section V: an edge server of 20 GPUs, a UAV and a vehicle of 3, requests at 50/s",
    binds="compute, (12d): neither spectrum nor memory ever does with the published settings",
    parameters=Paper,
    draw=draw,
)
