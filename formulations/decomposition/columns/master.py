"""MasterProblem: what is asked of all edge nodes together."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from formulations.decomposition.pricing.edge_nodes import EdgeNodes, FloatArray
    from formulations.decomposition.pricing.prices import Prices
    from heuristics.coefficients import Coefficients


class MasterProblem(NamedTuple):
    """Whether there is a schedule of at least ``target`` requests, seen at some prices."""

    data: Coefficients
    nodes: EdgeNodes
    prices: Prices
    value: FloatArray
    """V of each edge node."""
    slack: float
    """What a schedule of the target's size may lose against L."""
    target: int
