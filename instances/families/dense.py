"""The family dense: Section V at its highest rate with devices 20 times as fast."""

from __future__ import annotations

from pydantic import Field

from instances.families.family import Family
from instances.families.physical import Physical, draw


class Dense(Physical):
    """Section V with about 500 requests, and batches of about 100 at the server."""

    rate_per_s: float | None = Field(250.0, ge=0, le=1e6)
    """Arrival rate of the Poisson process [1/s], lambda."""

    compute_scale: float = Field(20.0, gt=0, le=1e6)
    """Factor on the speed of every device; memory stays the same."""


FAMILY = Family(
    name="dense",
    summary="Section V at 250 requests/s with devices 20 times as fast: batches of about 100",
    binds="compute, (12d), with hundreds of different deadlines",
    parameters=Dense,
    draw=draw,
)
