"""P3 in PuLP: a batch of exactly z requests at one edge node without spectrum limits."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pulp

from formulations.pulp_models import p2 as pulp_p2
from formulations.pulp_models.p1 import state
from formulations.statement import require_candidate, require_statement
from heuristics.problem import Problem

if TYPE_CHECKING:
    from heuristics.coefficients import Coefficients


def build(data: Coefficients, *, z: int | None = None) -> pulp.LpProblem:
    """Return P3, (14)-(14c): P2 with a cardinality.

    The objective stays: it is z wherever the model is feasible, so to maximise is to find.

    Parameters
    ----------
    data
        The coefficients of one edge node, with an eligible request.
    z
        The number of requests.

    Raises
    ------
    InputError
        If there is another number of edge nodes, no eligible request, or z is missing or
        negative.
    """
    require_statement(Problem.P3, data, z)
    require_candidate(data, z)
    model = pulp_p2.build(data)
    model.name = "P3"
    state(model, "cardinality", {(): pulp.lpSum(model.x.values()) == z}, doc="(14a)")
    return model
