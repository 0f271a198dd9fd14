"""The family single-node: the server of Section V alone, the case of Algorithm 2."""

from __future__ import annotations

from pydantic import Field

from instances.families.family import Family
from instances.families.physical import Physical, draw


class SingleNode(Physical):
    """One edge node at which uplink and compute bind together, so that the tree search is long.

    With the published settings neither spectrum nor memory binds, and the first leaf of
    Algorithm 2's tree decides.
    """

    scenario: str = "scarce-spectrum"
    """Recipe of the scenario: a name of the catalogue, or the path of a TOML file like one."""

    edge_node: str | None = "server"
    """Name of the only edge node to keep."""

    compute_scale: float = Field(0.5, gt=0, le=1e6)
    """Factor on the speed of every device; memory stays the same."""


FAMILY = Family(
    name="single-node",
    summary="one edge node, the server of scarce-spectrum, with a long tree search",
    binds="uplink, (12a), and compute, (12d), together",
    parameters=SingleNode,
    draw=draw,
)
