"""P2 in Pyomo: the largest batch of one edge node without spectrum limits."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyomo.environ as pyo

from formulations.parameters import Parameters
from formulations.pyomo_models.p1 import declare_batches, limit_latency, limit_memory
from formulations.statement import require_statement
from heuristics.problem import Problem

if TYPE_CHECKING:
    from heuristics.coefficients import Coefficients


def build(data: Coefficients, *, z: None = None) -> pyo.ConcreteModel:
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
    model = pyo.ConcreteModel(name="P2")
    declare_batches(model, parameters)
    limit_memory(model, parameters)
    limit_latency(model, parameters)
    return model
