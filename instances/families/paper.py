"""The family paper: the simulation settings of Section V."""

from __future__ import annotations

from instances.families.family import Family
from instances.families.physical import Physical, draw


class Paper(Physical):
    """Section V as published; the recipe ``section-v`` decides the points that it leaves open."""


FAMILY = Family(
    name="paper",
    summary="Section V: an edge server of 20 GPUs, a UAV and a vehicle of 3, requests at 50/s",
    binds="compute, (12d): spectrum and memory never bind with the published settings",
    parameters=Paper,
    draw=draw,
)
