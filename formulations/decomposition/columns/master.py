"""MasterProblem: the question whether all edge nodes together can serve a number of requests."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from formulations.decomposition.pricing.edge_nodes import EdgeNodes, FloatArray
    from formulations.decomposition.pricing.prices import DualPrices
    from heuristics.coefficients import Coefficients


class MasterProblem(NamedTuple):
    """The question whether a schedule of at least ``target`` requests exists, at given prices."""

    data: Coefficients
    nodes: EdgeNodes
    prices: DualPrices
    value: FloatArray
    """V of each edge node, shape (J,)."""
    slack: float
    """L - target: the total loss against L of a schedule with ``target`` requests."""
    target: int
    """Number of requests."""
