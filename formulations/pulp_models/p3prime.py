"""P3' in PuLP: P1 at one edge node, as maximisation or for exactly z requests."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pulp

from formulations.pulp_models import p1 as pulp_p1
from formulations.pulp_models.p1 import state
from formulations.statement import require_candidate, require_statement
from heuristics.problem import Problem

if TYPE_CHECKING:
    from heuristics.coefficients import Coefficients


def build(data: Coefficients, *, z: int | None = None) -> pulp.LpProblem:
    """Return P3', (15)-(15e): P1 at one edge node, with a cardinality if z is given.

    Parameters
    ----------
    data
        The coefficients of one edge node; with an eligible request if z is given.
    z
        The number of requests; None maximises it.

    Raises
    ------
    InputError
        If there is another number of edge nodes, z is negative, or z is given and no request
        is eligible.
    """
    require_statement(Problem.P3PRIME, data, z)
    model = pulp_p1.build(data)
    model.name = "P3prime"
    if z is not None:
        require_candidate(data, z)
        state(model, "cardinality", {(): pulp.lpSum(model.x.values()) == z}, doc="(15a)")
    return model
