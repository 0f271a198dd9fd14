"""The family single-node: the server of Section V alone, the case of Algorithm 2."""

from __future__ import annotations

from pydantic import Field

from instances.families.family import Family
from instances.families.physical import Physical, draw


class SingleNode(Physical):
    """Uplink and compute bind together, so that the tree search has something to search.

    With the published settings neither spectrum nor memory binds, and the first leaf of
    Algorithm 2's tree decides.
    """

    edge_node: str | None = "server"
    """The edge node that is kept."""

    uplink_bandwidth_hz: float | None = Field(180e3, gt=0, le=1e12)
    """Uplink band; by default one resource block of 5G."""

    mean_gain: float | None = Field(1e-14, gt=0, le=1)
    """Mean power gain of Rayleigh channels; by default 140 dB of loss."""

    compute_scale: float = Field(4.0, gt=0, le=1e6)
    """Speeds every device up by this factor, its memory unchanged."""


FAMILY = Family(
    name="single-node",
    summary="one edge node, the server of Section V, where the tree search has work to do",
    binds="uplink, (12a), and compute, (12d), together",
    parameters=SingleNode,
    draw=draw,
)
