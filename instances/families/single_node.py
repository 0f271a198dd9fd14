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

    scenario: str = "scarce-spectrum"
    """A scenario of the catalogue, or the path of a TOML file made like one."""

    edge_node: str | None = "server"
    """The edge node that is kept."""

    compute_scale: float = Field(0.5, gt=0, le=1e6)
    """Speeds every device up by this factor, its memory unchanged."""


FAMILY = Family(
    name="single-node",
    summary="one edge node, the server of scarce-spectrum: the tree search has work to do",
    binds="uplink, (12a), and compute, (12d), together",
    parameters=SingleNode,
    draw=draw,
)
