r"""P1 in Pyomo: largest throughput of all edge nodes.

.. math::

    \max\; & \sum_{(j,i)} x_{ji}                                              && (12) \\
    & \sum_j x_{ji} \le 1                             & \forall i     \quad && \text{departure 1} \\
    & \sum_i \rho^U_{ij,min}\, x_{ji} \le 1           & \forall j     \quad && (12a) \\
    & \sum_i \rho^D_{ij,min}\, x_{ji} \le 1           & \forall j     \quad && (12b) \\
    & \sum_i memory_{ji}\, x_{ji} \le capacity_j      & \forall j     \quad && (12c) \\
    & load_j = \sum_i compute_{ji}\, x_{ji}           & \forall j     \quad && (12d) \\
    & load_j \le budget_{ji} + M_{ji} (1 - x_{ji})    & \forall (j,i) \quad && (12d) \\
    & x_{ji} \in \{0, 1\}              & \forall (j,i) \text{ eligible} \quad && (12e, 12f)

The load of an edge node is a variable, so each row of (12d) has two nonzeros instead of one for
each request: O(IJ) nonzeros in total, not O(I^2 J).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyomo.environ as pyo

from formulations.parameters import Parameters
from formulations.statement import require_statement
from heuristics.problem import Problem

if TYPE_CHECKING:
    from formulations.parameters import Pair, Row
    from heuristics.coefficients import Coefficients


def build(data: Coefficients, *, z: None = None) -> pyo.ConcreteModel:
    """Return P1, (12)-(12f).

    Parameters
    ----------
    data
        Coefficients.
    z
        None: P1 has no cardinality.

    Raises
    ------
    InputError
        If z is given.
    """
    require_statement(Problem.P1, data, z)
    parameters = Parameters.of(data)
    model = pyo.ConcreteModel(name="P1")
    declare_batches(model, parameters)
    limit_spectrum(model, parameters)
    limit_memory(model, parameters)
    limit_latency(model, parameters)
    return model


def declare_batches(model: pyo.ConcreteModel, parameters: Parameters) -> None:
    """Declare x, the throughput (12), and that each request is served once."""
    # (12e) holds by construction: only eligible pairs become variables.
    model.pairs = pyo.Set(dimen=2, initialize=parameters.pairs)
    model.x = pyo.Var(model.pairs, domain=pyo.Binary, doc="(12f)")
    model.throughput = pyo.Objective(
        expr=pyo.quicksum(model.x.values()), sense=pyo.maximize, doc="(12)"
    )
    # Departure 1.
    model.once = pyo.Constraint(
        list(parameters.contested),
        rule=lambda model, i: pyo.quicksum(model.x[pair] for pair in parameters.contested[i]) <= 1,
        doc="(departure 1)",
    )


def limit_spectrum(model: pyo.ConcreteModel, parameters: Parameters) -> None:
    """State (12a) and (12b)."""
    # Departure 6: shares of one band add up.
    model.uplink = _capacity(parameters.uplink, doc="(12a)")
    model.downlink = _capacity(parameters.downlink, doc="(12b)")


def limit_memory(model: pyo.ConcreteModel, parameters: Parameters) -> None:
    """State (12c)."""
    model.memory = _capacity(parameters.memory, doc="(12c)")


def limit_latency(model: pyo.ConcreteModel, parameters: Parameters) -> None:
    """State (12d): the load of a batch within the budget of each of its requests."""
    budget, big_m = parameters.compute_budget, parameters.big_m
    model.batch_load = pyo.Var(
        range(parameters.num_edge_nodes), bounds=lambda _, j: (0, parameters.largest_load[j])
    )
    model.batch_load_sum = pyo.Constraint(
        range(parameters.num_edge_nodes),
        rule=lambda model, j: model.batch_load[j] == _total(model, parameters.compute[j]),
        doc="(12d)",
    )
    # Departure 5: only a request that is chosen binds the load.
    model.deadline = pyo.Constraint(
        list(budget),
        rule=lambda model, j, i: (
            model.batch_load[j] <= budget[j, i] + big_m[j, i] * (1 - model.x[j, i])
        ),
        doc="(12d)",
    )


def _capacity(rows: dict[int, Row], *, doc: str) -> pyo.Constraint:
    return pyo.Constraint(
        list(rows), rule=lambda model, j: _total(model, rows[j][0]) <= rows[j][1], doc=doc
    )


def _total(model: pyo.ConcreteModel, demand: dict[Pair, float]) -> pyo.Expression:
    return pyo.quicksum(value * model.x[pair] for pair, value in demand.items())
