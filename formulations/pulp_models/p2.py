"""P2 in PuLP: the largest batch of one edge node without spectrum limits."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pulp

from formulations.parameters import Parameters
from formulations.pulp_models.p1 import declare_batches, limit_latency, limit_memory
from formulations.statement import require_statement
from heuristics.problem import Problem

if TYPE_CHECKING:
    from heuristics.coefficients import Coefficients


def build(data: Coefficients, *, z: None = None) -> pulp.LpProblem:
    """Return P2, (13)-(13c): P1 at one edge node without (12a) and (12b).

    Parameters
    ----------
    data
        The coefficients of one edge node.
    z
        None: P2 has no cardinality; P3 is its feasibility form.

    Raises
    ------
    InputError
        If there is another number of edge nodes, or z is given.
    """
    require_statement(Problem.P2, data, z)
    parameters = Parameters.of(data)
    model = pulp.LpProblem("P2", pulp.LpMaximize)
    declare_batches(model, parameters)
    limit_memory(model, parameters)
    limit_latency(model, parameters)
    return model
